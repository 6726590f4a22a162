package viz

import (
	"fmt"
	"math"

	"argen"
)

// A bound is what numbers of a chart may be.
type bound struct {
	least, most float64
	whole       bool
	want        string // "a share from 0 to 1"
}

var (
	anyShare   = bound{0, 1, false, "from 0 to 1"}
	notBelow0  = bound{0, math.Inf(1), false, "0 or more"}
	wholeCount = bound{0, math.Inf(1), true, "a whole number from 0"}
)

// bad returns the first of some numbers that is beyond the bound, but for
// rounding; missing ones are not.
func (b bound) bad(list Values) (at int, found bool) {
	const off = 1e-6
	for i, x := range list {
		if x < b.least-off || x > b.most+off || b.whole && x != math.Trunc(x) {
			return i, true
		}
	}
	return 0, false
}

// farOff returns the first of some numbers that is too large to be drawn. What is
// infinite counts as missing, as it does in JSON.
func farOff(list Values) (at int, found bool) {
	for i, x := range list {
		if !finite(x) && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return i, true
		}
	}
	return 0, false
}

// within says which number of a series is beyond a bound.
func (s Series) within(b bound, what string, lists ...Values) error {
	for _, list := range lists {
		if i, found := b.bad(list); found {
			return fmt.Errorf("series %q: number %d of %s is %v, it must be %s", argen.Visible(s.Name), i+1, what, list[i], b.want)
		}
	}
	return nil
}

// bounded is a check of curves: x and y, intervals included, keep bounds.
func bounded(x, y bound) func(*CurvesData) error {
	return func(d *CurvesData) error {
		for _, s := range d.Series {
			if err := s.within(x, "x", s.X); err != nil {
				return err
			}
			if err := s.within(y, "y", s.Y, s.Lo, s.Hi); err != nil {
				return err
			}
		}
		return nil
	}
}

// boundedBars is a check of bars: all numbers, intervals included, keep the
// bound of their unit.
func boundedBars(d *BarsData) error {
	b := notBelow0
	if d.Y.Unit == "share" || d.Y.Unit == "prob" {
		b = anyShare
	}
	for _, s := range d.Series {
		if err := s.within(b, "y", s.Y, s.Lo, s.Hi); err != nil {
			return err
		}
	}
	return nil
}

// sharesInCells is a check of matrices: all cells are from 0 to 1.
func sharesInCells(d *MatrixData) error {
	for _, p := range d.Panels {
		for i, row := range p.Cells {
			if j, found := anyShare.bad(row); found {
				return fmt.Errorf("panel %q, row %q: cell %d is %v, it must be %s", argen.Visible(p.Name), argen.Visible(d.Rows[i]), j+1, row[j], anyShare.want)
			}
		}
	}
	return nil
}
