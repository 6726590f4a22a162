package lesson

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/viz/term"
)

func stringWidth(s string) int { return ansi.StringWidth(s) }

// Columns of a table stand this far apart.
const tableGap = 2

// text is the table with aligned columns, at most width wide: cells of text are
// wrapped where it is wider, and a table that is too wide all the same has a line
// for each cell.
func (t Table) text(width int) string {
	grid := [][]string{t.Columns}
	numbers := make([]bool, len(t.Columns)) // columns of numbers without intervals stand to the right
	for i := range numbers {
		numbers[i] = len(t.Rows) > 0
	}
	for _, row := range t.Rows {
		line := make([]string, len(t.Columns))
		for i, cell := range row {
			if i < len(line) {
				line[i] = argen.Printable(cell.String())
				numbers[i] = numbers[i] && cell.Number != nil && cell.Number.Lo == nil
			}
		}
		grid = append(grid, line)
	}
	widths, fits := columnWidths(grid, width)
	var b strings.Builder
	if t.Title != "" {
		b.WriteString(term.Wrap(argen.Printable(t.Title), width) + "\n")
	}
	if !fits {
		for _, row := range grid[1:] {
			for i, cell := range row {
				mark := "- "
				if i > 0 {
					mark = "  "
				}
				b.WriteString(hanging(mark, t.Columns[i]+": "+cell, width) + "\n")
			}
		}
		return b.String()
	}
	for y, row := range grid {
		b.WriteString(tableRow(row, widths, numbers))
		if y == 0 {
			rule := make([]string, len(widths))
			for i, w := range widths {
				rule[i] = strings.Repeat("-", w)
			}
			b.WriteString(strings.Join(rule, strings.Repeat(" ", tableGap)) + "\n")
		}
	}
	return b.String()
}

// String is the table for a page 80 columns wide.
func (t Table) String() string { return t.text(80) }

// columnWidths chooses how wide columns are: as wide as what is in them, and
// where that is wider than all the room, the widest less, down to its longest
// word.
func columnWidths(grid [][]string, width int) (widths []int, fits bool) {
	n := len(grid[0])
	widths, least := make([]int, n), make([]int, n)
	sum, floor := tableGap*(n-1), tableGap*(n-1)
	for i := range n {
		for y, row := range grid {
			wide := stringWidth(row[i])
			word := wide
			if y == 0 || !strings.HasSuffix(row[i], "]") { // an interval stays in one piece
				word = 0
				for _, w := range strings.Fields(row[i]) {
					word = max(word, stringWidth(w))
				}
			}
			widths[i], least[i] = max(widths[i], wide), max(least[i], word)
		}
		sum, floor = sum+widths[i], floor+least[i]
	}
	if floor > width {
		return nil, false
	}
	for ; sum > width; sum-- {
		widest := -1
		for i := range n {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		widths[widest]--
	}
	return widths, true
}

// tableRow writes one row, of several lines where cells are wrapped.
func tableRow(row []string, widths []int, right []bool) string {
	cells := make([][]string, len(row))
	high := 1
	for i, s := range row {
		cells[i] = []string{s}
		if stringWidth(s) > widths[i] {
			cells[i] = strings.Split(term.Wrap(s, widths[i]), "\n")
		}
		high = max(high, len(cells[i]))
	}
	var b strings.Builder
	for y := range high {
		line := ""
		for i, lines := range cells {
			s := ""
			if y < len(lines) {
				s = lines[y]
			}
			if i > 0 {
				line += strings.Repeat(" ", tableGap)
			}
			blank := strings.Repeat(" ", max(widths[i]-stringWidth(s), 0))
			if right[i] {
				line += blank + s
			} else {
				line += s + blank
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// String is the cell as a table has it.
func (c Cell) String() string {
	if c.Number != nil {
		return c.Number.WithInterval()
	}
	return c.Text
}
