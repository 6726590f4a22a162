package lesson

import "testing"

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
