package tui

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A cell of the grid of the picture, in units of the picture.
const (
	cellW, cellH = 9, 20
	margin       = 18
)

// pen is what the escape codes so far make of the text after them.
type pen struct {
	fore, back      string // colours, "" for the usual ones
	bold, underline bool
}

// Picture is a screen as an SVG image: what View made, text with ANSI styles,
// on a grid of cells. Blocks are drawn as rectangles, so that they join
// whatever the font.
func Picture(screen string, dark bool) []byte {
	paper, ink := "#ffffff", "#1a1a1a"
	if dark {
		paper, ink = "#101418", "#e8e8e8"
	}
	lines := strings.Split(screen, "\n")
	w := 0
	for _, l := range lines {
		w = max(w, ansi.StringWidth(l))
	}
	W, H := w*cellW+2*margin, len(lines)*cellH+2*margin
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="argen step">`+"\n", W, H, W, H)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", paper)
	fmt.Fprintf(&b, `<g font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="15" fill="%s" xml:space="preserve">`+"\n", ink)
	var p pen
	for y, line := range lines {
		p.draw(&b, line, margin+y*cellH, ink)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

// draw draws a line: stretches of equal style, cut at blocks and wide
// characters so that each begins in its own cell.
func (p *pen) draw(b *bytes.Buffer, line string, y int, ink string) {
	x := margin
	var text strings.Builder
	from := x
	flush := func() {
		p.text(b, text.String(), from, y)
		text.Reset()
		from = x
	}
	var state byte
	for line != "" {
		seq, w, n, next := ansi.DecodeSequence(line, state, nil)
		line, state = line[n:], next
		switch {
		case w == 0 && strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"):
			flush()
			p.set(strings.TrimSuffix(seq[2:], "m"))
			continue
		case w == 0:
			continue
		}
		block := isBlock(seq)
		if block || w > 1 {
			flush()
		}
		if p.back != "" {
			fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", x, y, w*cellW, cellH, p.back)
		}
		if block {
			p.block(b, []rune(seq)[0], x, y, ink)
		} else {
			text.WriteString(seq)
		}
		x += w * cellW
		if block || w > 1 {
			flush()
		}
	}
	flush()
}

// text draws words where they stand. Blanks are not drawn: programs differ in
// what they make of several.
func (p *pen) text(b *bytes.Buffer, text string, x, y int) {
	for _, part := range strings.SplitAfter(text, "  ") {
		words := strings.Trim(part, " ")
		if words != "" {
			lead := len(part) - len(strings.TrimLeft(part, " "))
			p.words(b, words, x+lead*cellW, y)
		}
		x += ansi.StringWidth(part) * cellW
	}
}

func (p *pen) words(b *bytes.Buffer, text string, x, y int) {
	fmt.Fprintf(b, `<text x="%d" y="%d" textLength="%d" lengthAdjust="spacingAndGlyphs"`, x, y+15, ansi.StringWidth(text)*cellW)
	if p.fore != "" {
		fmt.Fprintf(b, ` fill="%s"`, p.fore)
	}
	if p.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if p.underline {
		b.WriteString(` text-decoration="underline"`)
	}
	b.WriteString(">" + html.EscapeString(text) + "</text>\n")
}

func isBlock(seq string) bool {
	r := []rune(seq)
	return len(r) == 1 && (r[0] >= '▀' && r[0] <= '▏' || r[0] == '─' || r[0] == '│')
}

// block draws a part of a cell: U+2581 to 2588 from below, 2588 to 258F from
// the left, in eighths; the upper half; and the lines.
func (p *pen) block(b *bytes.Buffer, r rune, x, y int, ink string) {
	x0, y0, w, h := float64(x), float64(y), float64(cellW), float64(cellH)
	switch {
	case r == '─':
		y0, h = y0+h/2-0.5, 1
	case r == '│':
		x0, w = x0+w/2-0.5, 1
	case r == '▀':
		h /= 2
	case r <= '█':
		h *= float64(r-'▁'+1) / 8
		y0 += cellH - h
	default:
		w *= float64('▏'-r+1) / 8
	}
	fill := p.fore
	if fill == "" {
		fill = ink
	}
	fmt.Fprintf(b, `<rect x="%g" y="%g" width="%g" height="%g" fill="%s"/>`+"\n", x0, y0, w, h, fill)
}

// set reads the parameters of an SGR sequence, those that the screen uses.
func (p *pen) set(params string) {
	f := strings.FieldsFunc(params, func(r rune) bool { return r == ';' || r == ':' })
	if len(f) == 0 {
		*p = pen{}
	}
	for i := 0; i < len(f); i++ {
		switch f[i] {
		case "0":
			*p = pen{}
		case "1":
			p.bold = true
		case "4":
			p.underline = true
		case "22":
			p.bold = false
		case "24":
			p.underline = false
		case "39":
			p.fore = ""
		case "49":
			p.back = ""
		case "38", "48":
			if i+4 >= len(f) || f[i+1] != "2" {
				return
			}
			c := "#"
			for _, v := range f[i+2 : i+5] {
				n, _ := strconv.Atoi(v)
				c += fmt.Sprintf("%02x", n&0xff)
			}
			if f[i] == "38" {
				p.fore = c
			} else {
				p.back = c
			}
			i += 4
		}
	}
}
