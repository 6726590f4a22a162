package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"argen"
)

// columns are the widths of the list of candidates.
type columns struct {
	rank, token, before, after int // of the parts; the bars have what is left
	barBefore, barAfter        int
}

func columnsFor(w int) columns {
	c := columns{rank: 4, token: min(max(w/5, 8), 24), before: 7, after: 7}
	left := w - 2 - c.rank - 1 - c.token - 1 - c.before - 1 - 2 - c.after - 1
	c.barBefore = max(left/2, 0)
	c.barAfter = max(left-c.barBefore, 0)
	if left < 14 { // one bar
		c.barBefore, c.barAfter = 0, max(left+1, 0)
	}
	return c
}

// candidateLines list the candidates in h lines: a title, tokens, all others.
func (m *model) candidateLines(w, h, thick int) []string {
	step, _ := m.shown()
	if step == nil || h < 2 {
		return nil
	}
	c := columnsFor(w)
	rows := m.rows(step, max((h-2)/thick, 0))
	scale := 0.0
	for _, i := range rows {
		scale = max(scale, step.Top[i].Prob, step.Top[i].SampledProb)
	}
	rest := others(step, rows)
	scale = niceScale(max(scale, rest.Prob, rest.SampledProb))
	lines := []string{m.title(step, c, w, scale)}
	for _, i := range rows {
		lines = append(lines, m.row(step, i, c, scale))
		for range thick - 1 {
			lines = append(lines, m.thick(step, i, c, scale))
		}
	}
	return append(lines, m.othersLine(rest, c, scale))
}

// picked reports whether the choice is to be seen.
func (m *model) picked() bool {
	_, b := m.shown()
	return b >= pick
}

// niceScale is what a full bar stands for.
func niceScale(p float64) float64 {
	for _, s := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5} {
		if p <= s {
			return s
		}
	}
	return 1
}

// rows are the indices of the tokens to be listed: the best, and in the last
// place the one pointed at, chosen or tracked, if it is not among them. Where the
// best of the model are not what is drawn from, half of the places are for those
// that are.
func (m *model) rows(step *argen.Step, n int) []int {
	all := m.listable(step, m.picked())
	n = min(n, all)
	if n == 0 {
		return nil
	}
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	drawn(step, rows, all)
	if m.cursor >= 0 && !slices.Contains(rows, m.cursor) {
		first := max(m.cursor-n+1, 0)
		for i := range rows {
			rows[i] = first + i
		}
	}
	if m.picked() && m.cursor < 0 {
		if i := indexOf(step, step.ID); i >= n {
			rows[n-1] = i
		}
	}
	return rows
}

// drawn puts into the second half of the rows those that are the most probable to
// be drawn, of all that may be listed, if the rows have less than half of that.
func drawn(step *argen.Step, rows []int, all int) {
	sum := 0.0
	for _, i := range rows {
		sum += step.Top[i].SampledProb
	}
	if sum >= 0.5 {
		return
	}
	half := len(rows) - len(rows)/2
	var more []int
	for i := half; i < all; i++ {
		more = append(more, i)
	}
	slices.SortStableFunc(more, func(a, b int) int { return cmp.Compare(step.Top[b].SampledProb, step.Top[a].SampledProb) })
	more = more[:len(rows)-half]
	slices.Sort(more)
	copy(rows[half:], more)
}

func indexOf(step *argen.Step, id argen.ID) int {
	return slices.IndexFunc(step.Top, func(t argen.TopToken) bool { return t.ID == id })
}

// others is the mass of all tokens that are not listed.
func others(step *argen.Step, rows []int) argen.Rest {
	rest := step.Rest
	for i := range step.Top {
		if !slices.Contains(rows, i) {
			rest.Tokens++
			rest.Prob += step.Top[i].Prob
			rest.SampledProb += step.Top[i].SampledProb
		}
	}
	// What is left of 1 after subtracting is not exact.
	if rest.Prob < 1e-12 {
		rest.Prob = 0
	}
	if rest.SampledProb < 1e-12 {
		rest.SampledProb = 0
	}
	return rest
}

// title names the columns, and says what the bars and the chain leave.
func (m *model) title(step *argen.Step, c columns, w int, scale float64) string {
	left := strings.Repeat(" ", 2+c.rank+1) + m.s.fit("token", c.token) + " " + m.s.fit("P model", c.before)
	if c.barBefore > 0 {
		left += " " + m.s.fit(longest(c.barBefore+1, fmt.Sprintf("a full bar is %g", scale), fmt.Sprintf("bar: %g", scale), fmt.Sprintf("bar %g", scale)), c.barBefore+1)
	}
	left += " " + m.s.fit("P drawn", c.after) + " "
	all, kept := count(step.Rest.Tokens+len(step.Top)), count(step.Kept)
	said := []string{kept + " of " + all + " tokens", kept + " of " + all, kept + " left"}
	if bar := fmt.Sprintf("bar %g", scale); c.barBefore == 0 {
		said = []string{bar + ", " + said[1], bar + ", " + said[2], bar}
	}
	left += longest(c.barAfter, said...)
	return m.s.dim.Render(m.s.fit(left, w))
}

// longest is the first text that fits into w cells, "" if none does.
func longest(w int, texts ...string) string {
	for _, t := range texts {
		if width(t) <= w {
			return t
		}
	}
	return ""
}

// row is one token.
func (m *model) row(step *argen.Step, i int, c columns, scale float64) string {
	t := &step.Top[i]
	sign := "  "
	switch {
	case m.picked() && t.ID == step.ID:
		sign = m.s.mark.Render(m.s.g.mark) + " "
	case i == m.cursor:
		sign = m.s.bold.Render(m.s.g.point) + " "
	case slices.Contains(m.track, t.ID):
		sign = m.s.dim.Render(m.s.g.track) + " "
	}
	style := m.rowStyle(step, i)
	name := m.s.token(t.Token)
	if i == m.cursor && m.picked() && t.ID == step.ID {
		name = m.s.g.point + name
	}
	line := sign + m.s.dim.Render(m.s.right(fmt.Sprint(t.Rank), c.rank)) + " " +
		style.Render(m.s.fit(name, c.token)) + " " + style.Render(m.s.right(prob(t.Prob), c.before))
	if c.barBefore > 0 {
		bar := m.s.model
		if t.RemovedBy != "" {
			bar = m.s.cut
		}
		line += " " + bar.Render(m.s.fit(m.s.bar(t.Prob/scale, c.barBefore), c.barBefore)) + " "
	}
	if t.RemovedBy != "" {
		room := c.after + 1 + c.barAfter
		by := m.s.g.cut + " " + m.s.clean(t.RemovedBy)
		if why := by + ", " + m.words(t.Why); t.Why != "" && width(why) <= room {
			by = why
		}
		return line + " " + m.s.cut.Render(m.s.fit(by, room))
	}
	return line + " " + style.Render(m.s.right(prob(t.SampledProb), c.after)) + " " +
		m.barStyle(step, i).Render(m.s.fit(m.s.bar(t.SampledProb/scale, c.barAfter), c.barAfter))
}

// thick is a further line of a row's bars.
func (m *model) thick(step *argen.Step, i int, c columns, scale float64) string {
	t := &step.Top[i]
	line := strings.Repeat(" ", 2+c.rank+1+c.token+1+c.before)
	if c.barBefore > 0 {
		bar := m.s.model
		if t.RemovedBy != "" {
			bar = m.s.cut
		}
		line += " " + bar.Render(m.s.fit(m.s.bar(t.Prob/scale, c.barBefore), c.barBefore)) + " "
	}
	line += strings.Repeat(" ", 1+c.after+1)
	if t.RemovedBy != "" {
		return line
	}
	return line + m.barStyle(step, i).Render(m.s.fit(m.s.bar(t.SampledProb/scale, c.barAfter), c.barAfter))
}

// rowStyle is that of a token's name and numbers.
func (m *model) rowStyle(step *argen.Step, i int) lipgloss.Style {
	t := &step.Top[i]
	switch {
	case m.picked() && t.ID == step.ID && step.Given():
		return m.s.forced
	case m.picked() && t.ID == step.ID:
		return m.s.chosen
	case i == m.cursor:
		return m.s.bold.Underline(true)
	case t.RemovedBy != "":
		return m.s.cut
	}
	return m.s.text
}

func (m *model) barStyle(step *argen.Step, i int) lipgloss.Style {
	if m.picked() && step.Top[i].ID == step.ID {
		return m.s.chosen.UnsetUnderline()
	}
	return m.s.sampled
}

// othersLine is the mass of all tokens not listed.
func (m *model) othersLine(rest argen.Rest, c columns, scale float64) string {
	name := fmt.Sprintf("all others (%s)", count(rest.Tokens))
	line := "  " + m.s.fit(name, c.rank+1+c.token) + " " + m.s.right(prob(rest.Prob), c.before)
	if c.barBefore > 0 {
		line += " " + m.s.fit(m.s.bar(rest.Prob/scale, c.barBefore), c.barBefore) + " "
	}
	return m.s.dim.Render(line + " " + m.s.right(prob(rest.SampledProb), c.after) + " " + m.s.fit(m.s.bar(rest.SampledProb/scale, c.barAfter), c.barAfter))
}
