package lesson

import (
	"math"
	"testing"
)

// TestUnits writes numbers as texts have them.
func TestUnits(t *testing.T) {
	for _, tt := range []struct {
		unit Unit
		x    float64
		want string
	}{
		{Share, 0, "0 %"},
		{Share, .00056, "0.056 %"},
		{Share, .00095, "0.095 %"},
		{Share, .0095, "0.95 %"},
		{Share, .031, "3.1 %"},
		{Share, -.064, "−6.4 %"},
		{Share, .5, "50 %"},
		{Share, .9953, "99.5 %"},
		{Share, 1, "100 %"},
		{Prob, .0125, "0.0125"},
		{Bits, 1.25, "1.250"},
		{Bits, 1695.42, "1695.4"},
		{Error, 3.4e-15, "3.4e−15"},
		{Count, 12356631, "12,356,631"},
		{Count, -1234, "−1,234"},
		{Count, 999.6, "1,000"},
		{Count, 1 << 60, "1.153e+18"},
		{Bits, math.Inf(1), "+∞"},
		{Share, math.Inf(-1), "−∞"},
		{Share, math.NaN(), "–"},
		// At the borders of each form.
		{Share, .0995, "10 %"},
		{Share, .0994, "9.9 %"},
		{Share, .00995, "1.0 %"},
		{Share, .00994, "0.99 %"},
		{Share, .9905, "99 %"},
		{Share, .9906, "99.1 %"},
		{Share, 1.5, "150.0 %"},
		{Bits, 0, "0"},
		{Bits, .0005, "0.001"},
		{Bits, .0004, "4.0e−04"},
		{Bits, 99.9994, "99.999"},
		{Bits, 100, "100.0"},
		{Prob, 1, "1.0000"},
		{Prob, .0004, "4.0e−04"},
		{Error, 2, "2.0e+00"},
	} {
		if got := tt.unit.format(tt.x); got != tt.want {
			t.Errorf("%s of %g: %q, want %q", tt.unit, tt.x, got, tt.want)
		}
	}
}

// TestLookup finds lessons by their names and by their numbers in the course.
func TestLookup(t *testing.T) {
	for i, l := range Course {
		if got, ok := Lookup(l.Name); !ok || got != l {
			t.Errorf("%s is not found", l.Name)
		}
		if got, ok := Lookup(thousands(i + 1)); !ok || got != l {
			t.Errorf("lesson %d is not %s", i+1, l.Name)
		}
	}
	for _, bad := range []string{"", "0", "-1", "22", "1.0", "chain"} {
		if l, ok := Lookup(bad); ok {
			t.Errorf("%q found %s", bad, l.Name)
		}
	}
}
