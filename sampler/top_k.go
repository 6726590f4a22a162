package sampler

import (
	"math"

	"argen"
)

// TopK keeps the K most probable candidates, exactly K even where more are
// equal to the last of them: of equal ones the lower IDs stay, as llama.cpp
// does by the order it happens to sort in; transformers keeps all the equal
// ones. K ≤ 0 keeps all.
//
// Fan, Lewis, Dauphin, Hierarchical Neural Story Generation, 2018.
type TopK struct {
	K int `json:"k"` // candidates to keep
}

var topKSpec = Spec{
	Name: "top_k", Doc: "keeps the k most probable tokens; of equal ones those with the lower ids",
	Params: []Param{{Name: "k", Flag: "top-k", Kind: Int, Doc: "tokens to keep", Default: 40, Off: 0, Most: math.MaxInt32}},
	New:    func(a Args) (argen.Transform, error) { return TopK{K: a.Int(0)}, nil },
}

// Name implements argen.Transform.
func (TopK) Name() string { return "top_k" }

// String implements argen.Transform.
func (t TopK) String() string { return word(t.Name(), t.K) }

// Apply implements argen.Transform.
func (t TopK) Apply(c *argen.Candidates, _ argen.Past) {
	if t.K > 0 {
		c.Keep(t.K)
	}
}

// Reasons implements argen.Reasoner.
func (t TopK) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	last := c.At(t.K - 1)
	return func(id argen.ID) string {
		if c.Logit(id) == last.Logit {
			return "as probable as the last of " + number(float64(t.K)) + ", with a higher id"
		}
		return prob(c.Prob(id)) + " < " + prob(last.Prob) + ", that of rank " + number(float64(t.K))
	}
}
