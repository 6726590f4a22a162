//go:build !race

package story

import (
	"context"
	"testing"
)

// Under the race detector a pool drops some of what it is given, so there is
// nothing to count there.

func TestExtendAllocatesNothing(t *testing.T) {
	model := Truth()
	ids := sampled(t, model.g, 1)[0]
	s := model.Start()
	ctx := context.Background()
	once := func() {
		s.Rewind(0)
		for _, id := range ids {
			if _, err := s.Extend(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	once()
	// The pool of scratch may be emptied by a garbage collection meanwhile.
	if n := testing.AllocsPerRun(50, once); n > 1 {
		t.Errorf("%v allocations in a story of %d tokens", n, len(ids))
	}
}
