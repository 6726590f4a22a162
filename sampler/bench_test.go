//go:build !race

// The race detector lets pools forget: then stages allocate.

package sampler_test

import (
	"math/rand/v2"
	"testing"

	"argen"
	"argen/sampler"
)

// vocabSize is Qwen2.5's.
const vocabSize = 151_936

func vocabulary(spread float64) []float64 {
	rng := rand.New(rand.NewPCG(8, 8))
	logits := make([]float64, vocabSize)
	for i := range logits {
		logits[i] = float64(float32(spread * rng.NormFloat64()))
	}
	return logits
}

// chains are those whose speed matters: each stage alone, and llama.cpp's
// usual ones.
func chains(t testing.TB) map[string][]argen.Transform {
	all := map[string][]argen.Transform{}
	for _, text := range []string{
		"top_k=40,top_p=0.95,min_p=0.05,temperature=0.8",
		"top_k=40", "top_p=0.95", "min_p=0.05", "temperature=0.8", "temperature=0", "greedy", "ignore_eos=2/3",
		"mirostat=1", "mirostat=2", "adaptive_p=0.5", "watermark=0.25", "watermark=0.25/scheme:selfhash",
		"top_k=40/rule:hf", "top_p=1/rule:hf", "min_p=0.05/keep:5", "top_n_sigma=1", "top_n_sigma=1/rule:textgen", "top_h=0.4",
		"tail_free=0.95", "typical_p=0.95", "typical_p=0.2/keep:50/rule:hf", "top_a=0.2", "epsilon_cutoff=0.0003",
		"eta_cutoff=0.0003/keep:2", "xtc=1/0.01", "xtc=1/0.1/keep:3/rule:textgen", "xtc=1/0.01/keep:3/rule:llamacpp",
	} {
		chain, err := sampler.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		all[text] = chain
	}
	return all
}

// before is what stands before the token.
var before = []argen.ID{5, 1, 9}

// run puts logits through a chain.
func run(t testing.TB, c *argen.Candidates, logits []float64, chain []argen.Transform) {
	if err := c.Reset(logits); err != nil {
		t.Fatal(err)
	}
	for _, stage := range chain {
		stage.Apply(c, argen.Past{IDs: before})
	}
}

// A step allocates nothing once the candidates are warm.
func TestStagesDoNotAllocate(t *testing.T) {
	c, logits := &argen.Candidates{}, vocabulary(3)
	for text, chain := range chains(t) {
		for range 8 {
			run(t, c, logits, chain)
		}
		if n := testing.AllocsPerRun(2, func() { run(t, c, logits, chain) }); n != 0 {
			t.Errorf("%s allocates %v times a step", text, n)
		}
	}
}

func BenchmarkChain(b *testing.B) {
	c, logits := &argen.Candidates{}, vocabulary(3)
	for text, chain := range chains(b) {
		b.Run(text, func(b *testing.B) {
			for range 8 {
				run(b, c, logits, chain)
			}
			b.ReportAllocs()
			for b.Loop() {
				run(b, c, logits, chain)
			}
		})
	}
}
