package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
)

func TestTopH(t *testing.T) {
	many := make([]float64, 150)
	hundred := make([]argen.ID, 100)
	for i := range many {
		many[i] = 1
	}
	for i := range hundred {
		hundred[i] = argen.ID(i)
	}
	for _, k := range []keeps{
		// −p ln p: 0.347, 0.361, 0.285, 0.230; H = 1.22
		{"up to the share", sampler.TopH{H: 0.6}, []float64{5, 3, 1.5, 1, 1e-12}, []argen.ID{0, 1}},
		{"the best always", sampler.TopH{H: 0.01}, []float64{3, 5, 1.5}, []argen.ID{1}},
		{"exactly the share", sampler.TopH{H: 0.5}, []float64{1, 1, 1, 1}, []argen.ID{0, 1}},
		{"all", sampler.TopH{H: 1}, []float64{5, 3, 1.5, 1}, []argen.ID{0, 1, 2, 3}},
		{"but 0 in float32", sampler.TopH{H: 1}, []float64{5, 3, 1e-50}, []argen.ID{0, 1}},
		{"no more than a hundred", sampler.TopH{H: 1}, many, hundred},
	} {
		k.check(t)
	}
}
