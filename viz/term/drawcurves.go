package term

import (
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen/viz"
)

const (
	curveRows = 14 // of the field that curves are drawn in
	mostRows  = 9  // of the table below
)

// curves draws numbers over a number: a field with a mark at each number, joined
// by dots, uprights for intervals; below it a table of the numbers, of some of
// them where there are many.
func (d Drawing) curves(c *viz.CurvesData) []string {
	if d.Bare {
		lines := d.wrapped(c.Y.Head(&c.Words))
		for _, l := range c.Levels {
			lines = append(lines, d.wrapped(l.Name+": "+figures(c.Y.Unit, l.Y))...)
		}
		return append(lines, d.curveTable(c)...)
	}
	var xs, ys [][]float64
	ys = append(ys, levelNumbers(c.Levels))
	for i := range c.Series {
		s := &c.Series[i]
		xs, ys = append(xs, s.X), append(ys, s.Y, s.Lo, s.Hi)
	}
	y, okY := over(c.Y.Log, !c.Equal, curveRows-1, ys...)
	top, bottom := figures(c.Y.Unit, y.high), figures(c.Y.Unit, y.low)
	names := max(ansi.StringWidth(top), ansi.StringWidth(bottom))
	x, okX := over(c.X.Log, false, d.Width-names-3, xs...)
	if !okX || !okY {
		return nil
	}
	f := newField(d, x, y)
	for _, l := range c.Levels {
		f.level(l.Y)
	}
	if low, high := max(x.low, y.low), min(x.high, y.high); c.Equal && low < high {
		f.join(low, low, high, high)
	}
	for i := range c.Series {
		f.series(&c.Series[i], d.mark(i), c.Points)
	}
	lines := d.curveLegend(c)
	if head := c.Y.Head(&c.Words); head != "" {
		lines = append(lines, d.shown(head, d.Width))
	}
	for i, row := range f.rows() {
		label := ""
		switch i {
		case 0:
			label = top
		case curveRows - 1:
			label = bottom
		}
		lines = append(lines, strings.TrimRight(left(label, names)+" "+d.sign("│", "|")+row, " "))
	}
	lines = append(lines, strings.Repeat(" ", names+1)+d.sign("└", "+")+strings.Repeat(d.sign("─", "-"), x.n+1))
	first, last := figures(c.X.Unit, x.low), figures(c.X.Unit, x.high)
	room := x.n + 1 - ansi.StringWidth(first) - ansi.StringWidth(last)
	label := d.shown(c.X.Head(&c.Words), max(room-2, 0))
	gap := room - ansi.StringWidth(label)
	lines = append(lines, strings.Repeat(" ", names+2)+first+strings.Repeat(" ", gap/2)+label+strings.Repeat(" ", gap-gap/2)+last)
	return append(lines, d.curveTable(c)...)
}

// curveLegend names the series and levels.
func (d Drawing) curveLegend(c *viz.CurvesData) []string {
	var parts []string
	for i, s := range c.Series {
		if s.Name != "" {
			parts = append(parts, string(d.mark(i))+" "+s.Name)
		}
	}
	for _, l := range c.Levels {
		parts = append(parts, d.sign("╌ ", "- ")+l.Name+" "+figures(c.Y.Unit, l.Y))
	}
	for i := range parts {
		parts[i] = strings.ReplaceAll(d.shown(parts[i], d.Width), " ", "\x00") // a name stays in one line
	}
	if len(parts) == 0 {
		return nil
	}
	return strings.Split(Wrap(strings.Join(parts, "  "), d.Width), "\n")
}

// curveTable has the numbers of all series by x, none of those of a cloud.
func (d Drawing) curveTable(c *viz.CurvesData) []string {
	var xs []float64
	for _, s := range c.Series {
		xs = append(xs, s.X...)
	}
	slices.Sort(xs)
	xs = slices.DeleteFunc(slices.Compact(xs), func(x float64) bool { return !finite(x) })
	if c.Points && len(xs) > mostRows {
		return nil
	}
	if n := len(xs); n > mostRows {
		some := make([]float64, mostRows)
		for i := range some {
			some[i] = xs[i*(n-1)/(mostRows-1)]
		}
		xs = some
	}
	t := Table{Heads: []string{c.X.Head(&c.Words)}, Right: []bool{true}}
	for i, s := range c.Series {
		name := s.Name
		if name == "" {
			name = c.Y.Head(&c.Words)
		} else if !d.Bare {
			name = string(d.mark(i)) + " " + name
		}
		t.Heads, t.Right = append(t.Heads, name), append(t.Right, len(s.Lo) == 0)
	}
	for _, x := range xs {
		row := []string{figures(c.X.Unit, x)}
		for i := range c.Series {
			s := &c.Series[i]
			cell := ""
			if at := slices.Index(s.X, x); at >= 0 {
				cell = withInterval(c.Y.Unit, s, at)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return append([]string{""}, t.Lines(d.Width)...)
}

// A field is what curves are drawn in: a cell has a sign of its own or the dots
// of joins, two beside each other and four on top of each other.
type field struct {
	d     Drawing
	x, y  span
	signs [][]rune
	dots  [][]uint8
}

func newField(d Drawing, x, y span) *field {
	f := &field{d: d, x: x, y: y}
	for range y.n + 1 {
		f.signs = append(f.signs, make([]rune, x.n+1))
		f.dots = append(f.dots, make([]uint8, x.n+1))
	}
	return f
}

// cell is that of a number pair, ok if it has one.
func (f *field) cell(x, y float64) (column, row int, ok bool) {
	a, b := f.x.at(x), f.y.at(y)
	if !finite(a) || !finite(b) || a < 0 || b < 0 || a > float64(f.x.n) || b > float64(f.y.n) {
		return 0, 0, false
	}
	return int(math.Round(a)), f.y.n - int(math.Round(b)), true
}

// level draws a line across.
func (f *field) level(y float64) {
	if _, row, ok := f.cell(f.x.low, y); ok {
		for i := range f.signs[row] {
			f.signs[row][i] = []rune(f.d.sign("╌", "-"))[0]
		}
	}
}

// series draws the numbers of a series.
func (f *field) series(s *viz.Series, mark rune, points bool) {
	before := -1
	for i := range s.Y {
		column, row, ok := f.cell(s.X[i], s.Y[i])
		if !ok {
			before = -1
			continue
		}
		if lo, hi, is := interval(s, i); is {
			f.upright(column, row, s.X[i], lo, hi)
		}
		if before >= 0 && !points {
			f.join(s.X[before], s.Y[before], s.X[i], s.Y[i])
		}
		before = i
	}
	every := max(1, len(s.Y)/20) // marks of a long series stand apart
	for i := range s.Y {
		if column, row, ok := f.cell(s.X[i], s.Y[i]); ok && (points || i%every == 0 || i == len(s.Y)-1) {
			f.signs[row][column] = mark
		}
	}
}

// upright draws an interval.
func (f *field) upright(column, row int, x, lo, hi float64) {
	_, from, ok := f.cell(x, hi)
	_, to, also := f.cell(x, lo)
	if !ok || !also {
		return
	}
	for r := from; r <= to; r++ {
		if r != row && f.signs[r][column] == 0 {
			f.signs[r][column] = []rune(f.d.sign("│", "|"))[0]
		}
	}
}

// brailleBits are the bits of the dots of a cell, by column and row.
var brailleBits = [2][4]uint8{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// join draws dots from one pair to another.
func (f *field) join(x1, y1, x2, y2 float64) {
	a, b, c, d := f.x.at(x1), f.y.at(y1), f.x.at(x2), f.y.at(y2)
	if !finite(a + b + c + d) {
		return
	}
	steps := int(max(math.Abs(c-a)*2, math.Abs(d-b)*4, 1))
	for i := 0; i <= steps; i++ {
		t := float64(i) / float64(steps)
		x, y := a+(c-a)*t+.5, b+(d-b)*t+.5 // a number lies in the middle of its cell
		column, row := int(x), f.y.n-int(y)
		if column < 0 || row < 0 || column > f.x.n || row > f.y.n {
			continue
		}
		sub := [2]int{int((x - math.Floor(x)) * 2), 3 - int((y-math.Floor(y))*4)}
		f.dots[row][column] |= brailleBits[sub[0]][sub[1]]
	}
}

// rows are the lines of the field.
func (f *field) rows() []string {
	var all []string
	for r := range f.signs {
		line := make([]rune, len(f.signs[r]))
		for i, s := range f.signs[r] {
			switch {
			case s != 0:
				line[i] = s
			case f.dots[r][i] != 0 && f.d.ASCII:
				line[i] = '.'
			case f.dots[r][i] != 0:
				line[i] = rune(0x2800 + int(f.dots[r][i]))
			default:
				line[i] = ' '
			}
		}
		all = append(all, string(line))
	}
	return all
}
