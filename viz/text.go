package viz

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A typesetter measures and draws text as it stands: no markup, no formulas,
// since a token may be anything, a lone $ included. It implements
// [text.Handler].
//
// Characters that the font lacks are 1 em wide. SVG leaves them to the
// reader's fonts, PNG and PDF show a box with the character's code.
type typesetter struct{ fonts *font.Cache }

var setter = sync.OnceValue(func() typesetter {
	return typesetter{font.NewCache(liberation.Collection())}
})

// face returns the theme's font, Liberation Sans: as wide as Arial and
// Helvetica, so that SVG keeps its layout where it is not installed.
func face(size float64, bold bool) font.Font {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(size)}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return f
}

// Cache implements text.Handler.
func (t typesetter) Cache() *font.Cache { return t.fonts }

// Extents implements text.Handler.
func (t typesetter) Extents(f font.Font) font.Extents {
	// Those of Liberation Sans; asking the font takes longer than drawing.
	return font.Extents{Ascent: .905 * f.Size, Descent: .212 * f.Size, Height: 1.149 * f.Size}
}

// Lines implements text.Handler.
func (t typesetter) Lines(s string) []string { return strings.Split(s, "\n") }

// Box implements text.Handler.
func (t typesetter) Box(line string, f font.Font) (width, height, depth vg.Length) {
	e := t.Extents(f)
	return vg.Length(measure(line, f)), e.Ascent, e.Descent
}

// Draw implements text.Handler.
func (t typesetter) Draw(c vg.Canvas, s string, sty text.Style, pt vg.Point) {
	if s == "" {
		return
	}
	f := t.fonts.Lookup(sty.Font, sty.Font.Size)
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(sty.Rotation)
		sin, cos := math.Sincos(-sty.Rotation)
		x, y := float64(pt.X), float64(pt.Y)
		pt = vg.Point{X: vg.Length(x*cos - y*sin), Y: vg.Length(x*sin + y*cos)}
	}
	lines := t.Lines(s)
	pt.Y += sty.Height(s)*vg.Length(sty.YAlign) - t.Extents(sty.Font).Ascent
	for i, line := range lines {
		x := vg.Length(sty.XAlign) * vg.Length(measure(line, sty.Font))
		y := vg.Length(len(lines)-1-i+1) * sty.Font.Size
		c.FillString(f, pt.Add(vg.Point{X: x, Y: y}), line)
	}
}

// style is the theme's text style.
func style(size float64, bold bool, x, y float64) text.Style {
	return text.Style{
		Color: ink, Font: face(size, bold), Handler: setter(),
		XAlign: text.XAlignment(x), YAlign: text.YAlignment(y),
	}
}

// say draws a line of text whose anchor is at x, y: −1, −1 hangs it below and
// to the left of it, 0, 0 puts it above and to the right.
func say(c draw.Canvas, sty text.Style, x, y float64, s string) {
	if sty.YAlign == -.5 {
		y += .12 * float64(sty.Font.Size) // the middle of letters, not of the line
	}
	c.FillText(sty, vg.Point{X: vg.Length(x), Y: vg.Length(y)}, s)
}

// A ruler knows the widths of the characters that nearly all text is made of.
type ruler struct {
	font  *sfnt.Font
	ascii [128]float64 // em
}

var rulers = sync.OnceValue(func() (r [2]ruler) {
	for i := range r {
		f := face(1, i == 1)
		r[i].font = setter().fonts.Lookup(f, 1).Face
		var buf sfnt.Buffer
		for c := range r[i].ascii {
			r[i].ascii[c] = r[i].advance(&buf, rune(c))
		}
	}
	return r
})

func rulerOf(f font.Font) *ruler {
	r := rulers()
	if f.Weight == xfont.WeightBold {
		return &r[1]
	}
	return &r[0]
}

// advance returns a character's width in em.
func (r *ruler) advance(buf *sfnt.Buffer, c rune) float64 {
	g, err := r.font.GlyphIndex(buf, c)
	switch {
	case unicode.Is(unicode.Mn, c) || unicode.Is(unicode.Me, c):
		return 0 // it stands on the character before
	case err != nil || g == 0:
		return 1
	}
	const unit = 1 << 11 // the font's units per em
	a, err := r.font.GlyphAdvance(buf, g, fixed.Int26_6(unit), xfont.HintingNone)
	if err != nil {
		return 1
	}
	return float64(a) / unit
}

// has reports whether the font has a character.
func (r *ruler) has(buf *sfnt.Buffer, c rune) bool {
	if c >= ' ' && c < 127 {
		return true
	}
	g, err := r.font.GlyphIndex(buf, c)
	return err == nil && g != 0
}

// measure returns the width of a line in points.
func measure(s string, f font.Font) float64 {
	r := rulerOf(f)
	var buf *sfnt.Buffer // costs more than all the rest
	em := 0.0
	for _, c := range s {
		if c < 128 {
			em += r.ascii[c]
			continue
		}
		if buf == nil {
			buf = new(sfnt.Buffer)
		}
		em += r.advance(buf, c)
	}
	return em * float64(f.Size)
}

// fit shortens s to a width: at its end, or at its beginning if tail is set.
func fit(s string, f font.Font, width float64, tail bool) string {
	if measure(s, f) <= width {
		return s
	}
	runes := []rune(s)
	em := measure("…", f)
	n := 0
	for n < len(runes) {
		c := runes[n]
		if tail {
			c = runes[len(runes)-1-n]
		}
		if em += measure(string(c), f); em > width {
			break
		}
		n++
	}
	if tail {
		return "…" + strings.TrimLeft(string(runes[len(runes)-n:]), " ")
	}
	return strings.TrimRight(string(runes[:n]), " ") + "…"
}

// wrap breaks s into lines of a width. A word that is longer, as a chain, or would
// leave much of a line empty, is broken behind its commas, and cut where that is
// not enough. An equals sign stays with both its sides.
func wrap(s string, f font.Font, width float64) []string {
	var lines []string
	line := ""
	words := strings.Fields(s)
	for i := 1; i+1 < len(words); i++ {
		if joined := words[i-1] + " = " + words[i+1]; words[i] == "=" && measure(joined, f) <= width {
			words = slices.Replace(words, i-1, i+2, joined)
		}
	}
	for _, word := range words {
		parts := []string{word}
		if wide := measure(word, f); wide > width || wide > width/2 && line != "" && measure(line+" "+word, f) > width {
			parts = strings.SplitAfter(word, ",")
		}
		for i, part := range parts {
			part = fit(part, f, width, false)
			longer := line + part
			if i == 0 && line != "" {
				longer = line + " " + part
			}
			if line != "" && measure(longer, f) > width {
				lines, longer = append(lines, line), part
			}
			line = longer
		}
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}
