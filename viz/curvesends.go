package viz

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// endsOf are the names beside the panel, from below.
func (p *curvesPanel) endsOf() []curveEnd {
	var list []curveEnd
	add := func(name string, x, y float64, l *look) {
		e := curveEnd{x: x, y: y, look: l}
		e.lines = e.wrapped(argen.Visible(name), p.Y.number(y), p.widest)
		list = append(list, e)
	}
	for i, s := range p.Series {
		if at := s.last(); at >= 0 && p.named() {
			add(s.Name, p.x.place(s.X[at]), s.Y[at], &looks[i])
		}
	}
	for _, l := range p.Levels {
		add(l.Name, math.Inf(1), l.Y, nil)
	}
	slices.SortStableFunc(list, func(a, b curveEnd) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	return list
}

// A curveEnd is the name of a series or of a level with its number, beside its
// end.
type curveEnd struct {
	lines []string // one of a series, up to three of a level
	x, y  float64
	look  *look // nil of a level
}

// font is that of the name.
func (e *curveEnd) font() font.Font { return face(smallSize, e.look == nil) }

// wrapped is a name with its number. That of a level is broken where it would
// take much of the panel's room.
func (e *curveEnd) wrapped(name, value string, widest float64) []string {
	const lines, narrow = 3, 130.0
	whole := func() []string {
		value = " " + value
		return []string{fit(name, e.font(), widest-measure(value, e.font()), false) + value}
	}
	if e.look != nil || measure(name+" "+value, e.font()) <= narrow {
		return whole()
	}
	for _, width := range []float64{narrow, widest} {
		if list := wrap(name+" "+value, e.font(), min(width, widest)); len(list) <= lines && !slices.ContainsFunc(list, func(s string) bool { return strings.HasSuffix(s, "…") }) {
			return list
		}
	}
	return whole()
}

// beside is the width of all that stands to the right of the panel.
func (p *curvesPanel) beside() float64 {
	wide := 0.0
	for _, e := range p.endsOf() {
		for _, l := range e.lines {
			wide = max(wide, measure(l, e.font()))
		}
	}
	if wide == 0 {
		return 12
	}
	return labelLead + labelSwatch + labelGap + wide
}

// drawEnds writes the names beside the panel, each as near to where its curve
// ends as the others let it.
func (p *curvesPanel) drawEnds(c draw.Canvas, x, y func(float64) float64) {
	list := p.endsOf()
	var at []float64 // of lines
	for _, e := range list {
		n := float64(len(e.lines))
		for k := range e.lines {
			at = append(at, y(p.y.place(e.y))+labelHeight*(float64(k)-(n-1)/2))
		}
	}
	spread(at, labelHeight, float64(c.Min.Y)+labelHeight/2-6, float64(c.Max.Y)-labelHeight/2+6)
	for _, e := range list {
		n := len(e.lines)
		e.draw(c, x, y(p.y.place(e.y)), at[:n])
		at = at[n:]
	}
}

// draw writes the name at the heights of its lines, from below, with a line to
// the end of the curve.
func (e *curveEnd) draw(c draw.Canvas, x func(float64) float64, y float64, lines []float64) {
	at := (lines[0] + lines[len(lines)-1]) / 2
	left := float64(c.Max.X) + labelLead
	sty, lead, from := style(smallSize, e.look == nil, 0, -.5), line(ink, .75), float64(c.Max.X)
	if e.look != nil {
		lead, from = line(e.look.color, .75), x(e.x)+4
		e.look.swatch(box(c, left, at-6, left+labelSwatch, at+6))
	} else {
		dashed := line(ink, 1.25)
		dashed.Dashes = []vg.Length{6, 3}
		c.StrokeLine2(dashed, vg.Length(left), vg.Length(at), vg.Length(left+labelSwatch), vg.Length(at))
	}
	if from < float64(c.Max.X)-14 { // no curve goes on there
		lead = line(quiet, .5)
		lead.Dashes = []vg.Length{1, 4}
	}
	c.StrokeLine2(lead, vg.Length(from), vg.Length(y), vg.Length(left-2), vg.Length(at))
	for i, l := range e.lines {
		say(c, sty, left+labelSwatch+labelGap, lines[len(lines)-1-i], l)
	}
}

// drawEqual draws the line y = x, its name beside it where no number is near.
func (p *curvesPanel) drawEqual(c draw.Canvas, x, y func(float64) float64) {
	low, high := max(p.plot.X.Min, p.plot.Y.Min), min(p.plot.X.Max, p.plot.Y.Max)
	if low >= high {
		return
	}
	x0, y0, x1, y1 := x(low), y(low), x(high), y(high)
	sty := line(quiet, 1)
	sty.Dashes = []vg.Length{4, 3}
	c.StrokeLine2(sty, vg.Length(x0), vg.Length(y0), vg.Length(x1), vg.Length(y1))
	name := style(smallSize, false, 0, -.5)
	name.Color = quiet
	const text = "y = x"
	wide := measure(text, name.Font)
	near := p.near(x, y)
	best, bx, by := math.Inf(1), 0.0, 0.0
	for k := 19; k >= 1; k-- { // from the upper end
		f := float64(k) / 20
		px, py := x0+f*(x1-x0), y0+f*(y1-y0)
		for _, side := range [][2]float64{{px + 10, py - 7}, {px - 10 - wide, py + 7}} { // below the line, above it
			area := rect(side[0], side[1]-smallSize*.6, side[0]+wide, side[1]+smallSize*.6)
			if area.Max.X > c.Max.X || area.Min.X < c.Min.X || area.Min.Y < c.Min.Y || area.Max.Y > c.Max.Y {
				continue
			}
			if n := near(area); float64(n) < best {
				best, bx, by = float64(n), side[0], side[1]
			}
		}
	}
	if !math.IsInf(best, 1) {
		say(c, name, bx, by, text)
	}
}

// near returns how many numbers, ends of intervals and pieces of curves lie in an
// area.
func (p *curvesPanel) near(x, y func(float64) float64) func(vg.Rectangle) int {
	var all []vg.Point
	for i, s := range p.Series {
		var before *vg.Point
		for j := range s.Y {
			if !finite(s.X[j]) || !finite(s.Y[j]) {
				before = nil
				continue
			}
			at := vg.Point{X: vg.Length(x(p.x.place(s.X[j]))) + p.shift(i), Y: vg.Length(y(p.y.place(s.Y[j])))}
			all = append(all, at)
			if before != nil && !p.Points {
				for k := range 20 {
					f := vg.Length(k) / 20
					all = append(all, vg.Point{X: before.X + f*(at.X-before.X), Y: before.Y + f*(at.Y-before.Y)})
				}
			}
			before = &at
			if len(s.Lo) > 0 && finite(s.Lo[j]) && finite(s.Hi[j]) {
				low, high := y(p.y.place(s.Lo[j])), y(p.y.place(s.Hi[j]))
				for k := range 11 {
					all = append(all, vg.Point{X: at.X, Y: vg.Length(low + (high-low)*float64(k)/10)})
				}
			}
		}
	}
	return func(r vg.Rectangle) (n int) {
		for _, at := range all {
			if at.X >= r.Min.X-4 && at.X <= r.Max.X+4 && at.Y >= r.Min.Y-3 && at.Y <= r.Max.Y+3 {
				n++
			}
		}
		return n
	}
}
