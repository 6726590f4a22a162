package story_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/modeltest"
	"argen/model/story"
	"argen/model/transformer"
	"argen/sampler"
	"argen/tokenizer"
)

func transformerOf(t testing.TB, open func() (*transformer.Model, error)) *transformer.Model {
	t.Helper()
	m, err := open()
	if err != nil {
		t.Fatal(err)
	}
	info := m.Info()
	if info.Kind != "transformer" || info.VocabSize != len(story.Default().Vocab()) || info.ContextLength != 256 ||
		info.BOS != story.BOS || !info.AddBOS || !slices.Equal(info.Stop, []argen.ID{story.EOS}) {
		t.Fatalf("Info() = %+v", info)
	}
	if m.Size() > 2e6 {
		t.Errorf("%d bytes, want at most 2 MB", m.Size())
	}
	for _, note := range []string{"made", "training", "kernels", "bits_per_token", "flawless"} {
		if m.Meta[note] == "" {
			t.Errorf("the file does not note %s", note)
		}
	}
	return m
}

// excess is by how much of the truth's bits a model needs more on new stories.
func excess(t *testing.T, m argen.Model, stories int) float64 {
	t.Helper()
	rng := rand.New(rand.NewPCG(99, 0))
	var all [][]argen.ID
	for range stories {
		s, err := story.Default().Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	e, err := story.NewExam(context.Background(), all, 0)
	if err != nil {
		t.Fatal(err)
	}
	bits, err := e.Loss(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return bits/e.Floor() - 1
}

// flawless is the part of sampled stories that the grammar accepts.
func flawless(t *testing.T, m argen.Model, chain string, stories int) float64 {
	t.Helper()
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	gen := argen.Generator{Model: m, Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Chain: stages, Seed: 5000}
	n, err := story.Flawless(context.Background(), gen, stories)
	if err != nil {
		t.Fatal(err)
	}
	return float64(n) / float64(stories)
}

// The embedded transformer is within 3 % of the truth, and of its stories 70 %
// are flawless, 95 % of those from the nucleus; 200 sampled ones say so within
// two standard errors (0.032 and 0.015).
func TestTransformer(t *testing.T) {
	m := transformerOf(t, story.Transformer)
	if x := excess(t, m, 200); x < 0 || x > 0.03 {
		t.Errorf("%.2f %% above the truth, want at most 3", 100*x)
	}
	if part := flawless(t, m, "temperature=1", 200); part < 0.70-2*0.032 {
		t.Errorf("%.1f %% of the stories are flawless", 100*part)
	}
	if part := flawless(t, m, "top_p=0.95", 200); part < 0.95-2*0.015 {
		t.Errorf("%.1f %% of the stories from the nucleus are flawless", 100*part)
	}
}

// Verdicts make more stories flawless and the cross-entropy worse.
func TestVerdictTransformer(t *testing.T) {
	likelihood, verdict := transformerOf(t, story.Transformer), transformerOf(t, story.VerdictTransformer)
	if before, after := excess(t, likelihood, 100), excess(t, verdict, 100); after < before+0.01 {
		t.Errorf("%.2f %% above the truth, %.2f %% before the verdicts", 100*after, 100*before)
	}
	if before, after := flawless(t, likelihood, "temperature=1", 200), flawless(t, verdict, "temperature=1", 200); after < before+0.05 {
		t.Errorf("%.1f %% of the stories are flawless, %.1f %% before the verdicts", 100*after, 100*before)
	}
}

// Each snapshot knows more than the one before.
func TestSnapshots(t *testing.T) {
	before := math.Inf(1)
	for _, step := range append(slices.Clone(story.Snapshots), 0) {
		open := story.Transformer
		if step > 0 {
			open = func() (*transformer.Model, error) { return story.Snapshot(step) }
		}
		x := excess(t, transformerOf(t, open), 20)
		if x > 0.8*before {
			t.Errorf("after step %d %.1f %% above the truth, %.1f %% before", step, 100*x, 100*before)
		}
		before = x
	}
	if _, err := story.Snapshot(3); err == nil || !strings.Contains(err.Error(), "story-step3") {
		t.Errorf("after step 3: %v", err)
	}
}

func TestTransformerContract(t *testing.T) {
	modeltest.Check(t, transformerOf(t, story.Transformer), modeltest.Options{MaxLen: 40, Checks: 3})
}

// BenchmarkTransformerExtend is the speed of one goroutine without logging.
func BenchmarkTransformerExtend(b *testing.B) {
	m := transformerOf(b, story.Transformer)
	s, err := story.Default().Sample(rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		b.Fatal(err)
	}
	s = append([]argen.ID{story.BOS}, s[:len(s)-1]...)
	state, ctx := m.Start(), context.Background()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(s) == 0 {
			state.Rewind(0)
		}
		if _, err := state.Extend(ctx, s[i%len(s)]); err != nil {
			b.Fatal(err)
		}
	}
}
