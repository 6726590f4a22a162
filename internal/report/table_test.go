package report

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen/internal/lesson"
	"argen/viz"
)

// generous is a page in English with room for all.
func generous(t *testing.T) *page {
	return &page{words: catalogue(t, "en"), thrift: thrifts[0], known: &figures{drawn: map[string]drawn{}}}
}

// TestFigures4: numbers of tables, with the signs of a text.
func TestFigures4(t *testing.T) {
	for want, x := range map[string]float64{
		"0": 0, "1": 1, "−12": -12, "123456789": 123456789, "1e+9": 1e9, "1.235e+10": 12345678901, "0.1235": .12345678, "−0.5": -.5,
		"1.2e−7": 1.2e-7, "12.35": 12.3456, "+∞": math.Inf(1), "−∞": math.Inf(-1), "–": math.NaN(), "100000": 99999.5,
	} {
		if got := figures4(x); got != want {
			t.Errorf("figures4(%v) = %s, want %s", x, got, want)
		}
	}
	for x, want := range map[float64]float64{.123456: .1235, -98765: -98760, math.Inf(1): 0, 0: 0} {
		if got := round4(x); got != want {
			t.Errorf("round4(%v) = %v, want %v", x, got, want)
		}
	}
	if got := round4(math.NaN()); got != 0 {
		t.Errorf("round4(NaN) = %v", got)
	}
	if got := round3(.123456); got != .123 {
		t.Errorf("round3 gives %v", got)
	}
	for want, unit := range map[string]string{"25 %": "share", "0.250": "bits", "0.25": ""} {
		if got := value(unit, .25); got != want {
			t.Errorf("¼ in %q is %s, want %s", unit, got, want)
		}
	}
}

// TestDataTables: what a chart draws, in rows.
func TestDataTables(t *testing.T) {
	nan := math.NaN()
	levels := []viz.Level{{Name: "chance", Y: .5}}
	for name, test := range map[string]struct {
		data viz.Data
		want []table
	}{
		"the same x": {
			&viz.CurvesData{
				Words: viz.Words{Title: "T"}, X: viz.Axis{Label: "step"}, Y: viz.Axis{Label: "P", Unit: "share"}, Levels: levels,
				Series: []viz.Series{
					{Name: "a", X: viz.Values{1, 2}, Y: viz.Values{.25, .5}, Lo: viz.Values{.2, nan}, Hi: viz.Values{.3, nan}},
					{Name: "", X: viz.Values{1, 2}, Y: viz.Values{.75, 1}},
				},
				Below: []viz.CurvesData{{X: viz.Axis{Label: "step"}, Y: viz.Axis{Label: "bits", Unit: "bits"}, Series: []viz.Series{{Name: "bits", X: viz.Values{1}, Y: viz.Values{2}}}}},
			},
			[]table{
				{Caption: "T", Head: []string{"step", "a: P", "P"}, Rows: [][]string{{"1", "25 % [20, 30]", "75 %"}, {"2", "50 %", "100 %"}}},
				{Caption: "Lines in “T”", Head: []string{"line", "P"}, Rows: [][]string{{"chance", "50 %"}}},
				{Caption: "T: bits", Head: []string{"step", "bits"}, Rows: [][]string{{"1", "2.000"}}},
			},
		},
		"other x": {
			&viz.CurvesData{
				Words: viz.Words{Title: "T"}, X: viz.Axis{Label: "k", Unit: "bits"}, Y: viz.Axis{Label: "y"},
				Series: []viz.Series{{Name: "a", X: viz.Values{1}, Y: viz.Values{3}}, {Name: "b", X: viz.Values{1, 4}, Y: viz.Values{5, 6}, Lo: viz.Values{4, 5}, Hi: viz.Values{7, 8}}},
			},
			[]table{{
				Caption: "T", Head: []string{"series", "k", "y"},
				Rows: [][]string{{"a", "1.000", "3"}, {"b", "1.000", "5 [4, 7]"}, {"b", "4.000", "6 [5, 8]"}},
			}},
		},
		"bars": {
			&viz.BarsData{
				Words: viz.Words{Title: "T"}, Y: viz.Axis{Label: "bits", Unit: "bits"}, Groups: []string{"g", "h"}, Levels: levels,
				Series: []viz.Series{{Name: "a", Y: viz.Values{1, nan}, Lo: viz.Values{.5, nan}, Hi: viz.Values{1.5, nan}}},
				Below:  []viz.BarsData{{Y: viz.Axis{Label: "n"}, Groups: []string{"g"}, Series: []viz.Series{{Y: viz.Values{7}}}}},
			},
			[]table{
				{Caption: "T", Head: []string{"of", "a: bits"}, Rows: [][]string{{"g", "1.000 [0.500, 1.500]"}, {"h", "–"}}},
				{Caption: "Lines in “T”", Head: []string{"line", "bits"}, Rows: [][]string{{"chance", "0.500"}}},
				{Caption: "T: n", Head: []string{"of", "n"}, Rows: [][]string{{"g", "7"}}},
			},
		},
		"matrix": {
			&viz.MatrixData{
				Words: viz.Words{Title: "T"}, Row: "layer", Col: "token", Unit: "share", Rows: []string{"1", "2"}, Cols: []string{" the", "b"},
				Panels: []viz.Panel{
					{Name: "head 1", Cells: []viz.Values{{.25, .75}, {1, 0}}, Texts: [][]string{{" a", ""}, {"c"}}},
					{Cells: []viz.Values{{0, 1}, {.5, .5}}},
				},
			},
			[]table{
				{Caption: "T: head 1", Head: []string{`layer \ token`, "·the", "b"}, Rows: [][]string{{"1", "·a 25 %", "75 %"}, {"2", "c 100 %", "0 %"}}},
				{Caption: "T", Head: []string{`layer \ token`, "·the", "b"}, Rows: [][]string{{"1", "0 %", "100 %"}, {"2", "50 %", "50 %"}}},
			},
		},
	} {
		var got []table
		for _, table := range generous(t).dataTables(test.data) {
			if len(table.Rows) > 0 {
				got = append(got, table)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want, +got):\n%s", name, diff)
		}
	}
}

// TestNumeric: a column is one of numbers if each of its cells is one.
func TestNumeric(t *testing.T) {
	got := table{Head: []string{"name", "n", "mixed", "short"}, Rows: [][]string{{"a", "−1", "2", "3"}, {"b", "–", "c"}, {"c", "", ".5", "∞"}}}.Numeric()
	if diff := cmp.Diff([]bool{false, true, false, false}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCut: rows beyond what a page has room for are left out, and it says so in
// both places, once.
func TestCut(t *testing.T) {
	p := generous(t)
	p.thrift.rows = 2
	long := table{Caption: "T", Rows: [][]string{{"a"}, {"b"}, {"c"}}}
	for range 2 {
		if got := p.cut(long); len(got.Rows) != 2 || got.Note != "The first 2 of 3 rows." {
			t.Errorf("%+v", got)
		}
	}
	if diff := cmp.Diff([]string{"rows of the table “T”"}, p.notes); diff != "" {
		t.Error(diff)
	}
	if got := p.cut(table{Rows: long.Rows[:2]}); len(got.Rows) != 2 || got.Note != "" {
		t.Errorf("two rows: %+v", got)
	}
}

// TestVerdicts: what a page says of a lesson's verdicts and numbers is what the
// record has.
func TestVerdicts(t *testing.T) {
	r := record("x")
	r.Verdicts = []lesson.Verdict{
		{Number: "x", Rule: "<", Limit: .5, Holds: true, Text: "one"},
		{Number: "other", Rule: ">=", Limit: 4.5, Text: "two"},
		{Number: "x", Rule: "<=", Limit: 1, Holds: true, Text: "three"},
		{Number: "other", Rule: ">", Limit: 5, Text: "four"},
	}
	r.Tables = []lesson.Table{{Title: "T", Columns: []string{"a", "b"}, Rows: [][]lesson.Cell{{{Text: "short"}}, {{Text: "1"}, {Text: "2"}, {Text: "3"}}}}}
	v, err := generous(t).lesson(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ got, want [][]string }{
		{v.Verdicts.Rows, [][]string{
			{"one", "28 % [25, 31]", "< 50 %", "holds"},
			{"two", "4.567", "≥ 4.500", "does not hold"},
			{"three", "28 % [25, 31]", "≤ 100 %", "holds"},
			{"four", "4.567", "> 5.000", "does not hold"},
		}},
		{v.Numbers.Rows, [][]string{{"x", "28 % [25, 31]", "500"}, {"other", "4.567", "–"}}},
		{v.Tables[0].Rows, [][]string{{"short", ""}, {"1", "2"}}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("(-want, +got):\n%s", diff)
		}
	}
	if v.Command != "argen explain x -m x --seed 3" || !v.Options[1].Right || v.Options[0].Right || !v.Options[0].Known {
		t.Errorf("%q, %+v", v.Command, v.Options)
	}
}
