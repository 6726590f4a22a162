package tui

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"argen"
)

// A part is what a candidate has of [0,1).
type part struct {
	low, high float64
	token     *argen.TopToken // nil for tokens not listed
}

// parts divides [0,1) among the candidates in the order of the draw, which is
// descending P after the chain. Only listed tokens are known one by one; where
// the chosen one is, the step says. Of the tokens listed the first n count.
func parts(step *argen.Step, n int) []part {
	var left []*argen.TopToken
	for i := range n {
		if step.Top[i].SampledProb > 0 {
			left = append(left, &step.Top[i])
		}
	}
	slices.SortStableFunc(left, func(a, b *argen.TopToken) int {
		return cmp.Or(cmp.Compare(b.SampledProb, a.SampledProb), cmp.Compare(a.ID, b.ID))
	})
	var all []part
	at := 0.0
	for _, t := range left {
		p := part{at, at + t.SampledProb, t}
		if t.ID == step.ID && !step.Forced && step.Low > at+1e-9 {
			all = append(all, part{at, step.Low, nil}) // tokens between, not listed
			p = part{step.Low, step.High, t}
		}
		all = append(all, p)
		at = p.high
	}
	if at < 1-1e-9 {
		all = append(all, part{at, 1, nil})
	}
	return all
}

// cell is the place of a number of [0,1) on a line of w cells.
func cell(x float64, w int) int { return min(max(int(math.Floor(x*float64(w))), 0), w-1) }

// diceLines show in h lines, at least two, [0,1) and where u fell: a marker, the
// parts, the numbers; or what else picked the token.
func (m *model) diceLines(w, h int) []string {
	return padded(m.pickLines(w, h), h)
}

func (m *model) pickLines(w, h int) []string {
	step, _ := m.shown()
	switch {
	case step == nil || w < 4:
		return nil
	case step.Choice != nil && step.Forced:
		return m.searchLines(step, w, h)
	case step.Gumbel:
		return m.raceLines(step, w)
	}
	return []string{m.fallLine(step, w), m.partLine(step, w), m.scaleLine(step, w)}
}

// fallen reports whether u is to be seen.
func (m *model) fallen() bool {
	_, b := m.shown()
	return b >= fall && !m.dropping()
}

// falling draws u above its place on [0,1), on its way down from the line top
// to the line bottom, both of w cells.
func (m *model) falling(lines []string, top, bottom, w int) {
	if !m.dropping() || bottom >= len(lines) || bottom < top {
		return
	}
	y := top + (bottom-top)*m.drop/drops
	at := cell(m.cur().next.U, w)
	line := m.s.fit(lines[y], w)
	lines[y] = ansi.Cut(line, 0, at) + m.s.mark.Render(m.s.g.fall) + ansi.Cut(line, at+1, w)
}

// fallLine is u with its marker above the place where it fell.
func (m *model) fallLine(step *argen.Step, w int) string {
	switch {
	case m.dropping():
		return ""
	case !m.fallen():
		return m.s.dim.Render(m.s.fit("the candidates divide [0,1); u is not drawn yet", w))
	case step.Forced:
		return m.s.forced.Render("forced") + m.s.dim.Render(m.s.fit(": somebody chose, no u was drawn", w-6))
	}
	at := cell(step.U, w)
	label := fmt.Sprintf("u = %.*f", digits(step), step.U)
	if step.Dice {
		label += " by hand"
	}
	fell := m.s.mark.Render(m.s.g.fall)
	if n := len(label); at >= n+1 {
		return strings.Repeat(" ", at-n-1) + m.s.bold.Render(label) + " " + fell + strings.Repeat(" ", max(w-at-1, 0))
	}
	return strings.Repeat(" ", at) + fell + " " + m.s.bold.Render(m.s.fit(label, max(w-at-2, 0)))
}

// digits is how many decimals of u and of the part that it fell into tell the
// truth: that u is in the part, and that 0 and 1 are such.
func digits(step *argen.Step) int {
	const least, most = 4, 15
	for n := least; n < most; n++ {
		round := func(x float64) float64 {
			r, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', n, 64), 64)
			return r
		}
		low, u, high := round(step.Low), round(step.U), round(step.High)
		if low <= u && u < high && (high < 1 || step.High > 1-1e-12) && (low > 0 || step.Low < 1e-12) {
			return n
		}
	}
	return most
}

// bound is an end of a part with n decimals; 0 and 1 need none.
func bound(x float64, n int) string {
	switch {
	case x < 1e-12:
		return "0"
	case x > 1-1e-12:
		return "1"
	}
	return strconv.FormatFloat(x, 'f', n, 64)
}

// partLine is [0,1) with the names of the tokens in their parts.
func (m *model) partLine(step *argen.Step, w int) string {
	var b strings.Builder
	from := 0
	for i, p := range parts(step, m.listable(step, m.fallen())) {
		to := min(max(int(math.Round(p.high*float64(w))), from), w)
		if p.token != nil && p.token.ID == step.ID && m.fallen() && !step.Forced {
			to = min(max(to, cell(step.U, w)+1), w) // u falls into it, however narrow it is
		}
		if to == from {
			continue
		}
		style := m.s.even
		if i%2 == 0 {
			style = m.s.odd
		}
		b.WriteString(m.segment(p, step, to-from, style))
		from = to
	}
	if from < w {
		b.WriteString(m.s.even.Render(strings.Repeat(" ", w-from)))
	}
	return b.String()
}

// segment is one part of the line: a bound and the name, or what fits of it.
func (m *model) segment(p part, step *argen.Step, w int, style lipgloss.Style) string {
	name := m.s.g.ellipsis
	if p.token != nil {
		name = m.s.token(p.token.Token)
		if m.picked() && p.token.ID == step.ID && !step.Forced {
			style = m.s.hit
			name = m.s.g.mark + name
		}
	}
	if ansi.StringWidth(name) > w-1 {
		if w < 4 {
			name = ""
		} else {
			name = ansi.Truncate(name, w-1, "")
		}
	}
	return style.Render(m.s.g.bound + m.s.fit(name, w-1))
}

// scaleLine are the numbers under the parts.
func (m *model) scaleLine(step *argen.Step, w int) string {
	middle := ""
	if m.picked() && !step.Forced {
		n := digits(step)
		middle = fmt.Sprintf("%s has [%s, %s)", m.s.quote(step.Token), bound(step.Low, n), bound(step.High, n))
	}
	n := ansi.StringWidth(middle)
	if n > w-4 {
		middle, n = m.s.fit(middle, max(w-4, 0)), max(w-4, 0)
	}
	at := min(max(cell((step.Low+step.High)/2, w)-n/2, 2), max(w-2-n, 2))
	return m.s.dim.Render("0"+strings.Repeat(" ", at-1)) + m.s.text.Render(middle) +
		m.s.dim.Render(m.s.right("1", max(w-at-n, 0)))
}
