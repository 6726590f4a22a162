package argen_test

import (
	"bytes"
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

// every is a stage of one's own: it keeps each n-th of the best candidates.
type every struct {
	N int `json:"n"`
}

func (every) Name() string     { return "every" }
func (e every) String() string { return fmt.Sprintf("every=%d", e.N) }

func (e every) Apply(c *argen.Candidates, _ argen.Past) {
	keep := map[argen.ID]bool{}
	for rank, id := range c.Top(c.Len()) {
		keep[id] = rank%e.N == 0
	}
	c.Filter(func(id argen.ID, _ float64) bool { return keep[id] })
}

// A stage is a value with a name and what it does to the candidates. In a chain
// it stands among others, and a step records what each has done.
func ExampleTransform() {
	gen := argen.Generator{
		Model:     story.Truth(),
		Tokenizer: tokenizer.NewStory(story.Default().Vocab()),
		Chain:     []argen.Transform{sampler.TopK{K: 4}, every{N: 2}},
		MaxTokens: 1,
		Top:       4,
	}
	run, err := gen.Start("It was a")
	if err != nil {
		log.Fatal(err)
	}
	step, err := run.Next(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, stage := range step.Stages {
		fmt.Printf("%s%s left %d of %d tokens, %.2f bits\n", stage.Name, stage.Params, stage.Kept, stage.In, stage.Entropy)
	}
	for _, top := range step.Top {
		fmt.Printf("%d. %q: P = %.4f, then %.4f, removed by %q\n", top.Rank, top.Token, top.Prob, top.SampledProb, top.RemovedBy)
	}
	// Output:
	// top_k{"k":4} left 4 of 5 tokens, 1.96 bits
	// every{"n":2} left 2 of 4 tokens, 0.99 bits
	// 1. "sunny": P = 0.3077, then 0.5714, removed by ""
	// 2. "rainy": P = 0.2308, then 0.0000, removed by "every"
	// 3. "windy": P = 0.2308, then 0.4286, removed by ""
	// 4. "snowy": P = 0.1538, then 0.0000, removed by "every"
}

// A log is a trace a run: what was written, and every number of every step.
func ExampleReadTraces() {
	var file bytes.Buffer
	gen := argen.Generator{
		Model:     story.Truth(),
		Tokenizer: tokenizer.NewStory(story.Default().Vocab()),
		Seed:      7,
		MaxTokens: 3,
		Sinks:     []argen.Sink{argen.NewJSONL(&file)},
	}
	run, err := gen.Start("It was a")
	if err != nil {
		log.Fatal(err)
	}
	for _, err := range run.Steps(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
	}
	traces, err := argen.ReadTraces("log", &file)
	if err != nil {
		log.Fatal(err)
	}
	for _, trace := range traces {
		for _, step := range trace.Steps {
			fmt.Printf("%d %-8q rank %d, %.2f bits\n", step.T, step.Token, step.Rank, step.Surprisal)
		}
		fmt.Printf("%q ended by %s, perplexity %.2f\n", trace.Text(), trace.Ended.Reason, trace.Ended.Perplexity())
		fmt.Println("done again:", argen.Verify(context.Background(), gen, trace, sampler.Parse))
	}
	// Output:
	// 0 "foggy"  rank 5, 3.70 bits
	// 1 "Thursday" rank 7, 4.02 bits
	// 2 ","      rank 1, 0.00 bits
	// " foggy Thursday," ended by length, perplexity 5.95
	// done again: <nil>
}
