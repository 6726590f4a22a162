package viz

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// Bars draws numbers of things side by side, each with its interval: what a
// lesson has measured.
func Bars(in Input) (*Figure, error) {
	d, err := dataOf[*BarsData](in, "bars")
	if err != nil {
		return nil, err
	}
	return d.figure(in)
}

// figure draws a row of bars for each group, from left to right, so that long
// names have room.
func (d *BarsData) figure(in Input) (*Figure, error) {
	f := d.Words.figure(in, d.alt())
	r := reach{}
	for _, s := range d.Series {
		r.add(s.Y...)
		r.add(s.Lo...)
		r.add(s.Hi...)
	}
	for _, l := range d.Levels {
		r.add(l.Y)
	}
	if !r.any {
		return nil, fmt.Errorf("no number is finite: nothing to draw")
	}
	p := newPlot()
	r.axis(d.Y, true).set(&p.X)
	p.X.Max += (p.X.Max - p.X.Min) * .08 // room for the number behind the longest
	n, m := len(d.Groups), len(d.Series)
	var ticks []plot.Tick
	for i, g := range d.Groups {
		ticks = append(ticks, plot.Tick{Value: float64(n - 1 - i), Label: argen.Visible(g)})
	}
	axis{min: -.5, max: float64(n) - .5, ticks: ticks}.set(&p.Y)
	p.Y.Tick.Length = 0
	p.Add(grid{x: true})
	for k, s := range d.Series {
		if m > 1 {
			f.keys = append(f.keys, key{argen.Visible(s.Name), looks[k].swatch})
		}
		p.Add(painter(func(c draw.Canvas, x, y func(float64) float64) {
			high := .8 / float64(m)
			for i, v := range s.Y {
				if !finite(v) {
					continue
				}
				top := float64(n-1-i) + .4 - high*float64(k)
				fill{color: looks[k].color}.paint(c, rect(x(0), y(top-high*.92), x(v), y(top)))
				mid := y(top - high*.46)
				end := x(v)
				if len(s.Lo) > 0 && finite(s.Lo[i]) && finite(s.Hi[i]) {
					c.StrokeLine2(line(ink, 1), vg.Length(x(s.Lo[i])), vg.Length(mid), vg.Length(x(s.Hi[i])), vg.Length(mid))
					end = x(s.Hi[i])
				}
				say(c, style(smallSize, false, 0, -.5), end+4, mid, d.Y.number(v))
			}
		}))
	}
	f.setBody(float64(n*m)*18 + float64(n)*8 + 60)
	f.body = func(c draw.Canvas) { stack(c, panel{argen.Visible(d.Y.Label), p, 1}) }
	return f, nil
}

// number writes a number of the axis.
func (a Axis) number(v float64) string {
	if a.Unit == "share" {
		return short(v*100) + " %"
	}
	return short(v)
}

func (d *BarsData) alt() string {
	var b strings.Builder
	for i, g := range d.Groups {
		b.WriteString(argen.Visible(g) + ": ")
		for k, s := range d.Series {
			if k > 0 {
				b.WriteString(", ")
			}
			if len(d.Series) > 1 {
				b.WriteString(argen.Visible(s.Name) + " ")
			}
			b.WriteString(d.Y.number(s.Y[i]))
		}
		b.WriteString(". ")
	}
	for _, l := range d.Levels {
		fmt.Fprintf(&b, "%s: %s. ", argen.Visible(l.Name), d.Y.number(l.Y))
	}
	return strings.TrimSpace(b.String())
}
