package sampler

import (
	"math"

	"argen"
)

// TopA keeps the candidates whose probability is at least A times the square
// of the best one's: the surer the model, the fewer.
//
//	p_i ≥ A · p_max²
//
// 0 ≤ A ≤ 1; A = 0 keeps all. A candidate exactly at the limit stays, and the
// best always does. Fewer than Keep are never kept; of equal ones the lower IDs
// stay then. The rule is text-generation-webui's.
//
// BlinkDL, The top-a sampling method, in RWKV-LM, 2022.
type TopA struct {
	A    float64 `json:"a"`              // share of the best candidate's probability, squared
	Keep int     `json:"keep,omitempty"` // at least this many stay
}

var topASpec = Spec{
	Name: "top_a", Doc: "keeps tokens at least as probable as a times the square of the best one's probability",
	Group: Truncation, Source: "BlinkDL 2022",
	Params: []Param{
		{Name: "a", Flag: "top-a", Doc: "share of the best token's probability, squared", Default: 0.2, Off: 0, Most: 1},
		keepParam,
	},
	New: func(a Args) (argen.Transform, error) { return TopA{A: a.Float(0), Keep: a.Int(1)}, nil },
}

// Name implements argen.Transform.
func (TopA) Name() string { return "top_a" }

// String implements argen.Transform.
func (t TopA) String() string { return word(t.Name(), t.A, t.Keep) }

// Apply implements argen.Transform.
func (t TopA) Apply(c *argen.Candidates, _ argen.Past) {
	if t.A > 0 { // p_max is 1/Total
		atLeast(c, math.Log(t.A/c.Total()), t.Keep, false)
	}
}

// Reasons implements argen.Reasoner.
func (t TopA) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	limit := " < " + number(t.A) + " × " + prob(c.At(0).Prob) + "²"
	return func(id argen.ID) string { return prob(c.Prob(id)) + limit }
}
