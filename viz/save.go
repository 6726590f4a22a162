package viz

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"

	"argen/internal/safefile"
)

// Formats are the endings that Save knows.
var Formats = []string{"png", "svg", "pdf"}

// dotsPerInch of a PNG: 720 points are 1280 pixels, sharp on a projector.
const dotsPerInch = 128

// Save writes a figure to a file, whole or not at all, in the format that its
// ending names: .png, .svg or .pdf.
func Save(f *Figure, path string) error {
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if _, ok := writers[format]; !ok {
		return fmt.Errorf("%s: charts are written as .png, .svg or .pdf: give the file one of these endings", path)
	}
	return safefile.Write(path, func(w io.Writer) error { return Write(f, format, w) })
}

var writers = map[string]func(*Figure, io.Writer) error{"png": writePNG, "svg": writeSVG, "pdf": writePDF}

// Write writes a figure in one of the Formats.
func Write(f *Figure, format string, w io.Writer) error {
	write, ok := writers[format]
	if !ok {
		return fmt.Errorf("there is no format %q: charts are written as png, svg or pdf", format)
	}
	return write(f, w)
}

func writeSVG(f *Figure, w io.Writer) error {
	desc := strings.TrimSpace(clean(f.Subtitle) + "\n" + clean(f.Alt) + "\n" + clean(f.Caption))
	width, height := f.size()
	svg := newSVG(width, height, f.scale(), clean(f.Title), desc)
	c := f.Theme.in(svg)
	c.SetColor(paper)
	c.Fill(rect(0, 0, width, height).Path())
	f.draw(c)
	_, err := svg.WriteTo(w)
	return err
}

func writePNG(f *Figure, w io.Writer) error {
	width, height := f.size()
	c, coded := f.image(width, height, dotsPerInch*f.scale())
	if coded && !f.coded {
		return writePNG(f.withCodes(), w)
	}
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if img, ok := c.Image().(*image.RGBA); ok {
		if small := paletted(img); small != nil {
			return e.Encode(w, small)
		}
	}
	return e.Encode(w, c.Image())
}

// image draws the figure as a picture of so many dots an inch, and says whether
// a character stands there as its code.
func (f *Figure) image(width, height, dots float64) (c *vgimg.Canvas, coded bool) {
	c = vgimg.NewWith(vgimg.UseWH(vg.Length(width), vg.Length(height)), vgimg.UseDPI(int(dots)), vgimg.UseBackgroundColor(f.Theme.of(paper)))
	o := &outliner{CanvasSizer: c}
	f.draw(f.Theme.in(o))
	return c, o.coded
}

// withCodes is the figure where characters stand as their codes, which its caption
// explains. A font of all scripts would be larger than the program.
func (f *Figure) withCodes() *Figure {
	g := *f
	g.coded = true
	said := Words{Language: f.language}
	g.Caption = strings.TrimSpace(g.Caption + " " + said.say("codes", nil))
	return &g
}

// created is the date in a PDF, replaced so that the same figure gives the
// same bytes. It is as long as what it replaces: the offsets after it hold.
var created = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\((D:)\d{14}[^)]*\)`) })

func writePDF(f *Figure, w io.Writer) error {
	width, height := f.size()
	k := f.scale()
	c := vgpdf.New(vg.Length(width*k), vg.Length(height*k))
	c.EmbedFonts(false)
	if k != 1 {
		c.Scale(k, k)
	}
	o := &outliner{CanvasSizer: c, cubic: true}
	page := f.Theme.in(&sized{o, width, height})
	if f.Theme.of(paper) != paper { // paper is white already
		page.SetColor(paper)
		page.Fill(rect(0, 0, width, height).Path())
	}
	f.draw(page)
	if o.coded && !f.coded {
		return writePDF(f.withCodes(), w)
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	fixed := created().ReplaceAllFunc(b.Bytes(), func(date []byte) []byte {
		const epoch = "20000101000000"
		return append(append(append([]byte("(D:"), epoch...), date[3+len(epoch):len(date)-1]...), ')')
	})
	_, err := w.Write(fixed)
	return err
}

// A sized canvas is as large as what is drawn, however that is enlarged.
type sized struct {
	vg.CanvasSizer
	width, height float64
}

// Size implements vg.CanvasSizer.
func (s *sized) Size() (x, y vg.Length) { return vg.Length(s.width), vg.Length(s.height) }
