package argen

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Score runs the loop over a text that is given: every token is predicted from
// those before it and then appended, whatever the dice would have said. The
// sum of the LogProbs is ln P(text | prompt), by the chain rule
//
//	P(w₁ … w_n) = Π P(w_t | w₁ … w_{t−1})
//
// A BOS at the beginning of the text is prompt, since nothing predicts it. A
// model that predicts nothing from an empty context (see [ErrEmptyContext])
// takes the first token as prompt too. A State that is a [Scorer] reads many
// tokens in one pass.
func (g Generator) Score(ctx context.Context, prompt, ids []ID) (*Trace, error) {
	info := g.Model.Info()
	if err := info.known("text", ids); err != nil {
		return nil, err
	}
	g.MaxTokens, g.Stop, g.NoStop = 0, nil, true
	if len(prompt) == 0 && len(ids) > 0 && ids[0] == info.BOS {
		prompt, ids = ids[:1], ids[1:]
	}
	if len(ids) > 0 && len(g.withBOS(info, prompt)) == 0 {
		if _, err := g.Model.Start().Extend(ctx); errors.Is(err, ErrEmptyContext) {
			prompt, ids = ids[:1], ids[1:]
		}
	}
	if n, most := len(g.withBOS(info, prompt))+len(ids), info.ContextLength; most > 0 && n > most && !g.ContextShift {
		return nil, fmt.Errorf("text: %d tokens are more than the model's context of %d: %s", n, most, shift)
	}
	r, err := g.StartIDs(prompt)
	if err != nil {
		return nil, err
	}
	if _, ok := r.state.(Explainer); !ok || !g.Explain { // which is about the present context
		r.ahead.text = slices.Concat(r.ids, ids)
	}
	for _, id := range ids {
		_, err := r.Predict(ctx)
		if err == nil {
			_, err = r.Append(id)
		}
		if err != nil {
			return nil, r.Close(err)
		}
	}
	trace := r.Trace()
	return trace, r.Close(nil)
}

// An ahead is the part of a text that is known and the logits in it that were
// computed before they are asked for.
type ahead struct {
	text []ID        // prompt and text, nil if what comes is not known
	from int         // the context that rows[0] belongs to, in tokens
	rows [][]float64 // one for each context from there on
}

// rowsRoom is how many numbers are computed ahead, and rowsMost how many
// tokens: more at once are hardly faster.
const (
	rowsRoom = 1 << 21
	rowsMost = 128
)

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
	more := min(max(1, min(rowsMost, rowsRoom/r.info.VocabSize)), len(r.ahead.text)-n) - 1
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
