package train

import (
	"testing"

	"argen"
	"argen/model/story"
)

// storyShape is a model of the stories.
func storyShape(d, heads, ff int) Config {
	return Config{VocabSize: len(story.Default().Vocab()), Hidden: d, Layers: 3, Heads: heads, FF: ff, Context: 256}
}

func stories(seed uint64) Stories {
	g := story.Default()
	return Stories{Name: g.SHA256(), Seed: seed, BOS: story.BOS, Sample: g.Sample}
}

func heldOut(t testing.TB, n int) [][]argen.ID {
	t.Helper()
	held, err := Take(stories(1000), n)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// Tokens per second of whole steps: data, both ways through the network and
// the optimizer.
func BenchmarkStep(b *testing.B) {
	for _, bench := range []struct {
		name string
		c    Config
		by   Optimizer
	}{
		{"d96-muon", storyShape(96, 4, 256), Muon},
		{"d96-adamw", storyShape(96, 4, 256), AdamW},
		{"d128-muon", storyShape(128, 4, 352), Muon},
	} {
		b.Run(bench.name, func(b *testing.B) {
			trainer, err := New(bench.c, Options{Steps: 1 << 30, Optimizer: bench.by}, stories(1), nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			benchmarkSteps(b, trainer)
		})
	}
}

func benchmarkSteps(b *testing.B, trainer *Trainer) {
	tokens := 0
	for b.Loop() {
		s, err := trainer.Step()
		if err != nil {
			b.Fatal(err)
		}
		tokens += s.Tokens
	}
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
}
