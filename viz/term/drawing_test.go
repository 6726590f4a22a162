package term

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"argen/internal/golden"
	"argen/viz"
)

func say(key string) string {
	return map[string]string{"interval": "the interval of 95 in 100", "shades": "from 0 to the most", "strongest": "the strongest"}[key]
}

// drawn are charts of all forms.
func drawn() map[string]viz.Data {
	nan := math.NaN()
	var xs, ys, zs viz.Values
	for i := range 65 {
		xs = append(xs, float64(i))
		ys = append(ys, 6*math.Exp(-float64(i)/12)+.6)
		zs = append(zs, 2.5+math.Sin(float64(i)/6))
	}
	cells := func(rows, cols int) (list []viz.Values) {
		for i := range rows {
			var row viz.Values
			for j := range cols {
				row = append(row, math.Abs(math.Sin(float64(i*cols+j*j))))
			}
			row[(i*3)%cols] = nan
			list = append(list, row)
		}
		return list
	}
	texts := func(rows, cols int) (list [][]string) {
		for i := range rows {
			var row []string
			for j := range cols {
				row = append(row, []string{"Mia", " the", "\n", "garden", "語", "extraordinary"}[(i*cols+j)%6])
			}
			list = append(list, row)
		}
		return list
	}
	numbered := func(prefix string, n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf("%s%d", prefix, i+1))
		}
		return list
	}
	return map[string]viz.Data{
		"bars": &viz.BarsData{
			Words:  viz.Words{Title: "Bits a token by model", Caption: "The fewer the better; the line is the entropy of the source."},
			Y:      viz.Axis{Label: "bits a token", Unit: "bits"},
			Groups: []string{"order 1", "order 2", "order 3", "transformer", "truth"},
			Series: []viz.Series{{Y: viz.Values{7.39, 3.22, 1.87, .612, .571}, Lo: viz.Values{7.1, 3.0, 1.8, .6, .571}, Hi: viz.Values{7.7, 3.5, 1.93, .63, .571}}},
			Levels: []viz.Level{{Name: "entropy", Y: .571}},
		},
		"bars-series": &viz.BarsData{
			Words:  viz.Words{Title: "Shares"},
			Y:      viz.Axis{Label: "share of coherent stories", Unit: "share"},
			Groups: []string{"in parallel", "in a loop, one token after the other, each given all before it"},
			Series: []viz.Series{{Name: "story", Y: viz.Values{0, .72}}, {Name: "truth", Y: viz.Values{.003, 1}}},
		},
		"bars-negative": &viz.BarsData{
			Y: viz.Axis{Label: "gain", Unit: "bits"}, Groups: []string{"a", "b", "c"},
			Series: []viz.Series{{Y: viz.Values{-1.5, 2, nan}}},
		},
		"curves": &viz.CurvesData{
			Words:  viz.Words{Title: "The more past, the better the prediction", Subtitle: "story", Caption: "Bits a token with the last k tokens alone."},
			X:      viz.Axis{Label: "tokens of context"},
			Y:      viz.Axis{Label: "bits a token", Unit: "bits"},
			Series: []viz.Series{{Name: "transformer", X: xs, Y: ys}, {Name: "without memory", X: xs, Y: zs}},
			Levels: []viz.Level{{Name: "entropy", Y: .571}},
		},
		"curves-log": &viz.CurvesData{
			X: viz.Axis{Label: "steps", Log: true}, Y: viz.Axis{Label: "P", Unit: "share"},
			Series: []viz.Series{{
				Name: "P(next)", X: viz.Values{0, 1, 10, 100, 1000}, Y: viz.Values{.01, .02, .3, nan, .96},
				Lo: viz.Values{0, .01, .2, nan, .9}, Hi: viz.Values{.03, .05, .42, nan, .99},
			}},
		},
		"curves-equal": &viz.CurvesData{
			Words: viz.Words{Title: "Said and so"},
			X:     viz.Axis{Label: "said", Unit: "share"}, Y: viz.Axis{Label: "so", Unit: "share"}, Equal: true, Points: true,
			Series: []viz.Series{{X: viz.Values{.05, .25, .5, .75, .95}, Y: viz.Values{.06, .2, .51, .8, .93}}},
		},
		"cloud": &viz.CurvesData{X: viz.Axis{Label: "x"}, Y: viz.Axis{Label: "y"}, Points: true, Series: []viz.Series{{X: xs, Y: zs}}},
		"matrix": &viz.MatrixData{
			Words: viz.Words{Title: "What each token did"}, Rows: numbered("t", 4), Cols: []string{"It", " was", " a", " rainy", "\n"},
			Row: "for", Col: "token", Unit: "bits", Panels: []viz.Panel{{Cells: cells(4, 5)}},
		},
		"matrix-texts": &viz.MatrixData{
			Rows: numbered("layer ", 3), Cols: numbered("token ", 12), Row: "layer", Unit: "share",
			Panels: []viz.Panel{{Name: "guesses", Cells: cells(3, 12), Texts: texts(3, 12)}},
		},
		"matrix-wide": &viz.MatrixData{
			Rows: numbered("head ", 3), Cols: numbered("word", 60), Row: "head", Unit: "share", Most: 1,
			Panels: []viz.Panel{{Name: "one", Cells: cells(3, 60)}, {Name: "two", Cells: cells(3, 60), Texts: texts(3, 60)}},
		},
		"hostile": &viz.BarsData{
			Words: viz.Words{Title: "a\x1b[31mb\u202e"}, Groups: []string{"\x07<script>\n", ""}, Y: viz.Axis{Label: "\x1b"},
			Series: []viz.Series{{Name: "x", Y: viz.Values{1, 0}}},
		},
	}
}

// TestDrawings: each form at the widths of terminals, and in ASCII.
func TestDrawings(t *testing.T) {
	for name, data := range drawn() {
		var b strings.Builder
		for _, d := range []Drawing{{Width: 60}, {Width: 80}, {Width: 120}, {Width: 80, ASCII: true}, {Width: 80, Bare: true}} {
			d.Say = say
			fmt.Fprintf(&b, "%d columns, ASCII %v, bare %v\n\n", d.Width, d.ASCII, d.Bare)
			lines := d.Lines(data)
			if len(lines) == 0 {
				t.Errorf("%s: nothing is drawn", name)
			}
			for _, line := range lines {
				if w := ansi.StringWidth(line); w > d.Width {
					t.Errorf("%s: %d columns, not %d: %s", name, w, d.Width, line)
				}
				b.WriteString(line + "\n")
			}
			b.WriteByte('\n')
		}
		if strings.ContainsAny(b.String(), "\x1b\x07\u202e") {
			t.Errorf("%s acts on a terminal: %q", name, &b)
		}
		golden.String(t, "drawing-"+name+".txt", b.String())
	}
	for _, bad := range []viz.Data{
		&viz.BarsData{}, &viz.CurvesData{}, &viz.MatrixData{},
		&viz.BarsData{Groups: []string{"a"}, Series: []viz.Series{{Y: viz.Values{math.NaN()}}}},
		&viz.CurvesData{Series: []viz.Series{{X: viz.Values{1}, Y: viz.Values{math.Inf(1)}}}},
	} {
		if lines := (Drawing{Width: 80, Say: say}).Lines(bad); lines != nil {
			t.Errorf("%+v is drawn: %q", bad, lines)
		}
	}
}

// TestDrawingsFit: whatever the numbers, no line is wider than the screen, and
// nothing panics.
func TestDrawingsFit(t *testing.T) {
	number := rapid.SampledFrom([]float64{0, 1, -1, .5, 1e-12, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN(), 12345.678})
	text := rapid.SampledFrom([]string{"", "a", "語", "a very long name of a thing that is drawn here and does not fit", "\n\x1b[0m"})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		values := func(name string) viz.Values { return rapid.SliceOfN(number, n, n).Draw(t, name) }
		names := func(name string, n int) []string { return rapid.SliceOfN(text, n, n).Draw(t, name) }
		axis := viz.Axis{Label: text.Draw(t, "label"), Unit: rapid.SampledFrom([]string{"", "share", "bits"}).Draw(t, "unit"), Log: rapid.Bool().Draw(t, "log")}
		s := viz.Series{Name: text.Draw(t, "name"), X: values("x"), Y: values("y")}
		if rapid.Bool().Draw(t, "intervals") {
			s.Lo, s.Hi = values("lo"), values("hi")
		}
		list := []viz.Series{s, s}[:rapid.IntRange(1, 2).Draw(t, "series")]
		var cells []viz.Values
		rows := rapid.IntRange(1, 4).Draw(t, "rows")
		for range rows {
			cells = append(cells, values("cells"))
		}
		d := Drawing{Width: rapid.IntRange(40, 130).Draw(t, "width"), ASCII: rapid.Bool().Draw(t, "ascii"), Bare: rapid.Bool().Draw(t, "bare"), Say: say}
		for _, data := range []viz.Data{
			&viz.BarsData{Y: axis, Groups: names("groups", n), Series: list, Levels: []viz.Level{{Name: "level", Y: number.Draw(t, "level")}}},
			&viz.CurvesData{X: axis, Y: axis, Series: list, Equal: rapid.Bool().Draw(t, "equal"), Points: rapid.Bool().Draw(t, "points")},
			&viz.MatrixData{Rows: names("rows", rows), Cols: names("cols", n), Row: "row", Unit: axis.Unit, Panels: []viz.Panel{{Cells: cells}}},
		} {
			for _, line := range d.Lines(data) {
				if w := ansi.StringWidth(line); w > d.Width && !d.Bare {
					t.Fatalf("%T: %q is %d wide, the screen %d", data, line, w, d.Width)
				}
			}
		}
	})
}
