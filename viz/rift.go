package viz

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A rift is a piece of an axis that is left out, because no point is near it
// and those on its sides could not be told apart otherwise. Both sides keep one
// scale each; the chart shows where they part.
type rift struct {
	from, to  float64 // of the data; from ≥ to if nothing is left out
	low, high float64 // of the axis, from 0 to 1
	axis      axis
}

// riftGap is how wide a rift is on the axis.
const riftGap = .045

// acrossOf is the axis of diversity. Where more than half of it is a single gap
// the gap is left out: what repeats itself is far from all else.
func acrossOf(list []frontierPoint) rift {
	whole := spanOf(list, func(p *frontierPoint) CompareValue { return p.x })
	type hull struct{ lo, hi float64 }
	var hulls []hull
	for _, p := range list {
		h := hull{p.x.Mean, p.x.Mean}
		if finite(p.x.Lo) && finite(p.x.Hi) {
			h = hull{p.x.Lo, p.x.Hi}
		}
		hulls = append(hulls, h)
	}
	slices.SortFunc(hulls, func(a, b hull) int {
		if a.lo < b.lo {
			return -1
		}
		return 1
	})
	at, gap, hi := 0, 0.0, math.Inf(-1)
	for i, h := range hulls {
		if i > 0 && h.lo-hi > gap {
			at, gap = i, h.lo-hi
		}
		hi = max(hi, h.hi)
	}
	r := rift{axis: whole}
	if gap < .5*(whole.max-whole.min) {
		return r
	}
	side := func(part []frontierPoint) axis {
		return spanOf(part, func(p *frontierPoint) CompareValue { return p.x })
	}
	var left, right []frontierPoint
	for _, p := range list {
		if p.x.Mean < hulls[at].lo {
			left = append(left, p)
		} else {
			right = append(right, p)
		}
	}
	a, b := side(left), side(right)
	// Both sides have the same scale, and each a fifth of the width at least.
	const least = .2
	if narrow := (b.max - b.min) * least / (1 - least); a.max-a.min < narrow {
		a = a.widened(narrow)
	}
	if narrow := (a.max - a.min) * least / (1 - least); b.max-b.min < narrow {
		b = b.widened(narrow)
	}
	r.from, r.to = a.max, b.min
	if r.from >= r.to {
		return r // nothing is left between them
	}
	part := (a.max - a.min) / (a.max - a.min + b.max - b.min)
	r.low, r.high = part-riftGap*part, part+riftGap*(1-part)
	r.axis = axis{min: a.min, max: b.max, ticks: append(fewer(a.ticks, 3), b.ticks...)}
	return r
}

// widened is an axis of a width with the same middle, with its own ticks.
func (a axis) widened(width float64) axis {
	mid := (a.min + a.max) / 2
	return span([]CompareValue{{Mean: mid, Lo: mid - width/2, Hi: mid + width/2}}, 0)
}

// fewer keeps every so many ticks that at most n are left.
func fewer(ticks []plot.Tick, n int) []plot.Tick {
	every := (len(ticks) + n - 1) / n
	var kept []plot.Tick
	for i := 0; i < len(ticks); i += every {
		kept = append(kept, ticks[i])
	}
	return kept
}

// set gives a plot's axis its range, ticks and scale.
func (r rift) set(to *plot.Axis) rift {
	r.axis.set(to)
	if r.from < r.to {
		to.Scale = r
	}
	return r
}

// Normalize implements plot.Normalizer.
func (r rift) Normalize(least, most, x float64) float64 {
	switch {
	case x <= r.from:
		return r.low * (x - least) / (r.from - least)
	case x < r.to:
		return r.low + (r.high-r.low)*(x-r.from)/(r.to-r.from)
	}
	return r.high + (1-r.high)*(x-r.to)/(most-r.to)
}

// strip is where the rift is on a canvas, false if there is none.
func (r rift) strip(c draw.Canvas) (at vg.Rectangle, ok bool) {
	wide := float64(c.Max.X - c.Min.X)
	x := float64(c.Min.X)
	return rect(x+r.low*wide, float64(c.Min.Y), x+r.high*wide, float64(c.Max.Y)), r.from < r.to
}

// draw draws the rift: a white strip with waves at both sides.
func (r rift) draw(c draw.Canvas) {
	at, ok := r.strip(c)
	if !ok {
		return
	}
	left, right := float64(at.Min.X), float64(at.Max.X)
	wave := func(x float64) []vg.Point {
		var pts []vg.Point
		const step = 6.0
		for i := 0; ; i++ {
			y := float64(c.Min.Y) - 4 + step*float64(i)
			pts = append(pts, vg.Point{X: vg.Length(x + 2.5*float64(1-2*(i%2))), Y: vg.Length(min(y, float64(c.Max.Y)))})
			if y >= float64(c.Max.Y) {
				return pts
			}
		}
	}
	a, b := wave(left), wave(right)
	strip := slices.Clone(b)
	slices.Reverse(strip)
	c.FillPolygon(paper, append(slices.Clone(a), strip...))
	c.StrokeLines(line(quiet, .75), a)
	c.StrokeLines(line(quiet, .75), b)
}
