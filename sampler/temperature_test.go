package sampler_test

import (
	"math"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
)

// Weights 1 : 4. T = ½ squares them, 1 : 16; T = 2 takes roots, 1 : 2.
func TestTemperature(t *testing.T) {
	for T, want := range map[float64]float64{1: 4. / 5, 0.5: 16. / 17, 2: 2. / 3} {
		if _, p := left(t, sampler.Temperature{T: T}, 0, math.Log(4)); math.Abs(p[1]-want) > 1e-15 {
			t.Errorf("T = %v: P = %v, want %v", T, p[1], want)
		}
	}
}

func TestTemperatureOfZero(t *testing.T) {
	for _, T := range []float64{0, -1, math.NaN()} {
		if ids, _ := left(t, sampler.Temperature{T: T}, 1, 3, 3, 2); !slices.Equal(ids, []argen.ID{1}) {
			t.Errorf("T = %v keeps %v, want the first of the best alone", T, ids)
		}
	}
}

// Logits that overflow when divided keep their order: T → 0 is greedy, also
// the last step before it.
func TestTemperatureNearZero(t *testing.T) {
	for _, logits := range [][]float64{{10, 9, 0}, {-9, -10, -10}, {1e30, 1e29, -1e30}, {math.MaxFloat64, 1e308, 0}} {
		for _, T := range []float64{5e-324, 1e-310, 1e-300} {
			if _, p := left(t, sampler.Temperature{T: T}, logits...); p[0] != 1 || p[1] != 0 {
				t.Errorf("T = %v of %v: %v, want the best alone", T, logits, p)
			}
		}
		if _, p := left(t, sampler.Temperature{T: math.MaxFloat64}, logits...); logits[0] < 1e9 && p[0] != 1./3 {
			t.Errorf("T without end of %v: %v, want all equal", logits, p)
		}
	}
}
