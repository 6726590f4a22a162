package viz

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"
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

// writeGIF writes a frame a step, all with one palette; of each after the first
// only the rectangle in which something changes.
func (a *Animation) writeGIF(w io.Writer) error {
	colors := a.Theme.animated()
	out := &gif.GIF{} // it begins anew at its end
	index := map[uint32]uint8{}
	var before *image.Paletted
	for i := range a.steps {
		f := a.frame(i)
		c, _ := f.image(a.width, a.height, animateDots*f.scale())
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
		delay := int(math.Round(a.Delay.Seconds() * 100))
		if i == len(a.steps)-1 {
			delay *= 3
		}
		whole := p
		if before != nil {
			p = p.SubImage(changed(before, p)).(*image.Paletted)
		}
		before = whole
		out.Image, out.Delay = append(out.Image, p), append(out.Delay, delay)
	}
	return gif.EncodeAll(w, out)
}

// changed is the smallest rectangle outside of which two pictures of a size are
// the same, a dot where they are the same all over.
func changed(a, b *image.Paletted) image.Rectangle {
	var r image.Rectangle
	wide := b.Rect.Dx()
	for y := range b.Rect.Dy() {
		row, other := b.Pix[y*b.Stride:y*b.Stride+wide], a.Pix[y*a.Stride:y*a.Stride+wide]
		if bytes.Equal(row, other) {
			continue
		}
		left, right := 0, wide
		for row[left] == other[left] {
			left++
		}
		for row[right-1] == other[right-1] {
			right--
		}
		r = r.Union(image.Rect(left, y, right, y+1))
	}
	if r.Empty() {
		r = image.Rect(0, 0, 1, 1)
	}
	return r.Add(b.Rect.Min)
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

// animateStyle is the script-free controls of an animated SVG; ID stands for what
// sets this picture's names apart from those of others in the same page. Each
// frame is shown by an animation of its own whose time is shifted; the last is
// there where nothing moves. A link to pause stops all of them, and so do the
// pointer over the picture and the focus in it until play is asked for. A link
// to a frame shows that alone. A link leads to itself, so that the next key goes on
// from there. Who wants less motion sees the last frame, and
// the run only after play.
const animateStyle = `.ID-f{visibility:hidden;animation:ID-show TOTALs step-end infinite}
.ID-last{visibility:visible;animation-name:ID-last}
@keyframes ID-show{0%{visibility:visible}EACH%{visibility:hidden}100%{visibility:hidden}}
@keyframes ID-last{0%{visibility:visible}LAST%{visibility:hidden}100%{visibility:hidden}}
.ID-run:hover .ID-f,.ID-run:focus-within .ID-f{animation-play-state:paused}
.ID-run:has(#ID-play:target) .ID-f{animation-play-state:running}
.ID-run:has(#ID-pause:target) .ID-f{animation-play-state:paused}
.ID-run:has(:is(.ID-f,.ID-s):target) .ID-f{animation:none;visibility:hidden}
.ID-run .ID-f:target{visibility:visible!important}
.ID-run a{cursor:pointer;text-decoration:underline}
@media (prefers-reduced-motion:reduce){.ID-run:not(:has(#ID-play:target)) .ID-f{animation:none}}
@media print{.ID-f{animation:none!important}}
`

// id is what names in the SVG of an animation begin with, made from all that is
// in it, so that two in one page do not meet.
func (a *Animation) id() string {
	h := fnv.New32a()
	fmt.Fprint(h, a.Title, "\x00", a.Subtitle, "\x00", a.Caption, "\x00", a.Alt, "\x00", a.Delay, a.Theme.Name, a.in.Big, len(a.steps), a.steps[0].T)
	return fmt.Sprintf("argen-%08x", h.Sum32())
}

// writeSVG writes a frame a step as a group each, shown in turn by CSS.
func (a *Animation) writeSVG(w io.Writer) error {
	base := a.figure(nil)
	desc := strings.TrimSpace(clean(a.Subtitle) + "\n" + clean(a.Alt) + "\n" + clean(a.Caption))
	c := newSVG(a.width, a.height, base.scale(), clean(a.Title), desc)
	c.buf = bytes.Replace(c.buf, []byte(`role="img"`), []byte(`role="group"`), 1) // it has links
	delay, n := a.Delay.Seconds(), len(a.steps)
	total := delay * float64(n+2)
	id, number := a.id(), func(x float64) string { return fmt.Sprintf("%.6g", x) }
	c.raw("<style>")
	c.raw(strings.NewReplacer("ID", id, "TOTAL", number(total), "EACH", number(100*delay/total), "LAST", number(100*3*delay/total)).Replace(animateStyle))
	for i := range n {
		c.raw(fmt.Sprintf(".%[1]s-run:has(#%[1]s-s%[2]d:target) #%[1]s-f%[2]d{visibility:visible}\n", id, i))
	}
	c.raw(fmt.Sprintf("</style>\n<g class=\"%s-run\">\n", id))
	on := a.Theme.in(c)
	on.SetColor(paper)
	on.Fill(rect(0, 0, a.width, a.height).Path())
	base.body = func(d draw.Canvas) {
		for i := range a.steps {
			class := id + "-f"
			if i == n-1 {
				class += " " + id + "-last"
			}
			c.raw(fmt.Sprintf("<g class=\"%s\" id=\"%s-f%d\" style=\"animation-delay:%ss\">\n", class, id, i, number(float64(i)*delay-total)))
			a.draw(d, i)
			c.raw("</g>\n")
		}
		a.controls(d, c, id)
	}
	base.draw(on)
	c.raw("</g>\n")
	_, err := c.WriteTo(w)
	return err
}

// controls writes the links below the picture: pause, play, each step.
func (a *Animation) controls(d draw.Canvas, c *svgCanvas, id string) {
	sty := style(tinySize, false, 0, 0)
	x, y := float64(d.Min.X), float64(d.Min.Y)-4
	link := func(to, class, text string) {
		wide := measure(text, sty.Font)
		if x+wide > float64(d.Max.X) {
			return // more steps than have room: their numbers are in the address
		}
		c.raw(fmt.Sprintf("<a id=\"%[1]s-%[2]s\" class=\"%[1]s-%[3]s\" href=\"#%[1]s-%[2]s\">", id, to, class))
		say(d, sty, x, y, text)
		c.raw("</a>\n")
		x += wide + 7
	}
	link("pause", "l", "pause")
	link("play", "l", "play")
	for i := range a.steps {
		link(fmt.Sprintf("s%d", i), "s", fmt.Sprintf("%d", a.steps[i].T))
	}
}
