package story_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
	"argen/model/story"
	"argen/tokenizer"
)

func examOf(t *testing.T, stories, demands int) *story.Exam {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 0))
	var all [][]argen.ID
	for range stories {
		s, err := story.Default().Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	e, err := story.NewExam(context.Background(), all, demands)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The truth is at its own floor, near the entropy rate, and recalls everything;
// an n-gram model is above it and forgets names, which it saw too long ago.
func TestExam(t *testing.T) {
	ctx := context.Background()
	e := examOf(t, 100, 20)
	if f := e.Floor(); math.Abs(f-0.572) > 0.03 {
		t.Errorf("the floor is %.4f bits per token", f)
	}
	loss, err := e.Loss(ctx, story.Truth())
	if err != nil || math.Abs(loss-e.Floor()) > 1e-12 {
		t.Errorf("the truth loses %v bits per token, want the floor, %v (%v)", loss, e.Floor(), err)
	}
	ngram, err := story.NGram()
	if err != nil {
		t.Fatal(err)
	}
	if loss, err := e.Loss(ctx, ngram); err != nil || loss < 1.1 || loss > 1.4 {
		t.Errorf("the n-gram model loses %v bits per token, want about 1.24 (%v)", loss, err)
	}
	all, err := e.Recall(ctx, story.Truth())
	if err != nil || len(all) < 10 {
		t.Fatalf("%d kinds (%v)", len(all), err)
	}
	for i, r := range all {
		if r.Prob < story.Sure || r.Prob > 1+1e-9 || r.Count < 1 || i > 0 && r.Count > all[i-1].Count {
			t.Errorf("%+v of the truth", r)
		}
	}
	forgetful, err := e.Recall(ctx, ngram)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(forgetful, func(r story.Recall) bool { return r.Kind == "name" })
	if at < 0 || forgetful[at].Prob > 0.5 {
		t.Errorf("the n-gram model recalls names: %+v", forgetful)
	}
}

func TestExamRefuses(t *testing.T) {
	if _, err := story.NewExam(context.Background(), [][]argen.ID{story.Default().IDs("On", "On")}, 1); err == nil {
		t.Error("a story that cannot be is examined")
	}
}

// All that the grammar writes is flawless, nothing that an n-gram model does.
func TestFlawless(t *testing.T) {
	ngram, err := story.NGram()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		model argen.Model
		want  int
	}{{story.Truth(), 20}, {ngram, 0}} {
		gen := argen.Generator{Model: c.model, Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Seed: 1, MaxTokens: 300}
		if got, err := story.Flawless(context.Background(), gen, 20); err != nil || got != c.want {
			t.Errorf("%s: %d of 20 stories are flawless, want %d (%v)", c.model.Info().Kind, got, c.want, err)
		}
	}
}
