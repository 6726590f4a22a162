package viz

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A curve is a number over the steps of a training.
type curve struct{ x, y []float64 }

// end is the last value.
func (c curve) end() float64 { return c.y[len(c.y)-1] }

// thinned puts means in place of the values that lie in one of n equal parts
// of the logarithmic axis: late steps lie close together there.
func (c curve) thinned(first, last float64, n int) curve {
	var thin curve
	part := math.Log(max(last, first*1.1)/first) / float64(n)
	bin := func(i int) float64 { return math.Floor(math.Log(last/c.x[i]) / part) } // the last one is full
	for i := 0; i < len(c.x); {
		from, x, y := i, 0.0, 0.0
		for ; i < len(c.x) && bin(i) == bin(from); i++ {
			x, y = x+math.Log(c.x[i]/first), y+c.y[i]
		}
		m := float64(i - from)
		x = first * math.Exp(x/m)
		if m == 1 {
			x = c.x[from]
		}
		thin.x, thin.y = append(thin.x, x), append(thin.y, y/m)
	}
	return thin
}

// A learningCurve is a curve with how it looks.
type learningCurve struct {
	curve
	drawn curve // with as many points as have room
	look  look
	name  string // beside its end, "" for none
	note  string // after its value there
	pale  bool
	other bool // one of many that are not told apart
}

// A learningPanel is curves over the steps.
type learningPanel struct {
	heading string
	curves  []learningCurve
	floor   float64 // NaN if there is none
	first   float64 // of the x axis
	number  func(float64) string
	plot    *plot.Plot
}

// add adds a curve that has points.
func (p *learningPanel) add(c learningCurve) {
	if len(c.x) > 0 {
		p.curves = append(p.curves, c)
	}
}

// others is how many curves are not told apart.
func (p *learningPanel) others() int {
	n := 0
	for i := range p.curves {
		if p.curves[i].other {
			n++
		}
	}
	return n
}

// Beside the end of a curve: a thin line to where its name has room, a piece
// of the curve with its mark, the name.
const (
	labelLead   = 20.0
	labelSwatch = 24.0
	labelGap    = 5.0
	labelHeight = smallSize * 1.3
	widestLabel = 170.0
)

// labelWidth is the width of the widest name.
func (p *learningPanel) labelWidth() float64 {
	wide := 0.0
	for _, l := range p.labels() {
		wide = max(wide, measure(l.name+l.value, face(smallSize, false)))
	}
	return wide
}

// An endLabel is what stands beside the end of a curve.
type endLabel struct {
	name, value string
	y           float64 // where it wants to be
	of          *learningCurve
}

// labels are in ascending order.
func (p *learningPanel) labels() []endLabel {
	var list []endLabel
	sum := 0.0
	for i := range p.curves {
		c := &p.curves[i]
		if c.other {
			sum += c.end()
		}
		if c.name != "" {
			list = append(list, endLabel{c.name, " " + p.number(c.end()) + c.note, c.end(), c})
		}
	}
	if n := p.others(); n > 0 {
		list = append(list, endLabel{some(n, "other kind"), "", sum / float64(n), &p.curves[0]})
	}
	slices.Reverse(list) // of equal ones the first is above
	slices.SortStableFunc(list, func(a, b endLabel) int { return cmp.Compare(a.y, b.y) })
	return list
}

// draw draws the curves, pale ones below, and their names.
func (p *learningPanel) draw(c draw.Canvas, x, y func(float64) float64, wide float64) {
	p.drawFloor(c, y)
	for i := range p.curves {
		p.curves[i].draw(c, x, y)
	}
	list := p.labels()
	at := make([]float64, len(list))
	for i := range list {
		at[i] = y(list[i].y)
	}
	spread(at, labelHeight, float64(c.Min.Y)+labelHeight/2, float64(c.Max.Y)-labelHeight/2)
	for i, l := range list {
		left := float64(c.Max.X) + labelLead
		if end := x(l.of.drawn.x[len(l.of.drawn.x)-1]); !l.of.other {
			lead := line(l.of.ink(), .75)
			if end < float64(c.Max.X)-10 { // no curve goes on there
				lead = line(quiet, .5)
				lead.Dashes = []vg.Length{1, 4}
			}
			c.StrokeLine2(lead, vg.Length(end+4), vg.Length(y(l.y)), vg.Length(left), vg.Length(at[i]))
		}
		l.of.swatch(box(c, left, at[i]-6, left+labelSwatch, at[i]+6))
		sty := style(smallSize, false, 0, -.5)
		say(c, sty, left+labelSwatch+labelGap, at[i], fit(l.name, sty.Font, wide-measure(l.value, sty.Font), false)+l.value)
	}
}

// drawFloor draws the entropy that no model goes below as a dashed line.
func (p *learningPanel) drawFloor(c draw.Canvas, y func(float64) float64) {
	if !known(p.floor) {
		return
	}
	at := y(p.floor)
	c.SetColor(fog)
	c.Fill(rect(float64(c.Min.X), float64(c.Min.Y), float64(c.Max.X), at).Path())
	sty := line(ink, 1.25)
	sty.Dashes = []vg.Length{6, 3}
	c.StrokeLine2(sty, c.Min.X, vg.Length(at), c.Max.X, vg.Length(at))
	name := style(smallSize, true, 0, -1)
	says := "floor: the entropy of the text, " + short(p.floor) + " bits per token"
	if long := says + "; no model’s loss is below it, on average"; measure(long, name.Font) <= float64(c.Max.X-c.Min.X)-12 {
		says = long
	}
	say(c, name, float64(c.Min.X)+6, at-4, fit(says, name.Font, float64(c.Max.X-c.Min.X)-12, false))
}

// ink is the colour of a curve.
func (l *learningCurve) ink() color.NRGBA {
	switch {
	case l.other:
		return faint
	case l.pale:
		return faded(l.look.color)
	}
	return l.look.color
}

// line is the line of a curve.
func (l *learningCurve) line() draw.LineStyle {
	sty := line(l.ink(), 2.25)
	switch {
	case l.other:
		sty.Width = 1
	case l.pale:
		sty.Width, sty.Dashes = 1.25, l.look.dash
	default:
		sty.Dashes = l.look.dash
	}
	return sty
}

// draw draws the curve, with marks where they have room.
func (l *learningCurve) draw(c draw.Canvas, x, y func(float64) float64) {
	pts := make([]vg.Point, len(l.drawn.x))
	for i := range pts {
		pts[i] = vg.Point{X: vg.Length(x(l.drawn.x[i])), Y: vg.Length(y(l.drawn.y[i]))}
	}
	if len(pts) > 1 {
		c.StrokeLines(l.line(), pts)
	}
	if l.other || l.pale && len(pts) > 1 {
		return
	}
	const apart = 26
	last := vg.Length(math.Inf(1))
	for i := len(pts) - 1; i >= 0; i-- { // the last one always
		if last-pts[i].X >= apart {
			last = pts[i].X
			c.DrawGlyph(draw.GlyphStyle{Color: l.ink(), Radius: 3.2, Shape: l.look.mark}, pts[i])
		}
	}
}

// swatch draws a piece of the curve.
func (l *learningCurve) swatch(c draw.Canvas) {
	mid := c.Center().Y
	c.StrokeLine2(l.line(), c.Min.X, mid, c.Max.X, mid)
	if !l.other && !l.pale {
		c.DrawGlyph(draw.GlyphStyle{Color: l.ink(), Radius: 3.2, Shape: l.look.mark}, c.Center())
	}
}

// faded is a colour as seen through fog.
func faded(k color.NRGBA) color.NRGBA {
	mix := func(a uint8) uint8 { return uint8((int(a)*45 + 255*55) / 100) }
	return color.NRGBA{mix(k.R), mix(k.G), mix(k.B), 0xff}
}

// spread moves ascending places apart to gap or more, each as little as its
// neighbours allow, and into a range if that is long enough: places that are
// too close make a block around the mean of where they wanted to be (Ayer et
// al., 1955: pool adjacent violators).
func spread(at []float64, gap, low, high float64) {
	type block struct {
		sum float64 // of where its members want the first of them
		n   int
	}
	var blocks []block
	place := func(b block) float64 { return min(max(b.sum/float64(b.n), low), high-gap*float64(b.n-1)) }
	for _, want := range at {
		b := block{want, 1}
		for n := len(blocks); n > 0; n = len(blocks) {
			a := blocks[n-1]
			if place(a)+gap*float64(a.n) <= place(b) {
				break
			}
			b = block{a.sum + b.sum - gap*float64(a.n*b.n), a.n + b.n}
			blocks = blocks[:n-1]
		}
		blocks = append(blocks, b)
	}
	i := 0
	for _, b := range blocks {
		first := place(b)
		for j := range b.n {
			at[i] = first + gap*float64(j)
			i++
		}
	}
}
