package argen

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// An Identity is a law of autoregressive models, checked on one text.
type Identity struct {
	Name string  // "sum"
	Doc  string  // what it says
	Off  float64 // the largest distance from it that was found: of a sum from 1, of logits from each other
	Most float64 // how much rounding may explain
}

// Holds reports whether the law holds.
func (i Identity) Holds() bool { return i.Off <= i.Most }

// worst notes a distance. What is no number is the worst of all.
func (i *Identity) worst(off float64) {
	if off > i.Off || math.IsNaN(off) {
		i.Off = off
	}
}

// lookahead is how many tokens a state reads ahead before it is rewound.
const lookahead = 8

// CheckIdentities checks the laws that make a model autoregressive at each
// token of a text: probabilities sum to 1; a context read at once gives what
// token by token gave; a state that was rewound or forked goes on like a fresh
// one; what comes later never changes a prediction. Reading each context anew
// takes time n². A model that predicts nothing from an empty context is asked
// from the second token on.
func CheckIdentities(ctx context.Context, m Model, ids []ID) ([]Identity, error) {
	laws := []Identity{
		{Name: "sum", Doc: "Σ P(token | context) over the vocabulary = 1", Most: 1e-9},
		{Name: "recompute", Doc: "a context computed anew gives the logits that step by step gave", Most: 1e-5},
		{Name: "rewind", Doc: "after going back and on again the logits are the same", Most: 1e-5},
		{Name: "fork", Doc: "a fork that goes another way leaves the logits as they were", Most: 1e-5},
		{Name: "past", Doc: "changing a token changes no prediction before it", Most: 0},
	}
	state := m.Start()
	for i := range ids {
		err := checkPosition(ctx, m, state, ids, i, laws)
		if err != nil && !(i == 0 && errors.Is(err, ErrEmptyContext)) {
			return nil, fmt.Errorf("position %d: %w", i, err)
		}
	}
	return laws, nil
}

// checkPosition checks the laws where ids[i] is predicted. State has been at
// the positions before.
func checkPosition(ctx context.Context, m Model, state State, ids []ID, i int, laws []Identity) error {
	logits, err := state.Extend(ctx, ids[state.Len():i]...)
	if err != nil {
		return err
	}
	row := slices.Clone(logits)
	d, err := newDistribution(row)
	if err != nil {
		return err
	}
	sum := 0.0
	for id := range row {
		sum += math.Exp(d.logprob(ID(id)))
	}
	laws[0].worst(math.Abs(sum - 1))

	// compare extends a state and says how far its logits are from the row's.
	compare := func(law *Identity, s State, more ...ID) error {
		logits, err := s.Extend(ctx, more...)
		if err == nil {
			law.worst(distance(row, logits))
		}
		return err
	}
	if err := compare(&laws[1], m.Start(), ids[:i]...); err != nil {
		return err
	}
	fork := state.Fork()
	if _, err := fork.Extend(ctx, (ids[i]+1)%ID(len(row))); err != nil {
		return err
	}
	if err := compare(&laws[3], state); err != nil {
		return err
	}
	fork.Rewind(i)
	if err := compare(&laws[4], fork); err != nil {
		return err
	}
	if _, err := state.Extend(ctx, ids[i:min(i+lookahead, len(ids))]...); err != nil {
		return err
	}
	state.Rewind(i)
	return compare(&laws[2], state)
}

// distance is the largest difference of two vectors of logits, NaN if one has
// a NaN and +Inf if they differ in length.
func distance(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range a {
		if a[i] != b[i] {
			worst = max(worst, math.Abs(a[i]-b[i]))
		}
	}
	return worst
}
