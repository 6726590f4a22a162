package viz

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"regexp"
	"strconv"
	"testing"
)

// A PDF that had its date replaced still finds all its objects, and has no
// date and no font that could differ.
func TestPDF(t *testing.T) {
	for _, c := range Charts {
		var b bytes.Buffer
		if err := Write(drawn(t, c, inputs(t, c.Name)[c.Name]), "pdf", &b); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		start := regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`).FindSubmatch(data)
		if start == nil {
			t.Fatalf("%s: no startxref", c.Name)
		}
		at, _ := strconv.Atoi(string(start[1]))
		if !bytes.HasPrefix(data[at:], []byte("xref")) {
			t.Fatalf("%s: startxref leads to %.20q", c.Name, data[at:])
		}
		objects := regexp.MustCompile(`(\d{10}) 00000 n`).FindAllSubmatch(data[at:], -1)
		for i, o := range objects {
			at, _ := strconv.Atoi(string(o[1]))
			if want := fmt.Sprintf("%d 0 obj", i+1); !bytes.HasPrefix(data[at:], []byte(want)) {
				t.Errorf("%s: the offset of object %d leads to %.20q", c.Name, i+1, data[at:])
			}
		}
		if len(objects) < 4 {
			t.Errorf("%s: %d objects", c.Name, len(objects))
		}
		for _, date := range regexp.MustCompile(`\(D:[^)]*\)`).FindAll(data, -1) {
			if !bytes.HasPrefix(date, []byte("(D:20000101000000")) {
				t.Errorf("%s: date %s", c.Name, date)
			}
		}
		if bytes.Contains(data, []byte("/FontFile")) {
			t.Errorf("%s embeds a font", c.Name)
		}
		if content := deflated(t, data); regexp.MustCompile(` v\n`).Match(content) {
			t.Errorf("%s has curves that gonum/plot draws as others", c.Name)
		} else if bytes.Contains(content, []byte(" Tj")) {
			t.Errorf("%s has text that is not drawn as outlines", c.Name)
		}
		if len(data) > 200_000 {
			t.Errorf("%s has %d bytes", c.Name, len(data))
		}
	}
}

// deflated returns the content of the only page.
func deflated(t *testing.T, data []byte) []byte {
	t.Helper()
	_, stream, ok := bytes.Cut(data, []byte("stream\n"))
	if !ok {
		t.Fatal("no content")
	}
	r, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil || len(content) < 1000 {
		t.Fatalf("%d bytes of content, %v", len(content), err)
	}
	return content
}

// A PNG has the theme's very colours and is as wide as it should be.
func TestPNG(t *testing.T) {
	f := drawn(t, Charts[0], inputs(t, "next")["next"])
	var b bytes.Buffer
	if err := Write(f, "png", &b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := img.(*image.Paletted); !ok {
		t.Errorf("a bar chart is a %T", img)
	}
	if w := img.Bounds().Dx(); w != pageWidth*dotsPerInch/72 {
		t.Errorf("%d pixels wide", w)
	}
	areas := map[color.NRGBA]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			areas[color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)]++
		}
	}
	for _, want := range []color.NRGBA{paper, ink, blue, vermillion} {
		if areas[want] < 500 {
			t.Errorf("%v has %d pixels", want, areas[want])
		}
	}
}

func TestPaletted(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 300, 5))
	for i := range 300 * 5 {
		c := color.RGBA{uint8(i % 250), uint8(i % 7), 3, 0xff}
		if i >= 300 {
			c = color.RGBA{0x01, 0x72, 0xb3, 0xff}
		}
		img.SetRGBA(i%300, i/300, c)
	}
	got := paletted(img)
	if got == nil {
		t.Fatal("too many colours")
	}
	if got.At(299, 4) != (color.RGBA{0x01, 0x72, 0xb3, 0xff}) {
		t.Errorf("the area is %v", got.At(299, 4))
	}
	for x := range 300 {
		a, b := img.RGBAAt(x, 0), got.At(x, 0).(color.RGBA)
		if a.R>>3 != b.R>>3 || a.G>>3 != b.G>>3 || a.B>>3 != b.B>>3 {
			t.Errorf("pixel %d is %v, was %v", x, b, a)
		}
	}
	for i := range 300 * 5 {
		img.SetRGBA(i%300, i/300, color.RGBA{uint8(i % 32 << 3), uint8(i / 32 << 3), 0, 0xff})
	}
	if paletted(img) != nil {
		t.Error("a palette of more than 256 colours")
	}
}
