package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"argen"
)

// stageLines say what each stage of the chain did. Where there is no room for
// all, those that did nothing are counted, and then those at the end.
func (m *model) stageLines(w, h int) []string {
	step, _ := m.shown()
	if step == nil || len(step.Stages) == 0 || h < 2 {
		return nil
	}
	lines := []string{m.s.bold.Render(m.s.fit("chain", w))}
	for i := range step.Stages {
		lines = append(lines, m.stage(step, i, w)...)
	}
	if len(lines) <= h {
		return lines
	}
	lines = lines[:1]
	idle, left := 0, 0
	for i := range step.Stages {
		did := m.stage(step, i, w)
		switch {
		case step.Idle(i):
			idle++
		case left > 0 || len(lines)+len(did) > h-2:
			left++
		default:
			lines = append(lines, did...)
		}
	}
	if idle > 0 {
		lines = append(lines, m.s.dim.Render(m.s.fit(fmt.Sprintf("%d did nothing here", idle), w)))
	}
	if left > 0 {
		lines = append(lines, m.s.dim.Render(m.s.fit(fmt.Sprintf("%s and %d more", m.s.g.ellipsis, left), w)))
	}
	return lines[:min(len(lines), h)]
}

// stage says what a stage did, in two lines where one is too short.
func (m *model) stage(step *argen.Step, i, w int) []string {
	name := m.s.clean(step.Stages[i].Name)
	did := m.did(step, i, w-2)
	if line := m.s.fit(name, max(width(name), 12)) + " " + did; width(line) <= w {
		return []string{m.s.fit(line, w)}
	}
	return []string{m.s.fit(name, w), m.s.fit("  "+did, w)}
}

// did is what a stage did, the longest that fits into w cells: tokens before
// and after it, the mass cut, the entropy before and after.
func (m *model) did(step *argen.Step, i, w int) string {
	st := &step.Stages[i]
	before, after := fmt.Sprintf("%.2f", st.EntropyIn), fmt.Sprintf("%.2f bits", st.Entropy)
	to := " " + m.s.g.arrow + " "
	bits := after
	if before+" bits" != after {
		bits = before + to + after
	}
	switch {
	case st.LastStanding:
		return longest(w, "would remove all: the best stays", "the best stays")
	case st.Kept != st.In:
		cut, tokens := "cuts "+prob(st.MassRemoved), count(st.In)+to+count(st.Kept)
		return longest(w, tokens+", "+cut+", "+bits, tokens+", "+cut+", "+after, tokens+", "+after)
	case step.Idle(i):
		return "leaves all as it was"
	}
	return bits
}

// originLines say where the probability of the chosen token comes from, if
// the model can and was asked to.
func (m *model) originLines(w, h int) []string {
	step, _ := m.shown()
	if step == nil || step.Origin == nil || h < 2 {
		return nil
	}
	if !m.picked() {
		return padded(nil, h) // it would say which token it is
	}
	lines := []string{m.s.bold.Render(m.s.fit("P comes from", w))}
	for _, l := range strings.Split(argen.Printable(step.Origin.String()), "\n") {
		for _, part := range strings.Split(lipgloss.Wrap(m.s.clean(strings.ReplaceAll(l, "\t", " ")), w, ""), "\n") {
			lines = append(lines, m.s.fit(part, w))
		}
	}
	return padded(lines[:min(len(lines), h)], h)
}

// branchLines list the branches, if there are several, in at most h lines:
// where each left the one before, how it goes on, its ln P.
func (m *model) branchLines(w, h int) []string {
	if len(m.branches) < 2 || h < 2 {
		return nil
	}
	first := min(max(m.at-h+1, 0), len(m.branches)-min(h, len(m.branches)))
	var lines []string
	for i := first; i < len(m.branches) && len(lines) < h; i++ {
		b := &m.branches[i]
		sign, style := " ", m.s.dim
		if i == m.at {
			sign, style = m.s.g.mark, m.s.bold
		}
		sum := 0.0
		if n := len(b.steps); n > 0 {
			sum = b.steps[n-1].CumLogProb
		}
		left := fmt.Sprintf("%s branch %s ", sign, b.name)
		if b.head.Parent != "" {
			left += fmt.Sprintf("from step %d ", b.head.ForkT)
		}
		right := fmt.Sprintf(" ln P = %s", m.s.number(sum, 3))
		room := max(w-width(left)-width(right), 0)
		lines = append(lines, style.Render(left+m.s.fit(m.tail(b, room), room)+right))
	}
	return lines
}

// tail is how a branch goes on after it left its parent, its end in w cells.
func (m *model) tail(b *branch, w int) string {
	text := ""
	for i := len(b.steps) - 1; i >= min(b.head.ForkT, len(b.steps)) && width(text) <= w; i-- {
		text = m.s.clean(blanks.Replace(b.written(i))) + text
	}
	text = strings.TrimLeft(text, " ")
	if n := width(text); n > w {
		return m.s.cutLeft(text, w)
	}
	return text
}

var blanks = strings.NewReplacer("\n", " ", "\t", " ", "\r", " ")
