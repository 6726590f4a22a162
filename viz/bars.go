package viz

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A fill is how an area is filled: a colour, and lines across it if it must be
// told from another without colour.
type fill struct {
	color   color.NRGBA
	hatched bool // lines of the colour on white instead of an area of it
}

// paint fills a rectangle.
func (f fill) paint(c draw.Canvas, r vg.Rectangle) {
	if r.Max.X <= r.Min.X || r.Max.Y <= r.Min.Y {
		return
	}
	if !f.hatched {
		c.SetColor(area{f.color})
		c.Fill(r.Path())
		return
	}
	c.SetLineStyle(line(f.color, 1))
	const apart, group = 5, 4 // a path of many lines takes the rasterizer long
	p := make(vg.Path, 0, 2*group)
	w, h := r.Max.X-r.Min.X, r.Max.Y-r.Min.Y
	for at := vg.Length(apart); at < w+h; at += apart {
		if len(p) == 2*group {
			c.Stroke(p)
			p = p[:0]
		}
		// from the lower or right border up to the left or upper one
		p.Move(vg.Point{X: r.Min.X + min(at, w), Y: r.Min.Y + max(0, at-w)})
		p.Line(vg.Point{X: r.Min.X + max(0, at-h), Y: r.Min.Y + min(at, h)})
	}
	c.Stroke(p)
	c.Stroke(r.Path())
}

// swatch is the fill's key in a legend.
func (f fill) swatch(c draw.Canvas) { f.paint(c, c.Rectangle) }

// swatch is the look's key in a legend.
func (l look) swatch(c draw.Canvas) {
	sty := line(l.color, 2)
	sty.Dashes = l.dash
	y := c.Center().Y
	c.StrokeLine2(sty, c.Min.X, y, c.Max.X, y)
	c.DrawGlyph(draw.GlyphStyle{Color: l.color, Radius: 3.5, Shape: l.mark}, c.Center())
}

// A painter is a plotter that is one function: c is the area of the data, x
// and y turn data into points.
type painter func(c draw.Canvas, x, y func(float64) float64)

// Plot implements plot.Plotter.
func (f painter) Plot(c draw.Canvas, p *plot.Plot) {
	px, py := p.Transforms(&c)
	f(c, func(v float64) float64 { return float64(px(v)) }, func(v float64) float64 { return float64(py(v)) })
}

// rect is a rectangle between two corners.
func rect(x0, y0, x1, y1 float64) vg.Rectangle {
	if x0 > x1 {
		x0, x1 = x1, x0
	}
	if y0 > y1 {
		y0, y1 = y1, y0
	}
	return vg.Rectangle{Min: vg.Point{X: vg.Length(x0), Y: vg.Length(y0)}, Max: vg.Point{X: vg.Length(x1), Y: vg.Length(y1)}}
}

// axis is a range with its ticks.
type axis struct {
	min, max float64
	ticks    []plot.Tick
}

// set gives a plot's axis its range and ticks.
func (a axis) set(to *plot.Axis) {
	to.Min, to.Max = a.min, a.max
	to.Tick.Marker = plot.ConstantTicks(a.ticks)
}

// probAxis goes from 0 to a little more than the greatest probability, so that
// a label fits behind its bar; its ticks stop at 1.
func probAxis(most, room float64) axis {
	most = min(max(most, 1e-9), 1)
	a := upTo(most)
	a.max = max(most*(1+room), a.ticks[len(a.ticks)-1].Value)
	for a.ticks[len(a.ticks)-1].Value > 1 {
		a.ticks = a.ticks[:len(a.ticks)-1]
	}
	return a
}

// upTo returns an axis from 0 to the first round number that is most or more,
// with four to six ticks.
func upTo(most float64) axis {
	if !(most > 0) {
		most = 1
	}
	most = min(max(most, 1e-290), 1e290)
	step := round(most / 5)
	a := axis{}
	for i := 0; ; i++ {
		v := float64(i) * step
		a.ticks = append(a.ticks, plot.Tick{Value: v, Label: tick(v)})
		if a.max = v; v >= most*(1-1e-9) && i > 0 || i == 10 {
			return a
		}
	}
}

// downTo is upTo below 0.
func downTo(least float64) axis {
	a := upTo(-least)
	for i := range a.ticks {
		t := &a.ticks[i]
		if t.Value > 0 {
			t.Value, t.Label = -t.Value, "−"+t.Label
		}
	}
	a.min, a.max = -a.max, 0
	return a
}
