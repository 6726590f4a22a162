package tokenizer

import (
	"cmp"
	"fmt"

	frame "github.com/sugarme/tokenizer"
	framed "github.com/sugarme/tokenizer/normalizer"

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
	start, end int // bytes of the text
	word       piece
	id         argen.ID // of the added token, else NoID
}

// Tokens returns the tokens of text, as Encode gives them, with their places. A
// token that holds only some bytes of a character stands for those, unless the
// normalizer has changed the character; what the normalizer put in, for none. Where
// text is not UTF-8, a token of U+FFFD stands for all of the invalid bytes that it
// replaces.
func (t *Pipeline) Tokens(text string) ([]Token, error) { return t.explain(text, &t.plain) }

// TokensSpecial is Tokens for the ids that EncodeSpecial gives.
func (t *Pipeline) TokensSpecial(text string) ([]Token, error) { return t.explain(text, &t.special) }

func (t *Pipeline) explain(text string, find *[2]*finder) ([]Token, error) {
	valid, repairs := repair(text)
	run := newEncoding(valid, true)
	var spans []span
	framed := true
	t.words(run, valid, find, func(p piece, id argen.ID) {
		s := span{word: p, id: id}
		s.start, s.end = p.place(0, len(p.text))
		framed = framed && !p.rewritten()
		spans = append(spans, s)
	})
	var tokens []Token
	for from := 0; from < len(spans) && run.err == nil; {
		to := from + 1
		for to < len(spans) && spans[to].end-spans[from].start <= frameWindow {
			to++
		}
		var err error
		if framed {
			tokens, err = t.frameTokens(tokens, valid, spans[from:to], from)
		} else {
			tokens, err = t.ownTokens(tokens, spans[from:to], from)
		}
		if err != nil {
			return nil, err
		}
		from = to
	}
	if run.err != nil {
		return nil, run.err
	}
	for i := range tokens {
		tokens[i].Start, tokens[i].End = repairs.original(tokens[i].Start, tokens[i].End)
	}
	return tokens, nil
}

// ownTokens appends the tokens of some words, the first of which is word number
// first. The frame knows nothing of texts that were rewritten.
func (t *Pipeline) ownTokens(tokens []Token, spans []span, first int) ([]Token, error) {
	for i, s := range spans {
		ids, places, err := t.spans(s)
		if err != nil {
			return nil, err
		}
		for k, id := range ids {
			start, end := s.word.place(places[k].start, places[k].end)
			tokens = append(tokens, Token{ID: id, Piece: t.Piece(id), Start: start, End: end, Word: first + i})
		}
	}
	return tokens, nil
}

// spans returns the tokens of a word and where in it they stand.
func (t *Pipeline) spans(s span) ([]argen.ID, []place, error) {
	if s.id != argen.NoID {
		return []argen.ID{s.id}, []place{{0, len(s.word.text)}}, nil
	}
	ids, err := t.appendWord(nil, s.word.text)
	if err != nil {
		return nil, nil, err
	}
	return ids, t.model.spread(s.word.text, ids), nil
}

// frameTokens appends the tokens of some words of a text, the first of which
// is word number first.
func (t *Pipeline) frameTokens(tokens []Token, text string, spans []span, first int) ([]Token, error) {
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
			ID: argen.ID(id), Piece: t.Piece(argen.ID(id)), Start: place.start, End: place.end, Word: first + words.numbers[e.Words[i]],
		})
	}
	return tokens, nil
}

// frameWords is the pre-tokenizer that also sets the tokens of each word, so
// that the frame needs no model.
type frameWords struct {
	t       *Pipeline
	spans   []span // of the text
	at      int    // where in the text the window begins
	numbers []int  // by word of the frame, which has none for a word without tokens: the span
	places  []span // of the tokens in order
	err     error  // the first
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
	e, err = pipeline.EncodeSingle(window)
	return e, cmp.Or(w.err, err)
}

// PreTokenize implements the frame's PreTokenizer.
func (w *frameWords) PreTokenize(text *frame.PreTokenizedString) (*frame.PreTokenizedString, error) {
	text.Split(func(_ int, window *framed.NormalizedString) []frame.SplitIdx {
		var words []frame.SplitIdx
		for i, s := range w.spans {
			tokens, err := w.tokens(window.GetNormalized(), s)
			if err != nil && w.err == nil {
				w.err = err
			}
			if len(tokens) == 0 { // no byte of it is in the vocabulary
				continue
			}
			slice := window.Slice(framed.NewRange(s.start-w.at, s.end-w.at, framed.NormalizedTarget))
			words = append(words, frame.SplitIdx{Normalized: slice, Tokens: tokens})
			w.numbers = append(w.numbers, i)
		}
		return words
	})
	return text, nil
}

// tokens returns the tokens of a word, with offsets in it.
func (w *frameWords) tokens(window string, s span) ([]frame.Token, error) {
	if got := window[s.start-w.at : s.end-w.at]; got != s.word.text {
		return nil, fmt.Errorf("the frame has %q for the word %q", got, s.word.text)
	}
	ids, places, err := w.t.spans(s)
	if err != nil {
		return nil, err
	}
	var tokens []frame.Token
	for i, id := range ids {
		at := places[i]
		tokens = append(tokens, frame.NewToken(int(id), w.t.Name(id), []int{at.start, at.end}))
		w.places = append(w.places, span{start: s.start + at.start, end: s.start + at.end, id: id})
	}
	return tokens, nil
}
