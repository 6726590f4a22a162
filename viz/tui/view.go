package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// The least screen on which the loop can be shown.
const (
	leastW = 40
	leastH = 12
)

// View implements tea.Model.
func (m *model) View() tea.View {
	v := tea.NewView(m.Screen())
	v.AltScreen = true
	v.WindowTitle = "argen step"
	return v
}

// Screen is the screen as lines with ANSI styles, none longer than the width.
func (m *model) Screen() string {
	w, h := m.s.w, m.s.h
	var lines []string
	switch {
	case w <= 0 || h <= 0:
		return ""
	case w < leastW || h < leastH:
		lines = m.tooSmall()
	case m.helping:
		lines = m.helpLines()
	case m.o.Big:
		lines = m.bigLines()
	default:
		lines = m.lines()
	}
	if len(lines) > h {
		lines = lines[:h]
	}
	for i := range lines {
		lines[i] = m.s.fit(lines[i], w)
	}
	return strings.Join(lines, "\n")
}

func (m *model) tooSmall() []string {
	return []string{
		fmt.Sprintf("terminal too small: %d%s%d,", m.s.w, m.times(), m.s.h),
		fmt.Sprintf("needs %d%s%d", leastW, m.times(), leastH),
	}
}

func (m *model) times() string {
	if m.s.ascii {
		return "x"
	}
	return "×"
}

// lines is the usual screen. What is left of the height after the parts that
// are always there goes to context and candidates.
func (m *model) lines() []string {
	w, h := m.s.w, m.s.h
	wide := w >= 110 && h >= 28
	listed := 0
	if next := m.cur().next; next != nil {
		listed = len(next.Top)
	}
	sparks := min(2+len(m.track), max(h-18, 0), 5)
	if wide {
		sparks = 0
	}
	fixed := 3 + 1 + 1 + 3 + 1 + sparks + 1 // header 3, rule, formula, dice, totals, keys
	left := h - fixed
	air := 0
	if left >= 18 {
		air = 1
		left -= 4
	}
	context := min(max(left/3, 1), 8)
	list := left - context
	if most := listed + 2; list > most && listed > 0 {
		context = min(context+list-most, 12)
		list = most
	}

	lines := []string{m.header(w), m.phases(w), m.rule(w)}
	lines = append(lines, padded(m.contextLines(w, context), context)...)
	lines = append(lines, m.rule(w))
	if wide {
		lines = append(lines, m.beside(list)...)
	} else {
		lines = append(lines, padded(m.candidateLines(w, list, 1), list)...)
	}
	lines = append(lines, blank(air)...)
	lines = append(lines, m.formulaLine(w))
	lines = append(lines, blank(air)...)
	lines = append(lines, padded(m.diceLines(w), 3)...)
	lines = append(lines, blank(air)...)
	cs := m.curves()
	scaleTo(cs, w)
	for i := range min(sparks, len(cs)) {
		lines = append(lines, m.curveLine(cs[i], w))
	}
	lines = append(lines, m.totalsLine(w))
	for len(lines) < h-1 {
		lines = append(lines, "")
	}
	return append(lines[:h-1], m.footer(w))
}

// beside is the list of candidates with the curves and the chain at its right.
func (m *model) beside(h int) []string {
	w := m.s.w
	right := w * 3 / 10
	left := w - right - 3
	stages := m.stageLines(right, h/3)
	panel := m.curvePanel(right, h-len(stages))
	panel = append(padded(panel, h-len(stages)), stages...)
	list := padded(m.candidateLines(left, h, 1), h)
	lines := make([]string, h)
	for i := range lines {
		lines[i] = m.s.fit(list[i], left) + m.s.dim.Render(" "+m.s.g.bound+" ") + panel[i]
	}
	return lines
}

func padded(lines []string, h int) []string {
	for len(lines) < h {
		lines = append(lines, "")
	}
	return lines[:max(h, 0)]
}

func blank(n int) []string { return make([]string, n) }

func (m *model) rule(w int) string { return m.s.dim.Render(strings.Repeat(m.s.g.rule, w)) }

// header says who writes, and whether it is playing.
func (m *model) header(w int) string {
	b := m.cur()
	dot := m.s.dim.Render(" " + m.s.g.dot + " ")
	left := m.s.bold.Render("argen step") + dot + m.s.clean(b.head.Model.Ref) + dot +
		fmt.Sprintf("seed %d", b.head.Seed) + dot + m.s.clean(named(b.chain))
	var right []string
	if len(m.branches) > 1 {
		right = append(right, fmt.Sprintf("branch %s of %d", b.name, len(m.branches)))
	}
	switch {
	case m.busy:
		right = append(right, "computing")
	case b.live == nil:
		right = append(right, fmt.Sprintf("replay %d/%d", len(b.steps), len(b.read.Steps)))
	}
	switch {
	case m.playing:
		right = append(right, m.s.mark.Render(fmt.Sprintf("%s %g/s", m.s.g.play, m.speed)))
	case b.next == nil && !m.busy:
		right = append(right, m.s.mark.Render("the end"))
	default:
		right = append(right, m.s.dim.Render(m.s.g.pause+" paused"))
	}
	r := strings.Join(right, dot)
	return m.s.ends(m.s.fit(left, max(w-width(r)-1, 0)), r, w)
}

// phases names the loop, the phase at work marked.
func (m *model) phases(w int) string {
	names := []string{"predict", "choose", "append", "repeat"}
	says := []string{
		"the model gives every token a probability",
		"one random number u picks a token",
		"the token joins the context",
	}
	at := map[beat]int{deal: 0, fall: 1, pick: 1, enter: 2}[m.beat]
	if m.cur().next == nil {
		at = -1
	}
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(m.s.dim.Render(m.s.g.arrow))
		}
		if i == at {
			b.WriteString(m.s.now.Render("[" + strings.ToUpper(name) + "]"))
		} else {
			b.WriteString(m.s.dim.Render(" " + name + " "))
		}
	}
	said := ""
	switch {
	case at >= 0 && m.cur().next.Forced && at == 1:
		said = "somebody picked the token"
	case at >= 0:
		said = says[at]
	}
	line := b.String()
	if room := w - width(line) - 2; width(said) <= room {
		return line + "  " + m.s.dim.Render(said)
	}
	return line
}

// footer is the line of the keys, of a question, or of what just happened.
func (m *model) footer(w int) string {
	switch {
	case m.asking != nil:
		return m.question(w)
	case m.failed != nil:
		return m.s.wrong.Render(m.s.fit(m.words(m.failed.Error()), w))
	case m.note != "":
		return m.s.bold.Render(m.s.fit(m.words(m.note), w))
	case m.cursor >= 0 && m.keys.live:
		return m.s.fit(m.shortHelp(w, m.keys.Pick, m.keys.Up, short(m.keys.Track, "track"), m.keys.Leave), w)
	}
	return m.s.fit(m.shortHelp(w, m.keys.ShortHelp()...), w)
}

// question shows what is asked, what was typed, and why it was not taken.
func (m *model) question(w int) string {
	ask := m.s.fit(m.words(m.asking.text), min(width(m.words(m.asking.text)), w*2/3))
	hint := m.s.dim.Render(fmt.Sprintf("%s, or esc", m.keys.Pick.Help().Key))
	if m.note != "" {
		hint = m.s.wrong.Render(m.s.fit(m.words(m.note), min(width(m.words(m.note)), max(w-width(ask)-14, 0))))
	}
	room := max(w-width(ask)-width(hint)-2, 1)
	return m.s.ends(m.s.bold.Render(ask)+m.input.view(&m.s, room), hint, w)
}
