package sampler

import "argen"

// ForcedBOS makes one token certain where the text before it is one token long,
// also if the model holds it impossible. It is transformers'
// forced_bos_token_id, for models whose first token only starts the decoder:
// after a longer prompt it does nothing.
type ForcedBOS struct {
	Token string `json:"token"`

	id argen.ID
}

var forcedBOSSpec = Spec{
	Name: "forced_bos", Doc: "makes a token certain after a text of one token",
	Group: Bans, Source: "transformers", Example: `forced_bos="a"`,
	Params: []Param{{Name: "token", Flag: "forced-bos", Kind: Token, Doc: "the token"}},
	New:    func(a Args) (argen.Transform, error) { return ForcedBOS{Token: a.Text(0)}, nil },
}

// Name implements argen.Transform.
func (ForcedBOS) Name() string { return "forced_bos" }

// String implements argen.Transform.
func (f ForcedBOS) String() string { return word(f.Name(), f.Token) }

// Bind implements argen.Binder.
func (f ForcedBOS) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	var err error
	f.id, err = single(t, f.Token)
	return f, err
}

// Apply implements argen.Transform.
func (f ForcedBOS) Apply(c *argen.Candidates, past argen.Past) {
	if len(past.IDs) == 1 {
		c.Force(f.id)
	}
}

// Reasons implements argen.Reasoner.
func (f ForcedBOS) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return short(f.Token) + " is forced here" }
}
