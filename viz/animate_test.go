package viz

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"argen"
	"argen/internal/golden"
)

// animated is an animation of the first steps of a trace.
func animated(t testing.TB, to int) *Animation {
	t.Helper()
	a, err := Animate(Input{Traces: traces(t, 1)}, 0, to)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A GIF has a frame a step, all of one size and one palette, and is small.
func TestAnimateGIF(t *testing.T) {
	a := animated(t, 3)
	a.Delay = 500 * time.Millisecond
	var once, again bytes.Buffer
	for _, b := range []*bytes.Buffer{&once, &again} {
		if err := a.Write("gif", b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Error("the same animation gave other bytes")
	}
	if once.Len() > 4*40<<10 {
		t.Errorf("%d bytes for 4 frames", once.Len())
	}
	g, err := gif.DecodeAll(&once)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != len(a.steps) || len(g.Image) != 4 || g.LoopCount != 0 {
		t.Fatalf("%d frames for %d steps, loops %d", len(g.Image), len(a.steps), g.LoopCount)
	}
	if g.Image[0].Rect.Dx() != 960 {
		t.Errorf("the first frame is %v", g.Image[0].Rect)
	}
	shown := image.NewPaletted(g.Image[0].Rect, g.Image[0].Palette)
	for i, img := range g.Image {
		if i > 0 && (img.Rect.Dx() >= 960 || !img.Rect.In(shown.Rect)) {
			t.Errorf("frame %d is %v, which is more than what changes", i, img.Rect)
		}
		draw.Draw(shown, img.Rect, img, img.Rect.Min, draw.Src)
		c, _ := a.frame(i).image(a.width, a.height, animateDots)
		whole := c.Image().(*image.RGBA)
		for at := 0; at < len(shown.Pix); at += 7 {
			want := shown.Palette.Convert(color.RGBA{whole.Pix[4*at], whole.Pix[4*at+1], whole.Pix[4*at+2], 0xff})
			if shown.Palette[shown.Pix[at]] != want {
				t.Fatalf("frame %d: dot %d is %v, want %v", i, at, shown.Palette[shown.Pix[at]], want)
			}
		}
		if want := []int{50, 150}[i/3]; g.Delay[i] != want {
			t.Errorf("frame %d stays %d hundredths, want %d", i, g.Delay[i], want)
		}
		if img.Rect.Dx()*img.Rect.Dy() < 1000 {
			t.Errorf("frame %d is as the one before", i)
		}
	}
}

// The palette of a GIF has the colours of each theme and what lies between them
// and the paper, so that letters have smooth edges.
func TestAnimatePalette(t *testing.T) {
	for _, theme := range Themes {
		all := theme.animated()
		if len(all) > 256 {
			t.Errorf("%s: %d colours", theme.Name, len(all))
		}
		for _, k := range []color.NRGBA{ink, quiet, blue, vermillion, sky} {
			for i := range 9 {
				want := mixed(theme.of(k), theme.of(paper), float64(i)/8)
				got := all.Convert(want).(color.NRGBA)
				for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
					if max(d, -d) > 12 { // half of a twelfth of 255, and a little
						t.Errorf("%s: %v, next to %v", theme.Name, got, want)
						break
					}
				}
			}
		}
	}
}

// An SVG has a frame a step, controls without a script, and the words of the run.
func TestAnimateSVG(t *testing.T) {
	a := animated(t, 3)
	var b bytes.Buffer
	if err := a.Write("svg", &b); err != nil {
		t.Fatal(err)
	}
	golden.Bytes(t, "animate.svg", b.Bytes())
	golden.String(t, "animate.txt", a.Describe())
	s := b.String()
	id := a.id()
	for _, want := range []string{"prefers-reduced-motion", `href="#` + id + `-pause"`, `href="#` + id + `-play"`, `href="#` + id + `-s3"`, "animation-play-state:paused", "<title>Predict, choose, append, repeat</title>"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(s, `<g class="`+id+`-f`); n != 4 {
		t.Errorf("%d frames for 4 steps", n)
	}
}

// Two animations can stand in one page: no name in one is a name in the other.
func TestAnimateNames(t *testing.T) {
	named := regexp.MustCompile(`argen-[0-9a-z-]+`)
	seen := map[string]int{}
	dark := animated(t, 3)
	dark.Theme = Dark
	for i, a := range []*Animation{animated(t, 3), animated(t, 4), dark} {
		var b bytes.Buffer
		if err := a.Write("svg", &b); err != nil {
			t.Fatal(err)
		}
		names := named.FindAllString(b.String(), -1)
		if len(names) < 30 {
			t.Errorf("only %d names", len(names))
		}
		for _, n := range names {
			if other, twice := seen[n]; twice && other != i {
				t.Fatalf("%s is in animations %d and %d", n, other, i)
			}
			seen[n] = i
		}
	}
}

// Whatever a token is, it stays text.
func TestAnimateHostile(t *testing.T) {
	for _, s := range payloads() {
		a, err := Animate(Input{Traces: []*argen.Trace{poisoned(s)}}, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := a.Write("svg", &b); err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%.20q: %v", s, err)
			}
			if e, ok := token.(xml.StartElement); ok && !elements[e.Name.Local] && e.Name.Local != "g" && e.Name.Local != "a" && e.Name.Local != "style" {
				t.Errorf("%.20q: an element %s", s, e.Name.Local)
			}
		}
		checkShown(t, s, a.Describe())
	}
}

func TestAnimateErrors(t *testing.T) {
	in := Input{Traces: traces(t, 1)}
	for want, span := range map[string][2]int{
		"the trace has no step 40: its steps are 0 to 39":                 {40, -1},
		"an animation from step 5 to 4: choose a last step from 5 to 39":  {5, 4},
		"an animation from step 5 to 40: choose a last step from 5 to 39": {5, 40},
	} {
		if _, err := Animate(in, span[0], span[1]); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	in.Traces[0] = stretched(in.Traces[0], 200, "")
	if _, err := Animate(in, 0, -1); err == nil || !strings.Contains(err.Error(), "at most 120 steps, from 0 to 199 there are 200") {
		t.Error(err)
	}
	if err := animated(t, 0).Write("png", &bytes.Buffer{}); err == nil {
		t.Error("a png moves")
	}
}
