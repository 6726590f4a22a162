package viz

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// An svgCanvas writes Scalable Vector Graphics as a screen reader, a browser
// and a text editor like them: title and description, real text, few digits.
// The same calls give the same bytes. Text keeps the width it was measured
// with, whichever of the fonts a reader has.
//
// gonum/plot's own canvas has no title, mirrors everything twice and takes
// four times as long.
type svgCanvas struct {
	w, h  float64 // points
	buf   []byte
	stack []svgState
	sfnt  sfnt.Buffer
}

type svgState struct {
	m     [6]float64 // user space (y up) to page (y up): x′ = m0·x + m2·y + m4, y′ = m1·x + m3·y + m5
	color color.Color
	width float64
	dash  []vg.Length
	phase float64
}

var _ vg.CanvasWriterTo = (*svgCanvas)(nil)

func newSVG(w, h, scale float64, title, desc string) *svgCanvas {
	c := &svgCanvas{w: w, h: h, stack: []svgState{{m: [6]float64{1, 0, 0, 1, 0, 0}, color: color.Black, width: 1}}}
	c.buf = make([]byte, 0, 64<<10)
	c.raw(`<svg xmlns="http://www.w3.org/2000/svg" role="img" width="`)
	c.num(w * scale)
	c.raw(`pt" height="`)
	c.num(h * scale)
	c.raw(`pt" viewBox="0 0 `)
	c.num(w)
	c.raw(` `)
	c.num(h)
	c.raw("\" font-family=\"'Liberation Sans', Arial, Helvetica, sans-serif\">\n<title>")
	c.text(title)
	c.raw("</title>\n<desc>")
	c.text(desc)
	c.raw("</desc>\n")
	return c
}

func (c *svgCanvas) top() *svgState { return &c.stack[len(c.stack)-1] }

// Size implements vg.CanvasSizer.
func (c *svgCanvas) Size() (x, y vg.Length) { return vg.Length(c.w), vg.Length(c.h) }

// SetLineWidth implements vg.Canvas.
func (c *svgCanvas) SetLineWidth(w vg.Length) { c.top().width = float64(w) }

// SetLineDash implements vg.Canvas.
func (c *svgCanvas) SetLineDash(dash []vg.Length, offset vg.Length) {
	c.top().dash, c.top().phase = dash, float64(offset)
}

// SetColor implements vg.Canvas.
func (c *svgCanvas) SetColor(k color.Color) {
	if k == nil {
		k = color.Black
	}
	c.top().color = k
}

// Rotate implements vg.Canvas.
func (c *svgCanvas) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	m := &c.top().m
	m[0], m[1], m[2], m[3] = m[0]*cos+m[2]*sin, m[1]*cos+m[3]*sin, m[2]*cos-m[0]*sin, m[3]*cos-m[1]*sin
}

// Translate implements vg.Canvas.
func (c *svgCanvas) Translate(p vg.Point) {
	m := &c.top().m
	m[4], m[5] = c.at(p)
}

// Scale implements vg.Canvas.
func (c *svgCanvas) Scale(x, y float64) {
	m := &c.top().m
	m[0], m[1], m[2], m[3] = m[0]*x, m[1]*x, m[2]*y, m[3]*y
}

// Push implements vg.Canvas.
func (c *svgCanvas) Push() { c.stack = append(c.stack, *c.top()) }

// Pop implements vg.Canvas.
func (c *svgCanvas) Pop() { c.stack = c.stack[:len(c.stack)-1] }

// at returns where a point is on the page, y up.
func (c *svgCanvas) at(p vg.Point) (x, y float64) {
	m, px, py := &c.top().m, float64(p.X), float64(p.Y)
	return float64(m[0]*px) + float64(m[2]*py) + m[4], float64(m[1]*px) + float64(m[3]*py) + m[5]
}

// Stroke implements vg.Canvas.
func (c *svgCanvas) Stroke(p vg.Path) {
	s := c.top()
	if s.width <= 0 || len(p) == 0 {
		return
	}
	c.path(p)
	c.raw(` fill="none"`)
	c.paint(`stroke`, s.color)
	if s.width != 1 {
		c.raw(` stroke-width="`)
		c.num(s.width)
		c.raw(`"`)
	}
	for i, d := range s.dash {
		c.raw([]string{` stroke-dasharray="`, ` `}[min(i, 1)])
		c.num(float64(d))
	}
	if len(s.dash) > 0 {
		c.raw(`"`)
	}
	if s.phase != 0 {
		c.raw(` stroke-dashoffset="`)
		c.num(s.phase)
		c.raw(`"`)
	}
	c.raw("/>\n")
}

// Fill implements vg.Canvas.
func (c *svgCanvas) Fill(p vg.Path) {
	if len(p) == 0 {
		return
	}
	c.path(p)
	c.paint(`fill`, c.top().color)
	c.raw("/>\n")
}

// path begins a path element.
func (c *svgCanvas) path(p vg.Path) {
	c.raw(`<path d="`)
	for _, s := range p {
		switch s.Type {
		case vg.MoveComp:
			c.raw("M")
			c.point(s.Pos)
		case vg.LineComp:
			c.raw("L")
			c.point(s.Pos)
		case vg.CurveComp:
			c.raw([]string{"", "Q", "C"}[len(s.Control)])
			for _, k := range s.Control {
				c.point(k)
				c.raw(" ")
			}
			c.point(s.Pos)
		case vg.ArcComp:
			c.arc(s)
		case vg.CloseComp:
			c.raw("Z")
		}
	}
	c.raw(`"`)
}

// arc appends an arc in two halves: an arc of a whole turn would end where it
// begins and be nothing.
func (c *svgCanvas) arc(s vg.PathComp) {
	on := func(angle float64) vg.Point {
		sin, cos := math.Sincos(angle)
		return s.Pos.Add(vg.Point{X: s.Radius * vg.Length(cos), Y: s.Radius * vg.Length(sin)})
	}
	begin := byte('L')
	if n := len(c.buf); c.buf[n-1] == '"' {
		begin = 'M'
	}
	c.buf = append(c.buf, begin)
	c.point(on(s.Start))
	sweep := " 0 0 0 "
	if s.Angle < 0 {
		sweep = " 0 0 1 "
	}
	m := &c.top().m
	r := float64(s.Radius) * math.Hypot(m[0], m[1])
	for _, half := range []float64{.5, 1} {
		c.raw("A")
		c.num(r)
		c.raw(" ")
		c.num(r)
		c.raw(sweep)
		c.point(on(s.Start + half*s.Angle))
	}
}

// FillString implements vg.Canvas.
func (c *svgCanvas) FillString(f font.Face, p vg.Point, s string) {
	if s == "" || f.Font.Size <= 0 {
		return
	}
	x, y := c.at(p)
	y = c.h - y
	c.raw(`<text x="`)
	c.num(x)
	c.raw(`" y="`)
	c.num(y)
	m := &c.top().m
	c.raw(`" font-size="`)
	c.num(float64(f.Font.Size) * math.Hypot(m[0], m[1]))
	c.raw(`"`)
	if f.Font.Weight == xfont.WeightBold {
		c.raw(` font-weight="bold"`)
	}
	if angle := -math.Atan2(m[1], m[0]) * 180 / math.Pi; angle != 0 {
		c.raw(` transform="rotate(`)
		c.num(angle)
		c.raw(` `)
		c.num(x)
		c.raw(` `)
		c.num(y)
		c.raw(`)"`)
	}
	c.paint(`fill`, c.top().color)
	if c.known(f.Font, s) {
		c.raw(` textLength="`)
		c.num(measure(s, f.Font))
		c.raw(`" lengthAdjust="spacingAndGlyphs"`)
	}
	c.raw(` xml:space="preserve">`)
	c.text(s)
	c.raw("</text>\n")
}

// known reports whether the width of s is that of its characters.
func (c *svgCanvas) known(f font.Font, s string) bool {
	r := rulerOf(f)
	for _, k := range s {
		if !r.has(&c.sfnt, k) {
			return false
		}
	}
	return utf8.RuneCountInString(s) > 1
}

// DrawImage implements vg.Canvas.
func (c *svgCanvas) DrawImage(r vg.Rectangle, img image.Image) {
	var b bytes.Buffer
	if png.Encode(&b, img) != nil {
		return // an image without a pixel
	}
	x, y := c.at(vg.Point{X: r.Min.X, Y: r.Max.Y})
	c.raw(`<image x="`)
	c.num(x)
	c.raw(`" y="`)
	c.num(c.h - y)
	c.raw(`" width="`)
	c.num(float64(r.Size().X))
	c.raw(`" height="`)
	c.num(float64(r.Size().Y))
	c.raw(`" preserveAspectRatio="none" href="data:image/png;base64,`)
	c.buf = base64.StdEncoding.AppendEncode(c.buf, b.Bytes())
	c.raw("\"/>\n")
}

// WriteTo implements io.WriterTo.
func (c *svgCanvas) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(append(c.buf, "</svg>\n"...))
	return int64(n), err
}

func (c *svgCanvas) raw(s string) { c.buf = append(c.buf, s...) }

// num appends a number with at most two decimals.
func (c *svgCanvas) num(x float64) {
	n := len(c.buf)
	c.buf = strconv.AppendFloat(c.buf, x, 'f', 2, 64)
	c.buf = bytes.TrimSuffix(c.buf, []byte(".00"))
	if bytes.IndexByte(c.buf[n:], '.') >= 0 {
		c.buf = bytes.TrimSuffix(c.buf, []byte("0"))
	}
	if string(c.buf[n:]) == "-0" {
		c.buf = append(c.buf[:n], '0')
	}
}

func (c *svgCanvas) point(p vg.Point) {
	x, y := c.at(p)
	c.num(x)
	c.raw(" ")
	c.num(c.h - y)
}

// paint appends a colour.
func (c *svgCanvas) paint(what string, k color.Color) {
	n := color.NRGBAModel.Convert(k).(color.NRGBA)
	const hex = "0123456789abcdef"
	c.raw(` ` + what + `="#`)
	for _, v := range [...]byte{n.R, n.G, n.B} {
		c.buf = append(c.buf, hex[v>>4], hex[v&15])
	}
	c.raw(`"`)
	if n.A != 0xff {
		c.raw(` ` + what + `-opacity="`)
		c.num(float64(n.A) / 255)
		c.raw(`"`)
	}
}

// text appends character data. What XML 1.0 has no place for, control
// characters and bytes that are not UTF-8, becomes U+FFFD.
func (c *svgCanvas) text(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			c.raw("&amp;")
		case r == '<':
			c.raw("&lt;")
		case r == '>':
			c.raw("&gt;")
		case r == '\n' || r == '\t':
			c.buf = append(c.buf, byte(r))
		case r < ' ' || r >= 0x7f && r < 0xa0 || r&0xfffe == 0xfffe:
			c.raw("\ufffd")
		default:
			c.buf = utf8.AppendRune(c.buf, r)
		}
	}
}
