package samplertest

import (
	"context"

	"argen"
)

// A Vocabulary is a tokenizer and a model of that many tokens, for stages that
// must be bound: the pieces are "a" to "z", then "aa", "ab" and so on, and the
// last token, if there is more than one, ends a text.
type Vocabulary int

// fatal is what Bind needs of a test.
type fatal interface {
	Helper()
	Fatal(args ...any)
}

// Bind binds a stage, if it must be, to a vocabulary of n tokens.
func Bind(t fatal, stage argen.Transform, n int) argen.Transform {
	t.Helper()
	b, ok := stage.(argen.Binder)
	if !ok {
		return stage
	}
	bound, err := b.Bind(Vocabulary(n), Vocabulary(n))
	if err != nil {
		t.Fatal(err)
	}
	return bound
}

// Info implements argen.Model.
func (v Vocabulary) Info() argen.Info {
	info := argen.Info{Kind: "test", VocabSize: int(v), BOS: argen.NoID}
	if v > 1 {
		info.Stop = []argen.ID{argen.ID(v - 1)}
	}
	return info
}

// Start implements argen.Model. What it predicts is the same after any text:
// tokens of a lower id are more probable.
func (v Vocabulary) Start() argen.State { return &reader{v: v} }

// A reader is the state of a Vocabulary.
type reader struct {
	v Vocabulary
	n int // tokens read
}

// Len implements argen.State.
func (r *reader) Len() int { return r.n }

// Extend implements argen.State.
func (r *reader) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	r.n += len(ids)
	logits := make([]float64, r.v)
	for id := range logits {
		logits[id] = -float64(id) / 10
	}
	return logits, nil
}

// Rewind implements argen.State.
func (r *reader) Rewind(n int) { r.n = n }

// Fork implements argen.State.
func (r *reader) Fork() argen.State { return &reader{r.v, r.n} }

// Encode implements argen.Tokenizer: one token a letter.
func (v Vocabulary) Encode(text string) ([]argen.ID, error) {
	var ids []argen.ID
	for _, r := range text {
		ids = append(ids, argen.ID(r-'a'))
	}
	return ids, nil
}

// Decode implements argen.Tokenizer.
func (v Vocabulary) Decode(ids []argen.ID) string {
	var text []byte
	for _, id := range ids {
		text = append(text, v.Piece(id)...)
	}
	return string(text)
}

// Piece implements argen.Tokenizer.
func (v Vocabulary) Piece(id argen.ID) []byte {
	if id < 26 {
		return []byte{'a' + byte(id)}
	}
	return append(v.Piece(id/26-1), 'a'+byte(id%26))
}

// Control implements argen.Tokenizer.
func (v Vocabulary) Control(id argen.ID) bool { return v > 1 && int(id) == int(v)-1 }

// VocabSize implements argen.Tokenizer.
func (v Vocabulary) VocabSize() int { return int(v) }
