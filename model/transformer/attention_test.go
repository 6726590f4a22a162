package transformer

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
)

// Attention at many positions is what it is at each of them alone, to the bit, in
// heads of any width, before and after other tokens, with a crew and without; and
// that of whole numbers is near.
func TestAttendTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	const all = 150
	for _, d := range []int{16, 24, 64, 128} {
		c := Config{Layers: 2, Heads: 6, KVHeads: 2, HeadDim: d}
		exact := &Model{config: c}
		fast := &Model{config: c, options: Options{Fast: true}, int8: true}
		normal := func(n int) []float32 {
			x := make([]float32, n)
			for i := range x {
				x[i] = float32(rng.NormFloat64())
			}
			return x
		}
		q, k, v := normal(all*c.Heads*d), normal(all*c.KVHeads*d), normal(all*c.KVHeads*d)
		clear(v[40*c.KVHeads*d : 60*c.KVHeads*d])
		var means [][]float32
		for _, m := range []*Model{exact, fast} {
			p := newPass(m, newCache(m))
			p.kv.reserve(0, all)
			p.ids = make([]argen.ID, all)
			p.store(1, k, v, 0, all)
			dst := make([]float32, len(q))
			p.attend(1, dst, q, 1/float32(math.Sqrt(float64(d))))
			means = append(means, dst)
			testAttendTogether(t, m, p.kv, normal)
		}
		var off float64
		for i, want := range means[0] {
			off = max(off, math.Abs(float64(means[1][i]-want)))
		}
		t.Logf("heads of %d: whole numbers are off by %.2g", d, off)
		if fast.wholeCache() != (d%16 == 0) || (off > 0) != fast.wholeCache() {
			t.Errorf("heads of %d: whole numbers: %v, off by %g", d, fast.wholeCache(), off)
		}
		// Numbers are up to 4 in size. A value is off by 4/2047/2 at most; a score,
		// q·k/√d, by 4/√12·√(1/2047² + 1/4095²) as a standard deviation, which is
		// 0.0006, and weights by as large a part of themselves.
		if off > 0.005 {
			t.Errorf("heads of %d: whole numbers are off by %g", d, off)
		}
	}
}

func testAttendTogether(t *testing.T, m *Model, kv *cache, normal func(int) []float32) {
	t.Helper()
	c, d := &m.config, m.config.HeadDim
	for _, at := range []struct{ from, n int }{{0, 70}, {0, 33}, {37, 45}, {37, 31}, {64, 40}, {60, 89}} {
		q := normal(at.n * c.Heads * d)
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
