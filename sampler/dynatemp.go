package sampler

import (
	"math"

	"argen"
)

// Dynatemp is a temperature that follows the entropy: low where the model is
// sure, high where it is not.
//
//	T' = lo + (hi − lo) · (H / ln n)^Exponent
//	lo = max(0, T − Range),  hi = T + Range
//
// H is the entropy of the candidates and n their number, so H / ln n is 1 where
// all are equally probable, and where there is one alone. Range = 0 is the
// temperature T alone; T' ≤ 0 keeps the best. As in llama.cpp it stands in place
// of temperature, whose value becomes T where flags give both;
// text-generation-webui calls lo and hi by their own names.
//
// n counts the candidates, as in text-generation-webui. Rule "llamacpp" counts
// impossible and banned tokens too as long as no stage has chosen which to keep:
// there tokens with a logit of −∞ stay in the list until one does. (Its
// top_n_sigma only masks as well, which we take for a choice.)
//
// The idea is kalomaze's, 2023; llama.cpp defines it.
type Dynatemp struct {
	Range    float64   `json:"range"`          // how far the temperature moves each way
	Exponent float64   `json:"exponent"`       // above 1 it stays low longer as the entropy grows
	T        float64   `json:"t"`              // the temperature in the middle
	Rule     Semantics `json:"rule,omitempty"` // what n counts: "llamacpp", or "" for the candidates
}

var dynatempSpec = Spec{
	Name: "dynatemp", Doc: "a temperature between t − range and t + range, higher where the entropy is",
	Group: Shape, Source: "llama.cpp", Absorbs: "temperature",
	Params: []Param{
		{Name: "range", Flag: "dynatemp-range", Doc: "how far the temperature moves each way", Default: 0, Off: 0, Most: math.Inf(1)},
		{Name: "exponent", Flag: "dynatemp-exponent", Doc: "power of the entropy, above 1 the temperature stays low longer", Default: 1, Off: None, Most: math.Inf(1)},
		{Name: "t", Doc: "the temperature in the middle, that of --temperature where it is given", Default: 1, Off: 1, Least: math.Inf(-1), Most: math.Inf(1)},
		ruleParam("llamacpp"),
	},
	New: func(a Args) (argen.Transform, error) {
		return Dynatemp{Range: a.Float(0), Exponent: a.Float(1), T: a.Float(2), Rule: a.Rule(3)}, nil
	},
}

// Name implements argen.Transform.
func (Dynatemp) Name() string { return "dynatemp" }

// String implements argen.Transform.
func (d Dynatemp) String() string { return word(d.Name(), d.Range, d.Exponent, d.T, d.Rule) }

// Apply implements argen.Transform.
func (d Dynatemp) Apply(c *argen.Candidates, past argen.Past) {
	t := d.T
	if d.Range > 0 {
		t = d.now(c)
	}
	Temperature{T: t}.Apply(c, past)
}

// now is T'.
func (d Dynatemp) now(c *argen.Candidates) float64 {
	n, share := c.Len(), 1.0
	if d.Rule == "llamacpp" && c.Whole() {
		n = c.VocabSize()
	}
	if n > 1 {
		share = min(1, c.Entropy()/math.Log2(float64(n)))
	}
	low, high := max(0, d.T-d.Range), min(d.T+d.Range, math.MaxFloat64)
	return low + float64((high-low)*math.Pow(share, d.Exponent))
}

// Reasons implements argen.Reasoner.
func (d Dynatemp) Reasons(c *argen.Candidates, past argen.Past) func(argen.ID) string {
	return Temperature{}.Reasons(c, past) // T' = 0
}
