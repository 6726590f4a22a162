package sampler_test

import (
	"math"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
)

func TestTopNSigma(t *testing.T) {
	inf := math.Inf(-1)
	for _, k := range []struct {
		name   string
		stage  sampler.TopNSigma
		logits []float64
		want   []argen.ID
	}{
		// mean 3, σ = √(10/4)
		{"within one", sampler.TopNSigma{N: 1}, []float64{5, 4, 2, 1}, []argen.ID{0, 1}},
		{"exactly two", sampler.TopNSigma{N: 2}, []float64{2, 0, 2, 0}, []argen.ID{0, 1, 2, 3}},
		{"impossible tokens do not count", sampler.TopNSigma{N: 1}, []float64{5, inf, 4, 2, 1, inf}, []argen.ID{0, 2}},
		// over 5, 4, 2, 1, 0, 0, 0, 0: mean 1.5, σ² = 28/7
		{"as logits of 0", sampler.TopNSigma{N: 1.5, Rule: "textgen"}, []float64{5, inf, 4, 2, inf, 1, inf, inf}, []argen.ID{0, 2, 3}},
		{"where the others do not", sampler.TopNSigma{N: 1.5}, []float64{5, inf, 4, 2, inf, 1, inf, inf}, []argen.ID{0, 2}},
		{"all equal", sampler.TopNSigma{N: 0.001}, []float64{3, 3, 3}, []argen.ID{0, 1, 2}},
		{"one", sampler.TopNSigma{N: 1, Rule: "textgen"}, []float64{3}, []argen.ID{0}},
		{"huge", sampler.TopNSigma{N: 1}, []float64{1e308, -1e308, 0.9e308}, []argen.ID{0, 2}},
		{"off", sampler.TopNSigma{}, []float64{3, -300}, []argen.ID{0, 1}},
		{"below 0 is off", sampler.TopNSigma{N: -1}, []float64{3, -300}, []argen.ID{0, 1}},
	} {
		if got, _ := left(t, k.stage, k.logits...); !slices.Equal(got, k.want) {
			t.Errorf("%s: %s of %v leaves %v, want %v", k.name, k.stage, k.logits, got, k.want)
		}
	}
}
