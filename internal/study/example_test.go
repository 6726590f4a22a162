package study_test

import (
	"context"
	"fmt"
	"log"

	"argen/internal/study"
	"argen/model/story"
	"argen/sampler"
	"argen/tokenizer"
)

// Two strategies write on the same dice; what differs is the strategy.
func ExamplePlan() {
	plan := study.Plan{
		Model:      story.Truth(),
		Tokenizer:  tokenizer.NewStory(story.Default().Vocab()),
		Prompts:    []study.Prompt{{}},
		Strategies: []study.Strategy{{Name: "plain"}, {Name: "greedy"}},
		Samples:    20,
		Seed:       1,
	}
	var err error
	if plan.Strategies[1].Chain, err = sampler.Parse("greedy"); err != nil {
		log.Fatal(err)
	}
	samples, err := plan.Run(context.Background(), 2, nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	result := plan.Measure(samples)
	for k, metric := range result.Metrics {
		if metric.Name != "distinct_2" && metric.Name != "length" {
			continue
		}
		for i, strategy := range plan.Strategies {
			m := result.Outcomes[i].Measures[k]
			fmt.Printf("%-10s %-6s %.2f [%.2f, %.2f] differs from the first: %v\n", metric.Name, strategy.Name, m.Mean, m.Lo, m.Hi, m.Differs)
		}
	}
	// Output:
	// distinct_2 plain  0.51 [0.47, 0.55] differs from the first: false
	// distinct_2 greedy 0.04 [0.04, 0.04] differs from the first: true
	// length     plain  115.95 [108.90, 122.65] differs from the first: false
	// length     greedy 130.00 [130.00, 130.00] differs from the first: true
}
