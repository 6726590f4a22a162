package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

func TestIgnoreEOS(t *testing.T) {
	for _, k := range []keeps{
		{"the best too", sampler.IgnoreEOS{IDs: []argen.ID{2, 0}}, []float64{1, 2, 3, 1}, []argen.ID{1, 3}},
		{"those that are not there", sampler.IgnoreEOS{IDs: []argen.ID{1, 9, -1}}, []float64{1, 0, 3}, []argen.ID{0, 2}},
		{"all that is left: the best stays", sampler.IgnoreEOS{IDs: []argen.ID{0, 1}}, []float64{1, 2}, []argen.ID{1}},
		{"those of the model", sampler.IgnoreEOS{}, []float64{1, 2}, []argen.ID{0}},
	} {
		k.check(t)
	}
	samplertest.Check(t, sampler.IgnoreEOS{IDs: []argen.ID{0}}, sampler.IgnoreEOS{IDs: []argen.ID{3, 1, 2000}})
}
