package lesson

import (
	"context"
	"fmt"
	"slices"

	"argen"
)

// shortSighted is a model that is shown only the last n tokens of its context,
// behind the token that begins a text if it has one. All is computed anew for each
// prediction.
type shortSighted struct {
	argen.Model
	n int
}

// Start implements argen.Model.
func (m shortSighted) Start() argen.State { return &shortSight{model: m} }

// shortSight is the State of a shortSighted model.
type shortSight struct {
	model shortSighted
	ids   []argen.ID
}

// Len implements argen.State.
func (s *shortSight) Len() int { return len(s.ids) }

// Extend implements argen.State.
func (s *shortSight) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	all := append(slices.Clip(s.ids), ids...)
	seen := all[max(0, len(all)-s.model.n):]
	if bos := s.model.Info().BOS; bos != argen.NoID && len(seen) < len(all) {
		seen = append([]argen.ID{bos}, seen...)
	}
	logits, err := s.model.Model.Start().Extend(ctx, seen...)
	if err == nil {
		s.ids = all
	}
	return logits, err
}

// Rewind implements argen.State.
func (s *shortSight) Rewind(n int) {
	if n < 0 || n > len(s.ids) {
		panic(fmt.Sprintf("shortSighted: rewind to %d of %d tokens", n, len(s.ids)))
	}
	s.ids = s.ids[:n]
}

// Fork implements argen.State.
func (s *shortSight) Fork() argen.State {
	return &shortSight{model: s.model, ids: slices.Clone(s.ids)}
}
