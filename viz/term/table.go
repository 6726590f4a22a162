package term

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
)

// A Table is cells in rows under heads, for a page of some width.
type Table struct {
	Heads []string
	Rows  [][]string // as long as Heads
	Right []bool     // columns that stand to the right, as numbers do; none may be there
}

// tableGap is what columns stand apart.
const tableGap = 2

// Lines are the lines of the table, none wider than width: cells are wrapped
// where it is wider, and a table that is too wide all the same has a line for
// each cell.
func (t Table) Lines(width int) []string {
	grid := [][]string{printables(t.Heads)}
	for _, row := range t.Rows {
		grid = append(grid, printables(row))
	}
	widths, fits := columnWidths(grid, width)
	var lines []string
	if !fits {
		for _, row := range grid[1:] {
			for i, cell := range row {
				mark := "- "
				if i > 0 {
					mark = "  "
				}
				lines = append(lines, strings.Split(Hanging(mark, grid[0][i]+": "+cell, width), "\n")...)
			}
		}
		return lines
	}
	for y, row := range grid {
		lines = append(lines, tableRow(row, widths, t.Right)...)
		if y == 0 {
			rule := make([]string, len(widths))
			for i, w := range widths {
				rule[i] = strings.Repeat("-", w)
			}
			lines = append(lines, strings.Join(rule, strings.Repeat(" ", tableGap)))
		}
	}
	return lines
}

// printables are texts as a terminal may have them, each one line.
func printables(texts []string) []string {
	all := make([]string, len(texts))
	for i, s := range texts {
		all[i] = strings.ReplaceAll(argen.Printable(s), "\n", " ")
	}
	return all
}

// Hanging is a paragraph that begins with a label, its other lines set in to
// stand under the text.
func Hanging(label, text string, width int) string {
	wide := ansi.StringWidth(label)
	return label + strings.ReplaceAll(Wrap(text, max(width-wide, 20)), "\n", "\n"+strings.Repeat(" ", wide))
}

// columnWidths chooses how wide columns are: as wide as what is in them, and
// where that is wider than all the room, the widest less, down to its longest
// word.
func columnWidths(grid [][]string, width int) (widths []int, fits bool) {
	n := len(grid[0])
	widths, least := make([]int, n), make([]int, n)
	sum, floor := tableGap*(n-1), tableGap*(n-1)
	for i := range n {
		for y, row := range grid {
			wide := ansi.StringWidth(row[i])
			word := wide
			if y == 0 || !strings.HasSuffix(row[i], "]") { // an interval stays in one piece
				word = 0
				for w := range strings.FieldsSeq(row[i]) {
					word = max(word, ansi.StringWidth(w))
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

// tableRow is one row, of several lines where cells are wrapped.
func tableRow(row []string, widths []int, right []bool) []string {
	cells := make([][]string, len(row))
	high := 1
	for i, s := range row {
		cells[i] = []string{s}
		if ansi.StringWidth(s) > widths[i] {
			cells[i] = strings.Split(Wrap(s, widths[i]), "\n")
		}
		high = max(high, len(cells[i]))
	}
	var all []string
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
			if i < len(right) && right[i] {
				line += left(s, widths[i])
			} else {
				line += pad(s, widths[i])
			}
		}
		all = append(all, strings.TrimRight(line, " "))
	}
	return all
}

// pad fills a text up with blanks behind it.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-ansi.StringWidth(s), 0))
}

// left fills a text up with blanks before it.
func left(s string, width int) string {
	return strings.Repeat(" ", max(width-ansi.StringWidth(s), 0)) + s
}
