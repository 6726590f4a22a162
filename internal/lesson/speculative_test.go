package lesson

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestGuessing: whatever p and q are, also where they have no token in common, what
// comes out is p, and the two draws together are a distribution.
func TestGuessing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "symbols")
		some := func(name string) []float64 {
			list, sum := make([]float64, n), 0.0
			for i := range list {
				if rapid.IntRange(0, 3).Draw(t, "is there") > 0 || i == 0 && name == "p" || i == n-1 && name == "q" {
					list[i] = rapid.Float64Range(1e-6, 1).Draw(t, name)
				}
				sum += list[i]
			}
			for i := range list {
				list[i] /= sum
			}
			return list
		}
		g := guessing{some("p"), some("q")}
		for i, out := range g.law() {
			if math.Abs(out-g.p[i]) > 1e-12 {
				t.Fatalf("symbol %d comes out with %g, p is %g, q %g", i, out, g.p[i], g.q[i])
			}
		}
		if a := g.accepted(); a < 0 || a > 1+1e-12 {
			t.Fatalf("guesses are taken with probability %g", a)
		}
	})
	by := guessing{[]float64{.5, .5, 0}, []float64{.25, .25, .5}}
	if by.accepted() != .5 {
		t.Errorf("half of the guesses are taken, not %g", by.accepted())
	}
}
