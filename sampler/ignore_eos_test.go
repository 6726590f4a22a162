package sampler_test

import (
	"fmt"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

func TestIgnoreEOS(t *testing.T) {
	for _, k := range []keeps{
		{"the best too", sampler.IgnoreEOS{IDs: []argen.ID{2, 0}}, []float64{1, 2, 3, 1}, []argen.ID{1, 3}},
		{"one that is impossible", sampler.IgnoreEOS{IDs: []argen.ID{1}}, []float64{1, 0, 3}, []argen.ID{0, 2}},
		{"all that is left: the best stays", sampler.IgnoreEOS{IDs: []argen.ID{0, 1}}, []float64{1, 2}, []argen.ID{1}},
		{"those of the model", sampler.IgnoreEOS{}, []float64{1, 2}, []argen.ID{0}},
	} {
		k.check(t)
	}
	samplertest.Check(t, sampler.IgnoreEOS{IDs: []argen.ID{0}})
	for _, id := range []argen.ID{-1, 9, 2000} {
		_, err := sampler.IgnoreEOS{IDs: []argen.ID{0, id}}.Bind(samplertest.Vocabulary(9), nil)
		if want := fmt.Sprintf("id %d: the vocabulary has ids 0 to 8", id); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
