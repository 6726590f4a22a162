package argen_test

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"argen"
)

// free is a model that costs nothing: it says the same after any text.
type free struct{ logits []float64 }

// newFree has as many tokens as SmolLM2, and logits like its: most are noise, and
// a thousand are ahead of it as Zipf's law has it, 3 bits of entropy in all.
func newFree() *free {
	rng := rand.New(rand.NewPCG(1, 4))
	logits := make([]float64, 49_152)
	for i := range logits {
		logits[i] = float64(float32(2 * rng.NormFloat64()))
	}
	for rank := range 1000 {
		logits[rng.IntN(len(logits))] = float64(float32(19 - 1.8*math.Log(float64(rank+1))))
	}
	return &free{logits}
}

func (f *free) Info() argen.Info {
	return argen.Info{Kind: "free", VocabSize: len(f.logits), BOS: argen.NoID}
}
func (f *free) Start() argen.State { return &freeState{f: f} }

type freeState struct {
	f *free
	n int
}

func (s *freeState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	s.n += len(ids)
	return s.f.logits, nil
}
func (s *freeState) Len() int          { return s.n }
func (s *freeState) Rewind(n int)      { s.n = n }
func (s *freeState) Fork() argen.State { f := *s; return &f }

// numbered names tokens by their ids.
type numbered struct{ argen.Tokenizer }

var piece = []byte(" the")

func (numbered) Piece(argen.ID) []byte        { return piece }
func (numbered) Decode(ids []argen.ID) string { return "" }
func (numbered) Control(argen.ID) bool        { return false }

// What a step costs outside the model: what argen promises is 100 µs for greedy
// and 300 µs for all of chain, list of tokens and log.
func BenchmarkStep(b *testing.B) {
	for _, bench := range []struct {
		name, chain string
		log         bool
	}{
		{"greedy", "greedy", false},
		{"greedy, logged", "greedy", true},
		{"sampled", "none", false},
		{"top-p", "temperature=0.8,top_p=0.95", false},
		{"top-p, logged", "temperature=0.8,top_p=0.95", true},
		{"llama.cpp's, logged", "top_k=40,top_p=0.95,min_p=0.05,temperature=0.8", true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			g := argen.Generator{Model: newFree(), Tokenizer: numbered{}, Seed: 1}
			if bench.chain != "none" {
				g.Chain = chain(b, bench.chain)
			}
			if bench.log {
				g.Top, g.Sinks = 10, []argen.Sink{argen.NewJSONL(io.Discard)}
			}
			r, err := g.StartIDs([]argen.ID{1})
			if err != nil {
				b.Fatal(err)
			}
			steps(b, r, 8)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Next(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
