package sampler

import (
	"slices"

	"argen"
)

// IgnoreEOS removes the tokens that end a text, so that it goes on until
// another limit stops it. If they are all that is left, the best of them
// stays: a chain never leaves nothing to draw. In llama.cpp it is a bias of
// −∞ on them.
type IgnoreEOS struct {
	IDs []argen.ID `json:"ids"` // the tokens, as Info.Stop lists them
}

func newIgnoreEOS(a Args) (argen.Transform, error) {
	e := IgnoreEOS{}
	for _, id := range a {
		e.IDs = append(e.IDs, argen.ID(id))
	}
	return e, nil
}

// Name implements argen.Transform.
func (IgnoreEOS) Name() string { return "ignore_eos" }

// String implements argen.Transform.
func (e IgnoreEOS) String() string {
	values := make([]float64, len(e.IDs))
	for i, id := range e.IDs {
		values[i] = float64(id)
	}
	return word(e.Name(), values...)
}

// Apply implements argen.Transform.
func (e IgnoreEOS) Apply(c *argen.Candidates, _ argen.Past) {
	if slices.ContainsFunc(e.IDs, c.Has) {
		c.Filter(func(id argen.ID, _ float64) bool { return !slices.Contains(e.IDs, id) })
	}
}
