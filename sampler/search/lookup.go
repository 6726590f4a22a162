package search

import (
	"context"
	"slices"

	"argen"
	"argen/sampler"
)

// Lookup is speculative decoding without a second model: what stands at the end
// of the text is looked for earlier in it, and what came next there is the
// guess. The text is the same as without it, token by token, also where it is
// drawn; see [Speculation].
//
// It is transformers' prompt lookup: the last NGram tokens are looked for, then
// one fewer, down to one; the first place in the text where they stand counts,
// and up to Tokens tokens from there are guessed, none behind one that ends a
// text. llama.cpp's ngram-simple takes the last place instead. Saxena, Prompt
// Lookup Decoding, 2023.
type Lookup struct {
	Tokens int // guesses for a pass, at most
	NGram  int // tokens at the end that are looked for, at most
}

var lookupForm = Form{
	Name: "prompt_lookup", Doc: "speculative decoding from the text itself: what followed the last tokens earlier is guessed again",
	Source: "Saxena 2023; transformers",
	Params: []sampler.Param{
		{Name: "tokens", Flag: "prompt-lookup", Kind: sampler.Int, Doc: "tokens guessed for a pass of the model", Default: 10, Off: sampler.None, Least: 1, Most: mostGuesses},
		{Name: "ngram", Flag: "prompt-lookup-ngram", Kind: sampler.Int, Doc: "tokens at the end that are looked for, at most", Default: 2, Off: sampler.None, Least: 1, Most: 100},
	},
	New: func(a sampler.Args) (Procedure, error) { return Lookup{Tokens: a.Int(0), NGram: a.Int(1)}, nil },
}

// Name implements [Procedure].
func (Lookup) Name() string { return "prompt_lookup" }

// String implements [Procedure].
func (l Lookup) String() string { return word(l.Name(), l.Tokens, l.NGram) }

// Picker implements [Procedure].
func (l Lookup) Picker() Picker { return &speculator{search: l.String(), k: l.Tokens, drafter: l} }

// draft implements drafter.
func (l Lookup) draft(_ context.Context, r *argen.Run, k int, _ dice) ([]guess, error) {
	stop := r.Trace().Head.Model.Stop
	var list []guess
	for _, id := range lookup(r.Context(), l.NGram, k) {
		list = append(list, guess{id: id, q: 1})
		if slices.Contains(stop, id) {
			break
		}
	}
	return list, nil
}

// lookup returns at most k tokens that followed the first place where the last
// n tokens of a text, or fewer, stand before its end.
func lookup(text []argen.ID, n, k int) []argen.ID {
	for n = min(n, len(text)-1); n > 0; n-- {
		last := text[len(text)-n:]
		for at := 0; at+n < len(text); at++ {
			if slices.Equal(text[at:at+n], last) {
				return text[at+n : max(at+n, min(at+n+k, len(text)))]
			}
		}
	}
	return nil
}
