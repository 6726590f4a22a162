package tui

import (
	"fmt"
	"strings"
)

// bigLines is the screen for projectors: few things, large.
func (m *model) bigLines() []string {
	w, h := m.s.w, m.s.h
	in := w - 4
	context := 3
	thick := 2
	if h < 22 {
		context, thick = 2, 1
	}
	fixed := 1 + 1 + context + 1 + 1 + 3 + 1 + 1
	list := h - fixed
	if list >= 12 {
		list--
	}
	var lines []string
	lines = append(lines, m.bigPhases(in), "")
	lines = append(lines, padded(m.contextLines(in, context), context)...)
	lines = append(lines, "")
	lines = append(lines, padded(m.candidateLines(in, list, thick), list)...)
	lines = append(lines, m.formulaLine(in))
	lines = append(lines, padded(m.diceLines(in), 3)...)
	lines = append(lines, "")
	for i := range lines {
		if lines[i] != "" {
			lines[i] = "  " + lines[i]
		}
	}
	for len(lines) < h-1 {
		lines = append(lines, "")
	}
	return append(lines[:h-1], m.footer(w))
}

// bigPhases is the loop in spaced capitals.
func (m *model) bigPhases(w int) string {
	at := map[beat]int{deal: 0, fall: 1, pick: 1, enter: 2}[m.beat]
	if m.cur().next == nil {
		at = -1
	}
	var parts []string
	for i, name := range []string{"PREDICT", "CHOOSE", "APPEND", "REPEAT"} {
		if i == at {
			parts = append(parts, m.s.now.Render("["+name+"]"))
		} else {
			parts = append(parts, m.s.dim.Render(" "+name+" "))
		}
	}
	line := strings.Join(parts, " "+m.s.g.arrow+" ")
	return m.s.ends(line, m.s.dim.Render(fmt.Sprintf("step %d", len(m.cur().steps))), w)
}
