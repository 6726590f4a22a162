package sampler

import (
	"fmt"
	"math"

	"argen"
)

// IgnoreEOS removes the tokens that end a text, so that it goes on until
// another limit stops it. If they are all that is left, the best of them
// stays: a chain never leaves nothing to draw. In llama.cpp it is a bias of
// −∞ on them.
type IgnoreEOS struct {
	IDs []argen.ID `json:"ids"` // the tokens; none: those that the model lists in Info.Stop

	stop []argen.ID // the tokens, once bound
}

var ignoreEOSSpec = Spec{
	Name: "ignore_eos", Doc: "removes the tokens that end a text, those of the model if none are given; if nothing else is left the best of them stays",
	Group: Bans, Source: "llama.cpp", Repeat: 1,
	Params: []Param{{Name: "ids", Kind: Int, Doc: "ids of the tokens", Most: math.MaxInt32}},
	New:    newIgnoreEOS,
}

func newIgnoreEOS(a Args) (argen.Transform, error) {
	e := IgnoreEOS{}
	for _, v := range a {
		e.IDs = append(e.IDs, argen.ID(v.Number))
	}
	return e, nil
}

// Name implements argen.Transform.
func (IgnoreEOS) Name() string { return "ignore_eos" }

// String implements argen.Transform.
func (e IgnoreEOS) String() string {
	values := make([]any, len(e.IDs))
	for i, id := range e.IDs {
		values[i] = id
	}
	return word(e.Name(), values...)
}

// Bind implements argen.Binder.
func (e IgnoreEOS) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	for _, id := range e.IDs {
		if v := t.VocabSize(); id < 0 || int(id) >= v {
			return nil, fmt.Errorf("id %d: the vocabulary has ids 0 to %d", id, v-1)
		}
	}
	e.stop = e.IDs
	if len(e.IDs) == 0 && m != nil {
		e.stop = m.Info().Stop
	}
	return e, nil
}

// Apply implements argen.Transform.
func (e IgnoreEOS) Apply(c *argen.Candidates, _ argen.Past) {
	c.Remove(e.stop...)
}

// Reasons implements argen.Reasoner.
func (IgnoreEOS) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "it ends a text" }
}
