package sampler

import "argen"

// TopK keeps the K most probable candidates, exactly K even where more are
// equal to the last of them: of equal ones the lower IDs stay, as llama.cpp
// does by the order it happens to sort in; transformers keeps all the equal
// ones. K ≤ 0 keeps all.
//
// Fan, Lewis, Dauphin, Hierarchical Neural Story Generation, 2018.
type TopK struct {
	K int `json:"k"` // candidates to keep
}

func newTopK(a Args) (argen.Transform, error) { return TopK{K: int(a[0])}, nil }

// Name implements argen.Transform.
func (TopK) Name() string { return "top_k" }

// String implements argen.Transform.
func (t TopK) String() string { return word(t.Name(), float64(t.K)) }

// Apply implements argen.Transform.
func (t TopK) Apply(c *argen.Candidates, _ argen.Past) {
	if t.K > 0 {
		c.Keep(t.K)
	}
}
