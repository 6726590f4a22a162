package sampler_test

import (
	"math"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
)

func TestTailFree(t *testing.T) {
	for _, k := range []keeps{
		// differences 20, 15, 4, 1; second ones 5, 11, 3 of 19
		{"before the tail", sampler.TailFree{Z: 0.2}, []float64{50, 30, 15, 11, 10}, []argen.ID{0}},
		{"more", sampler.TailFree{Z: 0.3}, []float64{50, 30, 15, 11, 10}, []argen.ID{0, 1}},
		{"most", sampler.TailFree{Z: 0.9}, []float64{50, 30, 15, 11, 10}, []argen.ID{0, 1, 2}},
		{"nothing bends: all but the last", sampler.TailFree{Z: 0.5}, []float64{1, 1, 1, 1}, []argen.ID{0, 1, 2}},
		{"two", sampler.TailFree{Z: 0.5}, []float64{1, 2}, []argen.ID{1}},
		{"one", sampler.TailFree{Z: 0}, []float64{1}, []argen.ID{0}},
		{"at least", sampler.TailFree{Z: 0.2, Keep: 4}, []float64{50, 30, 15, 11, 10}, []argen.ID{0, 1, 2, 3}},
		{"off", sampler.TailFree{Z: 1}, []float64{50, 30, 15, 11, 10}, []argen.ID{0, 1, 2, 3, 4}},
	} {
		k.check(t)
	}
	// Impossible tokens follow as zeros: differences 1, 1, 2, 0; second ones 0,
	// 1, 2, so that all candidates stay at 0.9 and the second is left out at 0.
	inf := math.Inf(-1)
	logits := []float64{math.Log(4), inf, math.Log(3), math.Log(2), inf}
	for z, want := range map[float64][]argen.ID{0: {0, 2}, 0.9: {0, 2, 3}} {
		if got, _ := left(t, sampler.TailFree{Z: z}, logits...); !slices.Equal(got, want) {
			t.Errorf("z = %v leaves %v, want %v", z, got, want)
		}
	}
}
