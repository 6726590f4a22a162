package sampler

import (
	"math"

	"argen"
)

// Quadratic bends logits by their distance d ≤ 0 from the best: tokens near it
// come nearer, those far away go further.
//
//	l_i → l_max − k · F · d² + s · F · d³,  d = l_i − l_max
//	k = (3 − Curve) / 2,  s = (Curve − 1) / 2
//
// F = 0 changes nothing. Curve = 1 is the square alone, 3 the cube alone; above
// 3 tokens near the best pass it. Known as smoothing too.
//
// kalomaze, 2024; text-generation-webui defines it.
type Quadratic struct {
	F     float64 `json:"f"`     // how much
	Curve float64 `json:"curve"` // 1 for the square, 3 for the cube
}

var quadraticSpec = Spec{
	Name: "quadratic", Doc: "moves logits near the best nearer to it and the others away, by the square of the distance",
	Group: Shape, Source: "text-generation-webui",
	Params: []Param{
		{Name: "f", Flag: "smoothing-factor", Doc: "how much", Default: 0, Off: 0, Most: math.Inf(1)},
		{Name: "curve", Flag: "smoothing-curve", Doc: "1 for the square of the distance alone, 3 for its cube", Default: 1, Off: None, Most: math.Inf(1)},
	},
	New: func(a Args) (argen.Transform, error) { return Quadratic{F: a.Float(0), Curve: a.Float(1)}, nil },
}

// Name implements argen.Transform.
func (Quadratic) Name() string { return "quadratic" }

// String implements argen.Transform.
func (q Quadratic) String() string { return word(q.Name(), q.F, q.Curve) }

// Apply implements argen.Transform.
func (q Quadratic) Apply(c *argen.Candidates, _ argen.Past) {
	if q.F == 0 {
		return
	}
	best := c.Logit(c.Top(1)[0])
	k, s := (3-q.Curve)/2, (q.Curve-1)/2
	c.Map(func(_ argen.ID, l float64) float64 {
		d := max(l-best, -math.MaxFloat64)
		return best + float64(float64((float64(s*d)-k)*q.F*d)*d)
	})
}
