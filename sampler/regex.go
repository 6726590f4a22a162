package sampler

import (
	"argen"
	"argen/sampler/grammar"
)

// Regex lets only such tokens pass as can lead to a text that Pattern matches
// as a whole, a regular expression as Go and RE2 have it. Tokens that end a
// text pass where it matches; where nothing but the end can follow and the
// model has no such token, the run ends. What counts is the text that is
// written after the prompt; the blank that tokenizers of words put between the
// two is not part of it. If no token can follow the run fails and says why.
//
// Willard, Louf, Efficient Guided Generation for Large Language Models, 2023.
type Regex struct {
	Pattern string `json:"pattern"`

	constrained
}

var regexSpec = Spec{
	Name: "regex", Doc: "lets only tokens pass that lead to a text which the pattern matches as a whole",
	Group: Constraint, Source: "Willard, Louf 2023",
	Params:  []Param{{Name: "pattern", Flag: "regex", Takes: "PATTERN", Kind: Text, Doc: "a regular expression as in Go"}},
	Example: `regex="[a-z]+"`,
	New: func(a Args) (argen.Transform, error) {
		form, err := grammar.Regex(a.Text(0))
		return Regex{a.Text(0), constrained{form: form}}, err
	},
}

// Name implements argen.Transform.
func (Regex) Name() string { return "regex" }

// String implements argen.Transform.
func (r Regex) String() string { return word(r.Name(), r.Pattern) }

// Bind implements argen.Binder.
func (r Regex) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	var err error
	r.constrained, err = r.on(t, m, grammar.Regex, r.Pattern)
	return r, err
}

// Learn implements argen.Learner.
func (r Regex) Learn(drawn argen.Drawn) argen.Transform {
	r.constrained = r.after(drawn)
	return r
}
