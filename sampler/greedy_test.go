package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
)

func TestGreedy(t *testing.T) {
	for _, k := range []keeps{
		{"the best", sampler.Greedy{}, []float64{1, 2, 3}, []argen.ID{2}},
		{"of equal ones the lowest id", sampler.Greedy{}, []float64{1, 3, 3}, []argen.ID{1}},
	} {
		k.check(t)
	}
}
