package viz

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
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

// The sizes of bars.
const (
	barHigh  = 17.0 // with the gap to the next
	groupGap = 9.0
	barsFoot = 38.0 // the axis below
	levelRow = 15.0 // the name of a level above the bars
)

// figure draws a row of bars for each group, from left to right, so that long
// names have room.
func (d *BarsData) figure(in Input) (*Figure, error) {
	f := d.Words.figure(in, d.alt())
	list := []*BarsData{d}
	for i := range d.Below {
		list = append(list, &d.Below[i])
	}
	names := 0.0 // of all panels, so that their bars begin at one line
	for _, of := range list {
		for _, g := range of.Groups {
			names = max(names, measure(argen.Visible(g), face(bodySize, false)))
		}
	}
	names = min(names, f.Width*.36)
	var stacked []panel
	high := 0.0
	for k, of := range list {
		p := &barsPanel{BarsData: of, names: names, right: f.Width - 2*margin - names - 12}
		if err := p.axes(); err != nil {
			return nil, err
		}
		for i, s := range of.Series {
			if len(of.Series) > 1 && k == 0 {
				f.keys = append(f.keys, key{argen.Visible(s.Name), fill{color: looks[i].color}.swatch})
			}
		}
		heading := argen.Visible(of.Y.Head(&d.Words))
		share := p.high() + headingHeight(headingLines(heading, f.Width-2*margin))
		stacked = append(stacked, panel{heading, p.plot, share})
		high += share + 14
	}
	f.setBody(high - 14)
	f.body = func(c draw.Canvas) { stack(c, stacked...) }
	return f, nil
}

// A barsPanel is bars with their axis.
type barsPanel struct {
	*BarsData
	names float64 // the width of the names
	right float64 // the width of the bars
	plot  *plot.Plot
	rows  []levelName // the names of levels above the bars
}

// A levelName is where the name of a level stands.
type levelName struct {
	text        string
	row         int
	left, right float64 // from the left end of the bars
}

func (p *barsPanel) each() float64 { return barHigh*float64(len(p.Series)) + groupGap }

// head is the height of the names of levels.
func (p *barsPanel) head() float64 {
	n := 0
	for _, l := range p.rows {
		n = max(n, l.row+1)
	}
	return levelRow * float64(n)
}

func (p *barsPanel) high() float64 {
	return p.each()*float64(len(p.Groups)) + p.head() + barsFoot
}

// axes makes the axis of the numbers and that of the names. Groups are counted
// in points from the lower end, so that all have the same height.
func (p *barsPanel) axes() error {
	var all []float64
	any := false
	said := 0.0
	for _, s := range p.Series {
		all = append(append(append(all, s.Y...), s.Lo...), s.Hi...)
		for _, v := range s.Y {
			any = any || finite(v)
			said = max(said, measure(p.Y.number(v), face(smallSize, false))+8)
		}
	}
	if !any {
		return errNothing()
	}
	for _, l := range p.Levels {
		all = append(all, l.Y)
	}
	x := newScale(all, Axis{Unit: p.Y.Unit}, false)
	// Room for the numbers behind the longest bars.
	last := x.ticks[len(x.ticks)-1].Value
	if wide := x.max - x.min; last == x.max {
		x.max += wide * said / max(p.right-said, said)
	}
	if x.min < 0 {
		x.min -= (x.max - x.min) * said / max(p.right-said, said)
	}
	p.placeLevels(func(v float64) float64 { return (v - x.min) / (x.max - x.min) * p.right })
	p.plot = newPlot()
	thin(&x, p.right)
	x.set(&p.plot.X)
	high := p.each() * float64(len(p.Groups))
	axis{min: 0, max: high + p.head(), ticks: []plot.Tick{{Value: 0, Label: " "}}}.set(&p.plot.Y)
	p.plot.Y.Tick.Label.Handler = column{setter(), p.names + 6}
	p.plot.Y.Tick.Length = 0
	p.plot.Y.LineStyle.Width = 0
	p.plot.Add(painter(p.draw))
	return nil
}

// placeLevels finds a row for the name of each level above the bars.
func (p *barsPanel) placeLevels(x func(float64) float64) {
	for _, l := range p.Levels {
		n := levelName{text: fit(argen.Visible(l.Name)+" "+p.Y.number(l.Y), face(smallSize, true), p.right, false)}
		half := measure(n.text, face(smallSize, true)) / 2
		mid := min(max(x(l.Y), half), p.right-half)
		n.left, n.right = mid-half, mid+half
		for again := true; again; {
			again = false
			for _, o := range p.rows {
				if o.row == n.row && o.left <= n.right+6 && n.left <= o.right+6 {
					n.row, again = n.row+1, true
				}
			}
		}
		p.rows = append(p.rows, n)
	}
}

// A column makes room for names of a width, which are written beside it.
type column struct {
	typesetter
	wide float64
}

// draw draws the bars, their names to the left and the levels across.
func (p *barsPanel) draw(c draw.Canvas, x, y func(float64) float64) {
	top := y(p.each() * float64(len(p.Groups)))
	for _, t := range p.plot.X.Tick.Marker.Ticks(p.plot.X.Min, p.plot.X.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(line(faint, .75), vg.Length(x(t.Value)), c.Min.Y, vg.Length(x(t.Value)), vg.Length(top))
		}
	}
	for i, g := range p.Groups {
		high := top - p.each()*float64(i)
		p.name(c, argen.Visible(g), float64(c.Min.X)-8, high-p.each()/2)
		for k := range p.Series {
			p.bar(c, k, i, x, high-groupGap/2-barHigh*(float64(k)+.5))
		}
	}
	c.StrokeLine2(line(quiet, .75), vg.Length(x(0)), c.Min.Y, vg.Length(x(0)), vg.Length(top))
	for i, l := range p.Levels {
		sty := line(ink, 1.5)
		sty.Dashes = []vg.Length{6, 3}
		n := p.rows[i]
		low := top + levelRow*float64(n.row)
		c.StrokeLine2(sty, vg.Length(x(l.Y)), c.Min.Y, vg.Length(x(l.Y)), vg.Length(low+2))
		say(c, style(smallSize, true, 0, -.5), float64(c.Min.X)+n.left, low+levelRow/2+1, n.text)
	}
}

// name writes the name of a group, in two lines if it is long.
func (p *barsPanel) name(c draw.Canvas, name string, right, mid float64) {
	sty := style(bodySize, false, -1, -.5)
	if measure(name, sty.Font) <= p.names+1e-6 {
		say(c, sty, right, mid, name)
		return
	}
	sty.Font = face(smallSize, false)
	lines := wrap(name, sty.Font, p.names)
	if most := max(1, int(p.each()/(smallSize*1.15))); len(lines) > most {
		lines = append(lines[:most-1:most-1], fit(lines[most-1]+" …", sty.Font, p.names, false))
	}
	for i, l := range lines {
		say(c, sty, right, mid+smallSize*1.15*(float64(len(lines)-1)/2-float64(i)), l)
	}
}

// bar draws the bar of a series in a group, its interval, and its number behind
// both.
func (p *barsPanel) bar(c draw.Canvas, k, i int, x func(float64) float64, mid float64) {
	s := p.Series[k]
	v := s.Y[i]
	sty := style(smallSize, false, 0, -.5)
	if !finite(v) {
		sty.Color = quiet
		say(c, sty, x(0)+4, mid, "–")
		return
	}
	const half = barHigh*.5 - 1.5
	fill{color: looks[k].color}.paint(c, rect(x(0), mid-half, x(v), mid+half))
	left, right := min(x(v), x(0)), max(x(v), x(0))
	if len(s.Lo) > 0 && finite(s.Lo[i]) && finite(s.Hi[i]) {
		lo, hi := x(s.Lo[i]), x(s.Hi[i])
		left, right = min(left, lo), max(right, hi)
		whisker(c, lo, hi, mid)
	}
	text := p.Y.number(v)
	if v < 0 {
		sty.XAlign = -1
		say(c, sty, left-4, mid, text)
		return
	}
	sayBar(c, sty, right, mid, text)
}

// whisker draws an interval that lies over a bar, in white and in dark so that
// it shows on both.
func whisker(c draw.Canvas, lo, hi, y float64) {
	for _, sty := range []draw.LineStyle{line(paper, 3), line(ink, 1.25)} {
		c.StrokeLine2(sty, vg.Length(lo), vg.Length(y), vg.Length(hi), vg.Length(y))
	}
	if hi-lo > 3 {
		for _, at := range []float64{lo, hi} {
			c.StrokeLine2(line(ink, 1.25), vg.Length(at), vg.Length(y-3), vg.Length(at), vg.Length(y+3))
		}
	}
}

// number writes a number of the axis.
func (a Axis) number(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case a.Unit == "share":
		return percentage(v)
	case a.Unit == "prob" && v >= 0 && v <= 1:
		return prob(v)
	case v == math.Trunc(v) && math.Abs(v) < 1e7:
		return minus(count(int(v)))
	}
	return short(v)
}

// Box implements text.Handler.
func (t column) Box(line string, f font.Font) (width, height, depth vg.Length) {
	_, height, depth = t.typesetter.Box(line, f)
	return vg.Length(t.wide), height, depth
}

// percentage writes a share in %, as lessons write it: with one digit more near
// its ends.
func percentage(v float64) string {
	switch size := math.Abs(v); {
	case size == 0 || size >= .0995 && size <= .9905 || size == 1:
		return minus(strconv.FormatFloat(100*v, 'f', 0, 64)) + " %"
	case size >= .0005:
		return minus(strconv.FormatFloat(100*v, 'f', 1, 64)) + " %"
	}
	return short(100*v) + " %"
}
