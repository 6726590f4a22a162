package sampler

import "argen"

// Greedy keeps the most probable candidate alone, of equal ones that with the
// lowest ID. Every token is then the likeliest; the text seldom is: long ones
// tend to repeat themselves.
type Greedy struct{}

func newGreedy(Args) (argen.Transform, error) { return Greedy{}, nil }

// Name implements argen.Transform.
func (Greedy) Name() string { return "greedy" }

// String implements argen.Transform.
func (g Greedy) String() string { return g.Name() }

// Apply implements argen.Transform.
func (Greedy) Apply(c *argen.Candidates, _ argen.Past) { c.Keep(1) }
