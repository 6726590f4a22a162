package viz

import (
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Figure is a chart ready to be written.
type Figure struct {
	Title    string
	Subtitle string // "" if there is none
	Caption  string // how to read it, units included
	Alt      string // what it shows, in words made from its data

	Width, Height float64 // points, 1/72 inch, with the texts it was made with

	Theme Theme // in which it is written; the zero value is Light

	language string // of what it says by itself, "" for English
	coded    bool   // its caption says what codes of characters are

	zoom   float64 // how much larger it is written, 0 for 1
	most   float64 // the greatest number on an axis that several charts can share
	headed float64 // the part of Height that head says
	keys   []key
	body   func(c draw.Canvas) // draws between subtitle and caption
}

// A key is a line of the legend.
type key struct {
	name   string
	swatch func(c draw.Canvas) // fills the rectangle of c
}

// Describe returns the figure in words, for those who do not see it.
func Describe(f *Figure) string {
	var b strings.Builder
	for _, s := range []string{f.Title, f.Subtitle, f.Alt, f.Caption} {
		if s = clean(s); s != "" {
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// draw draws all of the figure on paper.
func (f *Figure) draw(on vg.CanvasSizer) {
	c := draw.New(on)
	c = draw.Crop(c, margin, -margin, margin, -margin)
	wide := float64(c.Max.X - c.Min.X)

	title := style(titleSize, true, 0, -1)
	for _, l := range wrap(clean(f.Title), title.Font, wide) {
		say(c, title, float64(c.Min.X), float64(c.Max.Y), l)
		c.Max.Y -= titleSize * 1.25
	}
	sub := style(bodySize, false, 0, -1)
	sub.Color = quiet
	for _, l := range wrap(clean(f.Subtitle), sub.Font, wide) {
		say(c, sub, float64(c.Min.X), float64(c.Max.Y), l)
		c.Max.Y -= bodySize * 1.35
	}
	if len(f.keys) > 0 {
		c.Max.Y -= 4
		c.Max.Y -= vg.Length(f.legend(c))
	}
	c.Max.Y -= 8

	note := style(tinySize, false, 0, 0)
	note.Color = quiet
	lines := wrap(clean(f.Caption), note.Font, wide)
	for i := len(lines) - 1; i >= 0; i-- {
		say(c, note, float64(c.Min.X), float64(c.Min.Y), lines[i])
		c.Min.Y += tinySize * 1.35
	}
	if len(lines) > 0 {
		c.Min.Y += 8
	}
	f.body(c)
}

// setBody sets the height to that of a body and all around it.
func (f *Figure) setBody(height float64) {
	f.headed = f.head()
	f.Height = math.Round(f.headed + height)
}

// scale is how much larger than laid out the figure is written.
func (f *Figure) scale() float64 {
	if f.zoom == 0 {
		return 1
	}
	return f.zoom
}

// size is that of the page: a title that was set since may need more lines.
func (f *Figure) size() (width, height float64) {
	if f.headed == 0 {
		return f.Width, f.Height
	}
	return f.Width, math.Round(f.Height + f.head() - f.headed)
}

// legend draws the keys in lines below the title and returns its height.
func (f *Figure) legend(c draw.Canvas) float64 {
	const swatch, gap, row = 24.0, 22.0, 18.0
	sty := style(smallSize, false, 0, -.5)
	x, y := float64(c.Min.X), float64(c.Max.Y)-row/2
	height := row
	for _, k := range f.keys {
		name := fit(k.name, sty.Font, float64(c.Max.X-c.Min.X)-swatch-6, false)
		wide := swatch + 6 + measure(name, sty.Font)
		if x > float64(c.Min.X) && x+wide > float64(c.Max.X) {
			x, y, height = float64(c.Min.X), y-row, height+row
		}
		k.swatch(box(c, x, y-6, x+swatch, y+6))
		say(c, sty, x+swatch+6, y, name)
		x += wide + gap
	}
	return height
}

// head is the height of all but the body.
func (f *Figure) head() float64 {
	wide := f.Width - 2*margin
	h := 2*margin + 8
	h += titleSize * 1.25 * float64(len(wrap(clean(f.Title), face(titleSize, true), wide)))
	h += bodySize * 1.35 * float64(len(wrap(clean(f.Subtitle), face(bodySize, false), wide)))
	if n := len(wrap(clean(f.Caption), face(tinySize, false), wide)); n > 0 {
		h += tinySize*1.35*float64(n) + 8
	}
	if len(f.keys) > 0 {
		h += 4 + f.legendHeight(wide)
	}
	return h
}

// legendHeight is the height of the legend in a width.
func (f *Figure) legendHeight(wide float64) float64 {
	const swatch, gap, row = 24.0, 22.0, 18.0
	x, h := 0.0, row
	for _, k := range f.keys {
		w := swatch + 6 + measure(fit(k.name, face(smallSize, false), wide-swatch-6, false), face(smallSize, false))
		if x > 0 && x+w > wide {
			x, h = 0, h+row
		}
		x += w + gap
	}
	return h
}

// A panel is one pair of axes with a line above that says what it shows.
type panel struct {
	heading string // "probability of the token"
	plot    *plot.Plot
	share   float64 // of the height
}

// stack draws panels one below the other, their data aligned.
func stack(c draw.Canvas, panels ...panel) {
	const between = 14.0
	sty := style(bodySize, true, 0, -1)
	sum := 0.0
	for _, p := range panels {
		sum += p.share
	}
	free := float64(c.Max.Y-c.Min.Y) - between*float64(len(panels)-1)
	tiles := make([]draw.Canvas, len(panels))
	left, right := c.Min.X, c.Max.X
	top := float64(c.Max.Y)
	for i, p := range panels {
		low := top - free*p.share/sum
		lines := headingLines(p.heading, float64(c.Max.X-c.Min.X))
		tiles[i] = box(c, float64(c.Min.X), low, float64(c.Max.X), top-headingHeight(lines))
		data := p.plot.DataCanvas(tiles[i])
		left, right = max(left, data.Min.X), min(right, data.Max.X)
		for _, l := range lines {
			say(c, sty, float64(c.Min.X), top, l)
			top -= bodySize * 1.2
		}
		top = low - between
	}
	for i, p := range panels {
		data := p.plot.DataCanvas(tiles[i])
		p.plot.Draw(draw.Crop(tiles[i], left-data.Min.X, right-data.Max.X, 0, 0))
	}
}

// headingLines breaks the heading of a panel into lines, two at most.
func headingLines(heading string, width float64) []string {
	font := face(bodySize, true)
	lines := wrap(heading, font, width)
	if len(lines) > 2 {
		lines = append(lines[:1], fit(lines[1]+" …", font, width, false))
	}
	return lines
}

// headingHeight is the height of a heading and of the gap below it. A panel
// without one has the room all the same.
func headingHeight(lines []string) float64 { return bodySize*1.2*float64(max(1, len(lines))) + 7 }

// box returns the part of a canvas between two corners.
func box(c draw.Canvas, x0, y0, x1, y1 float64) draw.Canvas {
	c.Rectangle = vg.Rectangle{Min: vg.Point{X: vg.Length(x0), Y: vg.Length(y0)}, Max: vg.Point{X: vg.Length(x1), Y: vg.Length(y1)}}
	return c
}
