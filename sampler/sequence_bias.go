package sampler

import "argen"

// SequenceBias adds a number to the logit of the last token of a sequence where
// the text ends in all the others; a sequence of one token always counts.
//
// A bias of −∞ removes the token, and if nothing else is left the best stays.
// Rule "hf" is that of transformers, which defines it: a sequence counts only
// if the text is at least as long as it is, one token more than it needs.
type SequenceBias struct {
	Sequence []string  `json:"sequence"`
	Bias     []Bias    `json:"bias"`           // of each sequence
	Rule     Semantics `json:"rule,omitempty"` // "hf", or "" for ours

	ids [][]argen.ID
}

var sequenceBiasSpec = Spec{
	Name: "sequence_bias", Doc: "adds a bias to the logit of a token that would complete a sequence",
	Group: Bans, Source: "transformers", Repeat: 2, Example: `sequence_bias="#0 #0"/-1.5/"a"/2`,
	Params: []Param{
		named(ruleParam("hf")),
		{Name: "sequence", Flag: "sequence-bias", Kind: Token, Doc: "one or several tokens in a row; the flag takes SEQUENCE=BIAS"},
		biasParam,
	},
	New: func(a Args) (argen.Transform, error) {
		sequence, bias, err := a[1:].biases()
		return SequenceBias{Sequence: sequence, Bias: bias, Rule: a.Rule(0)}, err
	},
}

// Name implements argen.Transform.
func (SequenceBias) Name() string { return "sequence_bias" }

// String implements argen.Transform.
func (s SequenceBias) String() string {
	return word(s.Name(), append([]any{s.Rule}, pairs(s.Sequence, s.Bias)...)...)
}

// Bind implements argen.Binder.
func (s SequenceBias) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	s.ids = nil
	for _, word := range s.Sequence {
		ids, err := sequence(t, word)
		if err != nil {
			return nil, err
		}
		s.ids = append(s.ids, ids)
	}
	return s, nil
}

// Apply implements argen.Transform.
func (s SequenceBias) Apply(c *argen.Candidates, past argen.Past) {
	n := takeNotebook(c.VocabSize())
	defer n.give()
	for i, ids := range s.ids {
		if completed(past.IDs, ids, s.Rule) {
			n.ban(ids[len(ids)-1], s.Bias[i])
		}
	}
	c.Remove(n.seen...)
	for i, ids := range s.ids {
		if completed(past.IDs, ids, s.Rule) {
			s.Bias[i].add(c, ids[len(ids)-1])
		}
	}
}

// Reasons implements argen.Reasoner.
func (s SequenceBias) Reasons(_ *argen.Candidates, past argen.Past) func(argen.ID) string {
	return func(id argen.ID) string {
		why := ""
		for i, ids := range s.ids { // others may end in the token too
			if s.Bias[i].removes() && ids[len(ids)-1] == id && completed(past.IDs, ids, s.Rule) {
				why = "the bias of " + short(s.Sequence[i]) + " is −∞"
			}
		}
		return why
	}
}
