package argen

import (
	"context"
	"slices"
)

// An ahead is the part of a text that is known or guessed, and the logits in it
// that were computed before they are asked for.
type ahead struct {
	text []ID        // prompt, text and what may come; nil if nothing is known
	from int         // the context that rows[0] belongs to, in tokens
	rows [][]float64 // one for each context from there on
}

// rowsRoom is how many numbers are computed ahead, and rowsMost how many
// tokens: more at once are hardly faster.
const (
	rowsRoom = 1 << 21
	rowsMost = 128
)

// ReadAhead says which tokens may come next. If the State is a [Scorer], the
// next Predict reads them in the same pass as the last token of the context, so
// that those after each of them cost nothing more. It is a guess that changes
// no result: where another token is appended, the State goes back to the text.
// A State that is no Scorer reads token by token as ever.
func (r *Run) ReadAhead(ids ...ID) {
	r.forget()
	_, reads := r.state.(Scorer)
	if _, ok := r.state.(Explainer); ok && r.gen.Explain { // which is about the present context
		reads = false
	}
	if reads && len(ids) > 0 {
		r.ahead.text = slices.Concat(r.ids, ids)
	}
}

// follow keeps what was read ahead if that is how the text goes on.
func (r *Run) follow(id ID) {
	if n := len(r.ids); n >= len(r.ahead.text) || r.ahead.text[n] != id {
		r.forget()
	}
}

// forget takes the State back to the text.
func (r *Run) forget() {
	if r.ahead.text != nil {
		r.ahead = ahead{}
		r.state.Rewind(min(r.state.Len(), max(0, len(r.ids)-r.cut)))
	}
}

// readAhead is logits where the text to come is known: in one pass with the
// last token of the context the model reads those after it, as many as have the
// same beginning in sight.
func (r *Run) readAhead(ctx context.Context, s Scorer, next []ID) ([]float64, error) {
	last := len(next) - 1
	if last > 0 {
		if _, err := r.state.Extend(ctx, next[:last]...); err != nil {
			return nil, err
		}
	}
	n := len(r.ids)
	more := min(max(1, min(rowsMost, rowsRoom/r.info.VocabSize))-1, len(r.ahead.text)-n)
	if most := r.info.ContextLength; most > 0 {
		more = min(more, most-1-r.seen())
	}
	rows, err := s.Score(ctx, r.ahead.text[n-1:n+max(0, more)]...)
	if err != nil {
		return nil, err
	}
	r.ahead.from, r.ahead.rows = n, rows
	return rows[0], nil
}
