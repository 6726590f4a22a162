package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"argen"
)

// stageLines say what each stage of the chain did.
func (m *model) stageLines(w, h int) []string {
	step, _ := m.shown()
	if step == nil || len(step.Stages) == 0 || h < 2 {
		return nil
	}
	lines := []string{m.s.bold.Render(m.s.fit("chain", w))}
	for _, st := range step.Stages {
		lines = append(lines, m.stage(st, w)...)
	}
	return lines[:min(len(lines), h)]
}

// stage says what a stage did, in two lines where one is too short.
func (m *model) stage(st argen.Stage, w int) []string {
	cut := ""
	if st.MassRemoved > 1e-12 {
		cut = fmt.Sprintf("cuts %s, ", prob(st.MassRemoved))
	}
	name := m.s.clean(st.Name)
	did := fmt.Sprintf("%sleaves %s, %.2f bits", cut, count(st.Kept), st.Entropy)
	if line := m.s.fit(name, max(width(name), 12)) + " " + did; width(line) <= w {
		return []string{m.s.fit(line, w)}
	}
	return []string{m.s.fit(name, w), m.s.fit("  "+did, w)}
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
