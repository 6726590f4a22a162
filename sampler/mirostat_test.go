package sampler_test

import (
	"math"
	"testing"

	"argen"
	"argen/sampler"
)

func TestMirostat(t *testing.T) {
	// Surprises of 1, 2, 3 and 3 bits.
	weights := []float64{0.125, 0.5, 0.25, 0.125}
	v2 := func(mu float64) argen.Transform {
		return sampler.Mirostat{Version: 2, Tau: 1, Eta: 1}.WithState(map[string]float64{"mu": mu})
	}
	// ŝ of {2, 1, 1/2} is (ln 2·ln 2 + ln 1.5·ln 2) / (ln² 2 + ln² 1.5) = 1.181,
	// so with μ = 2 k = (0.181·4 / (1 − 4^−0.181))^(1/1.181) = 2.65.
	v1 := func(mu float64) argen.Transform {
		return sampler.Mirostat{Version: 1, Tau: 1, M: 3}.WithState(map[string]float64{"mu": mu})
	}
	halves := []float64{0.5, 2, 1, 0.25}
	for _, k := range []keeps{
		{"a limit of 2.5 bits", v2(2.5), weights, []argen.ID{1, 2}},
		{"a token of exactly the limit stays", v2(2), []float64{1, 1, 1, 1}, []argen.ID{0, 1, 2, 3}},
		{"one far below all: the best stays", v2(-7), weights, []argen.ID{1}},
		{"a limit above all", v2(3.001), weights, []argen.ID{0, 1, 2, 3}},
		{"it begins at 2 tau", sampler.Mirostat{Version: 2, Tau: 1.25}, weights, []argen.ID{1, 2}},
		{"version 1", v1(2), halves, []argen.ID{1, 2}},
		{"version 1, a lower limit", v1(1), halves, []argen.ID{1}},
		{"version 1, the limit of all numbers", v1(1e300), halves, []argen.ID{0, 1, 2, 3}},
		{"version 1, nothing is surprising enough", v1(-1e300), halves, []argen.ID{1}},
		{"version 1 of what is all equal: all", v1(3), []float64{1, 1, 1, 1}, []argen.ID{0, 1, 2, 3}},
		{"version 1 at ŝ = 1: k = 2^1.5 / ln 3 = 2.57", v1(1.5), []float64{6, 3, 2}, []argen.ID{0, 1}},
	} {
		k.check(t)
	}
}

// The limit moves by what the drawn token was off the aim.
func TestMirostatLearns(t *testing.T) {
	var m argen.Transform = sampler.Mirostat{Version: 2, Tau: 3, Eta: 0.5}
	for _, s := range []struct{ prob, mu float64 }{
		{0.25, 6.5},    // 2 bits are 1 too few: 6 + 0.5·1
		{1. / 32, 5.5}, // 5 bits are 2 too many: 6.5 − 0.5·2
		{0, 5.5},       // forced after it had been removed
	} {
		m = m.(argen.Learner).Learn(argen.Drawn{Prob: s.prob})
		if mu := m.(sampler.Stateful).State()["mu"]; math.Abs(mu-s.mu) > 1e-15 {
			t.Errorf("after P = %v the limit is %v, want %v", s.prob, mu, s.mu)
		}
	}
}

// However large its parameters, the limit is a number that can be given again.
func TestMirostatStaysFinite(t *testing.T) {
	for _, version := range []int{1, 2} {
		for _, tau := range []float64{0, 3, math.MaxFloat64} {
			var m argen.Transform = sampler.Mirostat{Version: version, Tau: tau, Eta: math.MaxFloat64, M: 100}
			for _, prob := range []float64{1, 1e-9, 0.5, 5e-324, 1} {
				if mu := m.(sampler.Stateful).State()["mu"]; math.IsInf(mu, 0) || math.IsNaN(mu) {
					t.Errorf("version %d, tau %v: the limit is %v", version, tau, mu)
				}
				if ids, _ := left(t, m, 1, 2, 3); len(ids) == 0 {
					t.Errorf("version %d, tau %v: nothing is left", version, tau)
				}
				m = m.(argen.Learner).Learn(argen.Drawn{Prob: prob})
			}
		}
	}
}
