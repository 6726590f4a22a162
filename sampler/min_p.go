package sampler

import (
	"math"

	"argen"
)

// MinP keeps the candidates that are at least M times as probable as the best
// one.
//
//	p_i ≥ M · p_max  ⇔  l_i − l_max ≥ ln M
//
// 0 ≤ M ≤ 1; M = 0 keeps all, M = 1 the best and those equal to it. A
// candidate exactly at the limit stays, as in llama.cpp and transformers. Fewer
// than Keep are never kept; of equal ones the lower IDs stay then.
//
// Nguyen et al., Turning Up the Heat: Min-p Sampling for Creative and Coherent
// LLM Outputs, 2025.
type MinP struct {
	M    float64 `json:"m"`              // share of the best candidate's probability
	Keep int     `json:"keep,omitempty"` // at least this many stay
}

var minPSpec = Spec{
	Name: "min_p", Doc: "keeps tokens at least m times as probable as the best one",
	Group: Truncation, Source: "Nguyen et al. 2025",
	Params: []Param{
		{Name: "m", Flag: "min-p", Doc: "share of the best token's probability", Default: 0.05, Off: 0, Most: 1},
		keepParam,
	},
	New: func(a Args) (argen.Transform, error) { return MinP{M: a.Float(0), Keep: a.Int(1)}, nil },
}

// Name implements argen.Transform.
func (MinP) Name() string { return "min_p" }

// String implements argen.Transform.
func (m MinP) String() string { return word(m.Name(), m.M, m.Keep) }

// Apply implements argen.Transform.
func (m MinP) Apply(c *argen.Candidates, _ argen.Past) {
	if m.M > 0 {
		atLeast(c, math.Log(m.M), m.Keep, false)
	}
}

// Reasons implements argen.Reasoner.
func (m MinP) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	best := c.At(0).Prob
	return func(id argen.ID) string {
		return prob(c.Prob(id)) + " < " + number(m.M) + " × " + prob(best)
	}
}
