package viz

import (
	"image/color"
	"math"
)

// A Theme is how a figure is painted. Charts are laid out in the colours of the
// light theme, whose zero value it is; another paints each of them its own way,
// so one figure can be written in several themes.
type Theme struct {
	Name string // in commands: --theme NAME
	Doc  string

	colors map[color.NRGBA]color.NRGBA // what stands for a colour of light; what is not here stays
	print  bool                        // black on white: patterns instead of colours
}

// The themes.
var (
	Light = Theme{Name: "light", Doc: "dark on white"}
	Dark  = Theme{Name: "dark", Doc: "light on black, for a screen in a dark room", colors: palette(map[color.NRGBA]color.NRGBA{
		paper:      {0x15, 0x18, 0x1d, 0xff},
		ink:        {0xec, 0xef, 0xf3, 0xff},
		quiet:      {0xa9, 0xb1, 0xbc, 0xff},
		faint:      {0x38, 0x3e, 0x47, 0xff},
		fog:        {0x25, 0x2a, 0x31, 0xff},
		blue:       {0x4a, 0xa8, 0xec, 0xff},
		sky:        {0x9f, 0xd6, 0xf7, 0xff},
		vermillion: {0xff, 0x87, 0x44, 0xff},
		green:      {0x2c, 0xc7, 0x9a, 0xff},
		purple:     {0xe6, 0xa3, 0xc8, 0xff},
		orange:     {0xf3, 0xb7, 0x3c, 0xff},
	})}
	Print = Theme{Name: "print", Doc: "black on white with patterns instead of colours, for paper and copiers", print: true, colors: palette(map[color.NRGBA]color.NRGBA{
		paper: paper, ink: black, quiet: {0x33, 0x33, 0x33, 0xff}, faint: black, fog: paper,
		blue: black, sky: black, vermillion: black, green: black, purple: black, orange: black,
	})}
)

// Themes are all themes in the order of help.
var Themes = []Theme{Light, Dark, Print}

// LookupTheme returns the theme of a name.
func LookupTheme(name string) (Theme, bool) {
	for _, t := range Themes {
		if t.Name == name {
			return t, true
		}
	}
	return Theme{}, false
}

var black = color.NRGBA{0, 0, 0, 0xff}

// palette adds what becomes of faded colours.
func palette(colors map[color.NRGBA]color.NRGBA) map[color.NRGBA]color.NRGBA {
	for _, l := range looks {
		if to, ok := colors[l.color]; ok {
			colors[faded(l.color)] = mixed(to, colors[paper], .55)
		}
	}
	return colors
}

// mixed is a colour with a share of another.
func mixed(a, b color.NRGBA, share float64) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + float64(share*(float64(b)-float64(a))))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// of is what a theme paints for a colour.
func (t *Theme) of(k color.Color) color.NRGBA {
	switch k := k.(type) {
	case nil:
		return t.of(ink)
	case area:
		return t.of(k.NRGBA)
	case onto:
		return t.over(k.ground)
	case level:
		return t.level(k)
	}
	n := color.NRGBAModel.Convert(k).(color.NRGBA)
	opaque := n
	opaque.A = 0xff
	if to, ok := t.colors[opaque]; ok {
		to.A = n.A
		return to
	}
	if t.print { // a shade: as light as it was
		g := gray(luminance(n))
		return color.NRGBA{g, g, g, n.A}
	}
	return n
}

// over is the colour of text on a ground as the theme paints it.
func (t *Theme) over(ground color.Color) color.NRGBA {
	if t.pattern(ground) != nil {
		return black // on a plate, see themed
	}
	return over(t.of(ground))
}

// gray is the value of a gray of a relative luminance.
func gray(l float64) uint8 {
	x := 12.92 * l
	if l > .0031308 {
		x = 1.055*math.Pow(l, 1/2.4) - .055
	}
	return uint8(math.Round(255 * min(max(x, 0), 1)))
}

// area is the colour of an area, however small it is: a short bar has the pattern
// of the long ones beside it, which a mark of its size has not.
type area struct{ color.NRGBA }

// onto is the colour of text on a ground: black or white, whichever is easier
// to read on what the theme paints there.
type onto struct{ ground color.Color }

// RGBA implements color.Color: that of the light theme.
func (o onto) RGBA() (r, g, b, a uint32) { return Light.over(o.ground).RGBA() }

// A level is the shade of a cell of a matrix: x from 0 to 1 from dark blue to
// yellow, or on paper from white to dark. Where numbers go both ways it is from
// −1, the colour of vermillion, over that of the paper to 1, blue; on paper both
// are dark, and the number in the cell tells them apart.
type level struct {
	x    float64
	both bool
}

// RGBA implements color.Color: that of the light theme.
func (l level) RGBA() (r, g, b, a uint32) { return Light.of(l).RGBA() }

// level is the colour of a level in the theme.
func (t *Theme) level(l level) color.NRGBA {
	switch {
	case t.print:
		return mixed(paper, black, .75*math.Abs(l.x))
	case !l.both:
		return shade(l.x)
	case l.x < 0:
		return mixed(t.of(paper), t.of(vermillion), -l.x)
	}
	return mixed(t.of(paper), t.of(blue), l.x)
}
