package argen

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Score runs the loop over a text that is given: every token is predicted from
// those before it and then appended, whatever the dice would have said. The
// sum of the LogProbs is ln P(text | prompt), by the chain rule
//
//	P(w₁ … w_n) = Π P(w_t | w₁ … w_{t−1})
//
// A BOS at the beginning of the text is prompt, since nothing predicts it. A
// model that predicts nothing from an empty context (see [ErrEmptyContext])
// takes the first token as prompt too.
func (g Generator) Score(ctx context.Context, prompt, ids []ID) (*Trace, error) {
	g.MaxTokens, g.Stop, g.NoStop = 0, nil, true
	if len(prompt) == 0 && len(ids) > 0 && ids[0] == g.Model.Info().BOS {
		prompt, ids = ids[:1], ids[1:]
	}
	if len(ids) > 0 && len(g.withBOS(g.Model.Info(), prompt)) == 0 {
		if _, err := g.Model.Start().Extend(ctx); errors.Is(err, ErrEmptyContext) {
			prompt, ids = ids[:1], ids[1:]
		}
	}
	r, err := g.StartIDs(prompt)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		_, err := r.Predict(ctx)
		switch {
		case errors.Is(err, io.EOF):
			err = fmt.Errorf("text: after %d of %d tokens the model's context of %d is full: shorten it", i, len(ids), r.info.ContextLength)
		case err == nil:
			_, err = r.Append(id)
		}
		if err != nil {
			return nil, r.Close(err)
		}
	}
	trace := r.Trace()
	return trace, r.Close(nil)
}
