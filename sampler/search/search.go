// Package search decides which token comes next where it is not left to one
// throw of the dice: beam search and its kin look at whole texts before the
// first token of one is appended.
//
// A [Procedure] is what a user asks for, such as "beams=4/length_penalty:0.8".
// For one text it makes a [Picker], which looks ahead in trials of the run
// ([argen.Run.Trial]) and says token by token what to append and why; the run
// records it, so that traces, views and replays know searches as they know
// draws.
//
//	p, err := search.Parse("beams=4")
//	gen.Search = p.String()
//	run, err := gen.Start("Once upon a time")
//	picker := p.Picker()
//	for {
//		step, err := search.Next(ctx, run, picker)
//		…
//	}
//
// The stages of the chain act on the distribution of each text that a search
// looks at, before the search's own rule.
package search

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"argen"
	"argen/sampler"
)

// A Procedure is a way to pick tokens, with its parameters. It does not change.
type Procedure interface {
	// String is the procedure as --search has it, so that it can be pasted
	// back: "beams=4".
	fmt.Stringer
	// Name is its name in flags, traces and docs: "beams".
	Name() string
	// Picker begins a text.
	Picker() Picker
}

// A Picker picks the tokens of one run. It belongs to one goroutine at a time.
type Picker interface {
	// Choose predicts the next token of the run and returns which one is to be
	// appended, and why. Appending is left to the caller, who may append
	// another: then the next call begins anew from there, as it does after
	// Back. Called again at the same place it says the same. At the end of the
	// text it returns io.EOF.
	Choose(ctx context.Context, r *argen.Run) (argen.ID, argen.Explanation, error)
}

// A Seconded is a Procedure that needs a second model.
type Seconded interface {
	Procedure
	// Second names it, as -m does.
	Second() string
	// Bind returns the procedure at work for a model m with its tokenizer. An
	// error says why the second model cannot go with it.
	Bind(m argen.Model, t argen.Tokenizer, second argen.Model, its argen.Tokenizer) (Procedure, error)
}

// A Lister is a Picker that looked at whole texts and can list them.
type Lister interface {
	// Texts are those found by the last search, the best first: the one whose
	// tokens are appended.
	Texts() []Text
}

// A Text is a text that a search found. It begins where the search began.
type Text struct {
	IDs     []argen.ID `json:"ids"`
	Text    string     `json:"text"`
	Score   float64    `json:"score"`   // by which the search ranks it
	LogProb float64    `json:"logprob"` // ln P of the model itself
}

// MarshalJSON implements json.Marshaler. A token that a stage forces may be one
// that the model holds impossible, and then ln P is "-inf", as in a trace.
func (t Text) MarshalJSON() ([]byte, error) {
	type plain Text
	return json.Marshal(struct {
		plain
		Score   number `json:"score"`
		LogProb number `json:"logprob"`
	}{plain(t), number(t.Score), number(t.LogProb)})
}

// A number is written as a trace has it: "inf", "-inf" and "nan" where JSON has
// none.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) { return argen.AppendFloat(nil, float64(n)), nil }

// Next appends the token that a picker chooses.
func Next(ctx context.Context, r *argen.Run, p Picker) (argen.Step, error) {
	id, how, err := p.Choose(ctx, r)
	if err != nil {
		return argen.Step{}, err
	}
	return r.Pick(id, how)
}

// A Form describes a procedure: its flags, its text and its help come from it.
type Form = sampler.Form[Procedure]

// Table lists the procedures in the order of help. It is filled by init, since
// procedures look themselves up in it.
var Table []Form

func init() {
	Table = []Form{
		beamsForm,
		stochasticForm,
		contrastiveForm,
		bestOfForm,
		draftForm,
		lookupForm,
	}
}

// written is how procedures are written.
func written() sampler.Forms[Procedure] {
	return sampler.Forms[Procedure]{Text: "search", Noun: "search", Topic: "argen help search", All: Table}
}

// word is a procedure as --search has it.
func word(name string, values ...any) string {
	f, ok := written().Lookup(name)
	if !ok {
		panic("search: no procedure is named " + name)
	}
	return f.Word(values...)
}

// Parse reads a procedure such as "beams=4/length_penalty:0.8". An error names
// the column, from 1, in bytes.
func Parse(text string) (Procedure, error) {
	all, err := written().Parse(text, "")
	switch {
	case err != nil:
		return nil, err
	case len(all) > 1:
		return nil, fmt.Errorf("search: %s and %s: one procedure picks the tokens, choose one", all[0].Name(), all[1].Name())
	}
	return all[0], nil
}

// FromFlags returns the procedure whose flags were given, nil if none was; value
// is as for [sampler.FromFlags]. The first parameter of a procedure is the flag
// that asks for it, without which its others say nothing.
func FromFlags(value func(flag string) []string) (Procedure, error) {
	var found Procedure
	by := ""
	for _, f := range Table {
		p, given, err := f.FromFlags(value, "")
		asks := f.Params[0].Flag
		switch {
		case given && len(value(asks)) == 0:
			other := slices.IndexFunc(f.Params, func(p sampler.Param) bool { return len(value(p.Flag)) > 0 })
			return nil, fmt.Errorf("--%s goes with --%s", f.Params[other].Flag, asks)
		case err != nil:
			return nil, err
		case given && found != nil:
			return nil, fmt.Errorf("--%s and --%s: one procedure picks the tokens, choose one", by, asks)
		case given:
			found, by = p, asks
		}
	}
	return found, nil
}

// Fits reports what a model lacks for a procedure.
func Fits(p Procedure, m argen.Model) error {
	if _, ok := p.(Contrastive); !ok {
		return nil
	}
	if _, ok := m.Start().(argen.Inspector); !ok {
		return errNoHidden
	}
	return nil
}

// Check reports what in a chain leaves a procedure nothing to choose from.
func Check(p Procedure, chain []argen.Transform) error {
	switch p.(type) {
	case Draft, Lookup: // they guess, and choose nothing
		return nil
	}
	if slices.ContainsFunc(chain, func(t argen.Transform) bool { return t.Name() == "greedy" }) {
		return fmt.Errorf("greedy leaves one token, so that %s has nothing to choose from: leave out one of them", p.Name())
	}
	return nil
}
