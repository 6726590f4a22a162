package testtime

import (
	"testing"
	"time"
)

// Work takes time, at least as much as a clock that only work moves says.
func TestOf(t *testing.T) {
	work := func() {
		sum := 1.0
		for range 20_000_000 {
			sum = sum*0.5 + 1
		}
		if sum > 2 {
			t.Error(sum)
		}
	}
	begin := time.Now()
	took := Of(work)
	if passed := time.Since(begin); took <= 0 || took > passed+20*time.Millisecond {
		t.Errorf("work took %v while %v passed", took, passed)
	}
}
