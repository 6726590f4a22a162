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

// The page of metrics.
const (
	metricsWidth = 1080.0
	metricRow    = 14.0
	metricHead   = 22.0
	metricFoot   = 26.0
	tilesGap     = 14.0
)

// Metrics draws every number that was measured by strategy: a dot with its
// interval, half of the texts, and whether it differs from the first strategy
// by more than the noise. A metric that is the same for all is left out.
func Metrics(in Input) (*Figure, error) {
	d := in.Compare
	if err := d.check("metrics"); err != nil {
		return nil, err
	}
	var panels []*metricPanel
	var same []string
	for i := range d.Metrics {
		switch p := newMetricPanel(&d, i); {
		case p.known == 0:
		case p.same && len(d.Strategies) > 1:
			same = append(same, fmt.Sprintf("%s %s", p.of.text(), p.of.value(rounded(p.values[0].Mean))))
		default:
			panels = append(panels, p)
		}
	}
	if len(panels) == 0 {
		return nil, fmt.Errorf("metrics: no number differs from strategy to strategy: there is nothing to draw")
	}
	first := strategyName(d.Strategies[0].Name)
	f := &Figure{
		Title:    titleMetrics(&d, first),
		Subtitle: d.compared(),
		Caption:  "Each dot has the interval that holds the true number in 95 of 100 comparisons. Of twenty numbers that do not differ one is marked all the same." + d.model(),
		Alt:      altMetrics(&d, panels),
		Width:    in.widest(metricsWidth),
	}
	if len(same) > 0 {
		f.Caption += " The same for all: " + strings.Join(same, ", ") + "."
	}
	if len(d.Strategies) > 1 {
		f.keys = []key{
			{first + ", and its number", func(c draw.Canvas) { drawDot(c, c.Center(), true, true) }},
			{"differs from it by more than the noise", func(c draw.Canvas) { drawDot(c, c.Center(), false, true) }},
			{"the difference is inside the noise", func(c draw.Canvas) { drawDot(c, c.Center(), false, false) }},
		}
	}
	for _, p := range panels {
		if p.quartiles() {
			f.keys = append(f.keys, key{"half of the texts", func(c draw.Canvas) { drawHalf(c, float64(c.Min.X), float64(c.Max.X), float64(c.Center().Y)) }})
			break
		}
	}
	across := 5 // panels side by side
	switch {
	case in.Big:
		across = 3
	case (len(panels)+5)/6 < (len(panels)+4)/5:
		across = 6
	}
	rows := (len(panels) + across - 1) / across
	high := metricHead + metricRow*float64(len(d.Strategies)) + metricFoot
	f.setBody(float64(rows)*(high+tilesGap) - tilesGap)
	f.body = func(c draw.Canvas) {
		names := nameColumn(&d)
		for i, p := range panels {
			x, y := i%across, i/across
			left := float64(c.Min.X) + names
			wide := (float64(c.Max.X) - left + tilesGap) / float64(across)
			top := float64(c.Max.Y) - float64(y)*(high+tilesGap)
			if x == 0 {
				sayNames(c, &d, left-8, top-metricHead, metricRow)
			}
			p.draw(c, left+float64(x)*wide, left+float64(x+1)*wide-tilesGap, top)
		}
	}
	return f, nil
}

// nameColumn is the width of the names of strategies and the gap after them.
func nameColumn(d *CompareData) float64 {
	wide := 0.0
	for _, s := range d.Strategies {
		wide = max(wide, measure(strategyName(s.Name), face(smallSize, true)))
	}
	return wide + 12
}

// sayNames writes the names of the strategies beside their rows, the first in
// bold.
func sayNames(c draw.Canvas, d *CompareData, right, top, row float64) {
	for i, s := range d.Strategies {
		say(c, style(smallSize, i == 0, -1, -.5), right, top-row*(float64(i)+.5), strategyName(s.Name))
	}
}

// A metricPanel is a metric of all strategies.
type metricPanel struct {
	of     *CompareMetric
	values []CompareValue
	known  int  // strategies that have it
	same   bool // all have the same, but for rounding
}

// rounding is what sums of probabilities that should be equal may differ by.
const rounding = 1e-12

func newMetricPanel(d *CompareData, i int) *metricPanel {
	p := &metricPanel{of: &d.Metrics[i], same: true}
	for _, s := range d.Strategies {
		v := s.Values[i]
		p.values = append(p.values, v)
		if !math.IsNaN(v.Mean) {
			p.known++
		}
		p.same = p.same && (v.Mean == p.values[0].Mean || math.Abs(v.Mean-p.values[0].Mean) <= rounding)
	}
	return p
}

// rounded is a number, 0 if rounding made it.
func rounded(x float64) float64 {
	if math.Abs(x) <= rounding {
		return 0
	}
	return x
}

// quartiles reports whether there are numbers of the texts one by one.
func (p *metricPanel) quartiles() bool {
	for _, v := range p.values {
		if finite(v.Low) && finite(v.High) {
			return true
		}
	}
	return false
}

// draw draws the panel below top.
func (p *metricPanel) draw(c draw.Canvas, left, right, top float64) {
	title := style(smallSize, true, 0, -1)
	if measure(p.of.text(), title.Font) > right-left { // its unit is at its end
		title.Font = face(tinySize, true)
	}
	say(c, title, left, top, fit(p.of.text(), title.Font, right-left, false))
	top -= metricHead
	bottom := top - metricRow*float64(len(p.values))
	a := p.axis()
	x := func(v float64) float64 { return left + 5 + (right-left-10)*(v-a.min)/(a.max-a.min) }
	small := style(tinySize, false, -.5, -1)
	var labels []tickLabel
	for _, t := range p.of.ticks(plot.ConstantTicks(a.ticks)).Ticks(a.min, a.max) {
		at := x(t.Value)
		c.StrokeLine2(line(faint, .75), vg.Length(at), vg.Length(bottom), vg.Length(at), vg.Length(top))
		half := measure(t.Label, small.Font) / 2
		if at-half >= left-tilesGap/2 && at+half <= right+tilesGap/2 {
			labels = append(labels, tickLabel{t.Label, at, half})
		}
	}
	for _, l := range apart(labels) {
		say(c, small, l.at, bottom-4, l.text)
	}
	c.StrokeLine2(line(quiet, .75), vg.Length(left), vg.Length(bottom), vg.Length(right), vg.Length(bottom))
	if v := p.values[0]; finite(v.Mean) {
		sty := line(vermillion, 1)
		sty.Dashes = []vg.Length{3, 3}
		c.StrokeLine2(sty, vg.Length(x(v.Mean)), vg.Length(bottom), vg.Length(x(v.Mean)), vg.Length(top))
	}
	for i, v := range p.values {
		y := top - metricRow*(float64(i)+.5)
		p.row(c, &v, i == 0, x, y, left, right)
	}
}

// row draws the number of a strategy.
func (p *metricPanel) row(c draw.Canvas, v *CompareValue, first bool, x func(float64) float64, y, left, right float64) {
	note := style(tinySize, false, -1, -.5)
	note.Color = quiet
	switch {
	case math.IsNaN(v.Mean):
		say(c, note, right, y, "–")
		return
	case !finite(v.Mean):
		what := short(v.Mean)
		if v.Infinite > 0 {
			what += " at " + percentOf(v.Infinite) + " of places"
		}
		say(c, note, right, y, fit(what, note.Font, right-left, false))
		return
	}
	if finite(v.Low) && finite(v.High) {
		drawHalf(c, x(v.Low), x(v.High), y)
	}
	k := blue
	if first {
		k = vermillion
	}
	if finite(v.Lo) && finite(v.Hi) {
		c.StrokeLine2(line(k, 1.5), vg.Length(x(v.Lo)), vg.Length(y), vg.Length(x(v.Hi)), vg.Length(y))
	}
	drawDot(c, vg.Point{X: vg.Length(x(v.Mean)), Y: vg.Length(y)}, first, v.Differs)
}

// drawDot draws the mark of a number: hollow if its difference from the first
// is inside the noise.
func drawDot(c draw.Canvas, at vg.Point, first, differs bool) {
	const radius = 3.4
	switch {
	case first:
		c.DrawGlyph(draw.GlyphStyle{Color: vermillion, Radius: radius, Shape: square}, at)
	case differs:
		c.DrawGlyph(draw.GlyphStyle{Color: blue, Radius: radius, Shape: circle}, at)
	default:
		c.DrawGlyph(draw.GlyphStyle{Color: blue, Radius: radius, Shape: circle.empty()}, at)
	}
}

// drawHalf draws where half of the texts lie.
func drawHalf(c draw.Canvas, from, to, y float64) {
	c.SetColor(faint)
	c.Fill(rect(from, y-4, to, y+4).Path())
}

// axis holds the intervals of all strategies and where half of their texts lie.
func (p *metricPanel) axis() axis {
	var all []CompareValue
	for _, v := range p.values {
		all = append(all, v, CompareValue{Mean: v.Mean, Lo: v.Low, Hi: v.High})
	}
	return span(all, .05)
}

// titleMetrics says how many numbers differ.
func titleMetrics(d *CompareData, first string) string {
	if len(d.Strategies) == 1 {
		return "What " + first + " writes, in numbers"
	}
	differ, all := 0, 0
	for _, s := range d.Strategies[1:] {
		for _, v := range s.Values {
			if !math.IsNaN(v.Mean) {
				all++
				if v.Differs {
					differ++
				}
			}
		}
	}
	return fmt.Sprintf("%d of %d numbers differ from those of %s", differ, all, first)
}

func altMetrics(d *CompareData, panels []*metricPanel) string {
	var b strings.Builder
	b.WriteString("Small panels of dots with intervals, a row a strategy. ")
	for i, p := range panels {
		if i > 0 {
			b.WriteString(". ")
		}
		b.WriteString(p.of.text() + ": ")
		for k, v := range p.values {
			if k > 0 {
				b.WriteString("; ")
			}
			b.WriteString(strategyName(d.Strategies[k].Name) + " ")
			switch {
			case math.IsNaN(v.Mean):
				b.WriteString("none")
				continue
			case !finite(v.Mean) && v.Infinite > 0:
				fmt.Fprintf(&b, "%s at %s of places", short(v.Mean), percentOf(v.Infinite))
			default:
				b.WriteString(p.of.value(v.Mean))
			}
			if finite(v.Lo) && finite(v.Hi) && v.Lo < v.Hi {
				fmt.Fprintf(&b, " (%s to %s)", p.of.value(v.Lo), p.of.value(v.Hi))
			}
			if v.Differs {
				b.WriteString(" differs")
			}
		}
	}
	b.WriteString(".")
	return argen.Printable(b.String())
}
