package sampler

import (
	"math"

	"argen"
)

// Temperature divides every logit by T.
//
//	p_i ∝ exp(l_i / T)
//
// T < 1 sharpens the distribution, T > 1 flattens it, T = 1 is the model's
// own, the only one that is faithful to it. T ≤ 0 keeps the best candidate
// alone, as llama.cpp does and as is the limit of T → 0; transformers refuses
// it.
//
// The name is from the Boltzmann distribution: Ackley, Hinton, Sejnowski, A
// Learning Algorithm for Boltzmann Machines, 1985.
type Temperature struct {
	T float64 `json:"t"` // divisor of the logits
}

var temperatureSpec = Spec{
	Name: "temperature", Doc: "divides the logits by t: below 1 sharpens, above 1 flattens, 0 and less keeps only the best",
	Group: Shape, Source: "Ackley, Hinton, Sejnowski 1985",
	Params: []Param{{Name: "t", Flag: "temperature", Alias: "temp", Doc: "divisor of the logits", Default: 1, Off: 1, Least: math.Inf(-1), Most: math.Inf(1)}},
	New:    func(a Args) (argen.Transform, error) { return Temperature{T: a.Float(0)}, nil },
}

// Name implements argen.Transform.
func (Temperature) Name() string { return "temperature" }

// String implements argen.Transform.
func (t Temperature) String() string { return word(t.Name(), t.T) }

// Apply implements argen.Transform.
func (t Temperature) Apply(c *argen.Candidates, _ argen.Past) {
	switch {
	case t.T == 1:
		return
	case !(t.T > 0):
		c.Keep(1)
		return
	}
	if !c.Divide(t.T) {
		// Then only distances to the best say anything: the best becomes 0.
		best := c.At(0).Logit
		c.Map(func(_ argen.ID, l float64) float64 { return (l - best) / t.T })
	}
}

// Reasons implements argen.Reasoner.
func (t Temperature) Reasons(c *argen.Candidates, past argen.Past) func(argen.ID) string {
	return TopK{K: 1}.Reasons(c, past) // T ≤ 0
}
