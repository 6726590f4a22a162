package sampler

import "argen"

// TopP keeps the nucleus: the smallest set of most probable candidates whose
// probabilities sum to at least P.
//
//	p₁ ≥ p₂ ≥ … ≥ p_n,  keep 1…k,  k = min{ k : p₁ + … + p_k ≥ P }
//
// 0 < P ≤ 1; P = 1 keeps all, also those too improbable to change the sum,
// which transformers drops. P ≤ 0 keeps the best. Equal probabilities are
// taken in order of ID. Where the sum is exactly P, llama2.c keeps one token
// more; we follow the paper and llama.cpp.
//
// Holtzman et al., The Curious Case of Neural Text Degeneration, 2020.
type TopP struct {
	P float64 `json:"p"` // probability mass to keep
}

func newTopP(a Args) (argen.Transform, error) { return TopP{P: a[0]}, nil }

// Name implements argen.Transform.
func (TopP) Name() string { return "top_p" }

// String implements argen.Transform.
func (t TopP) String() string { return word(t.Name(), t.P) }

// Apply implements argen.Transform.
func (t TopP) Apply(c *argen.Candidates, _ argen.Past) {
	if t.P >= 1 {
		return
	}
	enough := t.P * c.Total()
	sum, k := 0.0, 0
	for n := 64; k < c.Len(); n *= 4 { // mostly a few are enough
		for _, id := range c.Top(n)[k:] {
			k++
			if sum += c.Weight(id); !(sum < enough) {
				c.Keep(k)
				return
			}
		}
	}
}
