package viz

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"argen/internal/safefile"
)

// animateDots is the dots an inch of a GIF: 720 points are 960 pixels.
const animateDots = 96

// Save writes an animation to a file, whole or not at all, as its ending says:
// .gif or .svg.
func (a *Animation) Save(path string) error {
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	return safefile.Write(path, func(w io.Writer) error { return a.Write(format, w) })
}

// Write writes an animation in one of the AnimateFormats.
func (a *Animation) Write(format string, w io.Writer) error {
	switch format {
	case "gif":
		return a.writeGIF(w)
	case "svg":
		return a.writeSVG(w)
	}
	return fmt.Errorf("there is no animation in the format %q: there are gif and svg", format)
}

// writeGIF writes a frame a step, all with one palette.
func (a *Animation) writeGIF(w io.Writer) error {
	colors := a.Theme.animated()
	out := &gif.GIF{} // it begins anew at its end
	index := map[uint32]uint8{}
	for i := range a.steps {
		f := a.frame(i)
		c := f.image(a.width, a.height, animateDots*f.scale())
		img, ok := c.Image().(*image.RGBA)
		if !ok {
			return fmt.Errorf("the canvas has no pixels")
		}
		p := image.NewPaletted(img.Rect, colors)
		for at := 0; at < len(img.Pix); {
			pixel, n := run(img.Pix[at:])
			k, known := index[pixel]
			if !known {
				k = uint8(colors.Index(color.RGBA{uint8(pixel), uint8(pixel >> 8), uint8(pixel >> 16), 0xff}))
				index[pixel] = k
			}
			for j := range n {
				p.Pix[at/4+j] = k
			}
			at += 4 * n
		}
		delay := int(a.Delay.Milliseconds() / 10)
		if i == len(a.steps)-1 {
			delay *= 3
		}
		out.Image, out.Delay = append(out.Image, p), append(out.Delay, delay)
	}
	return gif.EncodeAll(w, out)
}

// animated is the palette of a GIF: the colours of the theme, each with steps
// towards that of the paper, and towards those of text on areas.
func (t *Theme) animated() color.Palette {
	seen := map[color.NRGBA]bool{}
	var all color.Palette
	add := func(k color.NRGBA) {
		if !seen[k] && len(all) < 256 {
			seen[k] = true
			all = append(all, k)
		}
	}
	const steps = 12
	ground := t.of(paper)
	add(ground)
	for _, k := range []color.NRGBA{ink, quiet, blue, sky, vermillion, faint, fog} {
		for i := range steps {
			add(mixed(t.of(k), ground, float64(i)/steps))
		}
	}
	for _, k := range []color.NRGBA{vermillion, blue, sky} {
		for i := range steps {
			add(mixed(t.of(onto{k}), t.of(k), float64(i)/steps))
			add(mixed(t.of(ink), t.of(k), float64(i)/steps))
		}
	}
	return all
}

// The script-free controls of an animated SVG. Each frame is shown by an
// animation of its own whose time is shifted; the last is there where nothing
// moves. A link to #argen-pause stops all of them, one to a frame shows that
// alone, and the pointer over the picture stops it too.
const animateStyle = `.argen-f{visibility:hidden;animation:argen-show %[1]gs step-end infinite}
.argen-last{visibility:visible;animation-name:argen-last}
@keyframes argen-show{0%%{visibility:visible}%[2]g%%{visibility:hidden}100%%{visibility:hidden}}
@keyframes argen-last{0%%{visibility:visible}%[3]g%%{visibility:hidden}100%%{visibility:hidden}}
.argen-run:hover .argen-f,.argen-run:focus-within .argen-f,#argen-pause:target~.argen-run .argen-f{animation-play-state:paused}
.argen-run:has(.argen-f:target) .argen-f{animation:none;visibility:hidden}
.argen-run:has(.argen-f:target) .argen-f:target{visibility:visible}
a text{cursor:pointer;text-decoration:underline}
@media (prefers-reduced-motion:reduce){.argen-f{animation:none}}
@media print{.argen-f{animation:none}}
`

// writeSVG writes a frame a step as a group each, shown in turn by CSS.
func (a *Animation) writeSVG(w io.Writer) error {
	base := a.figure(nil)
	desc := strings.TrimSpace(clean(a.Subtitle) + "\n" + clean(a.Alt) + "\n" + clean(a.Caption))
	c := newSVG(a.width, a.height, base.scale(), clean(a.Title), desc)
	c.buf = bytes.Replace(c.buf, []byte(`role="img"`), []byte(`role="group"`), 1) // it has links
	delay, n := a.Delay.Seconds(), len(a.steps)
	total := delay * float64(n+2)
	c.raw("<style>")
	c.raw(fmt.Sprintf(animateStyle, total, 100*delay/total, 100*3*delay/total))
	c.raw("</style>\n<g id=\"argen-pause\"/>\n<g id=\"argen-play\"/>\n<g class=\"argen-run\">\n")
	on := a.Theme.in(c)
	on.SetColor(paper)
	on.Fill(rect(0, 0, a.width, a.height).Path())
	base.body = func(d draw.Canvas) {
		for i := range a.steps {
			class := "argen-f"
			if i == n-1 {
				class += " argen-last"
			}
			c.raw(fmt.Sprintf("<g class=\"%s\" id=\"argen-f%d\" style=\"animation-delay:%.4gs\">\n", class, i, float64(i)*delay-total))
			a.draw(d, i)
			c.raw("</g>\n")
		}
		a.controls(d, c)
	}
	base.draw(on)
	c.raw("</g>\n")
	_, err := c.WriteTo(w)
	return err
}

// controls writes the links below the picture: pause, play, each step.
func (a *Animation) controls(d draw.Canvas, c *svgCanvas) {
	sty := style(tinySize, false, 0, 0)
	x, y := float64(d.Min.X), float64(d.Min.Y)-4
	link := func(to, text string) {
		wide := measure(text, sty.Font)
		if x+wide > float64(d.Max.X) {
			return // more steps than have room: their numbers are in the address
		}
		c.raw(fmt.Sprintf("<a href=\"#%s\">", to))
		say(d, sty, x, y, text)
		c.raw("</a>\n")
		x += wide + 7
	}
	link("argen-pause", "pause")
	link("argen-play", "play")
	for i := range a.steps {
		link(fmt.Sprintf("argen-f%d", i), fmt.Sprintf("%d", a.steps[i].T))
	}
}
