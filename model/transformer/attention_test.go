package transformer

import (
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
)

// Attention at many positions is what it is at each of them alone, to the bit, in
// heads of any width, before and after other tokens, with a crew and without.
func TestAttendTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, d := range []int{16, 24, 64, 128} {
		c := Config{Layers: 2, Heads: 6, KVHeads: 2, HeadDim: d}
		kv, m := newCache(&c), &Model{config: c}
		kv.reserve(0, 150)
		for _, b := range kv.blocks {
			for i := range b.data {
				b.data[i] = float32(rng.NormFloat64())
			}
		}
		for _, at := range []struct{ from, n int }{{0, 70}, {0, 33}, {37, 45}, {37, 31}, {64, 40}, {60, 89}} {
			q := make([]float32, at.n*c.Heads*d)
			for i := range q {
				q[i] = float32(rng.NormFloat64())
			}
			want := make([]float32, len(q))
			alone := newPass(m, kv)
			for i := range at.n {
				alone.ids, alone.from = make([]argen.ID, 1), at.from+i
				alone.attend(1, want[i*c.Heads*d:], q[i*c.Heads*d:], 0.3)
			}
			for _, crew := range []*crew{nil, {threads: 2}} {
				got := make([]float32, len(q))
				many := newPass(m, kv)
				many.ids, many.from, many.crew = make([]argen.ID, at.n), at.from, crew
				for range 2 { // the second time in the same room
					many.attend(1, got, q, 0.3)
					if !slices.Equal(got, want) {
						t.Fatalf("heads of %d, %d positions from %d on: they differ from each alone", d, at.n, at.from)
					}
				}
			}
		}
	}
}
