package sampler

import (
	"math"

	"argen"
)

// EncoderNoRepeatNgram removes every token that would complete a sequence of N
// tokens that the prompt has: nothing is copied from it. Otherwise it is
// [NoRepeatNgram]; transformers' encoder_no_repeat_ngram_size, where the input
// of the encoder is the prompt in models without one.
type EncoderNoRepeatNgram struct {
	N int `json:"n"` // length of the sequences

	text argen.Tokenizer
}

var encoderNoRepeatNgramSpec = Spec{
	Name: "encoder_no_repeat_ngram", Doc: "removes tokens that would complete a sequence of n tokens that the prompt has",
	Group: Repetition, Source: "transformers",
	Params: []Param{{Name: "n", Flag: "encoder-no-repeat-ngram", Kind: Int, Doc: "length of the sequences", Default: 0, Off: 0, Most: math.MaxInt32}},
	New:    func(a Args) (argen.Transform, error) { return EncoderNoRepeatNgram{N: a.Int(0)}, nil },
}

// Name implements argen.Transform.
func (EncoderNoRepeatNgram) Name() string { return "encoder_no_repeat_ngram" }

// String implements argen.Transform.
func (n EncoderNoRepeatNgram) String() string { return word(n.Name(), n.N) }

// Bind implements argen.Binder.
func (n EncoderNoRepeatNgram) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	n.text = t
	return n, nil
}

// Apply implements argen.Transform.
func (n EncoderNoRepeatNgram) Apply(c *argen.Candidates, past argen.Past) {
	withoutRepeats(c, past.IDs, min(past.Prompt, len(past.IDs)), n.N)
}

// Reasons implements argen.Reasoner.
func (n EncoderNoRepeatNgram) Reasons(_ *argen.Candidates, past argen.Past) func(argen.ID) string {
	return repetition(n.text, past.IDs, n.N, "it would repeat the prompt's ")
}
