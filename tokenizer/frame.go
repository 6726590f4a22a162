package tokenizer

import (
	"fmt"

	frame "github.com/sugarme/tokenizer"
	"github.com/sugarme/tokenizer/normalizer"

	"argen"
)

// This file is the only one that knows sugarme/tokenizer, whose pipeline of
// pre-tokenizer, model and encoding explains a text: which tokens came from
// which word. The engine of this package fills the one place in it where words
// get their tokens; the package's own pattern, merging and added tokens give
// other ids than the reference. Encode does not go through it: it is 20 times
// slower and takes some hundred bytes for each byte of text.

// frameWindow is how much text goes through the frame at a time, in bytes,
// unless a single word is longer. It bounds the memory taken.
const frameWindow = 1 << 14

// A span is a word of a text, or an added token.
type span struct {
	start, end int      // bytes of the text
	id         argen.ID // of the added token, else NoID
}

// Tokens returns the tokens of text, as Encode gives them, with their places:
// each byte of the text that the vocabulary has belongs to one token. Where
// text is not UTF-8, a token of U+FFFD stands for all of the invalid bytes that
// it replaces.
func (t *BPE) Tokens(text string) ([]Token, error) {
	valid, repairs := repair(text)
	var spans []span
	t.words(valid, &t.plain, func(start, end int, id argen.ID) {
		spans = append(spans, span{start, end, id})
	})
	var tokens []Token
	for from := 0; from < len(spans); {
		to := from + 1
		for to < len(spans) && spans[to].end-spans[from].start <= frameWindow {
			to++
		}
		var err error
		if tokens, err = t.frameTokens(tokens, valid, spans[from:to], from); err != nil {
			return nil, err
		}
		from = to
	}
	for i := range tokens {
		tokens[i].Start, tokens[i].End = repairs.original(tokens[i].Start, tokens[i].End)
	}
	return tokens, nil
}

// frameTokens appends the tokens of some words of a text, the first of which
// is word number first.
func (t *BPE) frameTokens(tokens []Token, text string, spans []span, first int) ([]Token, error) {
	at := spans[0].start
	words := &frameWords{t: t, spans: spans, at: at}
	e, err := words.encode(text[at:spans[len(spans)-1].end])
	if err != nil {
		return nil, fmt.Errorf("explaining the text at byte %d: %w", at, err)
	}
	if len(e.Ids) != len(words.places) || len(e.Words) != len(e.Ids) {
		return nil, fmt.Errorf("explaining the text at byte %d: %d ids for %d tokens", at, len(e.Ids), len(words.places))
	}
	for i, id := range e.Ids {
		// The frame's offsets are those of whole characters; a token that holds
		// only some bytes of one stands more narrowly.
		place := words.places[i]
		tokens = append(tokens, Token{
			ID: argen.ID(id), Piece: t.pieces[id], Start: place.start, End: place.end, Word: first + words.numbers[e.Words[i]],
		})
	}
	return tokens, nil
}

// frameWords is the pre-tokenizer that also sets the tokens of each word, so
// that the frame needs no model.
type frameWords struct {
	t       *BPE
	spans   []span // of the text
	at      int    // where in the text the window begins
	numbers []int  // by word of the frame, which has none for a word without tokens: the span
	places  []span // of the tokens in order
}

// encode runs the frame. It may panic; that is an error here.
func (w *frameWords) encode(window string) (e *frame.Encoding, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("sugarme/tokenizer: %v", r)
		}
	}()
	pipeline := frame.NewTokenizer(nil)
	pipeline.WithPreTokenizer(w)
	return pipeline.EncodeSingle(window)
}

// PreTokenize implements the frame's PreTokenizer.
func (w *frameWords) PreTokenize(text *frame.PreTokenizedString) (*frame.PreTokenizedString, error) {
	text.Split(func(_ int, window *normalizer.NormalizedString) []frame.SplitIdx {
		var words []frame.SplitIdx
		for i, s := range w.spans {
			tokens := w.tokens(window.GetNormalized(), s)
			if len(tokens) == 0 { // no byte of it is in the vocabulary
				continue
			}
			slice := window.Slice(normalizer.NewRange(s.start-w.at, s.end-w.at, normalizer.NormalizedTarget))
			words = append(words, frame.SplitIdx{Normalized: slice, Tokens: tokens})
			w.numbers = append(w.numbers, i)
		}
		return words
	})
	return text, nil
}

// tokens returns the tokens of a word, with offsets in it.
func (w *frameWords) tokens(window string, s span) []frame.Token {
	if s.id != argen.NoID {
		w.places = append(w.places, s)
		return []frame.Token{frame.NewToken(int(s.id), w.t.Name(s.id), []int{0, s.end - s.start})}
	}
	word := window[s.start-w.at : s.end-w.at]
	var tokens []frame.Token
	at := 0
	for _, id := range w.t.appendWord(nil, word) {
		start, end := w.t.place(word, at, id)
		tokens = append(tokens, frame.NewToken(int(id), w.t.Name(id), []int{start, end}))
		w.places = append(w.places, span{s.start + start, s.start + end, id})
		at = end
	}
	return tokens
}

// place returns where in a word the token stands that follows the byte at: its
// bytes, between which may be some that the vocabulary lacks.
func (t *BPE) place(word string, at int, id argen.ID) (start, end int) {
	if len(t.pieces[id]) == len(word) { // with ignore_merges also if a byte has no token
		return 0, len(word)
	}
	for at < len(word) && t.bytes[word[at]] == argen.NoID {
		at++
	}
	start = at
	for left := len(t.pieces[id]); left > 0 && at < len(word); at++ {
		if t.bytes[word[at]] != argen.NoID {
			left--
		}
	}
	return start, at
}
