package viz

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// NgramOrders draws the perplexity of models by their order, against that of
// the source they learned from: no model can be better on average.
func NgramOrders(in Input) (*Figure, error) {
	d := in.Orders
	switch {
	case len(d.Order) == 0 || len(d.Perplexity) == 0:
		return nil, fmt.Errorf("ngram-orders needs the perplexity of at least one model: train n-gram models of several orders")
	case len(d.Perplexity) > len(looks):
		return nil, fmt.Errorf("ngram-orders draws at most %d curves, there are %d", len(looks), len(d.Perplexity))
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	unit := d.Unit
	if unit == "" {
		unit = "token"
	}
	unit = argen.Visible(unit)
	floor := math.NaN()
	if d.TrueBits > 0 {
		floor = math.Exp2(d.TrueBits)
	}
	f := &Figure{
		Title: titleOrders(d.Order, d.Perplexity),
		Caption: "Perplexity: as hard to guess as among so many equally probable " + unit + "s; 2 to the power of the bits a " + unit +
			". An n-gram model sees the last n − 1 of them.",
		Alt:   altOrders(d, floor, unit),
		Width: in.page(),
	}
	f.Subtitle = "n-gram models on text they have not seen"
	p := newPlot()
	p.X.Min, p.X.Max = math.Inf(1), math.Inf(-1)
	var ticks []plot.Tick
	for _, n := range d.Order {
		p.X.Min, p.X.Max = min(p.X.Min, float64(n)-.4), max(p.X.Max, float64(n)+.4)
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: count(n)})
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
	p.X.Label.Text = "order n"
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	least, most := math.Inf(1), 0.0
	for _, v := range append(flat(d.Perplexity), floor) {
		if v > 0 && !math.IsInf(v, 0) {
			least, most = min(least, v), max(most, v)
		}
	}
	if most == 0 {
		return nil, fmt.Errorf("ngram-orders: no perplexity is a positive number")
	}
	p.Y.Scale = logScale{}
	between(least, most).set(&p.Y)
	p.Add(grid{y: true})
	if !math.IsNaN(floor) {
		p.Add(painter(func(c draw.Canvas, x, y func(float64) float64) {
			c.SetColor(fog)
			c.Fill(rect(float64(c.Min.X), float64(c.Min.Y), float64(c.Max.X), y(floor)).Path())
			at := vg.Length(y(floor))
			c.StrokeLine2(line(ink, 1.5), c.Min.X, at, c.Max.X, at)
			sty := style(smallSize, true, 0, -1)
			say(c, sty, float64(c.Min.X)+6, float64(at)-4, fmt.Sprintf("the source itself: perplexity %s (entropy rate %s bits a %s)", short(floor), short(d.TrueBits), unit))
		}))
	}
	for i, curve := range d.Perplexity {
		name := fmt.Sprintf("model %d", i+1)
		if i < len(d.Names) {
			name = argen.Visible(d.Names[i])
		}
		f.keys = append(f.keys, key{name, looks[i].swatch})
		p.Add(orderCurve(d.Order, curve, looks[i], i == 0))
	}
	f.setBody(360)
	f.body = func(c draw.Canvas) { stack(c, panel{"perplexity (logarithmic)", p, 1}) }
	return f, nil
}

// titleOrders says what the curves show: whether orders above the least are
// better for all, for some or for none.
func titleOrders(orders []int, curves [][]float64) string {
	helped, all := 0, 0
	for _, curve := range curves {
		first, best := 0, 0
		for i, v := range curve {
			if orders[i] < orders[first] {
				first = i
			}
			if v < curve[best] {
				best = i
			}
		}
		if len(curve) < 2 || math.IsNaN(curve[first]) {
			continue
		}
		all++
		if curve[best] < curve[first] {
			helped++
		}
	}
	switch {
	case all == 0:
		return "Perplexity of n-gram models by order"
	case helped == all:
		return "A longer memory helps, as far as the data reach"
	case helped > 0:
		return "A longer memory helps some models only: the data are few"
	}
	return "A longer memory does not help: the data are too few"
}

// orderCurve draws one curve; its values are written at its marks if it is the
// first.
func orderCurve(orders []int, curve []float64, l look, numbers bool) painter {
	return func(c draw.Canvas, x, y func(float64) float64) {
		var pts []vg.Point
		for i, v := range curve {
			if !(v > 0) || math.IsInf(v, 0) {
				continue
			}
			at := vg.Point{X: vg.Length(x(float64(orders[i]))), Y: vg.Length(y(v))}
			pts = append(pts, at)
			if numbers {
				sty := style(smallSize, true, 0, 0)
				sty.Color = l.color
				say(c, sty, float64(at.X)+5, float64(at.Y)+6, short(v))
			}
		}
		sty := line(l.color, 2.5)
		sty.Dashes = l.dash
		if len(pts) > 1 {
			c.StrokeLines(sty, pts)
		}
		for _, at := range pts {
			c.DrawGlyph(draw.GlyphStyle{Color: l.color, Radius: 4.5, Shape: l.mark}, at)
		}
	}
}

func flat(curves [][]float64) []float64 {
	var all []float64
	for _, c := range curves {
		all = append(all, c...)
	}
	return all
}

// between returns a logarithmic axis around two values.
func between(least, most float64) axis {
	a := axis{min: max(least, 1e-290) / 1.5, max: min(most, 1e290) * 1.4}
	a.ticks = logTicks(a.min, a.max)
	return a
}

func altOrders(d OrdersData, floor float64, unit string) string {
	var b strings.Builder
	b.WriteString("Curves of perplexity by order. ")
	for i, curve := range d.Perplexity {
		if i < len(d.Names) {
			b.WriteString(argen.Visible(d.Names[i]) + ": ")
		}
		for j, v := range curve {
			if j > 0 {
				b.WriteString("; ")
			}
			fmt.Fprintf(&b, "order %d %s", d.Order[j], short(v))
		}
		b.WriteString(". ")
	}
	if !math.IsNaN(floor) {
		fmt.Fprintf(&b, "The source itself has %s, an entropy rate of %s bits a %s.", short(floor), short(d.TrueBits), unit)
	}
	return strings.TrimSpace(b.String())
}
