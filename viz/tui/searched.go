package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"argen"
)

// searchRows is how many lines the usual screen has for what a search says beyond
// the three of a draw: those that compare texts or tokens at each step say more.
func (m *model) searchRows() int {
	name, _, _ := strings.Cut(m.cur().head.Search, "=")
	switch name {
	case "":
		return 0
	case "beams", "contrastive":
		return 8
	}
	return 3
}

// searchLines say in at most h lines how a search picked the token: what it is,
// and what it compared, the line of the token marked with a star; at the end the
// texts found.
func (m *model) searchLines(step *argen.Step, w, h int) []string {
	if !m.fallen() {
		return []string{m.s.dim.Render(m.s.fit("a search picks one of these", w))}
	}
	said, table, _ := strings.Cut(step.Choice.String(), "\n")
	var rows []string
	if table != "" && m.picked() {
		rows = strings.Split(table, "\n")
	}
	var lines []string
	most := max(h-min(len(rows), 1), 1)
	for line := range strings.SplitSeq(lipgloss.Wrap(m.s.clean(said), w, ""), "\n") {
		if len(lines) == most {
			lines[most-1] += " " + line // fit says that there is more
			continue
		}
		lines = append(lines, line)
	}
	for i, line := range lines {
		lines[i] = m.s.dim.Render(m.s.fit(line, w))
	}
	for _, row := range searched(rows, h-len(lines)) {
		style := m.s.text
		switch {
		case strings.HasPrefix(row, "*"):
			style = m.s.chosen.UnsetUnderline()
		case strings.Contains(row, " falls "):
			style = m.s.dim
		}
		lines = append(lines, style.Render(m.s.fit(m.s.clean(row), w)))
	}
	return lines
}

// searched are n of the rows of a search's table in their order: that of the
// token, then the texts found, what goes on, and what falls.
func searched(rows []string, n int) []string {
	if len(rows) <= n {
		return rows
	}
	rank := func(row string) int {
		switch {
		case strings.HasPrefix(row, "*"):
			return 0
		case strings.HasPrefix(strings.TrimLeft(row, " 0123456789"), ".  score"):
			return 1
		case !strings.Contains(row, " falls "):
			return 2
		}
		return 3
	}
	keep := make([]bool, len(rows))
	for class := 0; class <= 3; class++ {
		for i, row := range rows {
			if n > 0 && rank(row) == class {
				keep[i] = true
				n--
			}
		}
	}
	var kept []string
	for i, row := range rows {
		if keep[i] {
			kept = append(kept, row)
		}
	}
	return kept
}
