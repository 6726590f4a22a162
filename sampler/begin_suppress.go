package sampler

import "argen"

// BeginSuppress removes tokens as the first that is generated, and nowhere
// else. If nothing else is left the best stays. It is transformers'
// begin_suppress_tokens.
type BeginSuppress struct {
	Tokens []string `json:"tokens"`

	ids []argen.ID
}

var beginSuppressSpec = Spec{
	Name: "begin_suppress", Doc: "removes tokens as the first that is generated",
	Group: Bans, Source: "transformers", Repeat: 1, Example: `begin_suppress="a"/#0`,
	Params: []Param{{Name: "tokens", Flag: "begin-suppress", Kind: Token, Doc: "a token"}},
	New: func(a Args) (argen.Transform, error) {
		if len(a) == 0 {
			return nil, errNoToken
		}
		return BeginSuppress{Tokens: a.texts(0)}, nil
	},
}

// Name implements argen.Transform.
func (BeginSuppress) Name() string { return "begin_suppress" }

// String implements argen.Transform.
func (b BeginSuppress) String() string { return word(b.Name(), words(b.Tokens)...) }

// Bind implements argen.Binder.
func (b BeginSuppress) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	var err error
	b.ids, err = singles(t, b.Tokens)
	return b, err
}

// Apply implements argen.Transform.
func (b BeginSuppress) Apply(c *argen.Candidates, past argen.Past) {
	if len(past.IDs) == past.Prompt {
		c.Remove(b.ids...)
	}
}

// Reasons implements argen.Reasoner.
func (BeginSuppress) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "no text begins with it" }
}
