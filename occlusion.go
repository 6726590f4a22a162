package argen

import (
	"context"
	"errors"
	"math"
)

// Occlude says what each token of a context does for the probability of the
// next: effects[i] is by how much ln P(next) falls if token i is taken away.
//
//	effects[i] = ln P(next | context) − ln P(next | context without token i)
//
// A token that makes next more probable has a positive effect, one that speaks
// against it a negative one. An effect is +Inf where next is impossible without
// the token, −Inf where it is impossible because of it, and NaN where the model
// predicts nothing without it (a transformer's only token, a sentence that
// breaks a grammar).
//
// To hide a part of the input and look at the output is Zeiler and Fergus,
// Visualizing and Understanding Convolutional Networks, 2014. To take a word
// away rather than to put a blank in its place is Li, Monroe and Jurafsky,
// Understanding Neural Networks through Representation Erasure, 2016, who divide
// the difference by ln P besides: any model can read the shorter text, and no
// stand-in has a meaning of its own. What stands behind the token moves up, so
// an n-gram sees one token more at the far end. Effects do not add up to ln P.
//
// It reads n²/2 tokens for a context of n.
func Occlude(ctx context.Context, m Model, ids []ID, next ID) (effects []float64, err error) {
	info := m.Info()
	if err := info.known("context", ids); err != nil {
		return nil, err
	}
	if err := info.known("next", []ID{next}); err != nil {
		return nil, err
	}
	effects = make([]float64, len(ids))
	state := m.Start() // of the tokens before i
	for i := range ids {
		if effects[i], err = logProbAfter(ctx, state.Fork(), ids[i+1:], next); err != nil {
			return nil, err
		}
		if _, err := state.Extend(ctx, ids[i]); err != nil {
			return nil, err
		}
	}
	whole, err := logProbAfter(ctx, state, nil, next)
	if err != nil {
		return nil, err
	}
	for i, without := range effects {
		if effects[i] = whole - without; whole == without {
			effects[i] = 0 // also where both are impossible
		}
	}
	return effects, nil
}

// logProbAfter is ln P(next) after more tokens, NaN if the model predicts nothing.
func logProbAfter(ctx context.Context, s State, more []ID, next ID) (float64, error) {
	logits, err := s.Extend(ctx, more...)
	if errors.Is(err, ErrEmptyContext) {
		return math.NaN(), nil
	}
	if err != nil {
		return 0, err
	}
	p, err := LogProb(logits, next)
	var none *LogitsError
	if errors.As(err, &none) && none.ID == NoID {
		return math.NaN(), nil
	}
	return p, err
}
