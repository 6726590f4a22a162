package model_test

import (
	"context"
	"fmt"
	"log"

	"argen"
	"argen/model"
)

// A model by its name, and the loop over it.
func ExampleOpen() {
	ctx := context.Background()
	lm, err := model.Open(ctx, "story-ngram", model.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer lm.Close()
	gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, Seed: 1}
	run, err := gen.Start("It was a")
	if err != nil {
		log.Fatal(err)
	}
	for _, err := range run.Steps(ctx) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("It was a" + run.Text())
	// Output:
	// It was a sunny Monday, and Noah was at the harbor. The dog near the gate was very loud. “Come and see me,” flowers, our purple swing swings!” called Kofi. Kim ran home and came back with some milk. “Meow!” said a big voice. It was a perfect day for Robin and Mia.
}
