package argen

import (
	"math"
	"math/rand/v2"
	"testing"
)

// ln is within two units in the last place of the logarithm of the library.
func TestLn(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	all := []float64{1, math.Nextafter(1, 0), math.Nextafter(1, 2), 0x1p-53, 1 - 0x1p-53, math.Sqrt2 / 2, math.Sqrt2, 0.5, 2, 36.7, math.MaxFloat64, 0x1p-1022}
	for range 200_000 {
		all = append(all, rng.Float64(), math.Exp(700*(2*rng.Float64()-1)), 1+1e-6*rng.NormFloat64())
	}
	for _, x := range all {
		got, want := ln(x), math.Log(x)
		ulp := math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want)
		if !(math.Abs(got-want) <= 2*ulp) {
			t.Fatalf("ln %v = %v, want %v", x, got, want)
		}
	}
}

// The first outputs of SplitMix64 seeded with 0, as its authors' program has
// them; the n-th is mix of n−1 times its step.
func TestMix(t *testing.T) {
	for n, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		if got := mix(uint64(n) * 0x9e3779b97f4a7c15); got != want {
			t.Errorf("output %d: %#x, want %#x", n, got, want)
		}
	}
}
