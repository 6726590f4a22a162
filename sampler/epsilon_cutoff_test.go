package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
)

func TestEpsilonCutoff(t *testing.T) {
	for _, k := range []keeps{
		{"at least epsilon", sampler.EpsilonCutoff{Epsilon: 0.2}, []float64{5, 3, 1.5, 0.5}, []argen.ID{0, 1}},
		{"exactly epsilon", sampler.EpsilonCutoff{Epsilon: 0.25}, []float64{1, 1, 1, 1}, []argen.ID{0, 1, 2, 3}},
		{"none: the best", sampler.EpsilonCutoff{Epsilon: 0.6}, []float64{3, 5, 2}, []argen.ID{1}},
		{"none: the best, all of them", sampler.EpsilonCutoff{Epsilon: 0.6}, []float64{4, 1, 4, 1}, []argen.ID{0, 2}},
		{"at least", sampler.EpsilonCutoff{Epsilon: 0.3, Keep: 2}, []float64{4, 2, 3, 1}, []argen.ID{0, 2}},
		{"at least, with those equal to the last", sampler.EpsilonCutoff{Epsilon: 0.3, Keep: 2}, []float64{4, 2, 2, 2}, []argen.ID{0, 1, 2, 3}},
		{"off", sampler.EpsilonCutoff{}, []float64{1, 1e-300}, []argen.ID{0, 1}},
	} {
		k.check(t)
	}
}

func TestEtaCutoff(t *testing.T) {
	for _, k := range []keeps{
		// H = 1.05: √0.04 · e^−H = 0.070
		{"epsilon is less", sampler.EtaCutoff{Epsilon: 0.04}, []float64{6, 2, 1.5, 0.45, 0.05}, []argen.ID{0, 1, 2, 3}},
		// H = 1.05: √0.25 · e^−H = 0.175
		{"the entropy decides", sampler.EtaCutoff{Epsilon: 0.25}, []float64{6, 2, 1.5, 0.45, 0.05}, []argen.ID{0, 1}},
		{"none: the best, all of them", sampler.EtaCutoff{Epsilon: 1}, []float64{4, 4, 4, 1}, []argen.ID{0, 1, 2}},
		{"at least", sampler.EtaCutoff{Epsilon: 0.25, Keep: 3}, []float64{6, 2, 1.5, 0.45, 0.05}, []argen.ID{0, 1, 2}},
		{"off", sampler.EtaCutoff{}, []float64{1, 1e-300}, []argen.ID{0, 1}},
	} {
		k.check(t)
	}
}
