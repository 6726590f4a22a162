package sampler

import (
	"math"

	"argen"
)

// EtaCutoff keeps the candidates whose probability is at least η, a limit that
// falls where the distribution is flat.
//
//	p_i ≥ η = min(ε, √ε · e^(−H)),  H = −Σ p ln p
//
// 0 ≤ ε ≤ 1; 0 keeps all. The limit is that of the code of transformers, whose
// documentation speaks of either of the two. A candidate exactly at the limit
// stays. Where none reaches it, the best one stays with all that are equal to
// it; where fewer than Keep do, the Keep best stay with all that are equal to
// the last of them. Usual are 0.0003 to 0.002; text-generation-webui gives ε in
// units of 0.0001.
//
// Hewitt, Manning, Liang, Truncation Sampling as Language Model Desmoothing,
// 2022.
type EtaCutoff struct {
	Epsilon float64 `json:"epsilon"`        // the highest limit
	Keep    int     `json:"keep,omitempty"` // at least this many stay
}

var etaCutoffSpec = Spec{
	Name: "eta_cutoff", Doc: "keeps tokens of a probability of at least min(ε, √ε·e^−H), H the entropy, else the best",
	Group: Truncation, Source: "Hewitt et al. 2022",
	Params: []Param{
		{Name: "epsilon", Flag: "eta-cutoff", Doc: "the highest limit", Default: 0.0003, Off: 0, Most: 1},
		keepParam,
	},
	New: func(a Args) (argen.Transform, error) { return EtaCutoff{Epsilon: a.Float(0), Keep: a.Int(1)}, nil },
}

// Name implements argen.Transform.
func (EtaCutoff) Name() string { return "eta_cutoff" }

// String implements argen.Transform.
func (e EtaCutoff) String() string { return word(e.Name(), e.Epsilon, e.Keep) }

// eta is the limit.
func (e EtaCutoff) eta(c *argen.Candidates) float64 {
	return min(e.Epsilon, math.Sqrt(e.Epsilon)*math.Exp(-c.Entropy()*math.Ln2))
}

// Apply implements argen.Transform.
func (e EtaCutoff) Apply(c *argen.Candidates, _ argen.Past) {
	if e.Epsilon > 0 {
		atLeast(c, math.Log(e.eta(c)*c.Total()), e.Keep, true)
	}
}

// Reasons implements argen.Reasoner.
func (e EtaCutoff) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	eta, by := e.eta(c), number(e.Epsilon)
	if eta < e.Epsilon {
		by = prob(eta) + " = √" + by + " · e^−" + prob(c.Entropy()*math.Ln2)
	}
	return func(id argen.ID) string { return prob(c.Prob(id)) + " < " + by }
}
