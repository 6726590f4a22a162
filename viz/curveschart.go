package viz

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// Curves draws numbers over a number, each series with its intervals, and
// levels across: what a lesson has measured.
func Curves(in Input) (*Figure, error) {
	d, err := dataOf[*CurvesData](in, "curves")
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}

// The size of curves.
const (
	curvesHigh   = 300.0 // of a panel, with its axis and heading
	squareHigh   = 470.0 // of one whose axes are the same
	widestLevel  = 240.0 // of the name of a level beside a panel
	mostWhiskers = 12    // points of a series whose intervals are lines, not a band
)

// figure draws the curves, and those of the panels below. A series has its name
// where it ends, or in the legend where that has no room.
func (d *CurvesData) figure(in Input) (*Figure, error) {
	f := d.Words.figure(in, d.alt())
	list := []*CurvesData{d}
	for i := range d.Below {
		list = append(list, &d.Below[i])
	}
	var panels []*curvesPanel
	beside, high := 0.0, 0.0
	for _, of := range list {
		p := &curvesPanel{CurvesData: of, widest: min(widestLevel, f.Width*.38-labelLead-labelSwatch-labelGap), said: &d.Words}
		panels = append(panels, p)
		beside = max(beside, p.beside())
		if of.Equal {
			high += squareHigh
		} else {
			high += curvesHigh
		}
	}
	if d.Equal {
		f.Width = min(f.Width, squareHigh+2*margin+beside)
	}
	room := f.Width - 2*margin - beside - 50
	var stacked []panel
	for _, p := range panels {
		for _, k := range p.keys() {
			if !slices.ContainsFunc(f.keys, func(other key) bool { return other.name == k.name }) {
				f.keys = append(f.keys, k)
			}
		}
		if err := p.axes(room); err != nil {
			return nil, err
		}
		share := curvesHigh
		if p.Equal {
			share = squareHigh
		}
		stacked = append(stacked, panel{argen.Visible(p.Y.Head(&d.Words)), p.plot, share})
	}
	f.setBody(high)
	f.body = func(c draw.Canvas) {
		c.Max.X -= vg.Length(beside)
		if d.Equal { // as wide as it is high
			c.Max.X = min(c.Max.X, c.Min.X+squareHigh-10)
		}
		stack(c, stacked...)
	}
	return f, nil
}

// keys are the legend, of series that have no name beside them.
func (p *curvesPanel) keys() (keys []key) {
	if len(p.Series) < 2 || p.named() {
		return nil
	}
	for i, s := range p.Series {
		l := looks[i]
		swatch := l.swatch
		if p.Points {
			swatch = func(c draw.Canvas) {
				c.DrawGlyph(draw.GlyphStyle{Color: l.color, Radius: 3.5, Shape: l.mark}, c.Center())
			}
		}
		keys = append(keys, key{argen.Visible(s.Name), swatch})
	}
	return keys
}

// named reports whether series have their names at their ends.
func (p *curvesPanel) named() bool {
	if p.Points || len(p.Series) < 2 {
		return false
	}
	for _, s := range p.Series {
		if measure(argen.Visible(s.Name)+" 0.000", face(smallSize, false)) > min(widestLabel, p.widest) {
			return false
		}
	}
	return true
}

// last is the place of the last point that is there, −1 if there is none.
func (s Series) last() int {
	for i := len(s.Y) - 1; i >= 0; i-- {
		if finite(s.X[i]) && finite(s.Y[i]) {
			return i
		}
	}
	return -1
}

// draw draws all of the panel inside its axes, and the names beside it.
func (p *curvesPanel) draw(c draw.Canvas, x, y func(float64) float64) {
	p.x.draw(c, x, true)
	p.y.draw(c, y, false)
	if p.Equal {
		p.drawEqual(c, x, y)
	}
	for i, s := range p.Series {
		p.intervals(c, i, s, x, y)
	}
	for _, l := range p.Levels {
		sty := line(ink, 1.25)
		sty.Dashes = []vg.Length{6, 3}
		at := vg.Length(y(p.y.place(l.Y)))
		c.StrokeLine2(sty, c.Min.X, at, c.Max.X, at)
	}
	for i, s := range p.Series {
		p.series(c, i, s, x, y)
	}
	p.drawEnds(c, x, y)
}

// shift sets the points of several series with intervals a little apart, so
// that one does not hide the other.
func (p *curvesPanel) shift(i int) vg.Length {
	n := 0
	for _, s := range p.Series {
		if s.whiskers() {
			n++
		}
	}
	if n < 2 {
		return 0
	}
	return vg.Length(2.6 * (float64(i) - float64(len(p.Series)-1)/2))
}

// whiskers reports whether the intervals are lines, one a point.
func (s Series) whiskers() bool { return len(s.Lo) > 0 && len(s.Y) <= mostWhiskers }

// intervals draws those of a series: a line each, or a band where they are many.
func (p *curvesPanel) intervals(c draw.Canvas, i int, s Series, x, y func(float64) float64) {
	if len(s.Lo) == 0 {
		return
	}
	k := looks[i].color
	at := func(j int, v float64) vg.Point {
		return vg.Point{X: vg.Length(x(p.x.place(s.X[j]))) + p.shift(i), Y: vg.Length(y(p.y.place(v)))}
	}
	var low, high []vg.Point
	band := func() {
		if len(low) > 1 {
			slices.Reverse(high)
			c.FillPolygon(color.NRGBA{k.R, k.G, k.B, 0x38}, append(low, high...))
		}
		low, high = nil, nil
	}
	for j := range s.Y {
		if !finite(s.X[j]) || !finite(s.Lo[j]) || !finite(s.Hi[j]) {
			band()
			continue
		}
		a, b := at(j, s.Lo[j]), at(j, s.Hi[j])
		if !s.whiskers() && !p.Points {
			low, high = append(low, a), append(high, b)
			continue
		}
		sty := line(k, 1.25)
		c.StrokeLine2(sty, a.X, a.Y, b.X, b.Y)
		for _, end := range []vg.Point{a, b} {
			if b.Y-a.Y > 3 {
				c.StrokeLine2(sty, end.X-2.5, end.Y, end.X+2.5, end.Y)
			}
		}
	}
	band()
}

// series draws the points of a series and joins those that follow each other.
func (p *curvesPanel) series(c draw.Canvas, i int, s Series, x, y func(float64) float64) {
	l := looks[i]
	sty := line(l.color, 2)
	sty.Dashes = l.dash
	var pts, all []vg.Point
	join := func() {
		if len(pts) > 1 && !p.Points {
			c.StrokeLines(sty, pts)
		}
		pts = nil
	}
	for j := range s.Y {
		if !finite(s.X[j]) || !finite(s.Y[j]) {
			join()
			continue
		}
		at := vg.Point{X: vg.Length(x(p.x.place(s.X[j]))) + p.shift(i), Y: vg.Length(y(p.y.place(s.Y[j])))}
		pts, all = append(pts, at), append(all, at)
	}
	join()
	mark := draw.GlyphStyle{Color: l.color, Radius: 3.2, Shape: l.mark}
	apart := vg.Length(13)
	if p.Points {
		apart = -1
		switch n := len(all); {
		case n > 400:
			mark.Radius, mark.Color = 1.6, color.NRGBA{l.color.R, l.color.G, l.color.B, 0x90}
		case n > 60:
			mark.Radius, mark.Color = 2.2, color.NRGBA{l.color.R, l.color.G, l.color.B, 0xb0}
		}
	}
	last := vg.Length(math.Inf(-1))
	for j, at := range all {
		if at.X-last < apart && j < len(all)-1 && at.X >= last {
			continue
		}
		last = at.X
		c.DrawGlyph(mark, at)
	}
}

// errNothing is where no number has a place.
func errNothing() error { return fmt.Errorf("no number is finite: there is nothing to draw") }
