package tokenizer

import (
	"iter"
	"slices"

	"argen"
)

// A MergeStep is a word of a text on its way to tokens.
type MergeStep struct {
	Word   int        // the number of the word in the text, from 0
	Pieces []argen.ID // its tokens after the step; the step's own
	Start  int        // of the word in the text as [Valid] makes it, in bytes
	// At is the place in Pieces of the token that the step made of two, −1 for
	// the word's beginning: single bytes, or the one token that it is without
	// any merge.
	At int
	// Rank says how early the pair was merged in training, from 0. −1 for the
	// word's beginning.
	Rank int
}

// Merges yields the steps in which the words of a text become tokens, word by
// word: first the symbols, then each merge, the pair of lowest rank first and of
// equal ones the leftmost. It takes time n² for a word of n symbols: it is for
// watching.
func (t *BPE) Merges(text string) iter.Seq[MergeStep] {
	return func(yield func(MergeStep) bool) {
		n, on := 0, true
		t.words(newEncoding(text, true), Valid(text), &t.plain, func(p piece, id argen.ID) {
			if on {
				start, _ := p.place(0, len(p.text))
				on = t.mergeSteps(MergeStep{Word: n, Start: start}, p.text, id, yield)
			}
			n++
		})
	}
}

// mergeSteps yields the steps of one word, or of the added token id.
func (t *BPE) mergeSteps(s MergeStep, word string, id argen.ID, yield func(MergeStep) bool) bool {
	if id == argen.NoID && t.ignoreMerges {
		id = t.wholeWord(word)
	}
	s.At, s.Rank = -1, -1
	if id != argen.NoID {
		s.Pieces = []argen.ID{id}
		return yield(s)
	}
	s.Pieces, _ = t.appendSymbols(nil, word)
	for yield(s) {
		best := merge{rank: noRank}
		for i := range len(s.Pieces) - 1 {
			if m := t.merge(s.Pieces[i], s.Pieces[i+1]); m.rank < best.rank {
				best, s.At = m, i
			}
		}
		if best.rank == noRank {
			return true
		}
		s.Rank = int(best.rank)
		s.Pieces = slices.Replace(slices.Clone(s.Pieces), s.At, s.At+2, best.id)
	}
	return false
}
