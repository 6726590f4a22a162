package sampler

import "argen"

// Greedy keeps the most probable candidate alone, of equal ones that with the
// lowest ID. Every token is then the likeliest; the text seldom is: long ones
// tend to repeat themselves.
type Greedy struct{}

var greedySpec = Spec{
	Name: "greedy", Doc: "keeps only the most probable token; of equal ones that with the lowest id",
	Group: Truncation, Source: "arg max P",
	New: func(Args) (argen.Transform, error) { return Greedy{}, nil },
}

// Name implements argen.Transform.
func (Greedy) Name() string { return "greedy" }

// String implements argen.Transform.
func (g Greedy) String() string { return g.Name() }

// Apply implements argen.Transform.
func (Greedy) Apply(c *argen.Candidates, _ argen.Past) { c.Keep(1) }

// Reasons implements argen.Reasoner.
func (Greedy) Reasons(c *argen.Candidates, past argen.Past) func(argen.ID) string {
	return TopK{K: 1}.Reasons(c, past)
}
