package tui

import (
	"strings"

	"argen"
)

// searchLines say how a search picked the token: what it is, the line of the
// token, which it marks with a star, and the first of the others; at the end the
// second of the texts found.
func (m *model) searchLines(step *argen.Step, w int) []string {
	if !m.fallen() {
		return []string{m.s.dim.Render(m.s.fit("a search picks one of these", w)), "", ""}
	}
	first, table, _ := strings.Cut(step.Choice.String(), "\n")
	mine, other := "", ""
	for line := range strings.SplitSeq(table, "\n") {
		star := strings.HasPrefix(line, "*")
		switch {
		case star && mine == "":
			mine = line
		case !star && other == "", strings.HasPrefix(line, "  2. "):
			other = line
		}
	}
	if !m.picked() {
		mine, other = "", ""
	}
	return []string{
		m.s.dim.Render(m.s.fit(m.s.clean(first), w)),
		m.s.chosen.UnsetUnderline().Render(m.s.fit(m.s.clean(mine), w)),
		m.s.dim.Render(m.s.fit(m.s.clean(other), w)),
	}
}
