package argen_test

import (
	"context"
	"fmt"
	"log"

	"argen"
	"argen/model/story"
	"argen/sampler"
	"argen/tokenizer"
)

// The loop over the exact source of the stories. Each step holds what the
// model predicted and how the token was chosen.
func Example() {
	chain, err := sampler.Parse("top_p=0.9,temperature=0.8")
	if err != nil {
		log.Fatal(err)
	}
	gen := argen.Generator{
		Model:     story.Truth(),
		Tokenizer: tokenizer.NewStory(story.Default().Vocab()),
		Chain:     chain,
		Seed:      7,
		MaxTokens: 5,
	}
	run, err := gen.Start("It was a")
	if err != nil {
		log.Fatal(err)
	}
	for step, err := range run.Steps(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-8q P = %.4f  drawn from %d tokens with u = %.4f\n", step.Token, step.Prob, step.Kept, step.U)
	}
	fmt.Println(run.Text())
	// Output:
	// "snowy"  P = 0.1538  drawn from 4 tokens with u = 0.9949
	// "morning" P = 0.0998  drawn from 8 tokens with u = 0.8225
	// ","      P = 1.0000  drawn from 1 tokens with u = 0.0257
	// "and"    P = 1.0000  drawn from 1 tokens with u = 0.2197
	// "Kofi"   P = 0.0811  drawn from 13 tokens with u = 0.3263
	//  snowy morning, and Kofi
}

// By the chain rule the probability of a text is the product of those of its
// tokens, each given all before it.
func ExampleGenerator_Score() {
	gen := argen.Generator{
		Model:     story.Truth(),
		Tokenizer: tokenizer.NewStory(story.Default().Vocab()),
	}
	ids, err := gen.Tokenizer.Encode("It was a snowy morning")
	if err != nil {
		log.Fatal(err)
	}
	trace, err := gen.Score(context.Background(), nil, ids)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range trace.Steps {
		fmt.Printf("P(%s | %d tokens) = %.4f, rank %d\n", step.Token, step.ContextLen, step.Prob, step.Rank)
	}
	fmt.Printf("ln P(text) = %.4f\n", trace.LogProb())
	// Output:
	// P(It | 1 tokens) = 0.2520, rank 1
	// P(was | 2 tokens) = 1.0000, rank 1
	// P(a | 3 tokens) = 0.8366, rank 1
	// P(snowy | 4 tokens) = 0.1538, rank 4
	// P(morning | 5 tokens) = 0.0998, rank 5
	// ln P(text) = -5.7325
}
