package sampler

import (
	"math"

	"argen"
)

// EpsilonCutoff keeps the candidates whose probability is at least Epsilon.
//
//	p_i ≥ ε
//
// 0 ≤ ε ≤ 1; 0 keeps all. A candidate exactly at the limit stays. Where none
// reaches it, the best one stays with all that are equal to it; where fewer
// than Keep do, the Keep best stay with all that are equal to the last of them.
// That is transformers' rule. Usual are 0.0003 to 0.0009; text-generation-webui
// gives ε in units of 0.0001.
//
// Hewitt, Manning, Liang, Truncation Sampling as Language Model Desmoothing,
// 2022.
type EpsilonCutoff struct {
	Epsilon float64 `json:"epsilon"`        // least probability
	Keep    int     `json:"keep,omitempty"` // at least this many stay
}

var epsilonCutoffSpec = Spec{
	Name: "epsilon_cutoff", Doc: "keeps tokens of a probability of at least epsilon, else the best",
	Group: Truncation, Source: "Hewitt et al. 2022",
	Params: []Param{
		{Name: "epsilon", Flag: "epsilon-cutoff", Doc: "least probability", Default: 0.0003, Off: 0, Most: 1},
		keepParam,
	},
	New: func(a Args) (argen.Transform, error) { return EpsilonCutoff{Epsilon: a.Float(0), Keep: a.Int(1)}, nil },
}

// Name implements argen.Transform.
func (EpsilonCutoff) Name() string { return "epsilon_cutoff" }

// String implements argen.Transform.
func (e EpsilonCutoff) String() string { return word(e.Name(), e.Epsilon, e.Keep) }

// Apply implements argen.Transform.
func (e EpsilonCutoff) Apply(c *argen.Candidates, _ argen.Past) {
	if e.Epsilon > 0 {
		atLeast(c, math.Log(e.Epsilon*c.Total()), e.Keep, true)
	}
}

// Reasons implements argen.Reasoner.
func (e EpsilonCutoff) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	return func(id argen.ID) string { return prob(c.Prob(id)) + " < " + number(e.Epsilon) }
}
