package report

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"argen/internal/lesson"
	"argen/viz"
)

// A table is numbers in rows; the first cell of a row names it.
type table struct {
	Caption string
	Head    []string
	Rows    [][]string
	Note    string // what was left out
}

// numeric is how a cell with a number begins, or a sign that there is none.
var numeric = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[-+]?[−–∞.0-9]|^$`) })

// Numeric says of each column whether it has numbers alone.
func (t table) Numeric() []bool {
	all := make([]bool, len(t.Head))
	for i := range all {
		all[i] = !slices.ContainsFunc(t.Rows, func(row []string) bool { return i >= len(row) || !numeric().MatchString(row[i]) })
	}
	return all
}

// cut leaves out the rows that are too many.
func (p *page) cut(t table) table {
	if n := len(t.Rows); n > p.thrift.rows {
		t.Rows = t.Rows[:p.thrift.rows]
		t.Note = p.say("left_rows", "shown", strconv.Itoa(p.thrift.rows), "all", strconv.Itoa(n))
		p.left(p.say("left_rows_of", "table", t.Caption))
	}
	return t
}

// value is a number as tables have it.
func value(unit string, x float64) string {
	switch unit {
	case "share":
		return lesson.Number{Value: x, Unit: lesson.Share}.String()
	case "bits":
		return lesson.Number{Value: x, Unit: lesson.Bits}.String()
	}
	return figures4(x)
}

// figures4 is a number with four significant digits at most.
func figures4(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 0):
		return minus(strings.Replace(strconv.FormatFloat(x, 'g', -1, 64), "Inf", "∞", 1))
	case x == math.Trunc(x) && math.Abs(x) < 1e9:
		return minus(strconv.FormatFloat(x, 'f', 0, 64))
	}
	return minus(strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(strconv.FormatFloat(round4(x), 'g', -1, 64)))
}

// round4 rounds to four significant digits.
func round4(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	if err != nil || math.IsInf(y, 0) || math.IsNaN(y) {
		return 0 // a number that JSON does not have
	}
	return y
}

// thousands is a whole number with commas: 49,152.
func thousands(n int) string { return lesson.Number{Value: float64(n), Unit: lesson.Count}.String() }

func minus(s string) string { return strings.ReplaceAll(s, "-", "−") }

// interval is a number of a series with its interval, if it has one.
func interval(unit string, s *viz.Series, i int) string {
	text := value(unit, s.Y[i])
	if i < len(s.Lo) && !math.IsNaN(s.Lo[i]) && !math.IsNaN(s.Hi[i]) {
		text += " [" + strings.TrimSuffix(value(unit, s.Lo[i]), " %") + ", " + strings.TrimSuffix(value(unit, s.Hi[i]), " %") + "]"
	}
	return text
}

// dataTables are the numbers of a chart.
func (p *page) dataTables(data viz.Data) []table {
	switch d := data.(type) {
	case *viz.CurvesData:
		all := []table{p.curvesTable(d), p.levels(d.Title, d.Y, d.Levels)}
		for _, below := range d.Below {
			below.Title = d.Title + ": " + below.Y.Label
			all = append(all, p.dataTables(&below)...)
		}
		return all
	case *viz.BarsData:
		t := table{Caption: visible(d.Title), Head: []string{p.say("of")}}
		for _, s := range d.Series {
			t.Head = append(t.Head, heading(s.Name, d.Y))
		}
		for i, g := range d.Groups {
			row := []string{visible(g)}
			for k := range d.Series {
				row = append(row, interval(d.Y.Unit, &d.Series[k], i))
			}
			t.Rows = append(t.Rows, row)
		}
		all := []table{p.cut(t), p.levels(d.Title, d.Y, d.Levels)}
		for _, below := range d.Below {
			below.Title = d.Title + ": " + below.Y.Label
			all = append(all, p.dataTables(&below)...)
		}
		return all
	case *viz.MatrixData:
		var all []table
		for _, panel := range d.Panels {
			all = append(all, p.cut(matrixTable(d, panel)))
		}
		return all
	}
	return nil
}

// heading names a column of a series.
func heading(name string, y viz.Axis) string {
	switch {
	case name == "":
		return visible(y.Label)
	case y.Label == "" || name == y.Label:
		return visible(name)
	}
	return visible(name) + ": " + visible(y.Label)
}

// curvesTable has a row for each x where all series have the same, else one for
// each point.
func (p *page) curvesTable(d *viz.CurvesData) table {
	t := table{Caption: visible(d.Title)}
	same := true
	for _, s := range d.Series {
		same = same && slices.Equal(s.X, d.Series[0].X)
	}
	if same {
		t.Head = []string{visible(d.X.Label)}
		for _, s := range d.Series {
			t.Head = append(t.Head, heading(s.Name, d.Y))
		}
		for i, x := range d.Series[0].X {
			row := []string{value(d.X.Unit, x)}
			for k := range d.Series {
				row = append(row, interval(d.Y.Unit, &d.Series[k], i))
			}
			t.Rows = append(t.Rows, row)
		}
		return p.cut(t)
	}
	t.Head = []string{p.say("series"), visible(d.X.Label), visible(d.Y.Label)}
	for k := range d.Series {
		s := &d.Series[k]
		for i, x := range s.X {
			t.Rows = append(t.Rows, []string{visible(s.Name), value(d.X.Unit, x), interval(d.Y.Unit, s, i)})
		}
	}
	return p.cut(t)
}

// levels is the table of the lines across a chart; it has no rows where there
// are none.
func (p *page) levels(title string, y viz.Axis, list []viz.Level) table {
	t := table{Caption: p.say("levels", "chart", visible(title)), Head: []string{p.say("level"), visible(y.Label)}}
	for _, l := range list {
		t.Rows = append(t.Rows, []string{visible(l.Name), value(y.Unit, l.Y)})
	}
	return t
}

func matrixTable(d *viz.MatrixData, panel viz.Panel) table {
	t := table{Caption: visible(d.Title), Head: []string{visible(d.Row) + " \\ " + visible(d.Col)}}
	if panel.Name != "" {
		t.Caption += ": " + visible(panel.Name)
	}
	for _, c := range d.Cols {
		t.Head = append(t.Head, piece(c))
	}
	for i, r := range d.Rows {
		row := []string{piece(r)}
		for k, x := range panel.Cells[i] {
			cell := value(d.Unit, x)
			if panel.Texts != nil && k < len(panel.Texts[i]) && panel.Texts[i][k] != "" {
				cell = piece(panel.Texts[i][k]) + " " + cell
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// lessonTable is a table of a lesson.
func (p *page) lessonTable(from *lesson.Table) table {
	t := table{Caption: visible(from.Title)}
	for _, c := range from.Columns {
		t.Head = append(t.Head, visible(c))
	}
	for _, row := range from.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, visible(c.String()))
		}
		for len(cells) < len(t.Head) { // of a file that somebody wrote
			cells = append(cells, "")
		}
		t.Rows = append(t.Rows, cells[:len(t.Head)])
	}
	return p.cut(t)
}
