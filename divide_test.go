package argen

import (
	"math"
	"slices"
	"testing"
)

// Divide divides all, or changes nothing where a quotient would be infinite,
// however often it is called and whoever lent the logits.
func TestDivide(t *testing.T) {
	logits := []float64{8, -2, math.Inf(-1), 4, 0.5}
	d, err := newDistribution(logits)
	if err != nil {
		t.Fatal(err)
	}
	for name, begin := range map[string]func(c *Candidates){
		"lent":     func(c *Candidates) { c.reset(&d) },
		"copied":   func(c *Candidates) { c.Reset(logits) },
		"filtered": func(c *Candidates) { c.Reset(logits); c.Filter(func(id ID, _ float64) bool { return id != 1 }) },
	} {
		c := must([]float64{1})
		begin(c)
		want := map[ID]float64{}
		c.Each(func(id ID, l float64) { want[id] = l })
		for _, by := range []float64{2, 1e-308, 0.5, 1e-308, 4, 1e-308} {
			finite := by > 1e-300
			if c.Divide(by) != finite {
				t.Fatalf("%s: divided by %g: %v", name, by, !finite)
			}
			left := 0
			c.Each(func(id ID, l float64) {
				if finite {
					want[id] /= by
				}
				if left++; l != want[id] {
					t.Errorf("%s: after the division by %g the logit of %d is %v, want %v", name, by, id, l, want[id])
				}
			})
			if left != len(want) || c.Len() != left {
				t.Errorf("%s: %d candidates are left of %d", name, left, len(want))
			}
		}
	}
	if !slices.Equal(logits, []float64{8, -2, math.Inf(-1), 4, 0.5}) {
		t.Errorf("the logits that were lent are now %v", logits)
	}
}
