package sampler_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
)

// Every call of every file is compared, or exempt by name and number.
func TestReferenceComplete(t *testing.T) {
	missing, left, total, emptied := map[string]int{}, map[string]int{}, 0, 0
	for _, k := range allCalls(t) {
		total++
		if k.emptied() {
			emptied++
		}
		switch _, err := k.chain(); {
		case errors.Is(err, errExempt):
			left[k.name()]++
		case errors.Is(err, errMissing):
			missing[err.Error()]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("%s (%d cases)", what, missing[what])
	}
	for name, e := range exempt {
		if left[name] != e.cases || e.why == "" {
			t.Errorf("%s: %d cases are exempt, want %d, because %q", name, left[name], e.cases, e.why)
		}
	}
	if total != 5753 || emptied != 6 {
		t.Errorf("%d cases, in %d of them nothing is left", total, emptied)
	}
}
