package argen

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// dropped is how many tokens a context of n lacks where the window slides
// ([Generator].ContextShift): those after BOS, half a window at a time, so that
// the next token has room.
//
//	d = ⌈(n − T + 1) / h⌉ · h,  h = (T − k) / 2
//
// T is the model's longest context and k is 1 if the context begins with BOS,
// else 0. It depends on n alone, so a run that went back, a fork and a run done
// again see the same. Half a window at once, as llama.cpp has it: what stays
// has other positions then and is computed anew, on average once a token.
func (r *Run) dropped(n int) int {
	most := r.info.ContextLength
	if !r.gen.ContextShift || most == 0 || n < most {
		return 0
	}
	h := max(1, (most-r.kept())/2)
	return (n - most + h) / h * h
}

// kept is the number of tokens at the beginning that are never dropped.
func (r *Run) kept() int {
	if len(r.ids) > 0 && r.ids[0] == r.info.BOS {
		return 1
	}
	return 0
}

// known returns an error if one of the ids is not in the vocabulary; what says
// where they come from.
func (m *Info) known(what string, ids []ID) error {
	for i, id := range ids {
		if id < 0 || int(id) >= m.VocabSize {
			return fmt.Errorf("%s: token %d is id %d, the vocabulary has ids 0 to %d", what, i, id, m.VocabSize-1)
		}
	}
	return nil
}

// seen is the number of tokens that the model sees of the present context.
func (r *Run) seen() int { return len(r.ids) - r.dropped(len(r.ids)) }

// shift says what helps against a text that is too long.
const shift = "shorten it, or --context-shift drops the oldest"

// fits reports what stands against predicting the token after the prompt.
func (r *Run) fits() error {
	most := r.info.ContextLength
	switch {
	case most == 0 || len(r.ids) < most:
		return nil
	case !r.gen.ContextShift:
		leave := "tokens leave"
		if len(r.ids) == 1 {
			leave = "token leaves"
		}
		return fmt.Errorf("prompt: %d %s no room in the model's context of %d: %s", len(r.ids), leave, most, shift)
	case most == r.kept():
		return fmt.Errorf("prompt: the model's context of %d is full with BOS alone", most)
	}
	return nil
}

// logits brings the state to the present context and returns what it says.
func (r *Run) logits(ctx context.Context) ([]float64, error) {
	n := len(r.ids)
	if i := n - r.ahead.from; i >= 0 && i < len(r.ahead.rows) {
		return r.ahead.rows[i], nil
	}
	if d := r.dropped(n); d != r.cut {
		r.state.Rewind(0)
		r.cut = d
	}
	next := r.ids[min(r.cut+r.state.Len(), n):]
	if k := r.kept(); r.cut > 0 && r.state.Len() < k {
		next = slices.Concat(r.ids[:k], r.ids[k+r.cut:])
	}
	if len(r.ahead.text) > 0 && len(next) > 0 {
		if s, ok := r.state.(Scorer); ok {
			return r.readAhead(ctx, s, next)
		}
	}
	logits, err := r.state.Extend(ctx, next...)
	if n > 0 && r.seen() == 0 && errors.Is(err, ErrEmptyContext) {
		return nil, fmt.Errorf("the model's context of %d has room for the next token alone, and the model predicts nothing without one before it", r.info.ContextLength)
	}
	return logits, err
}
