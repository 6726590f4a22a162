package sampler

import (
	"math"

	"argen"
)

// TopP keeps the nucleus: the smallest set of most probable candidates whose
// probabilities sum to at least P.
//
//	p₁ ≥ p₂ ≥ … ≥ p_n,  keep 1…k,  k = min{ k : p₁ + … + p_k ≥ P }
//
// 0 ≤ P ≤ 1; P = 1 keeps all, also those too improbable to change the sum. By
// rule "hf", or "textgen", those go then whose probability is 0 in float32, as
// in transformers. P = 0 keeps the best. Equal probabilities are taken in order
// of ID. Fewer than Keep are never kept. Where the sum is exactly P, llama2.c
// keeps one token more; we follow the paper, llama.cpp and transformers.
//
// Holtzman et al., The Curious Case of Neural Text Degeneration, 2020.
type TopP struct {
	P    float64   `json:"p"`              // probability mass to keep
	Keep int       `json:"keep,omitempty"` // at least this many stay
	Rule Semantics `json:"rule,omitempty"` // what p = 1 keeps: "hf", "textgen", or "" for ours
}

var topPSpec = Spec{
	Name: "top_p", Doc: "keeps the nucleus: the fewest most probable tokens whose probabilities sum to at least p",
	Group: Truncation, Source: "Holtzman et al. 2020",
	Params: []Param{
		{Name: "p", Flag: "top-p", Doc: "probability mass to keep", Default: 0.95, Off: 1, Most: 1},
		keepParam,
		ruleParam("hf", "textgen"),
	},
	New: func(a Args) (argen.Transform, error) {
		return TopP{P: a.Float(0), Keep: a.Int(1), Rule: a.Rule(2)}, nil
	},
}

// Name implements argen.Transform.
func (TopP) Name() string { return "top_p" }

// String implements argen.Transform.
func (t TopP) String() string { return word(t.Name(), t.P, t.Keep, t.Rule) }

// Apply implements argen.Transform.
func (t TopP) Apply(c *argen.Candidates, _ argen.Past) {
	switch {
	case t.P < 1:
		k, _ := t.nucleus(c)
		c.Keep(max(k, t.Keep))
	case t.Rule != "":
		atLeast(c, float32Zero+math.Log(c.Total()), t.Keep, false)
	}
}

// float32Zero is the logarithm of half the least float32 above 0: what is less
// is 0 in float32.
const float32Zero = -150 * math.Ln2

// nucleus returns how many candidates it holds and the sum of their weights.
func (t TopP) nucleus(c *argen.Candidates) (k int, sum float64) {
	enough := t.P * c.Total()
	for n := 64; k < c.Len(); n *= 4 { // mostly a few are enough
		for _, id := range c.Top(n)[k:] {
			k++
			if sum += c.Weight(id); !(sum < enough) {
				return k, sum
			}
		}
	}
	return k, sum
}

// Reasons implements argen.Reasoner.
func (t TopP) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	if !(t.P < 1) {
		return func(id argen.ID) string { return "e^" + prob(c.LogProb(id)) + " is 0 in float32" }
	}
	k, sum := t.nucleus(c)
	why := "the " + number(float64(k)) + " before it hold "
	if k == 1 {
		why = "the one before it holds "
	}
	why += prob(sum/c.Total()) + " ≥ " + number(t.P)
	return func(argen.ID) string { return why }
}
