package lesson

import (
	"slices"
	"testing"

	"argen"
)

// TestRepeatedIn: a text shares what another one of its group has, not what stands
// in another group, and of several groups there is a share for each.
func TestRepeatedIn(t *testing.T) {
	text := func(ids ...argen.ID) written { return written{ids: ids} }
	once, other, again := text(1, 2, 3, 4, 5), text(6, 7, 8, 9, 10), text(1, 2, 3, 4, 1, 2, 3, 4)
	within, shared := repeatedIn([]written{once, once, once, other}, 2)
	if !slices.Equal(within, []float64{0, 0, 0, 0}) || !slices.Equal(shared, []float64{1, 0}) {
		t.Errorf("two groups: within %v, shared %v", within, shared)
	}
	within, shared = repeatedIn([]written{once, again, other, text(1, 2)}, 4)
	// Of the five runs of again the last stood there before, which once has too.
	if !slices.Equal(within, []float64{0, .2, 0, 0}) || !slices.Equal(shared, []float64{.5, .4, 0, 0}) {
		t.Errorf("one group: within %v, shared %v", within, shared)
	}
}
