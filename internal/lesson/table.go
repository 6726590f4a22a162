package lesson

import (
	"strings"

	"argen/viz/term"
)

// text is the table under its title, at most width columns wide.
func (t Table) text(width int) string {
	page := term.Table{Heads: t.Columns, Right: make([]bool, len(t.Columns))}
	for i := range page.Right {
		page.Right[i] = len(t.Rows) > 0
	}
	for _, row := range t.Rows {
		line := make([]string, len(t.Columns))
		for i, cell := range row[:min(len(row), len(line))] {
			line[i] = cell.String()
			page.Right[i] = page.Right[i] && cell.Number != nil && cell.Number.Lo == nil
		}
		page.Rows = append(page.Rows, line)
	}
	lines := page.Lines(width)
	if t.Title != "" {
		lines = append([]string{term.Wrap(t.Title, width)}, lines...)
	}
	return strings.Join(lines, "\n") + "\n"
}

// String is the table for a page 80 columns wide.
func (t Table) String() string { return t.text(80) }

// String is the cell as a table has it.
func (c Cell) String() string {
	if c.Number != nil {
		return c.Number.WithInterval()
	}
	return c.Text
}
