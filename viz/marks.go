package viz

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A mark is what stands at a number: a circle, a square, a triangle or a cross,
// full or hollow. A hollow one is filled with paper, so that no line goes through
// it and it can be told from a full one without colour. All have about the same
// area. It implements [draw.GlyphDrawer].
type mark struct {
	corners int // 0 of a circle, 3 and 4; 2 of a cross
	hollow  bool
}

// The marks.
var (
	circle   = mark{}
	square   = mark{corners: 4}
	triangle = mark{corners: 3}
	cross    = mark{corners: 2}
)

// empty is the mark, hollow.
func (m mark) empty() mark {
	m.hollow = true
	return m
}

// path is the outline around a point, for a circle of a radius.
func (m mark) path(x, y, radius float64) vg.Path {
	if m.corners == 0 {
		return disk(x, y, radius)
	}
	const square, triangle = 1.25, 1.5 // distance of corners, of circles that are 1
	r, first := square*radius, math.Pi/4
	if m.corners == 3 {
		r, first = triangle*radius, math.Pi/2
		y -= .15 * radius // the middle of its height
	}
	var p vg.Path
	for i := range m.corners {
		sin, cos := math.Sincos(first + 2*math.Pi*float64(i)/float64(m.corners))
		at := vg.Point{X: vg.Length(x + r*cos), Y: vg.Length(y + r*sin)}
		if i == 0 {
			p.Move(at)
		} else {
			p.Line(at)
		}
	}
	p.Close()
	return p
}

// DrawGlyph implements draw.GlyphDrawer.
func (m mark) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	if m.corners == 2 {
		r := sty.Radius * .85
		for _, l := range []draw.LineStyle{line(paper, 3.25), line(sty.Color, 1.75)} { // it shows on a line
			c.StrokeLine2(l, at.X-r, at.Y-r, at.X+r, at.Y+r)
			c.StrokeLine2(l, at.X-r, at.Y+r, at.X+r, at.Y-r)
		}
		return
	}
	if !m.hollow {
		c.SetColor(sty.Color)
		c.Fill(m.path(float64(at.X), float64(at.Y), float64(sty.Radius)))
		return
	}
	const width = 1.25
	p := m.path(float64(at.X), float64(at.Y), float64(sty.Radius)-width/4)
	c.SetColor(paper)
	c.Fill(p)
	c.SetLineStyle(line(sty.Color, width))
	c.Stroke(p)
}
