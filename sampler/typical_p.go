package sampler

import (
	"math"

	"argen"
)

// TypicalP keeps the candidates whose surprise is nearest to the expected one,
// the entropy H: the fewest whose probabilities sum to at least P.
//
//	d_i = |−ln p_i − H|,  H = −Σ p ln p
//	d₁ ≤ d₂ ≤ … ≤ d_n,  keep 1…k,  k = min{ k : p₁ + … + p_k ≥ P }
//
// 0 < P ≤ 1; P = 1 keeps all. Equal distances are taken in order of ID. So the
// best candidate may go, where it is too sure. Fewer than Keep are never kept.
//
// Engines differ at edges: by rule "llamacpp" the sum must exceed P; by rule
// "hf", or "textgen", all that are as near as the last one stay too, so that of
// equal tokens all stay.
//
// Meister, Pimentel, Wiher, Cotterell, Locally Typical Sampling, 2023.
type TypicalP struct {
	P    float64   `json:"p"`              // probability mass to keep
	Keep int       `json:"keep,omitempty"` // at least this many stay
	Rule Semantics `json:"rule,omitempty"` // the edges: "hf", "textgen", "llamacpp", or "" for ours
}

var typicalPSpec = Spec{
	Name: "typical_p", Doc: "keeps the fewest tokens of nearly the expected surprise whose probabilities sum to at least p",
	Group: Truncation, Source: "Meister et al. 2023",
	Params: []Param{
		{Name: "p", Flag: "typical-p", Doc: "probability mass to keep", Default: 0.95, Off: 1, Above: true, Most: 1},
		keepParam,
		ruleParam("hf", "llamacpp", "textgen"),
	},
	New: func(a Args) (argen.Transform, error) {
		return TypicalP{P: a.Float(0), Keep: a.Int(1), Rule: a.Rule(2)}, nil
	},
}

// Name implements argen.Transform.
func (TypicalP) Name() string { return "typical_p" }

// String implements argen.Transform.
func (t TypicalP) String() string { return word(t.Name(), t.P, t.Keep, t.Rule) }

// Apply implements argen.Transform.
func (t TypicalP) Apply(c *argen.Candidates, _ argen.Past) {
	if !(t.P < 1) {
		return
	}
	a := aim(c)
	last := t.last(c, a)
	c.Filter(func(id argen.ID, l float64) bool {
		d := a.distance(l)
		return d < last.distance || d == last.distance && id <= last.id
	})
}

// last is the farthest to keep.
func (t TypicalP) last(c *argen.Candidates, a target) reach {
	enough := t.P * c.Total()
	last := a.reach(c, func(_ int, sum float64) bool {
		return sum > enough || sum == enough && t.Rule != "llamacpp"
	})
	if t.Rule == "hf" || t.Rule == "textgen" {
		last.id = math.MaxInt32
	}
	if t.Keep > 1 {
		if least := a.reach(c, func(n int, _ float64) bool { return n >= t.Keep }); last.before(least) {
			return least
		}
	}
	return last
}

// Reasons implements argen.Reasoner.
func (t TypicalP) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	a := aim(c)
	last := t.last(c, a)
	limit := prob(last.distance)
	return func(id argen.ID) string {
		d := a.distance(c.Logit(id))
		if d == last.distance {
			return "|−ln p − H| = " + limit + ", as the last to stay, with a higher id"
		}
		return "|−ln p − H| = " + prob(d) + " > " + limit
	}
}
