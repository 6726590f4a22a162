package tui

import "fmt"

// bigLines is the screen for projectors: few things, large.
func (m *model) bigLines() []string {
	w, h := m.s.w, m.s.h
	in := w - 4
	banner, context, thick := bannerRows, 2, 1
	switch {
	case h < 22:
		banner = 0
	case h >= 30:
		thick = 2
	}
	head := min(h/14, 1)
	list := h - head - 1 - context - 1 - banner - 1 - 3 - 1
	if most := (m.listed * thick) + 2; list > most && m.listed > 0 {
		context = min(context+list-most, 8)
		list = most
	}
	var lines []string
	if head > 0 {
		lines = append(lines, m.header(in))
	}
	lines = append(lines, m.bigPhases(in))
	lines = append(lines, padded(m.contextLines(in, context), context)...)
	lines = append(lines, padded(m.candidateLines(in, list, thick), list)...)
	lines = append(lines, m.formulaLine(in))
	lines = append(lines, m.diceLines(in, 3)...)
	m.falling(lines, head+1+context, len(lines)-3, in)
	if banner > 0 {
		lines = append(lines, padded(m.bannerLines(in), banner)...)
	}
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	lines = padded(lines, h-1)
	return append(lines, m.footer(w))
}

// bigPhases is the loop in capitals.
func (m *model) bigPhases(w int) string {
	right := fmt.Sprintf("step %d", len(m.cur().steps))
	if m.playing {
		right += "  " + m.s.mark.Render(fmt.Sprintf("%s %g/s", m.s.g.play, m.speed))
	}
	return m.s.ends(m.loop([]string{"PREDICT", "CHOOSE", "APPEND", "REPEAT"}), m.s.bold.Render(right), w)
}
