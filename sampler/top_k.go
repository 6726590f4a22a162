package sampler

import (
	"math"

	"argen"
)

// TopK keeps the K most probable candidates, exactly K even where more are
// equal to the last of them: of equal ones the lower IDs stay; in llama.cpp
// those that its sort happens to put first. Rule "hf" or "textgen" keeps all
// that are equal to the K-th. Fewer than Keep are never kept. K ≤ 0 keeps all;
// transformers refuses it.
//
// Fan, Lewis, Dauphin, Hierarchical Neural Story Generation, 2018.
type TopK struct {
	K    int       `json:"k"`              // candidates to keep
	Keep int       `json:"keep,omitempty"` // at least this many stay
	Rule Semantics `json:"rule,omitempty"` // what becomes of ties: "hf", "textgen", or "" for ours
}

var topKSpec = Spec{
	Name: "top_k", Doc: "keeps the k most probable tokens; of equal ones those with the lower ids",
	Group: Truncation, Source: "Fan, Lewis, Dauphin 2018; llama.cpp",
	Params: []Param{
		{Name: "k", Flag: "top-k", Kind: Int, Doc: "tokens to keep", Default: 40, Off: 0, Most: math.MaxInt32},
		keepParam,
		ruleParam("hf", "textgen"),
	},
	New: func(a Args) (argen.Transform, error) { return TopK{K: a.Int(0), Keep: a.Int(1), Rule: a.Rule(2)}, nil },
}

// Name implements argen.Transform.
func (TopK) Name() string { return "top_k" }

// String implements argen.Transform.
func (t TopK) String() string { return word(t.Name(), t.K, t.Keep, t.Rule) }

// Apply implements argen.Transform.
func (t TopK) Apply(c *argen.Candidates, _ argen.Past) {
	if t.K <= 0 {
		return
	}
	n := max(t.K, t.Keep)
	if n < c.Len() && t.Rule != "" {
		last := c.Logit(c.Top(n)[n-1])
		for n < c.Len() && c.Logit(c.Top(n + 1)[n]) == last {
			n++
		}
	}
	c.Keep(n)
}

// Reasons implements argen.Reasoner.
func (t TopK) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	n := max(t.K, t.Keep)
	last := c.At(n - 1)
	return func(id argen.ID) string {
		if c.Logit(id) == last.Logit {
			return "as probable as the last of " + number(float64(n)) + ", with a higher id"
		}
		return prob(c.Prob(id)) + " < " + prob(last.Prob) + ", that of rank " + number(float64(n))
	}
}
