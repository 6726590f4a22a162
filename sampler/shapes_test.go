package sampler_test

import (
	"math"
	"testing"

	"argen"
	"argen/sampler"
)

// Four equal candidates have the entropy of four, so T' is the highest; one
// that is certain has none, so it is the lowest; between, the power bends it.
func TestDynatemp(t *testing.T) {
	temperature := func(chain string, logits ...float64) float64 {
		stages, err := sampler.Parse(chain)
		if err != nil {
			t.Fatal(err)
		}
		c := behind(t, stages[0], argen.Past{}, logits...)
		best := c.At(0)
		return logits[best.ID] / best.Logit
	}
	inf := math.Inf(-1)
	for _, k := range []struct {
		chain  string
		logits []float64
		want   float64
	}{
		{"dynatemp=0.5/1/0.8", []float64{2, 2, 2, 2}, 1.3},
		{"dynatemp=0.5/1/0.8", []float64{2000, 2, 2, 2}, 0.3},
		{"dynatemp=0.5/1/0.4", []float64{2, 2, 2, 2}, 0.9},
		{"dynatemp=0.9/1/0.4", []float64{0.4 * 745, inf}, 1.3}, // one alone: as if all were equal
		{"dynatemp=0.5/2/1", []float64{2, 2, inf, inf}, 1.5},
		{"dynatemp=0.5/1/1/llamacpp", []float64{2, 2, inf, inf}, 1},    // ln 2 of ln 4
		{"dynatemp=0.5/2/1/llamacpp", []float64{2, 2, inf, inf}, 0.75}, // its square
		{"dynatemp=0.5/0.5/1/llamacpp", []float64{2, 2, inf, inf}, 0.5 + math.Sqrt(0.5)},
		{"dynatemp=0/1/0.25", []float64{2, 1}, 0.25},
	} {
		if got := temperature(k.chain, k.logits...); math.Abs(got-k.want) > 1e-12 {
			t.Errorf("%s of %v: T' = %v, want %v", k.chain, k.logits, got, k.want)
		}
	}
	// T' = 0 keeps the best.
	if ids, _ := left(t, sampler.Dynatemp{Range: 0.5, Exponent: 1, T: 0.2}, 2000, 1, 2); len(ids) != 1 {
		t.Errorf("at T' = 0 %v are left", ids)
	}
	// Tokens that a stage has removed are counted by nobody.
	c := behind(t, sampler.TopK{K: 2}, argen.Past{}, 2, 2, 1, 1)
	sampler.Dynatemp{Range: 0.5, Exponent: 1, T: 1, Rule: "llamacpp"}.Apply(c, argen.Past{})
	if got := 2 / c.At(0).Logit; math.Abs(got-1.5) > 1e-12 {
		t.Errorf("after top_k T' = %v, want 1.5", got)
	}
}

func TestQuadratic(t *testing.T) {
	for _, k := range []struct {
		chain string
		want  []float64 // of 3, 2, 1, −1: d = 0, −1, −2, −4
	}{
		{"quadratic=0.5", []float64{3, 2.5, 1, -5}},     // 3 − d²/2
		{"quadratic=0.5/3", []float64{3, 2.5, -1, -29}}, // 3 + d³/2
		{"quadratic=1/2", []float64{3, 2, -3, -37}},     // 3 − d²/2 + d³/2
		{"quadratic=1/5", []float64{3, 2, -9, -109}},    // 3 + d² + 2d³
		{"quadratic=0/2", []float64{3, 2, 1, -1}},       // off
	} {
		stages, err := sampler.Parse(k.chain)
		if err != nil {
			t.Fatal(err)
		}
		for id, got := range logits(behind(t, stages[0], argen.Past{}, 3, 2, 1, -1)) {
			if math.Abs(got-k.want[id]) > 1e-12 {
				t.Errorf("%s: the logit of %d is %v, want %v", k.chain, id, got, k.want[id])
			}
		}
	}
}
