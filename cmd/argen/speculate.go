package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"argen"
	"argen/model"
	"argen/sampler/search"
	"argen/viz/term"
)

// bindSecond gives a procedure that needs a second model that model, opened by
// open; it returns nil where none is needed. The first must fit too.
func bindSecond(ctx context.Context, p search.Procedure, lm *model.LM, open func(context.Context, string) (*model.LM, error)) (search.Procedure, *model.LM, error) {
	s, ok := p.(search.Seconded)
	if !ok {
		return p, nil, search.Fits(p, lm.Model)
	}
	second, err := open(ctx, s.Second())
	if err != nil {
		return nil, nil, fmt.Errorf("--%s: %w", s.Name(), err)
	}
	bound, err := s.Bind(lm.Model, lm.Tokenizer, second.Model, second.Tokenizer)
	return bound, second, err
}

// withSecond is bindSecond for a model that is closed with the first.
func (a *app) withSecond(ctx context.Context, p search.Procedure, lm *model.LM) (search.Procedure, error) {
	p, second, err := bindSecond(ctx, p, lm, a.open)
	if second != nil {
		first := lm.Close
		lm.Close = func() error { return errors.Join(first(), second.Close()) }
	}
	return p, err
}

// A speculated is the JSON of what speculation did for a text.
type speculated struct {
	search.Tally
	Acceptance    number `json:"acceptance"`
	TokensPerPass number `json:"tokens_per_pass"`
}

// speculation is what speculation did for a trace, and its marks, a word a pass
// of the model; nil if there was none.
func speculation(steps []argen.Step) (*speculated, string) {
	var all *speculated
	var marks []string
	for i := range steps {
		var s search.Speculation
		if steps[i].Choice == nil {
			continue
		}
		data, err := json.Marshal(steps[i].Choice) // of a log too
		if err != nil || json.Unmarshal(data, &s) != nil || s.Tally.Passes == 0 {
			continue
		}
		t := s.Tally
		all = &speculated{t, number(t.Rate()), number(float64(t.Tokens) / float64(t.Passes))}
		if s.Marks != "" {
			marks = append(marks, s.Marks)
		}
	}
	return all, strings.Join(marks, " ")
}

// speculationText shows the marks of a trace and what was saved, "" if nothing
// was speculated.
func speculationText(steps []argen.Step) string {
	all, marks := speculation(steps)
	if all == nil {
		return ""
	}
	return fmt.Sprintf("Passes of the model, + accepted, - drawn again, * bonus, . not drafted:\n%s\nSpeculation: %s.\n",
		term.Wrap(marks, 80), all.Tally)
}
