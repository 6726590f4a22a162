package lesson

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"argen/internal/golden"
	"argen/viz"
)

// checkFigures compares all that a lesson measured with what it measured before:
// a figure that changes is one that somebody has to explain.
func checkFigures(t *testing.T, l *Lesson, r *Record) {
	t.Helper()
	golden.String(t, "figures/"+l.Name+".txt", figuresOf(r))
}

// figuresOf has what a record measured without its texts: numbers and verdicts, the
// numbers of tables, and of each series of a chart how many there are and their
// mean.
func figuresOf(r *Record) string {
	var b strings.Builder
	for _, n := range r.Numbers {
		fmt.Fprintf(&b, "%s = %s of %d\n", n.Name, figure(n), n.N)
	}
	for _, v := range r.Verdicts {
		fmt.Fprintf(&b, "verdict %s: %s %s %v, %v\n", v.Name, v.Number, v.Rule, v.Limit, v.Holds)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Facts)) {
		fmt.Fprintf(&b, "fact %s: %q\n", name, r.Facts[name])
	}
	for _, table := range r.Tables {
		fmt.Fprintf(&b, "table %s of %d columns\n", table.Name, len(table.Columns))
		for _, row := range table.Rows {
			var cells []string
			for _, c := range row {
				if c.Number != nil {
					cells = append(cells, figure(*c.Number))
				} else {
					cells = append(cells, "·")
				}
			}
			fmt.Fprintf(&b, "  %s\n", strings.Join(cells, " | "))
		}
	}
	for _, c := range r.Charts {
		fmt.Fprintf(&b, "chart %s\n%s", c.Kind, drawnFrom(c.Data))
	}
	fmt.Fprintf(&b, "answer %d\n", r.Answer)
	return b.String()
}

// figure is a number as texts have it; what rounding left is not the same on every
// processor.
func figure(n Number) string {
	if n.Unit == Error {
		return "(rounding)"
	}
	return n.WithInterval()
}

// drawnFrom is what a chart is drawn from, a line for each series.
func drawnFrom(data viz.Data) string {
	var b strings.Builder
	series := func(list []viz.Series) {
		for _, s := range list {
			fmt.Fprintf(&b, "  %d at %s: %s [%s, %s]\n", len(s.Y), average(s.X), average(s.Y), average(s.Lo), average(s.Hi))
		}
	}
	levels := func(list []viz.Level) {
		for _, l := range list {
			fmt.Fprintf(&b, "  level %s\n", average(viz.Values{l.Y}))
		}
	}
	switch d := data.(type) {
	case *viz.CurvesData:
		series(d.Series)
		levels(d.Levels)
		for i := range d.Below {
			b.WriteString(drawnFrom(&d.Below[i]))
		}
	case *viz.BarsData:
		series(d.Series)
		levels(d.Levels)
		for i := range d.Below {
			b.WriteString(drawnFrom(&d.Below[i]))
		}
	case *viz.MatrixData:
		for _, p := range d.Panels {
			fmt.Fprintf(&b, "  %d × %d: %s\n", len(d.Rows), len(d.Cols), average(slices.Concat(p.Cells...)))
		}
	}
	return b.String()
}

// average is the mean of those that are numbers, with four digits.
func average(values viz.Values) string {
	sum, n := 0.0, 0
	for _, x := range values {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			sum, n = sum+x, n+1
		}
	}
	switch mean := sum / float64(n); {
	case n == 0:
		return "none"
	case math.Abs(mean) < 1e-9: // rounding
		return "0"
	default:
		return strconv.FormatFloat(mean, 'g', 4, 64)
	}
}
