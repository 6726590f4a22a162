package sampler

import (
	"slices"

	"argen"
)

// Ban removes tokens wherever they stand, and the last token of a sequence
// where the text ends in all the others, so that no sequence is completed. If
// nothing else is left the best stays.
//
// It is transformers' bad_words_ids and, for single tokens, suppress_tokens;
// text-generation-webui's custom_token_bans; llama.cpp's logit_bias of false.
// Rule "hf" is that of bad_words_ids: a single token that ends a text is not
// banned, and a sequence counts only if the text is at least as long as it is.
type Ban struct {
	Tokens []string  `json:"tokens"`
	Rule   Semantics `json:"rule,omitempty"` // "hf", or "" for ours

	ids  [][]argen.ID
	text argen.Tokenizer
}

var banSpec = Spec{
	Name: "ban", Doc: "removes tokens, and those that would complete a sequence of tokens",
	Group: Bans, Source: "transformers", Repeat: 1, Example: `ban="a"/"#0 #0"`,
	Params: []Param{
		named(ruleParam("hf")),
		{Name: "tokens", Flag: "ban", Kind: Token, Doc: "a token, or several in a row"},
	},
	New: func(a Args) (argen.Transform, error) {
		b := Ban{Rule: a.Rule(0), Tokens: a.texts(1)}
		if len(b.Tokens) == 0 {
			return nil, errNoToken
		}
		return b, nil
	},
}

// Name implements argen.Transform.
func (Ban) Name() string { return "ban" }

// String implements argen.Transform.
func (b Ban) String() string {
	return word(b.Name(), append([]any{b.Rule}, words(b.Tokens)...)...)
}

// Bind implements argen.Binder.
func (b Ban) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	b.ids, b.text = nil, t
	for _, word := range b.Tokens {
		ids, err := sequence(t, word)
		if err != nil {
			return nil, err
		}
		if b.Rule == "hf" && m != nil && len(ids) == 1 && slices.Contains(m.Info().Stop, ids[0]) {
			continue
		}
		b.ids = append(b.ids, ids)
	}
	return b, nil
}

// Apply implements argen.Transform.
func (b Ban) Apply(c *argen.Candidates, past argen.Past) {
	n := takeNotebook(c.VocabSize())
	defer n.give()
	for _, ids := range b.ids {
		if completed(past.IDs, ids, b.Rule) {
			n.raise(ids[len(ids)-1], 1)
		}
	}
	c.Remove(n.seen...)
}

// Reasons implements argen.Reasoner.
func (b Ban) Reasons(_ *argen.Candidates, past argen.Past) func(argen.ID) string {
	return func(id argen.ID) string {
		why := "it is banned"
		for _, ids := range b.ids {
			if ids[len(ids)-1] == id && completed(past.IDs, ids, b.Rule) {
				if len(ids) == 1 {
					return "it is banned"
				}
				why = "it would complete " + shown(b.text, ids...) + ", which is banned"
			}
		}
		return why
	}
}
