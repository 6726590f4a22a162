package main

import (
	"context"

	"github.com/spf13/pflag"

	"argen"
	"argen/sampler"
	"argen/sampler/search"
)

// searchFlags say how tokens are picked where it is not by the dice: --search,
// or a flag for each parameter of each procedure in [search.Table].
type searchFlags struct {
	text string
	fs   *pflag.FlagSet
}

func (s *searchFlags) add(fs *pflag.FlagSet) {
	s.fs = fs
	fs.Var(&searchValue{&s.text}, "search", "pick the tokens by `SEARCH`: \"beams=4/length_penalty:0.8\"; argen help search explains them")
	for _, f := range search.Table {
		addForm(fs, f, searchGroup)
	}
}

// searchGroup is the group of the flags of searches.
const searchGroup sampler.Group = "search"

// procedure returns the one that the flags ask for, nil if none.
func (s *searchFlags) procedure(chain []argen.Transform) (search.Procedure, error) {
	p, err := search.FromFlags(func(name string) []string { return given(s.fs, name) })
	if s.fs.Changed("search") {
		if flag := s.given(); flag != "search" {
			return nil, usagef("--search and --%s: give the parameter in the search", flag)
		}
		p, err = search.Parse(s.text)
	}
	if err == nil && p != nil {
		err = search.Check(p, chain)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return p, nil
}

// given is a flag that asks for a search, "" if none does.
func (s *searchFlags) given() string {
	for _, f := range search.Table {
		for _, p := range f.Params {
			if p.Flag != "" && s.fs.Changed(p.Flag) {
				return p.Flag
			}
		}
	}
	if s.fs.Changed("search") {
		return "search"
	}
	return ""
}

// searchValue is checked as it is read.
type searchValue struct{ text *string }

// Set implements pflag.Value.
func (v *searchValue) Set(text string) error {
	_, err := search.Parse(text)
	*v.text = text
	return err
}

// String implements pflag.Value.
func (v *searchValue) String() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// Type implements pflag.Value.
func (v *searchValue) Type() string { return "string" }

// picking returns what appends the next token of a run, a procedure or the
// dice, and the texts that the procedure found.
func picking(r *argen.Run, p search.Procedure) (next func(context.Context) error, texts func() []search.Text) {
	if p == nil {
		return func(ctx context.Context) error {
			_, err := r.Next(ctx)
			return err
		}, func() []search.Text { return nil }
	}
	picker := p.Picker()
	next = func(ctx context.Context) error {
		_, err := search.Next(ctx, r, picker)
		return err
	}
	texts = func() []search.Text {
		if l, ok := picker.(search.Lister); ok {
			return l.Texts()
		}
		return nil
	}
	return next, texts
}
