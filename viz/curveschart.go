package viz

import (
	"fmt"
	"math"
	"strings"

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

// figure draws the curves.
func (d *CurvesData) figure(in Input) (*Figure, error) {
	f := d.Words.figure(in, d.alt())
	p := newPlot()
	x, y := reach{}, reach{}
	for _, s := range d.Series {
		x.add(s.X...)
		y.add(s.Y...)
		y.add(s.Lo...)
		y.add(s.Hi...)
	}
	for _, l := range d.Levels {
		y.add(l.Y)
	}
	if !x.any || !y.any {
		return nil, fmt.Errorf("no number is finite: nothing to draw")
	}
	x.axis(d.X, false).set(&p.X)
	y.axis(d.Y, true).set(&p.Y)
	if d.X.Log {
		p.X.Scale = logScale{}
	}
	if d.Y.Log {
		p.Y.Scale = logScale{}
	}
	p.X.Label.Text = argen.Visible(d.X.Label)
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	p.Add(grid{y: true})
	for i, s := range d.Series {
		f.keys = append(f.keys, key{argen.Visible(s.Name), looks[i].swatch})
		p.Add(seriesCurve(s, looks[i], d.Points))
	}
	for _, l := range d.Levels {
		p.Add(painter(func(c draw.Canvas, _, y func(float64) float64) {
			at := vg.Length(y(l.Y))
			c.StrokeLine2(line(ink, 1.5), c.Min.X, at, c.Max.X, at)
			sty := style(smallSize, true, -1, 0)
			say(c, sty, float64(c.Max.X)-2, float64(at)+3, argen.Visible(l.Name))
		}))
	}
	if d.Equal {
		p.Add(painter(func(c draw.Canvas, x, y func(float64) float64) {
			low, high := max(p.X.Min, p.Y.Min), min(p.X.Max, p.Y.Max)
			sty := line(quiet, 1)
			sty.Dashes = []vg.Length{4, 3}
			c.StrokeLine2(sty, vg.Length(x(low)), vg.Length(y(low)), vg.Length(x(high)), vg.Length(y(high)))
		}))
	}
	f.setBody(340)
	f.body = func(c draw.Canvas) { stack(c, panel{argen.Visible(d.Y.Label), p, 1}) }
	return f, nil
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

// axis is one that holds the numbers; zero is part of it where it may be.
func (r reach) axis(a Axis, zero bool) axis {
	least, most := r.least, r.most
	if a.Log {
		return between(least, most)
	}
	if zero {
		least, most = min(0, least), max(0, most)
	}
	if least == most {
		most = least + 1
	}
	step := round((most - least) / 6)
	x := axis{min: math.Floor(least/step) * step, max: math.Ceil(most/step) * step}
	x.ticks = x.every(step)
	if a.Unit == "share" {
		for i := range x.ticks {
			x.ticks[i].Label = minus(tick(x.ticks[i].Value*100)) + " %"
		}
	}
	return x
}

// seriesCurve draws a series with its intervals.
func seriesCurve(s Series, l look, points bool) painter {
	return func(c draw.Canvas, x, y func(float64) float64) {
		var pts []vg.Point
		for i := range s.Y {
			if !finite(s.X[i]) || !finite(s.Y[i]) {
				continue
			}
			at := vg.Point{X: vg.Length(x(s.X[i])), Y: vg.Length(y(s.Y[i]))}
			pts = append(pts, at)
			if len(s.Lo) > 0 && finite(s.Lo[i]) && finite(s.Hi[i]) {
				c.StrokeLine2(line(l.color, 1), at.X, vg.Length(y(s.Lo[i])), at.X, vg.Length(y(s.Hi[i])))
			}
		}
		sty := line(l.color, 2)
		sty.Dashes = l.dash
		if len(pts) > 1 && !points {
			c.StrokeLines(sty, pts)
		}
		for _, at := range pts {
			if points || len(pts) <= 40 {
				c.DrawGlyph(draw.GlyphStyle{Color: l.color, Radius: 3.2, Shape: l.mark}, at)
			}
		}
	}
}

func (d *CurvesData) alt() string {
	var b strings.Builder
	for _, s := range d.Series {
		b.WriteString(argen.Visible(s.Name) + ": ")
		for i := range s.Y {
			if i > 0 {
				b.WriteString("; ")
			}
			fmt.Fprintf(&b, "%s %s", short(s.X[i]), short(s.Y[i]))
		}
		b.WriteString(". ")
	}
	for _, l := range d.Levels {
		fmt.Fprintf(&b, "%s: %s. ", argen.Visible(l.Name), short(l.Y))
	}
	return strings.TrimSpace(b.String())
}
