package argen

import (
	"math"
	"slices"
	"testing"
)

func TestForce(t *testing.T) {
	inf := math.Inf(-1)
	fresh := func() *Candidates {
		c := &Candidates{ledger: true}
		if err := c.Reset([]float64{math.Log(1), math.Log(2), inf, math.Log(5)}); err != nil {
			t.Fatal(err)
		}
		c.begin(1)
		return c
	}
	for _, k := range []struct {
		force, want []ID
		mass        float64
		cut         []uint8
	}{
		{[]ID{1}, []ID{1}, 0.25, []uint8{1, 0, 0, 1}},
		{[]ID{3, 0, 3}, []ID{0, 3}, 0.75, []uint8{0, 1, 0, 0}},
		{[]ID{2}, []ID{2}, 0, []uint8{1, 1, 0, 1}}, // impossible, and forced
		{[]ID{2, 1}, []ID{1, 2}, 0.25, []uint8{1, 0, 0, 1}},
		{[]ID{9, -1, 0}, []ID{0}, 0.125, []uint8{0, 1, 0, 1}},
	} {
		c := fresh()
		c.Force(k.force...)
		var ids []ID
		c.Each(func(id ID, l float64) {
			ids = append(ids, id)
			if l != 0 || c.Prob(id) != 1/float64(len(k.want)) {
				t.Errorf("%v: the logit of %d is %v, P = %v", k.force, id, l, c.Prob(id))
			}
		})
		if !slices.Equal(ids, k.want) || c.Len() != len(k.want) || !c.Forced() || math.Abs(c.mass-k.mass) > 1e-15 || !slices.Equal(c.cut, k.cut) {
			t.Errorf("%v: %v left, mass %v, cut %v, want %v, %v, %v", k.force, ids, c.mass, c.cut, k.want, k.mass, k.cut)
		}
		if !slices.Equal(c.Top(4), k.want) {
			t.Errorf("%v: in order %v", k.force, c.Top(4))
		}
	}
	c := fresh()
	if c.Force(7, -3); c.Len() != 3 || c.Forced() {
		t.Errorf("tokens of no vocabulary leave %d", c.Len())
	}
	c.Filter(func(id ID, _ float64) bool { return id == 1 })
	c.begin(2)
	if c.Force(0, 2); !slices.Equal(c.ids, []ID{0, 2}) || !slices.Equal(c.cut, []uint8{0, 2, 0, 1}) || c.mass != 0 {
		t.Errorf("after a stage: %v left, cut %v, mass %v", c.ids, c.cut, c.mass)
	}
	if err := c.Reset([]float64{1, 2}); err != nil || c.Forced() || c.Len() != 2 {
		t.Errorf("Reset does not begin anew: %v", err)
	}
}
