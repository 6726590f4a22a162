package argen

import (
	"context"
	"errors"
)

// Score runs the loop over a text that is given: every token is predicted from
// those before it and then appended, whatever the dice would have said. The
// sum of the LogProbs is ln P(text | prompt), by the chain rule
//
//	P(w₁ … w_n) = Π P(w_t | w₁ … w_{t−1})
//
// A model that predicts nothing from an empty context (see [ErrEmptyContext])
// takes the first token as prompt.
func (g Generator) Score(ctx context.Context, prompt, ids []ID) (*Trace, error) {
	g.MaxTokens, g.Stop, g.NoStop = 0, nil, true
	r, err := g.StartIDs(prompt)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		_, err := r.Predict(ctx)
		if i == 0 && errors.Is(err, ErrEmptyContext) {
			return g.Score(ctx, ids[:1], ids[1:])
		}
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
