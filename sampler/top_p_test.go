package sampler_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"argen"
	"argen/sampler"
)

func TestTopP(t *testing.T) {
	ten := []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	for _, k := range []keeps{
		// 0.5 + 0.25 = 0.75 < 0.8 ≤ 0.5 + 0.25 + 0.15
		{"the one that reaches p stays", sampler.TopP{P: 0.8}, []float64{0.1, 0.5, 0.15, 0.25}, []argen.ID{1, 2, 3}},
		{"exactly p stops there", sampler.TopP{P: 0.5}, []float64{1, 1, 1, 1}, []argen.ID{0, 1}},
		{"8 of 10 are 0.8, however tenths round", sampler.TopP{P: 0.8}, ten, []argen.ID{0, 1, 2, 3, 4, 5, 6, 7}},
		{"3 of 10 are 0.3", sampler.TopP{P: 0.3}, ten, []argen.ID{0, 1, 2}},
		{"a small p keeps the best", sampler.TopP{P: 1e-9}, []float64{1, 2, 2}, []argen.ID{1}},
		{"0 keeps the best", sampler.TopP{}, []float64{1, 2, 2}, []argen.ID{1}},
		{"1 keeps all", sampler.TopP{P: 1}, []float64{1, 1e-300, 1}, []argen.ID{0, 1, 2}},
		// float32 has nothing between 2^−149 and 0, and half of that is rounded to 0: of four, P of the last is a quarter of its weight.
		{"1 of float32 keeps what is not 0 there", sampler.TopP{P: 1, Rule: "hf"}, []float64{1, 1, 1, 1, math.Exp2(-147.9)}, []argen.ID{0, 1, 2, 3, 4}},
		{"and nothing less", sampler.TopP{P: 1, Rule: "hf"}, []float64{1, 1, 1, 1, math.Exp2(-148.1)}, []argen.ID{0, 1, 2, 3}},
	} {
		k.check(t)
	}
}

// The nucleus of a flat distribution needs more than the first few candidates;
// it is what walking down the whole order finds.
func TestTopPOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	logits := make([]float64, 5000)
	for i := range logits {
		logits[i] = 0.5 * rng.NormFloat64()
	}
	for _, p := range []float64{0.001, 0.1, 0.5, 0.9, 0.9999} {
		c, err := argen.NewCandidates(logits)
		if err != nil {
			t.Fatal(err)
		}
		want, sum := 0, 0.0
		for sum < p {
			sum += c.Prob(c.Top(5000)[want])
			want++
		}
		if ids, _ := left(t, sampler.TopP{P: p}, logits...); len(ids) != want {
			t.Errorf("p = %v keeps %d, want %d", p, len(ids), want)
		}
	}
}
