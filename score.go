package argen

import (
	"context"
	"errors"
	"fmt"
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
	r.ReadAhead(ids[:max(0, len(ids)-1)]...) // nothing is asked for after the last
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
