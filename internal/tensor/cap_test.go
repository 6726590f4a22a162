package tensor

import (
	"math"
	"math/rand/v2"
	"testing"
)

// SoftCap agrees with the tangent in float64, also where it is nearly straight
// and where it is the cap. Two roundings of numbers up to c, half a unit of 2⁻²³
// each, are at most 6e-7 of a result that is at least c/4.
func TestSoftCap(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []float32{5, 12, 30, 50} {
		x := []float32{0, 1e-30, -1e-6, c / 16, -c, 1000, -3e38, 3e38, float32(math.Inf(1)), float32(math.Inf(-1))}
		for range 1000 {
			x = append(x, float32(rng.NormFloat64())*c)
		}
		got := append([]float32(nil), x...)
		SoftCap(c, got)
		for i, v := range x {
			want := float64(c) * math.Tanh(float64(v)/float64(c))
			if diff := math.Abs(float64(got[i]) - want); !(diff <= 6e-7*math.Abs(want)) {
				t.Fatalf("SoftCap(%v) of %v is %v, want %v", c, v, got[i], want)
			}
		}
	}
	SoftCap(1, nil)
	x := []float32{float32(math.NaN())}
	if SoftCap(1, x); x[0] == x[0] {
		t.Errorf("SoftCap of NaN is %v", x[0])
	}
}
