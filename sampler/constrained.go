package sampler

import (
	"errors"

	"argen"
	"argen/sampler/grammar"
)

// constrained is what stages share that let only such tokens pass as can lead
// to a text of a form. It does not change.
type constrained struct {
	form *grammar.Grammar    // nil of a stage that no chain was read for, until it is bound
	at   *grammar.Constraint // where the text stands in it, once bound
}

// on is the stage at work on a vocabulary; read reads its form.
func (c constrained) on(t argen.Tokenizer, m argen.Model, read func(string) (*grammar.Grammar, error), text string) (constrained, error) {
	if c.form == nil {
		var err error
		if c.form, err = read(text); err != nil {
			return c, err
		}
	}
	var stop []argen.ID
	if m != nil {
		stop = m.Info().Stop
	}
	c.at = c.form.On(t, stop)
	return c, nil
}

// after is the stage after a token.
func (c constrained) after(drawn argen.Drawn) constrained {
	if c.at != nil {
		c.at = c.at.Learn(drawn.ID)
	}
	return c
}

// Unfinished is the name of a stage that wants a form which a text does not have
// yet, "" if none of the chain does. The stages need not be bound; ids are the
// tokens of the text without the prompt.
func Unfinished(chain []argen.Transform, t argen.Tokenizer, m argen.Model, ids []argen.ID) string {
	for _, stage := range chain {
		form, ok := stage.(former)
		if !ok {
			continue
		}
		bound, err := form.Bind(t, m)
		if err != nil {
			return stage.Name()
		}
		for _, id := range ids {
			bound = bound.(argen.Learner).Learn(argen.Drawn{ID: id})
		}
		if !bound.(former).complete() {
			return stage.Name()
		}
	}
	return ""
}

// A former is a stage that is constrained.
type former interface {
	argen.Binder
	complete() bool
}

// complete reports whether the text has the form.
func (c constrained) complete() bool { return c.at.Complete() }

// Apply implements argen.Transform.
func (c constrained) Apply(all *argen.Candidates, past argen.Past) {
	if c.at == nil {
		all.Fail(errors.New("it is not bound to a vocabulary"))
		return
	}
	c.at.Apply(all, past)
}

// Reasons implements argen.Reasoner.
func (c constrained) Reasons(_ *argen.Candidates, past argen.Past) func(argen.ID) string {
	return c.at.Reasons(past)
}
