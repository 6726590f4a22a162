package viz

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// wideCurves are many curves of many points, one of them with a 0 on a
// logarithmic axis.
func wideCurves(series, points int, name string, intervals, log bool) *CurvesData {
	d := &CurvesData{Words: titled("title", "caption."), X: Axis{Label: name, Log: log}, Y: Axis{Label: name}, Levels: []Level{{name, .5}, {name + "x", .52}}}
	for k := range series {
		s := Series{Name: fmt.Sprint(name, k)}
		for i := range points {
			y := .5 + float64(k)/50 + math.Sin(float64(i))/100
			s.X, s.Y = append(s.X, float64(i)), append(s.Y, y)
			if intervals {
				s.Lo, s.Hi = append(s.Lo, y-.1), append(s.Hi, y+.1)
			}
		}
		d.Series = append(d.Series, s)
	}
	return d
}

func wideBars(series, groups int, name string) *BarsData {
	d := &BarsData{Words: titled("title", "caption."), Y: Axis{Label: name, Unit: "share"}, Levels: []Level{{name, .5}, {name, .51}, {name, .98}}}
	for k := range series {
		s := Series{Name: fmt.Sprint(name, k)}
		for i := range groups {
			if k == 0 {
				d.Groups = append(d.Groups, fmt.Sprint(name, " ", i))
			}
			s.Y = append(s.Y, float64(1+i%7)/7)
		}
		d.Series = append(d.Series, s)
	}
	return d
}

func wideMatrix(panels, rows, cols int, name string, texts bool) *MatrixData {
	d := &MatrixData{Words: titled("title", "caption."), Row: name, Col: name, Unit: "bits"}
	for j := range cols {
		d.Cols = append(d.Cols, fmt.Sprint(name, j))
	}
	for i := range rows {
		d.Rows = append(d.Rows, fmt.Sprint(name, i))
	}
	for k := range panels {
		p := Panel{Name: fmt.Sprint(name, k)}
		for i := range rows {
			var row Values
			var said []string
			for j := range cols {
				row, said = append(row, float64((i*7+j*3)%11)-2), append(said, name)
			}
			p.Cells = append(p.Cells, row)
			if texts {
				p.Texts = append(p.Texts, said)
			}
		}
		d.Panels = append(d.Panels, p)
	}
	return d
}

// No text is cut off or lies over another, however many numbers there are and
// however long their names are.
func TestDataNothingOverlaps(t *testing.T) {
	for _, name := range []string{"", "a name", "語語語", strings.Repeat("a long name ", 6)} {
		for _, big := range []bool{false, true} {
			for what, d := range map[string]Data{
				"curves 1": wideCurves(1, 1, name, true, false), "curves 7": wideCurves(7, 9, name, true, false), "curves log": wideCurves(3, 14, name, false, true),
				"curves many": wideCurves(5, 1000, name, true, false),
				"bars 1":      wideBars(1, 1, name), "bars 7": wideBars(7, 5, name), "bars many": wideBars(1, 60, name),
				"matrix 1": wideMatrix(1, 1, 1, name, true), "matrix row": wideMatrix(1, 1, 90, name, false), "matrix texts": wideMatrix(1, 12, 30, name, true),
				"matrix panels": wideMatrix(30, 9, 14, name, false), "matrix large": wideMatrix(1, 100, 100, name, false),
			} {
				c, _ := Lookup(strings.Fields(what)[0])
				f, err := c.Figure(Input{Data: d, Big: big})
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				checkTexts(t, fmt.Sprintf("%s %.12q big %v", what, name, big), f)
			}
		}
	}
}

// A 0 stands apart on a logarithmic axis, before the first number.
func TestZeroOnLogAxis(t *testing.T) {
	s := newScale([]float64{0, 1, 2, 4, 64}, Axis{Log: true}, true)
	if s.zero != .5 || s.place(0) != .5 || s.place(4) != 4 || !(s.min < .5) || s.gap <= .5 || s.gap >= 1 {
		t.Errorf("0 is at %v, the gap at %v, from %v", s.zero, s.gap, s.min)
	}
	if s.ticks[0].Label != "0" || s.ticks[1].Label != "1" || len(s.ticks) != 5 {
		t.Errorf("ticks %v", s.ticks)
	}
	if s := newScale([]float64{1, 2}, Axis{Log: true}, true); s.gap != 0 {
		t.Error("a gap without a 0")
	}
}

// What a chart says by itself is in the language of its words, the essential
// first.
func TestDataAlt(t *testing.T) {
	d := copied(t, Chart{Data: curvesData}, dataInputs["context"]["context"].Data).(*CurvesData)
	for language, want := range map[string]string{
		"":   "Curves: bits a token over tokens of context. story falls from 3.40 at 1 to 0.600 at 64. no memory stays at 7.40 from 1 to 64. All numbers: story: 1: 3.40;",
		"de": "Kurven: bits a token über tokens of context. story fällt von 3.40 bei 1 auf 0.600 bei 64. no memory bleibt bei 7.40 von 1 bis 64. Alle Zahlen:",
		"xx": "Curves: ",
	} {
		d.SetLanguage(language)
		if f, err := Context(Input{Data: d}); err != nil || !strings.HasPrefix(f.Alt, want) {
			t.Errorf("%q: %v\n%s", language, err, f.Alt)
		}
	}
	long, err := Curves(Input{Data: wideCurves(2, 500, "x", false, false)})
	if err != nil || strings.Contains(long.Alt, "All numbers") || len(long.Alt) > 500 {
		t.Errorf("%v, %d characters: %.200s", err, len(long.Alt), long.Alt)
	}
}

// Sizes that no page has room for are refused.
func TestDataTooMuch(t *testing.T) {
	for want, d := range map[string]Data{
		"at most 7 series are drawn, there are 8":                    wideCurves(8, 2, "x", false, false),
		"at most 50,000 numbers are drawn, there are 50,001":         wideCurves(1, 50_001, "x", false, false),
		"at most 60 groups of bars are drawn, there are 61":          wideBars(1, 61, "x"),
		"at most 50,000 cells in 600 panels are drawn, there are 3 ": wideMatrix(3, 300, 300, "x", false),
		"at most 2 panels are drawn below the first, there are 3":    &CurvesData{Series: wideCurves(1, 2, "x", false, false).Series, Below: make([]CurvesData, 3)},
		"there is no series with numbers":                            &CurvesData{},
		"is not in its interval":                                     nil,
	} {
		if d == nil {
			c := wideCurves(1, 2, "x", true, false)
			c.Series[0].Lo[1] = 9
			if err := c.Check(); err == nil || !strings.Contains(err.Error(), "not in its interval from 9") {
				t.Error(err)
			}
			continue
		}
		if err := d.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// An axis says its unit where its label does not, in the language of the chart; a
// share and a probability need none.
func TestUnits(t *testing.T) {
	for _, c := range []struct{ language, label, unit, want string }{
		{"", "surprise", "bits", "surprise (bits)"},
		{"de", "Überraschung", "bits", "Überraschung (Bit)"},
		{"", "bits a token", "bits", "bits a token"},
		{"de", "Bit je Token", "bits", "Bit je Token"},
		{"", "P of the word", "prob", "P of the word"},
		{"", "came", "share", "came"},
		{"", "time", "ms", "time (ms)"},
		{"", "", "bits", "(bits)"},
		{"", "order", "", "order"},
	} {
		a := Axis{Label: c.label, Unit: c.unit}
		if got := a.Head(&Words{Language: c.language}); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
		d := wideCurves(1, 3, "x", false, false)
		d.Language, d.Y, d.Levels = c.language, a, nil
		f, err := Curves(Input{Data: d})
		if err != nil {
			t.Fatal(err)
		}
		if all := texts(t, f); !slices.ContainsFunc(all, func(w written) bool { return w.text == c.want }) {
			t.Errorf("no panel is headed %q", c.want)
		}
	}
}

// Numbers that are missing, all the same, or few are drawn with all places known
// and on the page, whatever the axes are.
func TestOddCurves(t *testing.T) {
	place := regexp.MustCompile(`[ML](-?[\d.]+) (-?[\d.]+)`)
	number := rapid.SampledFrom([]float64{0, 1, 100, 100, 100, .5, 1e-12, 1e12, math.NaN(), math.Inf(1)})
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		panel := func() CurvesData {
			d := CurvesData{
				X: Axis{Label: "x", Log: rapid.Bool().Draw(t, "log x")}, Y: Axis{Label: "y", Log: rapid.Bool().Draw(t, "log y"), Unit: rapid.SampledFrom([]string{"", "share"}).Draw(t, "unit")},
				Points: rapid.Bool().Draw(t, "points"), Equal: rapid.Bool().Draw(t, "equal"),
			}
			for range rapid.IntRange(1, 3).Draw(t, "series") {
				var s Series
				for range rapid.IntRange(1, 3).Draw(t, "numbers") {
					s.X, s.Y = append(s.X, number.Draw(t, "x")), append(s.Y, number.Draw(t, "y"))
				}
				d.Series = append(d.Series, s)
			}
			return d
		}
		d := panel()
		if rapid.Bool().Draw(t, "two panels") {
			d.Below = []CurvesData{panel()}
		}
		f, err := Curves(Input{Data: &d})
		if err != nil {
			return
		}
		drawn++
		var b bytes.Buffer
		if err := Write(f, "svg", &b); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
			t.Fatalf("a place is no number: %+v", d)
		}
		for _, m := range place.FindAllStringSubmatch(b.String(), -1) {
			for k, most := range []float64{f.Width, f.Height} {
				if v, err := strconv.ParseFloat(m[k+1], 64); err != nil || v < -1 || v > most+1 {
					t.Fatalf("%s is not on the page: %+v", m[0], d)
				}
			}
		}
	})
	if drawn < 5 {
		t.Errorf("only %d were drawn", drawn)
	}
}
