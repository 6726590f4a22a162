package viz

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strings"
	"testing"

	"argen"
)

// Every chart is drawn in every theme and for a lecture hall, in every format;
// in print nothing has a colour.
func TestThemes(t *testing.T) {
	painted := regexp.MustCompile(`(?:fill|stroke)="#(..)(..)(..)"`)
	for _, c := range Charts {
		in := inputs(t, c.Name)[c.Name]
		for _, big := range []bool{false, true} {
			in.Big = big
			f, err := c.Figure(in)
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			if big {
				checkTexts(t, c.Name+" in large", f)
			}
			light := svg(t, f)
			for _, theme := range Themes {
				f.Theme = theme
				got := svg(t, f)
				checkXML(t, c.Name+" "+theme.Name, got)
				if same := bytes.Equal(got, light); same != (theme.Name == "light") {
					t.Errorf("%s: %s is as light: %v", c.Name, theme.Name, same)
				}
				for _, m := range painted.FindAllStringSubmatch(string(got), -1) {
					if theme.print && (m[1] != m[2] || m[2] != m[3]) {
						t.Errorf("%s in print has the colour %s", c.Name, m[0])
						break
					}
				}
				if big != theme.print { // light has a test of its own, a picture takes time
					continue
				}
				for _, format := range []string{"png", "pdf"} {
					var b bytes.Buffer
					if err := Write(f, format, &b); err != nil || b.Len() == 0 {
						t.Errorf("%s %s %s: %v", c.Name, theme.Name, format, err)
					}
				}
			}
		}
	}
}

// What is read on a ground can be read in every theme, and two fills of one
// chart are never alike.
func TestThemesContrast(t *testing.T) {
	contrast := func(a, b color.NRGBA) float64 {
		x, y := luminance(a), luminance(b)
		return (max(x, y) + .05) / (min(x, y) + .05)
	}
	data := []color.NRGBA{blue, sky, vermillion, green, purple, orange}
	for _, theme := range Themes {
		for _, k := range data {
			if got := contrast(theme.of(k), theme.of(paper)); got < 1.9 {
				t.Errorf("%s: %v on paper: %.2f", theme.Name, k, got)
			}
			if theme.pattern(k) == nil && contrast(theme.of(onto{k}), theme.of(k)) < 4.1 {
				t.Errorf("%s: text on %v: %.2f", theme.Name, k, contrast(theme.of(onto{k}), theme.of(k)))
			}
		}
		for _, k := range []color.NRGBA{ink, quiet} {
			if got := contrast(theme.of(k), theme.of(paper)); got < 7 {
				t.Errorf("%s: text in %v: %.2f", theme.Name, k, got)
			}
		}
		for i := range 301 {
			k := level{float64(i)/100 - 1, true}
			if i > 200 {
				k = level{float64(i-200) / 100, false}
			}
			if got := contrast(theme.of(onto{k}), theme.of(k)); got < 4.1 {
				t.Errorf("%s: text on a cell of %v: %.2f", theme.Name, k, got)
			}
		}
		seen := map[string]color.NRGBA{}
		for _, k := range data {
			looks := fmt.Sprint(theme.of(k), theme.pattern(k))
			if other, twice := seen[looks]; twice {
				t.Errorf("%s: %v looks as %v", theme.Name, k, other)
			}
			seen[looks] = k
		}
	}
}

// A hatching stays inside its area and fills it.
func TestHatching(t *testing.T) {
	for _, h := range []hatching{{0, 3}, {90, 3}, {45, 5}, {-45, 2}} {
		length := 0.0
		path := h.across(rect(10, 20, 110, 70).Path())
		for i := 0; i < len(path); i += 2 {
			a, b := path[i].Pos, path[i+1].Pos
			for _, p := range []float64{float64(a.X), float64(b.X)} {
				if p < 10-1e-9 || p > 110+1e-9 {
					t.Errorf("%v: x = %v", h, p)
				}
			}
			for _, p := range []float64{float64(a.Y), float64(b.Y)} {
				if p < 20-1e-9 || p > 70+1e-9 {
					t.Errorf("%v: y = %v", h, p)
				}
			}
			length += math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))
		}
		if area := length * h.apart; math.Abs(area/(100*50)-1) > .05 {
			t.Errorf("%v: the lines stand for %v square points, the area has 5000", h, area)
		}
	}
}

// Several traces are drawn side by side, each named, on one scale.
func TestMultiples(t *testing.T) {
	all := traces(t, 3)
	for _, name := range []string{"next", "draw", "stages", "steps", "heat"} {
		c, _ := Lookup(name)
		var ins []Input
		for _, i := range []int{0, 2, 3 % len(all)} {
			ins = append(ins, Input{Traces: all[i : i+1], Step: 5})
		}
		if name == "stages" {
			ins = []Input{ins[0], ins[1]}
		}
		f, err := c.Figure(ins...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkTexts(t, name, f)
		for i := range ins {
			if want := named(i, ins[i].Traces[0]); !strings.Contains(f.Alt, want) {
				t.Errorf("%s: %q is not named in %s", name, want, f.Alt)
			}
		}
	}
	next, _ := Lookup("next")
	ticks := map[string]int{}
	f, err := next.Figure(Input{Traces: all[:1], Step: 0}, Input{Traces: all[:1], Step: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range texts(t, f) {
		ticks[w.text]++
	}
	if ticks["1"] < 2 || ticks["0.6"] != 2 {
		t.Errorf("the scales differ: %v", ticks)
	}
	many := make([]Input, mostMultiples+1)
	for i := range many {
		many[i] = Input{Traces: []*argen.Trace{all[0]}}
	}
	if _, err := next.Figure(many...); err == nil || !strings.Contains(err.Error(), "at most 12 side by side, there are 13") {
		t.Error(err)
	}
}

// TestLegends: charts side by side share a legend where they have the same
// series, and else each has its own below its name.
func TestLegends(t *testing.T) {
	curves := func(names ...string) Input {
		d := &CurvesData{X: Axis{Label: "steps"}, Y: Axis{Label: "bits"}}
		for i, name := range names { // too long to stand where they end
			d.Series = append(d.Series, Series{Name: name + strings.Repeat(" long", 9), X: Values{1, 2}, Y: Values{float64(i), 3}})
		}
		return Input{Data: d}
	}
	c, _ := Lookup("curves")
	for want, ins := range map[int][]Input{
		1: {curves("one", "two"), curves("one", "two")},
		2: {curves("one", "two"), curves("two", "one")},
	} {
		f, err := c.Figure(ins...)
		if err != nil {
			t.Fatal(err)
		}
		checkTexts(t, "legends", f)
		found := map[string]int{}
		for _, w := range texts(t, f) {
			name, _, _ := strings.Cut(w.text, " ")
			found[name]++
		}
		if found["one"] != want || found["two"] != want {
			t.Errorf("%d legends are wanted, names are there %v", want, found)
		}
	}
}
