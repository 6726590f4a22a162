package sampler

import "argen"

// Allow keeps only the tokens that it names. If the model or an earlier stage
// has ruled all of them out, they are forced, all equally probable, as in
// transformers.
//
// Which tokens are allowed may depend on the text: transformers' function of
// the prefix, prefix_allowed_tokens_fn. A chain cannot hold a function; a Go
// program has a stage of its own that applies [AllowIDs].
type Allow struct {
	Tokens []string `json:"tokens"`

	ids []argen.ID
}

var allowSpec = Spec{
	Name: "allow", Doc: "keeps only the tokens that it names",
	Group: Bans, Source: "transformers", Repeat: 1, Example: `allow="a"/#0`,
	Params: []Param{{Name: "tokens", Flag: "allow", Kind: Token, Doc: "a token"}},
	New: func(a Args) (argen.Transform, error) {
		if len(a) == 0 {
			return nil, errNoToken
		}
		return Allow{Tokens: a.texts(0)}, nil
	},
}

// Name implements argen.Transform.
func (Allow) Name() string { return "allow" }

// String implements argen.Transform.
func (a Allow) String() string { return word(a.Name(), words(a.Tokens)...) }

// Bind implements argen.Binder.
func (a Allow) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	var err error
	a.ids, err = singles(t, a.Tokens)
	return a, err
}

// Apply implements argen.Transform.
func (a Allow) Apply(c *argen.Candidates, _ argen.Past) { AllowIDs(c, a.ids...) }

// AllowIDs is what [Allow] does to candidates, with ids that may be others at
// each step. Without any it changes nothing.
func AllowIDs(c *argen.Candidates, ids ...argen.ID) {
	n := takeNotebook(c.VocabSize())
	defer n.give()
	n.count(ids)
	for _, id := range n.seen {
		if c.Has(id) {
			c.Filter(func(id argen.ID, _ float64) bool { return n.counts[id] > 0 })
			return
		}
	}
	c.Force(ids...)
}

// Reasons implements argen.Reasoner.
func (Allow) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "it is not among those allowed" }
}
