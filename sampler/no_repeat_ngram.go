package sampler

import (
	"math"
	"slices"

	"argen"
)

// NoRepeatNgram removes every token that would complete a sequence of N tokens
// that the text has already, prompt included: no n-gram stands in it twice.
// N = 1 removes every token of the text, N = 0 nothing. If nothing else is left
// the best stays, where transformers leaves nothing to draw.
//
// Paulus, Xiong, Socher, A Deep Reinforced Model for Abstractive Summarization,
// 2018, for trigrams; transformers defines it.
type NoRepeatNgram struct {
	N int `json:"n"` // length of the sequences

	text argen.Tokenizer
}

var noRepeatNgramSpec = Spec{
	Name: "no_repeat_ngram", Doc: "removes tokens that would complete a sequence of n tokens that the text has already",
	Group: Repetition, Source: "Paulus, Xiong, Socher 2018; transformers",
	Params: []Param{{Name: "n", Flag: "no-repeat-ngram", Kind: Int, Doc: "length of the sequences", Default: 0, Off: 0, Most: math.MaxInt32}},
	New:    func(a Args) (argen.Transform, error) { return NoRepeatNgram{N: a.Int(0)}, nil },
}

// Name implements argen.Transform.
func (NoRepeatNgram) Name() string { return "no_repeat_ngram" }

// String implements argen.Transform.
func (n NoRepeatNgram) String() string { return word(n.Name(), n.N) }

// Bind implements argen.Binder.
func (n NoRepeatNgram) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	n.text = t
	return n, nil
}

// Apply implements argen.Transform.
func (n NoRepeatNgram) Apply(c *argen.Candidates, past argen.Past) {
	withoutRepeats(c, past.IDs, len(past.IDs), n.N)
}

// Reasons implements argen.Reasoner.
func (n NoRepeatNgram) Reasons(_ *argen.Candidates, past argen.Past) func(argen.ID) string {
	return repetition(n.text, past.IDs, n.N, "it would repeat ")
}

// withoutRepeats removes the tokens that would complete an n-gram which stands
// in the first so many tokens of ids.
func withoutRepeats(c *argen.Candidates, ids []argen.ID, first, n int) {
	if n < 1 || first < n {
		return
	}
	notes := takeNotebook(c.VocabSize())
	defer notes.give()
	if n == 1 {
		notes.count(ids[:first])
	} else {
		equal := notes.repeats(ids)
		for k := max(1, len(ids)-first+1); k < len(ids); k++ {
			if int(equal[k]) >= n-1 {
				notes.raise(ids[len(ids)-k], 1)
			}
		}
	}
	c.Remove(notes.seen...)
}

// repetition says which n-gram a token would complete.
func repetition(t argen.Tokenizer, ids []argen.ID, n int, would string) func(argen.ID) string {
	before := slices.Clip(last(ids, n-1))
	return func(id argen.ID) string { return would + shown(t, append(before, id)...) }
}
