package viz_test

import (
	"fmt"

	"argen"
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
	fmt.Println(fig.Title)
	fmt.Println(fig.Alt)
	// Output:
	// What comes after “The quick brown”?
	// Bar chart of the next token's probability. “fox” 0.600, after the chain 0.750 (chosen); “dog” 0.200, after the chain 0.250; all others (1,000) 0.200, after the chain 0. The entropy of the model's distribution is 1.35 bits; 2 tokens left after the chain.
}
