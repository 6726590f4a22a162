package term

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/viz"
)

const (
	mostCell  = 9  // columns of a cell with a text or a number
	mostParts = 3  // a matrix is broken into, else its cells are shades alone
	mostName  = 14 // of a row or column
)

// matrix draws the panels one below the other: a shade with a text or number a
// cell where there is room, a shade alone where there is not, and then the
// strongest cell of each row beside.
func (d Drawing) matrix(m *viz.MatrixData) []string {
	most := m.Most
	for _, p := range m.Panels {
		for _, row := range p.Cells {
			for _, x := range row {
				if m.Most == 0 && finite(x) {
					most = max(most, x)
				}
			}
		}
	}
	if most <= 0 {
		most = 1
	}
	names := ansi.StringWidth(d.shown(m.Row, mostName))
	for _, row := range m.Rows {
		names = max(names, ansi.StringWidth(d.shown(row, mostName)))
	}
	var lines []string
	for i := range m.Panels {
		p := &m.Panels[i]
		if i > 0 {
			lines = append(lines, "")
		}
		if p.Name != "" {
			lines = append(lines, d.shown(p.Name, d.Width))
		}
		if d.Bare {
			lines = append(lines, d.bareMatrix(m, p)...)
			continue
		}
		cells, wide := d.cellTexts(m, p, most)
		perPart := (d.Width - names - 1) / (wide + 2)
		if parts := (len(m.Cols) + perPart - 1) / perPart; parts <= mostParts {
			lines = append(lines, d.fullMatrix(m, p, cells, names, wide, most, (len(m.Cols)+parts-1)/parts)...)
		} else {
			lines = append(lines, d.shadedMatrix(m, p, names, most)...)
		}
	}
	if d.Bare {
		return lines
	}
	scale := fmt.Sprintf("%s %s: %s", d.Say("shades"), d.shades(), figures(m.Unit, most))
	return append(lines, d.wrapped(scale)...)
}

// bareMatrix is a panel in words: the three strongest cells of each row.
func (d Drawing) bareMatrix(m *viz.MatrixData, p *viz.Panel) []string {
	const told = 3
	var lines []string
	for i, row := range m.Rows {
		var order []int
		for j, x := range p.Cells[i] {
			if finite(x) {
				order = append(order, j)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.Cells[i][b], p.Cells[i][a]) })
		var parts []string
		for _, j := range order[:min(len(order), told)] {
			name := argen.Visible(m.Cols[j])
			if p.Texts != nil {
				name += " " + argen.Visible(p.Texts[i][j])
			}
			parts = append(parts, name+" "+figures(m.Unit, p.Cells[i][j]))
		}
		lines = append(lines, d.wrapped(argen.Visible(row)+": "+strings.Join(parts, "; "))...)
	}
	return append(d.wrapped(m.Row+", "+m.Col+": "+d.Say("strongest")), lines...)
}

// shades are the signs from little to much.
func (d Drawing) shades() string { return d.sign("·░▒▓█", ".:+*#") }

// shade is the sign of a share of the most.
func (d Drawing) shade(x, most float64) string {
	if !finite(x) {
		return " "
	}
	all := []rune(d.shades())
	return string(all[min(max(int(x/most*float64(len(all))), 0), len(all)-1)])
}

// cellTexts are what is written in the cells of a panel, and how wide the widest
// is.
func (d Drawing) cellTexts(m *viz.MatrixData, p *viz.Panel, most float64) (texts [][]string, wide int) {
	for j := range m.Cols {
		wide = max(wide, ansi.StringWidth(d.shown(m.Cols[j], mostCell)))
	}
	for i := range p.Cells {
		var row []string
		for j, x := range p.Cells[i] {
			s := ""
			switch {
			case p.Texts != nil:
				s = d.shown(p.Texts[i][j], mostCell-1)
			case finite(x):
				s = strings.TrimSuffix(figures(m.Unit, x), " %")
				if least := most / 1000; x > 0 && x < least {
					s = "<" + strings.TrimSuffix(figures(m.Unit, least), " %")
				}
			}
			row = append(row, s)
			wide = max(wide, ansi.StringWidth(s)+1)
		}
		texts = append(texts, row)
	}
	return texts, wide
}

// fullMatrix draws a panel with what is in its cells, so many columns at a time.
func (d Drawing) fullMatrix(m *viz.MatrixData, p *viz.Panel, cells [][]string, names, wide int, most float64, each int) []string {
	var lines []string
	for from := 0; from < len(m.Cols); from += each {
		to := min(from+each, len(m.Cols))
		line := pad(d.shown(m.Row, names), names)
		for _, col := range m.Cols[from:to] {
			line += "  " + pad(d.shown(col, wide), wide)
		}
		lines = append(lines, strings.TrimRight(line, " "))
		for i, row := range m.Rows {
			line := pad(d.shown(row, names), names)
			for j := from; j < to; j++ {
				line += "  " + pad(d.shade(p.Cells[i][j], most)+cells[i][j], wide)
			}
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	return lines
}

// shadedMatrix draws a panel as shades, with the strongest cell of each row.
func (d Drawing) shadedMatrix(m *viz.MatrixData, p *viz.Panel, names int, most float64) []string {
	const beside = 24
	each := d.Width - names - 4 - min(beside, max(d.Width/4, 12))
	var lines []string
	for from := 0; from < len(m.Cols); from += each {
		to := min(from+each, len(m.Cols))
		half := max((to-from-1)/2, 0) // of the room for the first and the last column's name
		first, last := d.shown(m.Cols[from], half), d.shown(m.Cols[to-1], half)
		head := first + strings.Repeat(" ", to-from-ansi.StringWidth(first)-ansi.StringWidth(last)) + last
		head = pad(d.shown(m.Row, names), names) + "  " + pad(head, to-from) + "  "
		lines = append(lines, strings.TrimRight(head+d.shown(d.Say("strongest"), max(d.Width-ansi.StringWidth(head), 0)), " "))
		for i, row := range m.Rows {
			line := pad(d.shown(row, names), names) + "  "
			best := -1
			for j := from; j < to; j++ {
				x := p.Cells[i][j]
				line += d.shade(x, most)
				if finite(x) && (best < 0 || x > p.Cells[i][best]) {
					best = j
				}
			}
			if best >= 0 {
				name := m.Cols[best]
				if p.Texts != nil {
					name = p.Texts[i][best]
				}
				number := " " + figures(m.Unit, p.Cells[i][best])
				room := min(d.Width-ansi.StringWidth(line)-2-ansi.StringWidth(number), mostName)
				line += "  " + d.shown(name, max(room, 0)) + number
			}
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	return lines
}
