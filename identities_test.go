package argen

import (
	"math"
	"testing"
)

// What is no number, and vectors of other lengths, keep a law from holding,
// whatever is found after them.
func TestWorstDistance(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	for _, test := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{1, inf, 3}, []float64{1, inf, 3}, 0},
		{[]float64{1, 2}, []float64{1.5, 1}, 1},
		{[]float64{1, inf}, []float64{1, 2}, math.Inf(1)},
		{[]float64{nan, 1}, []float64{0, 9}, nan},
		{[]float64{1}, []float64{1, 2}, math.Inf(1)},
	} {
		law := Identity{Most: 1e-5}
		off := distance(test.a, test.b)
		law.worst(off)
		law.worst(0.5)
		if off != test.want && !(math.IsNaN(off) && math.IsNaN(test.want)) || law.Holds() {
			t.Errorf("%v and %v are %v apart, want %v; the law holds: %v", test.a, test.b, off, test.want, law.Holds())
		}
	}
	if law := (Identity{Most: 1}); !law.Holds() {
		t.Error("nothing found, and yet the law does not hold")
	}
	if same(inf, 5.0) || same(5.0, inf) || !same(inf, inf) || same(1.0, 1+1e-8) || !same(1e9, 1e9+0.5) || same(3, 4) || !same("a", "a") {
		t.Error("numbers are the same within 1e-9 of the larger, infinite ones only if they are equal")
	}
}
