package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
)

func TestTopK(t *testing.T) {
	for _, k := range []keeps{
		{"the two best", sampler.TopK{K: 2}, []float64{1, 5, 2, 4}, []argen.ID{1, 3}},
		{"ties at the cut: the lower ids", sampler.TopK{K: 3}, []float64{2, 1, 2, 1, 1}, []argen.ID{0, 1, 2}},
		{"more than there are", sampler.TopK{K: 9}, []float64{1, 0, 2}, []argen.ID{0, 2}},
		{"off", sampler.TopK{}, []float64{1, 5, 2}, []argen.ID{0, 1, 2}},
		{"below 0 is off", sampler.TopK{K: -1}, []float64{1, 5, 2}, []argen.ID{0, 1, 2}},
	} {
		k.check(t)
	}
}
