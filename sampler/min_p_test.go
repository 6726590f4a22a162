package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
)

func TestMinP(t *testing.T) {
	for _, k := range []keeps{
		{"a tenth of the best", sampler.MinP{M: 0.1}, []float64{0.6, 0.059, 0.061, 0.28}, []argen.ID{0, 2, 3}},
		{"at the limit stays", sampler.MinP{M: 0.5}, []float64{1, 2, 0.999}, []argen.ID{0, 1}},
		{"1 keeps the best and its equals", sampler.MinP{M: 1}, []float64{1, 2, 2}, []argen.ID{1, 2}},
		{"0 keeps all", sampler.MinP{}, []float64{1, 1e-300, 2}, []argen.ID{0, 1, 2}},
	} {
		k.check(t)
	}
}
