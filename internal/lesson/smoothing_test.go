package lesson

import (
	"slices"
	"testing"

	"argen"
)

// TestNeverSeen: shares of new n-grams in a story, counted by hand.
func TestNeverSeen(t *testing.T) {
	learnt, held := [][]argen.ID{{5, 6, 7, 1}}, [][]argen.ID{{5, 6, 6, 7, 1}, {5, 6, 7, 1}}
	for n, want := range map[int][]float64{
		1: {0, 0},
		2: {1. / 5, 0}, // of <s> 5, 5 6, 6 6, 6 7, 7 1 only 6 6
		3: {2. / 4, 0}, // 5 6 6 and 6 6 7
		4: {3. / 3, 0},
	} {
		if got := neverSeen(gramsOf(learnt, n), held, n); !slices.Equal(got, want) {
			t.Errorf("n-grams of %d: %v, want %v", n, got, want)
		}
	}
}
