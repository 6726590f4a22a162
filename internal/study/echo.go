package study

import (
	"context"
	"slices"
	"sync"

	"argen"
)

// An echo is a model that many runs ask of the same context, one after the
// other: it is computed once.
type echo struct {
	argen.Model
	mu     sync.Mutex
	ids    []argen.ID // the context that was computed last
	logits []float64  // nil if none was
}

// Start implements argen.Model.
func (e *echo) Start() argen.State { return &echoed{echo: e, real: e.Model.Start()} }

// echoed is a State of an echo. What others have computed its real State does
// not have yet: it has the first of ids.
type echoed struct {
	echo *echo
	ids  []argen.ID
	real argen.State
}

// Len implements argen.State.
func (s *echoed) Len() int { return len(s.ids) }

// Extend implements argen.State.
func (s *echoed) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.echo.mu.Lock()
	defer s.echo.mu.Unlock()
	all := append(s.ids, ids...)
	if s.echo.logits == nil || !slices.Equal(all, s.echo.ids) {
		logits, err := s.real.Extend(ctx, all[s.real.Len():]...)
		if err != nil {
			return nil, err
		}
		s.echo.ids, s.echo.logits = slices.Clone(all), slices.Clone(logits)
	}
	s.ids = all
	return s.echo.logits, nil
}

// Rewind implements argen.State.
func (s *echoed) Rewind(n int) {
	s.ids = slices.Delete(s.ids, n, len(s.ids)) // which panics where it must
	s.real.Rewind(min(n, s.real.Len()))
}

// Fork implements argen.State.
func (s *echoed) Fork() argen.State {
	return &echoed{echo: s.echo, ids: slices.Clone(s.ids), real: s.real.Fork()}
}
