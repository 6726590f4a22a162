package sampler

import (
	"argen"
	"argen/sampler/grammar"
)

// Grammar lets only such tokens pass as can lead to a text of a grammar in
// llama.cpp's GBNF, whose rule root is the whole text; see [grammar.GBNF] for
// what differs. Which text counts, and where it ends, is as for [Regex].
//
// llama.cpp applies a grammar to the token that its chain has drawn and draws
// again, with the grammar first, if it does not fit; here the grammar is a
// stage, so that what it removes is seen.
type Grammar struct {
	GBNF string `json:"gbnf"` // its text

	constrained
}

var grammarSpec = Spec{
	Name: "grammar", Doc: "lets only tokens pass that lead to a text of a grammar",
	Group: Constraint, Source: "llama.cpp",
	Params:  []Param{{Name: "gbnf", Flag: "grammar", Kind: Text, File: true, Doc: `a grammar in llama.cpp's GBNF: root ::= "a" | [b-d]{2,} (item ","?)*`}},
	Example: `grammar="root ::= [a-z]+"`,
	New: func(a Args) (argen.Transform, error) {
		form, err := grammar.GBNF(a.Text(0))
		return Grammar{a.Text(0), constrained{form: form}}, err
	},
}

// Name implements argen.Transform.
func (Grammar) Name() string { return "grammar" }

// String implements argen.Transform.
func (g Grammar) String() string { return word(g.Name(), g.GBNF) }

// Bind implements argen.Binder.
func (g Grammar) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	var err error
	g.constrained, err = g.on(t, m, grammar.GBNF, g.GBNF)
	return g, err
}

// Learn implements argen.Learner.
func (g Grammar) Learn(drawn argen.Drawn) argen.Transform {
	g.constrained = g.after(drawn)
	return g
}
