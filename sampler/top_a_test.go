package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
)

func TestTopA(t *testing.T) {
	for _, k := range []keeps{
		// 0.5 · 0.6² = 0.18
		{"a times the best squared", sampler.TopA{A: 0.5}, []float64{6, 2, 1.7, 0.3}, []argen.ID{0, 1}},
		{"exactly there", sampler.TopA{A: 1}, []float64{2, 1, 1}, []argen.ID{0, 1, 2}},
		{"the best stays", sampler.TopA{A: 1}, []float64{1e-9, 1}, []argen.ID{1}},
		{"at least", sampler.TopA{A: 1, Keep: 2}, []float64{1, 100, 1}, []argen.ID{0, 1}},
		{"off", sampler.TopA{}, []float64{1, 1e-300}, []argen.ID{0, 1}},
	} {
		k.check(t)
	}
}
