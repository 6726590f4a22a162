package sampler_test

import (
	"fmt"

	"argen"
	"argen/sampler"
)

// alternating is a stage of a Go program: which tokens it allows depends on the
// text, as transformers' prefix_allowed_tokens_fn does.
type alternating struct{ even, odd []argen.ID }

func (alternating) Name() string   { return "alternating" }
func (alternating) String() string { return "alternating" }

func (a alternating) Apply(c *argen.Candidates, past argen.Past) {
	if len(past.IDs)%2 == 0 {
		sampler.AllowIDs(c, a.even...)
	} else {
		sampler.AllowIDs(c, a.odd...)
	}
}

func (alternating) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "it is not its turn" }
}

func ExampleAllowIDs() {
	var stage argen.Transform = alternating{even: []argen.ID{0, 2}, odd: []argen.ID{1}}
	for n := range 2 {
		c, err := argen.NewCandidates([]float64{1, 2, 3})
		if err != nil {
			fmt.Println(err)
			return
		}
		stage.Apply(c, argen.Past{IDs: make([]argen.ID, n)})
		fmt.Println(stage, "leaves", c.Top(3))
	}
	// Output:
	// alternating leaves [2 0]
	// alternating leaves [1]
}
