package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A figure is something measured several times: least, median and most.
type figure [3]float64

// newFigure returns the figure of at least one measurement, whose order it
// changes.
func newFigure(all []float64) figure {
	slices.Sort(all)
	return figure{all[0], median(all), all[len(all)-1]}
}

// median is the middle of sorted numbers.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// times is a figure in another unit.
func (f figure) times(c float64) *figure { return &figure{f[0] * c, f[1] * c, f[2] * c} }

// MarshalJSON implements json.Marshaler: [least, median, most] with five digits
// at least.
func (f figure) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range f {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, rounded(x, 5), 'f', -1, 64)
	}
	return append(b, ']'), nil
}

// String is the figure for people: median (least to most).
func (f figure) String() string {
	if f[0] == f[2] {
		return digits(f[1])
	}
	return fmt.Sprintf("%s (%s to %s)", digits(f[1]), digits(f[0]), digits(f[2]))
}

// digits is a number with three digits, or whole if it is larger.
func digits(x float64) string {
	if math.Abs(x) >= 999.5 {
		return thousands(int64(math.Round(x)))
	}
	return strconv.FormatFloat(rounded(x, 3), 'f', -1, 64)
}

// rounded is x to so many digits; those before the point are all kept.
func rounded(x float64, digits int) float64 {
	if x == 0 || math.IsInf(x, 0) {
		return x
	}
	places := max(digits-1-int(math.Floor(math.Log10(math.Abs(x)))), 0)
	unit := math.Pow(10, float64(min(places, 300)))
	return math.Round(x*unit) / unit
}

// benchTable lists what was measured for people, a column for each number of
// threads.
func benchTable(all []measured) string {
	var b strings.Builder
	b.WriteString(all[0].title())
	lines := [][]string{{"threads"}}
	for i, m := range all {
		threads := strconv.Itoa(m.Threads)
		if m.Threads == 0 {
			threads = "auto"
		}
		lines[0] = append(lines[0], threads)
		for j, line := range m.lines() {
			if i == 0 {
				lines = append(lines, []string{line[0]})
			}
			lines[j+1] = append(lines[j+1], line[1])
		}
	}
	widths := make([]int, len(all)+1)
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, line := range lines {
		row := ""
		for i, cell := range line {
			row += fmt.Sprintf("%-*s", widths[i]+2, cell)
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return b.String()
}
