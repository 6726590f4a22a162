package viz

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes in points. A chart is as wide as a slide of a lecture, and its small
// print is legible when it is printed over half a page.
const (
	pageWidth  = 720.0
	margin     = 18.0
	titleSize  = 19.0
	bodySize   = 13.0
	smallSize  = 11.0
	tinySize   = 10.0
	widestPage = 2160.0
	widestText = 1080.0 // 1920 dots of a PNG: a text on a screen
)

// Colours on white paper. Those of the data are of Okabe and Ito, Color
// Universal Design, 2008: they differ for every kind of colour vision. They
// are used in the order blue, vermillion, …; what a colour says a label,
// a hatching, a dash or a mark says too.
var (
	paper = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	ink   = color.NRGBA{0x1a, 0x1a, 0x1a, 0xff}
	quiet = color.NRGBA{0x59, 0x59, 0x59, 0xff} // 7 : 1 on white
	faint = color.NRGBA{0xd9, 0xd9, 0xd9, 0xff}
	fog   = color.NRGBA{0xf0, 0xf0, 0xf0, 0xff}

	blue       = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	sky        = color.NRGBA{0x56, 0xb4, 0xe9, 0xff}
	vermillion = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	green      = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	purple     = color.NRGBA{0xcc, 0x79, 0xa7, 0xff}
	orange     = color.NRGBA{0xe6, 0x9f, 0x00, 0xff}
)

// A look sets a series apart from the others, with and without colour.
type look struct {
	color color.NRGBA
	dash  []vg.Length
	mark  mark
}

var looks = []look{
	{blue, nil, circle},
	{vermillion, []vg.Length{7, 3}, square},
	{green, []vg.Length{2, 2}, triangle},
	{purple, []vg.Length{9, 3, 2, 3}, circle.empty()},
	{orange, []vg.Length{4, 2}, square.empty()},
	{sky, []vg.Length{12, 4}, triangle.empty()},
	{ink, []vg.Length{2, 4}, cross},
}

// cividis is the map from 0 (dark blue) to 1 (yellow) of Nuñez, Anderton and
// Renslow, Optimizing colormaps with consideration for color vision
// deficiency, 2018, at tenths of it as its R package has them. Its lightness
// grows evenly, so it survives a grey printer.
var cividis = [...]color.NRGBA{
	{0x00, 0x20, 0x4d, 0xff},
	{0x00, 0x33, 0x6f, 0xff},
	{0x39, 0x48, 0x6b, 0xff},
	{0x57, 0x5c, 0x6d, 0xff},
	{0x70, 0x71, 0x73, 0xff},
	{0x8a, 0x87, 0x79, 0xff},
	{0xa6, 0x9d, 0x75, 0xff},
	{0xc4, 0xb5, 0x6c, 0xff},
	{0xe4, 0xcf, 0x5b, 0xff},
	{0xff, 0xea, 0x46, 0xff},
}

// shade returns the colour of x in [0,1].
func shade(x float64) color.NRGBA {
	if !(x > 0) {
		return cividis[0]
	}
	at := min(x, 1) * float64(len(cividis)-1)
	i := min(int(at), len(cividis)-2)
	a, b, f := cividis[i], cividis[i+1], at-float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + float64(f*(float64(b)-float64(a))))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// over returns the colour of text on a ground, black or white: whichever has
// the greater contrast by the Web Content Accessibility Guidelines 2.2.
func over(ground color.NRGBA) color.NRGBA {
	l := luminance(ground)
	if (l+.05)/(luminance(ink)+.05) >= 1.05/(l+.05) {
		return ink
	}
	return paper
}

// luminance is the relative luminance of the guidelines, 0 to 1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= .04045 {
			return x / 12.92
		}
		return math.Pow((x+.055)/1.055, 2.4)
	}
	return float64(.2126*linear(c.R)) + float64(.7152*linear(c.G)) + float64(.0722*linear(c.B))
}

// line returns a solid line style.
func line(c color.Color, width float64) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Length(width)}
}

// newPlot returns axes in the theme: no frame, quiet ticks, room beside the
// data. Headings say what an axis shows and in which unit; see panel.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = setter()
	p.X.Label.TextStyle = style(bodySize, false, -.5, 0)
	p.Y.Label.TextStyle = p.X.Label.TextStyle
	p.X.Tick.Label = style(smallSize, false, -.5, -1)
	p.Y.Tick.Label = style(smallSize, false, -1, -.5)
	p.Legend.TextStyle = style(smallSize, false, 0, -.5)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle = line(quiet, .75)
		a.Tick.LineStyle = line(quiet, .75)
		a.Tick.Length = 4
		a.Padding = 0
		a.Label.Padding = 4
	}
	return p
}

// grid draws lines at the major ticks of the chosen axes.
type grid struct{ x, y bool }

// Plot implements plot.Plotter.
func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	if g.x {
		for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
			if at := x(t.Value); !t.IsMinor() && c.ContainsX(at) {
				c.StrokeLine2(line(faint, .75), at, c.Min.Y, at, c.Max.Y)
			}
		}
	}
	if g.y {
		for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
			if at := y(t.Value); !t.IsMinor() && c.ContainsY(at) {
				c.StrokeLine2(line(faint, .75), c.Min.X, at, c.Max.X, at)
			}
		}
	}
}
