package viz

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// Which metrics are quality and diversity where nobody says, the first that
// was measured and differs from strategy to strategy.
var (
	usualQuality   = []string{"coherent", "logprob"}
	usualDiversity = []string{"distinct_2", "self_bleu"}
)

// fallWith are metrics that fall as texts become more diverse, or better.
var fallWith = []string{"self_bleu", "rep_1", "rep_2", "rep_3", "rep_4", "loops", "zipf", "kl_truth", "tv_truth", "model_kl_truth", "model_tv_truth"}

// A frontier is a strategy on the chart.
type frontierPoint struct {
	name   string
	x, y   CompareValue
	first  bool
	beaten bool // another is at least as good in both, and better in one
}

// Frontier draws the quality of strategies against their diversity, with the
// intervals of both, and which of them no other beats: is at least as good in
// both, and better in one. What the title says holds for the intervals too.
func Frontier(in Input) (*Figure, error) {
	d := in.Compare
	if err := d.check("frontier"); err != nil {
		return nil, err
	}
	quality, err := d.choose("quality", in.Quality, usualQuality)
	if err != nil {
		return nil, err
	}
	diversity, err := d.choose("diversity", in.Diversity, usualDiversity)
	if err != nil {
		return nil, err
	}
	x, y := &d.Metrics[diversity], &d.Metrics[quality]
	var list []frontierPoint
	var missing []string
	for i, s := range d.Strategies {
		p := frontierPoint{name: strategyName(s.Name), x: s.Values[diversity], y: s.Values[quality], first: i == 0}
		if finite(p.x.Mean) && finite(p.y.Mean) {
			list = append(list, p)
		} else {
			missing = append(missing, p.name)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("frontier: no strategy has both %s and %s", argen.Visible(y.Name), argen.Visible(x.Name))
	}
	markBeaten(list, x.sign(), y.sign())
	f := &Figure{
		Title:    titleFrontier(list, x, y),
		Subtitle: fmt.Sprintf("%s against %s · %s", y.text(), x.text(), d.compared()),
		Alt:      altFrontier(list, x, y),
		Width:    in.page(),
	}
	f.Caption = "Lines: the intervals that hold the true number in 95 of 100 comparisons"
	if len(list) > 1 {
		f.Caption += "; strategies whose lines overlap may change places on the frontier"
	}
	f.Caption += "." + d.model()
	if len(missing) > 0 {
		f.Caption += " Without both numbers: " + strings.Join(missing, ", ") + "."
	}
	on := func(c draw.Canvas) { drawPoint(c, frontierPoint{}, float64(c.Center().X), float64(c.Center().Y)) }
	off := func(c draw.Canvas) {
		drawPoint(c, frontierPoint{beaten: true}, float64(c.Center().X), float64(c.Center().Y))
	}
	f.keys = []key{{"on the frontier: none beats it", on}}
	if slices.ContainsFunc(list, func(p frontierPoint) bool { return p.beaten }) {
		f.keys = append(f.keys, key{"beaten: another is at least as good in both, better in one", off})
	}
	if len(list) > 1 && list[0].first {
		first := func(c draw.Canvas) {
			drawPoint(c, frontierPoint{first: true, beaten: list[0].beaten}, float64(c.Center().X), float64(c.Center().Y))
		}
		f.keys = append(f.keys, key{"the first strategy", first})
	}
	p := newPlot()
	rift := acrossOf(list).set(&p.X)
	if rift.from < rift.to {
		f.Caption += " Between the waves a piece of the axis without any point is left out."
	}
	f.setBody(430)
	spanOf(list, func(p *frontierPoint) CompareValue { return p.y }).set(&p.Y)
	for _, a := range []struct {
		axis *plot.Axis
		of   *CompareMetric
	}{{&p.X, x}, {&p.Y, y}} {
		a.axis.Tick.Marker = a.of.ticks(a.axis.Tick.Marker)
	}
	p.X.Label.Text = x.text() + " " + x.arrow("→", "←") + " more diverse"
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	p.Add(grid{x: true, y: true}, painter(func(c draw.Canvas, px, py func(float64) float64) {
		drawFrontier(c, list, rift, x.sign(), px, py)
	}))
	f.body = func(c draw.Canvas) { stack(c, panel{y.text() + " " + y.arrow("↑", "↓") + " " + y.good(), p, 1}) }
	return f, nil
}

// choose is the index of the metric of a name, or of the first usual one that
// was measured and differs from strategy to strategy, if none does of the first
// that was measured.
func (d *CompareData) choose(what, name string, usual []string) (int, error) {
	var all []string
	for _, m := range d.Metrics {
		all = append(all, argen.Visible(m.Name))
	}
	if name != "" {
		if i := d.metric(name); i >= 0 {
			return i, nil
		}
		return 0, fmt.Errorf("frontier: no metric %s was measured; there are %s", quoted(name), strings.Join(all, ", "))
	}
	first := -1
	for _, u := range usual {
		i := d.metric(u)
		if i >= 0 && !newMetricPanel(d, i).same {
			return i, nil
		}
		if first < 0 {
			first = i
		}
	}
	if first >= 0 {
		return first, nil
	}
	return 0, fmt.Errorf("frontier: neither %s was measured: choose the %s of %s", strings.Join(usual, " nor "), what, strings.Join(all, ", "))
}

// sign is −1 for a metric that falls as texts become better or more diverse.
func (m *CompareMetric) sign() float64 {
	if slices.Contains(fallWith, m.Name) {
		return -1
	}
	return 1
}

func (m *CompareMetric) arrow(up, down string) string {
	if m.sign() < 0 {
		return down
	}
	return up
}

// good says what a text is of which a metric is high, or low if it falls with
// quality. A probable text is not always a good one.
func (m *CompareMetric) good() string {
	if m.Name == "logprob" {
		return "more probable"
	}
	return "better"
}

// text is a metric with its unit.
func (m *CompareMetric) text() string {
	s := argen.Visible(m.Label)
	if s == "" {
		s = argen.Visible(m.Name)
	}
	if m.Unit != "" && m.Unit != "share" {
		s += ", " + argen.Visible(m.Unit)
	}
	return s
}

// Percent reports whether a metric is the part of the texts that have a
// property: it is shown in percent.
func (m *CompareMetric) Percent() bool {
	return slices.Contains([]string{"coherent", "well_formed", "loops"}, m.Name)
}

// ticks writes the ticks of a metric's axis in percent where it is so shown.
func (m *CompareMetric) ticks(t plot.Ticker) plot.Ticker {
	list, ok := t.(plot.ConstantTicks)
	if !ok || !m.Percent() {
		return t
	}
	for i := range list {
		list[i].Label = percentOf(list[i].Value)
	}
	return list
}

// percentOf writes a share in percent.
func percentOf(x float64) string { return tick(math.Round(1e3*x)/10) + " %" }

// value writes a number of a metric.
func (m *CompareMetric) value(x float64) string {
	if m.Percent() {
		return tick(math.Round(100*x)) + " %"
	}
	return short(x)
}

// markBeaten finds the points that another beats: at least as good in both, and
// better in one.
func markBeaten(list []frontierPoint, signX, signY float64) {
	for i := range list {
		a := &list[i]
		for _, b := range list {
			dx, dy := signX*(b.x.Mean-a.x.Mean), signY*(b.y.Mean-a.y.Mean)
			a.beaten = a.beaten || dx >= 0 && dy >= 0 && (dx > 0 || dy > 0)
		}
	}
}

// above reports whether a number is larger than another, times sign, by more than
// their intervals.
func above(a, b CompareValue, sign float64) bool {
	edge := func(v CompareValue, sign float64) float64 {
		x := v.Lo
		if sign > 0 {
			x = v.Hi
		}
		if !finite(x) {
			return math.Inf(int(sign)) // a number without an interval may be any
		}
		return x
	}
	if sign < 0 {
		a, b = b, a
	}
	return edge(a, -1) > edge(b, 1)
}

// titleFrontier says what the intervals show: that one strategy is best in both,
// that what is better in one is worse in the other, or neither.
func titleFrontier(list []frontierPoint, x, y *CompareMetric) string {
	what := "Quality"
	if y.good() != "better" {
		what = "Probability"
	}
	if len(list) == 1 {
		return what + " and diversity of one strategy"
	}
	paid := false
	for i := range list {
		best := true
		for k := range list {
			if k == i {
				continue
			}
			better, wilder := above(list[i].y, list[k].y, y.sign()), above(list[i].x, list[k].x, x.sign())
			best = best && better && wilder
			// What a beaten one pays, the one that beats it need not.
			paid = paid || better && above(list[k].x, list[i].x, x.sign()) && !list[i].beaten && !list[k].beaten
		}
		if best {
			return what + " against diversity: " + list[i].name + " is best in both"
		}
	}
	if paid {
		return what + " is paid for with diversity"
	}
	return fmt.Sprintf("%s against diversity of %d strategies", what, len(list))
}

// spanOf is an axis that holds the intervals of all points, with air around.
func spanOf(list []frontierPoint, of func(*frontierPoint) CompareValue) axis {
	var values []CompareValue
	for i := range list {
		values = append(values, of(&list[i]))
	}
	return span(values, .06)
}

// span is an axis that holds values and their intervals, and a part of its
// length more at both ends.
func span(values []CompareValue, air float64) axis {
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		for _, x := range []float64{v.Mean, v.Lo, v.Hi} {
			if finite(x) {
				least, most = min(least, x), max(most, x)
			}
		}
	}
	if least > most {
		least, most = 0, 1
	}
	if wide := most - least; wide < 1e-9*max(1, math.Abs(most)) {
		least, most = least-.5*max(math.Abs(least), 1e-3), most+.5*max(math.Abs(most), 1e-3)
	}
	wide := most - least
	a := axis{min: least - air*wide, max: most + air*wide}
	a.ticks = a.every(round(wide / 5))
	return a
}

// color is that of the point.
func (p *frontierPoint) color() color.NRGBA {
	if p.first {
		return vermillion
	}
	return blue
}

// drawPoint draws the mark of a point: a square of the first strategy, hollow if
// another beats it.
func drawPoint(c draw.Canvas, p frontierPoint, x, y float64) {
	shape := circle
	if p.first {
		shape = square
	}
	shape.hollow = p.beaten
	c.DrawGlyph(draw.GlyphStyle{Color: p.color(), Radius: markRadius, Shape: shape}, vg.Point{X: vg.Length(x), Y: vg.Length(y)})
}

func drawFrontier(c draw.Canvas, list []frontierPoint, rift rift, signX float64, px, py func(float64) float64) {
	var on []frontierPoint
	for _, p := range list {
		if !p.beaten {
			on = append(on, p)
		}
	}
	slices.SortFunc(on, func(a, b frontierPoint) int { return cmp.Compare(signX*a.x.Mean, signX*b.x.Mean) })
	sty := line(quiet, 1)
	sty.Dashes = []vg.Length{4, 3}
	names := make([]tag, len(list))
	var lines, taken []vg.Rectangle
	for i := 1; i < len(on); i++ {
		x0, y0, x1, y1 := px(on[i-1].x.Mean), py(on[i-1].y.Mean), px(on[i].x.Mean), py(on[i].y.Mean)
		c.StrokeLine2(sty, vg.Length(x0), vg.Length(y0), vg.Length(x1), vg.Length(y1))
		for k := range 40 {
			f := float64(k) / 40
			x, y := x0+f*(x1-x0), y0+f*(y1-y0)
			lines = append(lines, rect(x-2, y-1, x+2, y+1))
		}
	}
	rift.draw(c)
	if strip, ok := rift.strip(c); ok {
		taken = append(taken, strip)
	}
	for i, p := range slices.Backward(list) { // the first, which the others are compared with, over them
		x, y := px(p.x.Mean), py(p.y.Mean)
		cross := line(faded(p.color()), 1.5)
		if finite(p.x.Lo) && finite(p.x.Hi) && p.x.Lo < p.x.Hi {
			c.StrokeLine2(cross, vg.Length(px(p.x.Lo)), vg.Length(y), vg.Length(px(p.x.Hi)), vg.Length(y))
			lines = append(lines, rect(px(p.x.Lo), y-1, px(p.x.Hi), y+1))
		}
		if finite(p.y.Lo) && finite(p.y.Hi) && p.y.Lo < p.y.Hi {
			c.StrokeLine2(cross, vg.Length(x), vg.Length(py(p.y.Lo)), vg.Length(x), vg.Length(py(p.y.Hi)))
			lines = append(lines, rect(x-1, py(p.y.Lo), x+1, py(p.y.Hi)))
		}
		names[i] = tag{x: x, y: y, name: p.name, bold: p.first}
	}
	for i, p := range slices.Backward(list) {
		drawPoint(c, p, names[i].x, names[i].y)
	}
	placeNames(names, lines, taken, c.Rectangle)
	for i := range names {
		names[i].draw(c)
	}
}

func altFrontier(list []frontierPoint, x, y *CompareMetric) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Points of strategies by %s and %s. ", x.text(), y.text())
	for i, p := range list {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s and %s", p.name, x.value(p.x.Mean), y.value(p.y.Mean))
		if finite(p.y.Lo) && finite(p.y.Hi) && p.y.Lo < p.y.Hi {
			fmt.Fprintf(&b, " (%s to %s)", y.value(p.y.Lo), y.value(p.y.Hi))
		}
		if !p.beaten {
			b.WriteString(", on the frontier")
		}
	}
	b.WriteString(".")
	return b.String()
}
