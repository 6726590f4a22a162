package search_test

import (
	"errors"
	"math"
	"testing"

	"argen"
	"argen/model"
	"argen/sampler"
	"argen/sampler/search"
)

// stories is the embedded n-gram.
func stories(t testing.TB, tokens int) argen.Generator {
	t.Helper()
	lm, err := model.Open(ctx, "story-ngram", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lm.Close() })
	return argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, MaxTokens: tokens}
}

// ids are the tokens of a text.
func ids(t testing.TB, g argen.Generator, text string) []argen.ID {
	t.Helper()
	list, err := g.Tokenizer.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// scored is ln P of a text after a prompt.
func scored(t testing.TB, g argen.Generator, prompt, text []argen.ID) float64 {
	t.Helper()
	tr, err := g.Score(ctx, prompt, text)
	if err != nil {
		t.Fatal(err)
	}
	return tr.LogProb()
}

func TestGreedyTrap(t *testing.T) {
	g := stories(t, 8)
	g.Chain = sampler.Default()
	four := search.Beams{N: 4, Groups: 1, Early: "false"}
	prompt := ids(t, g, "One morning")
	trap, err := search.GreedyTrap(ctx, g, prompt, four)
	if err != nil {
		t.Fatal(err)
	}
	if trap == nil {
		t.Fatal("no trap")
	}
	for _, text := range []search.Text{trap.Greedy, trap.Better} {
		if got := scored(t, g, trap.Prompt, text.IDs); math.Abs(got-text.LogProb) > 1e-9 || len(text.IDs) != 8 {
			t.Errorf("%q: ln P %v, scored %v", text.Text, text.LogProb, got)
		}
	}
	if !(trap.Better.LogProb > trap.Greedy.LogProb) || trap.Greedy.IDs[trap.At] == trap.Better.IDs[trap.At] {
		t.Errorf("greedy %q with %v, better %q with %v, at %d", trap.Greedy.Text, trap.Greedy.LogProb, trap.Better.Text, trap.Better.LogProb, trap.At)
	}
	// One beam is greedy, and falls into it too.
	if trap, err := search.GreedyTrap(ctx, g, prompt, search.Beams{N: 1, Groups: 1, Early: "false"}); trap != nil || err != nil {
		t.Errorf("one beam: %v, %v", trap, err)
	}
	// Four beams find a better text, and exhaustive search one that is better still.
	best, looked, err := search.Exhaustive(ctx, g, prompt, 10_000)
	if err != nil || !(best.LogProb > trap.Better.LogProb) || math.Abs(scored(t, g, trap.Prompt, best.IDs)-best.LogProb) > 1e-9 {
		t.Errorf("the best is %q with %v after %d contexts, %v", best.Text, best.LogProb, looked, err)
	}
	if _, _, err := search.Exhaustive(ctx, g, prompt, looked-1); !errors.Is(err, search.ErrTooMany) {
		t.Errorf("with one context less: %v", err)
	}
	g.MaxTokens = 0
	if _, _, err := search.Exhaustive(ctx, g, prompt, 10); err == nil {
		t.Error("an exhaustive search without an end")
	}
}

func TestFindTrap(t *testing.T) {
	g := stories(t, 8)
	g.Seed = 1
	prompt := ids(t, g, "The old")
	four := search.Beams{N: 4, Groups: 1, Early: "false"}
	trap, err := search.FindTrap(ctx, g, prompt, four, 30)
	if err != nil || trap == nil {
		t.Fatalf("%v, %v", trap, err)
	}
	if again, err := search.GreedyTrap(ctx, g, trap.Prompt, four); err != nil || again == nil || again.Better.Text != trap.Better.Text {
		t.Errorf("found %v, and there is %v, %v", trap, again, err)
	}
	if len(trap.Prompt) <= len(prompt) {
		t.Errorf("the prompt itself is a trap: %v", trap.Prompt)
	}
	if none, err := search.FindTrap(ctx, g, prompt, search.Beams{N: 1, Groups: 1, Early: "false"}, 30); none != nil || err != nil {
		t.Errorf("one beam: %v, %v", none, err)
	}
	if _, err := search.FindTrap(ctx, g, prompt, search.Contrastive{}, 1); err == nil {
		t.Error("contrastive search looks at no whole texts")
	}
}
