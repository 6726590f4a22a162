package viz

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// An outliner draws text as the outlines of its characters. gonum/plot's PDF
// writes a character beyond ASCII as other ones and says nothing
// (gonum/plot#347); filled outlines are right in any encoding.
type outliner struct {
	vg.CanvasSizer
	cubic bool // for PDF, which has no quadratic curves; gonum/plot's are others
	coded bool // a character was drawn as its code
	buf   sfnt.Buffer
}

// FillString implements vg.Canvas.
func (o *outliner) FillString(f font.Face, p vg.Point, s string) {
	size := float64(f.Font.Size)
	if size <= 0 {
		return
	}
	r := rulerOf(f.Font)
	var path vg.Path
	x, y := float64(p.X), float64(p.Y)
	for _, c := range visual(s) {
		if g, err := r.font.GlyphIndex(&o.buf, c); err != nil || g == 0 {
			o.code(f, x, y, c)
		} else {
			if len(path) > 150 { // a path of much text takes the rasterizer long
				o.Fill(path)
				path = path[:0]
			}
			path = o.glyph(path, r.font, g, size, x, y)
		}
		x += float64(r.advance(&o.buf, c) * size)
	}
	if len(path) > 0 {
		o.Fill(path)
	}
}

// glyph appends the outline of a glyph of a size at x, y.
func (o *outliner) glyph(path vg.Path, f *sfnt.Font, g sfnt.GlyphIndex, size, x, y float64) vg.Path {
	const unit = 1 << 11
	segments, err := f.LoadGlyph(&o.buf, g, fixed.Int26_6(unit), nil)
	if err != nil {
		return path // a glyph of colours or images
	}
	scale := size / unit
	at := func(p fixed.Point26_6) vg.Point { // a font's y grows downwards here
		// Hundredths of a point are enough and make a smaller PDF.
		px, py := x+float64(float64(p.X)*scale), y-float64(float64(p.Y)*scale)
		return vg.Point{X: vg.Length(math.Round(px*100) / 100), Y: vg.Length(math.Round(py*100) / 100)}
	}
	for i, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				path.Close()
			}
			path.Move(at(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			from, mid, to := path[len(path)-1].Pos, at(s.Args[0]), at(s.Args[1])
			if !o.cubic {
				path.QuadTo(mid, to)
				break
			}
			path.CubeTo(toward(from, mid), toward(to, mid), to)
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
		}
	}
	if len(segments) > 0 {
		path.Close()
	}
	return path
}

// toward returns the point two thirds of the way from a to b: the control
// point of the cubic curve that is a quadratic one with control point b.
func toward(a, b vg.Point) vg.Point {
	third := func(a, b vg.Length) vg.Length { return vg.Length(math.Round(float64(a+2*b)*100/3) / 100) }
	return vg.Point{X: third(a.X, b.X), Y: third(a.Y, b.Y)}
}

// code draws a box with the hexadecimal number of a character that the font
// lacks: two rows of digits, 1 em square.
func (o *outliner) code(f font.Face, x, y float64, c rune) {
	em := float64(f.Font.Size)
	if rulerOf(f.Font).advance(&o.buf, c) == 0 {
		return // a mark on the character before
	}
	o.coded = true
	left, low, high := vg.Length(x+.06*em), vg.Length(y-.16*em), vg.Length(y+.78*em)
	right := vg.Length(x + .94*em)
	o.Push()
	o.SetLineWidth(vg.Length(math.Max(.4, em/24)))
	o.SetLineDash(nil, 0)
	var box vg.Path
	box.Move(vg.Point{X: left, Y: low})
	box.Line(vg.Point{X: right, Y: low})
	box.Line(vg.Point{X: right, Y: high})
	box.Line(vg.Point{X: left, Y: high})
	box.Close()
	o.Stroke(box)
	o.Pop()
	digits := fmt.Sprintf("%04X", c)
	if len(digits) > 4 {
		digits = fmt.Sprintf("%06X", c)
	}
	small := f
	n := len(digits) / 2
	small.Font.Size = vg.Length(.76 * em / (.556 * float64(n)))
	small.Font.Size = min(small.Font.Size, vg.Length(.5*em))
	for row := range 2 {
		s := digits[row*n : row*n+n]
		wide := measure(s, small.Font)
		o.FillString(small, vg.Point{X: vg.Length(x + (em-wide)/2), Y: vg.Length(y + .36*em - .44*em*float64(row))}, s)
	}
}

// visual is a text in the order in which its characters stand in a line from left
// to right: Hebrew and Arabic are turned with all that is between them, numbers
// there are not. That is what the Unicode Bidirectional Algorithm (Standard Annex
// 9) makes of a text without controls, which charts escape. An SVG leaves it to its
// reader.
func visual(s string) string {
	class := func(c rune) bidi.Class {
		p, _ := bidi.LookupRune(c)
		return p.Class()
	}
	turned := func(c rune) bool { k := class(c); return k == bidi.R || k == bidi.AL }
	number := func(c rune) bool { k := class(c); return k == bidi.EN || k == bidi.AN }
	if strings.IndexFunc(s, turned) < 0 {
		return s
	}
	all := []rune(s)
	for i := 0; i < len(all); i++ {
		if !turned(all[i]) {
			continue
		}
		end := i + 1 // behind the last that is turned, or a number among them
		for j := i; j < len(all) && class(all[j]) != bidi.L; j++ {
			if turned(all[j]) || number(all[j]) {
				end = j + 1
			}
		}
		copy(all[i:end], []rune(bidi.ReverseString(string(all[i:end])))) // mirrors brackets too
		for j := i; j < end; j++ {
			k := j
			for k < end && (number(all[k]) || k > j && class(all[k]) == bidi.CS && k+1 < end && number(all[k+1])) {
				k++
			}
			slices.Reverse(all[j:k])
			j = max(j, k-1)
		}
		i = end - 1
	}
	return string(all)
}
