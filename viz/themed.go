package viz

import (
	"image/color"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// A themed canvas paints what is drawn on it in a theme.
type themed struct {
	vg.CanvasSizer
	theme *Theme
	pens  []pen
}

// A pen is what is set on a canvas.
type pen struct {
	color color.Color // as the figure has it
	width vg.Length
	dash  []vg.Length
	phase vg.Length
}

// in returns a canvas that paints in a theme.
func (t Theme) in(c vg.CanvasSizer) vg.CanvasSizer {
	if t.colors == nil {
		return c
	}
	return &themed{CanvasSizer: c, theme: &t, pens: []pen{{color: ink, width: 1}}}
}

func (c *themed) pen() *pen { return &c.pens[len(c.pens)-1] }

// Push implements vg.Canvas.
func (c *themed) Push() {
	c.pens = append(c.pens, *c.pen())
	c.CanvasSizer.Push()
}

// Pop implements vg.Canvas.
func (c *themed) Pop() {
	c.pens = c.pens[:len(c.pens)-1]
	c.CanvasSizer.Pop()
}

// SetColor implements vg.Canvas.
func (c *themed) SetColor(k color.Color) {
	c.pen().color = k
	c.CanvasSizer.SetColor(c.theme.of(k))
}

// hairline is the thinnest line that a copier keeps.
const hairline = .7

// SetLineWidth implements vg.Canvas.
func (c *themed) SetLineWidth(w vg.Length) {
	if c.theme.print && w > 0 {
		w = max(w, hairline)
	}
	c.pen().width = w
	c.CanvasSizer.SetLineWidth(w)
}

// SetLineDash implements vg.Canvas.
func (c *themed) SetLineDash(dash []vg.Length, offset vg.Length) {
	c.pen().dash, c.pen().phase = dash, offset
	c.CanvasSizer.SetLineDash(dash, offset)
}

// Stroke implements vg.Canvas. In print what is faint on a screen is dotted, and
// dashes lie on white, so that they show where they cross what is black.
func (c *themed) Stroke(p vg.Path) {
	was := *c.pen()
	switch {
	case !c.theme.print:
		c.CanvasSizer.Stroke(p)
		return
	case was.color == color.Color(faint):
		c.SetLineWidth(hairline)
		c.SetLineDash([]vg.Length{hairline, 3}, 0)
	case len(was.dash) > 0 && was.width >= 1.5 && was.color != color.Color(paper):
		c.CanvasSizer.SetColor(c.theme.of(paper))
		c.SetLineWidth(was.width + 1.5)
		c.SetLineDash(nil, 0)
		c.CanvasSizer.Stroke(p)
		c.SetColor(was.color)
		c.SetLineWidth(was.width)
		c.SetLineDash(was.dash, was.phase)
	}
	c.CanvasSizer.Stroke(p)
	c.SetLineWidth(was.width)
	c.SetLineDash(was.dash, was.phase)
}

// Fill implements vg.Canvas. In print areas have patterns; a mark, which is small
// or round, is black.
func (c *themed) Fill(p vg.Path) {
	k, known := c.pen().color.(area)
	if !known {
		k.NRGBA, _ = c.pen().color.(color.NRGBA)
	}
	lines := c.theme.pattern(k.NRGBA)
	at, straight := bounds(p)
	if lines == nil || !straight || !known && at.Size().X < 12 && at.Size().Y < 12 {
		c.CanvasSizer.Fill(p)
		return
	}
	c.Push()
	c.SetColor(paper)
	c.CanvasSizer.Fill(p)
	c.SetColor(ink)
	c.SetLineDash(nil, 0)
	c.SetLineWidth(hairline)
	for _, l := range lines {
		if path := l.across(p); len(path) > 0 {
			c.CanvasSizer.Stroke(path)
		}
	}
	c.CanvasSizer.Stroke(p)
	c.Pop()
}

// FillString implements vg.Canvas. On a pattern text has a plate.
func (c *themed) FillString(f font.Face, at vg.Point, s string) {
	if o, ok := c.pen().color.(onto); ok && c.theme.pattern(o.ground) != nil {
		size := float64(f.Font.Size)
		x, y := float64(at.X), float64(at.Y)
		c.CanvasSizer.SetColor(c.theme.of(paper))
		c.CanvasSizer.Fill(rect(x-1.5, y-.22*size, x+measure(s, f.Font)+1.5, y+.8*size).Path())
		c.CanvasSizer.SetColor(c.theme.of(o))
	}
	c.CanvasSizer.FillString(f, at, s)
}
