package lesson

import (
	"context"
	"errors"

	"argen"
)

// followed is how many tokens are read at once where a text is followed: their
// distributions are in memory together.
const followed = 64

// follow reads a text with a model and tells f, token by token, the logits that
// predict ids[i], valid during the call. A token that begins texts is put before
// it if the model's own configuration says so; without one a model may predict
// nothing for the first token, which then is left out.
func follow(ctx context.Context, m argen.Model, ids []argen.ID, f func(i int, logits []float64) error) error {
	state, logits, err := begin(ctx, m)
	if err != nil {
		return err
	}
	if logits != nil && len(ids) > 0 {
		if err := f(0, logits); err != nil {
			return err
		}
	}
	for from := 0; from < len(ids)-1; from += followed {
		part := ids[from:min(from+followed, len(ids)-1)]
		rows, err := readAll(ctx, state, part, func(i int, logits []float64) error { return f(from+i+1, logits) })
		if err != nil {
			return err
		}
		for i, row := range rows {
			if err := f(from+i+1, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// readAll extends a state by ids. One that scores many at once returns the logits
// after each; of another f is told them.
func readAll(ctx context.Context, state argen.State, ids []argen.ID, f func(i int, logits []float64) error) ([][]float64, error) {
	if s, ok := state.(argen.Scorer); ok {
		return s.Score(ctx, ids...)
	}
	for i, id := range ids {
		logits, err := state.Extend(ctx, id)
		if err == nil {
			err = f(i, logits)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// begin returns a model's state at the beginning of a text and the logits of the
// first token, nil if it predicts nothing from nothing.
func begin(ctx context.Context, m argen.Model) (argen.State, []float64, error) {
	state := m.Start()
	var ids []argen.ID
	if info := m.Info(); info.AddBOS && info.BOS != argen.NoID {
		ids = append(ids, info.BOS)
	}
	logits, err := state.Extend(ctx, ids...)
	if errors.Is(err, argen.ErrEmptyContext) {
		return state, nil, nil
	}
	return state, logits, err
}
