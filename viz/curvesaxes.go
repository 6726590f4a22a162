package viz

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// A curvesPanel is curves with their axes.
type curvesPanel struct {
	*CurvesData
	widest float64 // of what stands beside the panel
	said   *Words  // the language of the chart
	plot   *plot.Plot
	x, y   scale
}

// A scale gives numbers their places on an axis. A logarithmic one has no 0:
// where there is one, it stands apart at the low end, behind a gap.
type scale struct {
	axis
	log  bool
	zero float64 // where 0 is on a logarithmic scale, 0 if there is none
	gap  float64 // where it is broken
}

// place is where a number is drawn.
func (s *scale) place(v float64) float64 {
	if s.log && v <= 0 {
		return s.zero
	}
	return v
}

// A reach is the least and the greatest of some numbers.
type reach struct {
	least, most float64
	any         bool
}

func (r *reach) add(values ...float64) {
	for _, v := range values {
		switch {
		case !finite(v):
		case !r.any:
			r.least, r.most, r.any = v, v, true
		default:
			r.least, r.most = min(r.least, v), max(r.most, v)
		}
	}
}

// axes makes both axes for a width.
func (p *curvesPanel) axes(width float64) error {
	var xs, ys []float64
	for _, s := range p.Series {
		for i := range s.Y {
			if finite(s.X[i]) && finite(s.Y[i]) {
				xs, ys = append(xs, s.X[i]), append(ys, s.Y[i])
			}
		}
		ys = append(append(ys, s.Lo...), s.Hi...)
	}
	if len(xs) == 0 {
		return errNothing()
	}
	for _, l := range p.Levels {
		ys = append(ys, l.Y)
	}
	if p.Equal {
		xs, ys = append(xs, ys...), append(ys, xs...)
		width = squareHigh - 120
	}
	p.x, p.y = newScale(xs, p.X, !p.Equal), newScale(ys, p.Y, false)
	p.plot = newPlot()
	thin(&p.x, width)
	p.x.set(&p.plot.X)
	p.y.set(&p.plot.Y)
	p.plot.X.Label.Text = argen.Visible(p.X.Head(p.said))
	p.plot.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	if p.X.Log {
		p.plot.X.Scale = logScale{}
		p.plot.X.Label.TextStyle.Handler = centred{setter()}
		p.plot.X.Label.Text += " (" + p.said.say("logarithmic", nil) + ")"
	}
	p.plot.X.Label.Text = fit(p.plot.X.Label.Text, p.plot.X.Label.TextStyle.Font, width, false)
	if p.Y.Log {
		p.plot.Y.Scale = logScale{}
	}
	p.plot.Add(grid{y: true}, painter(p.draw))
	return nil
}

// nearly0 is what the steps of a scale are above at least: next to the smallest
// numbers there are, they could not be computed.
const nearly0 = 1e-290

// newScale is a scale that holds numbers. Along the lower side (free) it begins
// where they do, and has its ticks at them where they are few; else 0 is part
// of it, if it can be.
func newScale(all []float64, a Axis, free bool) scale {
	var list []float64 // each once, in ascending order
	for _, v := range all {
		if finite(v) {
			list = append(list, v)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	s := scale{log: a.Log}
	if a.Log {
		s.logarithmic(list, a, free)
		return s
	}
	least, most := list[0], list[len(list)-1]
	if !free {
		least, most = min(0, least), max(0, most)
	}
	if a.Unit == "share" || a.Unit == "prob" {
		if most > .5 && most <= 1 {
			most = 1
		}
	}
	if most-least <= max(nearly0, 1e-9*max(math.Abs(least), math.Abs(most))) {
		most = least + 1 // else ticks would be nearer to each other than numbers are
		if free {
			least, most = least-.5, most-.5 // in the middle
		}
	}
	step := round((most - least) / 6)
	if whole(list) {
		step = max(1, math.Ceil(step))
	}
	s.axis = axis{min: math.Floor(least/step+1e-9) * step, max: math.Ceil(most/step-1e-9) * step}
	s.ticks = s.every(step)
	if free {
		air := (most - least) * .02
		s.min, s.max = least-air, most+air
		s.ticks = s.every(step)
		if even(list) {
			s.ticks = nil
			for _, v := range list {
				s.ticks = append(s.ticks, plot.Tick{Value: v, Label: minus(tick(v))})
			}
		}
	}
	for i := range s.ticks {
		s.ticks[i].Label = a.tick(s.ticks[i].Value)
	}
	return s
}

// fewTicks is up to how many numbers have a tick each.
const fewTicks = 12

// even reports whether numbers are few and equally far apart.
func even(list []float64) bool {
	if len(list) < 2 || len(list) > fewTicks {
		return len(list) == 1
	}
	for i := 2; i < len(list); i++ {
		if math.Abs((list[i]-list[i-1])-(list[1]-list[0])) > 1e-6*(list[1]-list[0]) {
			return false
		}
	}
	return true
}

// whole reports whether all numbers are.
func whole(list []float64) bool {
	for _, v := range list {
		if v != math.Trunc(v) {
			return false
		}
	}
	return true
}

// logarithmic makes a logarithmic scale of numbers, of which none is below 0.
func (s *scale) logarithmic(list []float64, a Axis, free bool) {
	none := len(list) > 0 && list[0] <= 0
	if none {
		list = slices.DeleteFunc(list, func(v float64) bool { return v <= 0 })
	}
	if len(list) == 0 {
		list = []float64{1}
	}
	least := max(list[0], nearly0)
	most := max(list[len(list)-1], least)
	if least == most {
		most = least * 10
	}
	air := math.Pow(most/least, .02)
	s.min, s.max = least/air, most*air
	if !free { // to powers of ten, or to halves of them
		s.min, s.max = least/1.25, most*1.25
		if (a.Unit == "share" || a.Unit == "prob") && most > .3 {
			s.max = max(1, most)
		}
	}
	s.ticks = logTicks(s.min, s.max)
	if free && len(list) <= fewTicks {
		s.ticks = nil
		for _, v := range list {
			s.ticks = append(s.ticks, plot.Tick{Value: v})
		}
	}
	if len(s.ticks) == 0 {
		s.ticks = []plot.Tick{{Value: least}, {Value: most}}
	}
	if none {
		ratio := 3.0
		if len(list) > 1 {
			ratio = min(max(list[1]/list[0], 2), 5)
		}
		s.zero, s.gap = least/ratio, least/math.Sqrt(ratio)
		s.min = s.zero / math.Pow(most/s.zero, .02)
		s.ticks = slices.DeleteFunc(s.ticks, func(t plot.Tick) bool { return t.Value < least*(1-1e-9) })
		s.ticks = append([]plot.Tick{{Value: s.zero}}, s.ticks...)
	}
	for i := range s.ticks {
		if t := &s.ticks[i]; t.Value == s.zero && none {
			t.Label = "0"
		} else {
			t.Label = a.tick(t.Value)
		}
	}
}

// tick writes the number of a tick.
func (a Axis) tick(v float64) string {
	if a.Unit == "share" {
		return minus(tick(v*100)) + " %"
	}
	return minus(tick(v))
}

// draw draws the gap before a 0 on a logarithmic scale: two strokes across the
// axis.
func (s *scale) draw(c draw.Canvas, at func(float64) float64, level bool) {
	if s.gap == 0 {
		return
	}
	v := at(s.gap)
	for i, k := range []float64{0, -2, 2} {
		sty := line(quiet, 1)
		a, b := vg.Point{X: vg.Length(v + k - 1.5), Y: c.Min.Y - 4}, vg.Point{X: vg.Length(v + k + 1.5), Y: c.Min.Y + 4}
		if !level {
			a, b = vg.Point{X: c.Min.X - 4, Y: vg.Length(v + k - 1.5)}, vg.Point{X: c.Min.X + 4, Y: vg.Length(v + k + 1.5)}
		}
		if i == 0 {
			sty = line(paper, 4)
		}
		c.StrokeLine2(sty, a.X, a.Y, b.X, b.Y)
	}
}

// thin takes labels of ticks away until none touches the next.
func thin(s *scale, width float64) {
	place := func(v float64) float64 { return (v - s.min) / (s.max - s.min) * width }
	if s.log {
		place = func(v float64) float64 { return logScale{}.Normalize(s.min, s.max, v) * width }
	}
	var labels []tickLabel
	for _, t := range s.ticks {
		labels = append(labels, tickLabel{t.Label, place(t.Value), measure(t.Label, face(smallSize, false)) / 2})
	}
	kept := map[string]bool{}
	for _, l := range apart(labels) {
		kept[l.text] = true
	}
	for i := range s.ticks {
		if !kept[s.ticks[i].Label] {
			s.ticks[i].Label = ""
		}
	}
}
