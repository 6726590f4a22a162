package viz_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"argen"
	"argen/model/story"
	"argen/tokenizer"
	"argen/viz"
)

// A chart is drawn from a trace, and says what it shows.
func ExampleDescribe() {
	trace := &argen.Trace{
		Head: argen.Header{PromptText: "The quick brown"},
		Steps: []argen.Step{{
			ID: 1, Token: "fox", Text: " fox", Prob: .6, Rank: 1, Entropy: 1.35, Kept: 2, SampledProb: .75, U: .25, High: .75,
			Top: []argen.TopToken{
				{ID: 1, Token: "fox", Prob: .6, Rank: 1, SampledProb: .75},
				{ID: 2, Token: "dog", Prob: .2, Rank: 2, SampledProb: .25},
			},
			Rest: argen.Rest{Tokens: 1000, Prob: .2},
		}},
	}
	fig, err := viz.Next(viz.Input{Traces: []*argen.Trace{trace}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(viz.Describe(fig))
	// Output:
	// What comes after “The quick brown”?
	// Step 0 · chain: no stages · u = 0.2500 picked “fox”
	// Bar chart of the next token's probability. “fox” 0.600, after the chain 0.750 (chosen); “dog” 0.200, after the chain 0.250; all others (1,000) 0.200, after the chain 0. The entropy of the model's distribution is 1.35 bits; 2 tokens left after the chain.
	// Bars are probabilities; those of a kind sum to 1 with all others.
}

// The surprisal of a text that was written, as a picture.
func ExampleSave() {
	gen := argen.Generator{Model: story.Truth(), Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Seed: 7, MaxTokens: 4}
	run, err := gen.Start("It was a")
	if err != nil {
		log.Fatal(err)
	}
	for _, err := range run.Steps(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fig, err := viz.Surprisal(viz.Input{Traces: []*argen.Trace{run.Trace()}})
	if err != nil {
		log.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "argen")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := viz.Save(fig, filepath.Join(folder, "surprisal.png")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(fig.Alt)
	// Output:
	// Chart of the surprisal of the token, bits. 4 tokens, mean 1.93, greatest 4.02 at “Thursday” (t = 1). “foggy” 3.70; “Thursday” 4.02; “,” 0; “and” 0.
}
