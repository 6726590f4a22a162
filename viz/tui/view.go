package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
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
	case m.s.small():
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
	if !m.s.small() && !m.helping && len(lines) == h {
		said := m.said(w)
		end := h
		if m.asking != nil { // why the answer was not taken, above it
			end--
		}
		copy(lines[end-len(said):end], said)
	}
	for i := range lines {
		lines[i] = m.s.fit(lines[i], w)
	}
	return strings.Join(lines, "\n")
}

// tooSmall says what size is needed, which is read also where all of it does
// not fit.
func (m *model) tooSmall() []string {
	text := fmt.Sprintf("needs %d%s%d, is %d%s%d: enlarge it or press q", leastW, m.times(), leastH, m.s.w, m.times(), m.s.h)
	return strings.Split(lipgloss.Wrap(text, m.s.w, ""), "\n")
}

// mostSaid is how many lines a message may have.
const mostSaid = 3

// said are the lines of what just happened or went wrong.
func (m *model) said(w int) []string {
	text, style := m.note, m.s.bold
	switch {
	case m.asking != nil:
		style = m.s.wrong
	case m.failed != nil:
		text, style = m.failed.Error(), m.s.wrong
	}
	if text == "" {
		return nil
	}
	lines := strings.Split(lipgloss.Wrap(m.words(text), w, ""), "\n")
	if len(lines) > mostSaid {
		lines = append(lines[:mostSaid-1], strings.Join(lines[mostSaid-1:], " "))
	}
	for i := range lines {
		lines[i] = style.Render(m.s.fit(lines[i], w))
	}
	return lines
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
	if h < 18 {
		return m.tightLines()
	}
	wide := w >= 110 && h >= 28
	sparks := min(2+len(m.track), h-17, 5)
	if wide {
		sparks = 0
	}
	dice := 3
	fixed := 3 + 1 + 1 + dice + sparks + 1 + 1 // header, rule, formula, dice, curves, totals, keys
	branches := m.branchLines(w, min(h/6, 6))
	left := h - fixed - len(branches)
	more := max(min(left-8, m.searchRows()), 0)
	dice, left = dice+more, left-more
	air := 0
	if left >= 18 {
		air = 1
		left -= 3
	}
	context := min(max(left/3, 1), 8)
	list := left - context
	most := m.listed + 2
	if wide {
		most = max(most, 24) // for what is beside it
	}
	if list > most && m.listed > 0 {
		context = min(context+list-most, 12)
		list = most
	}

	lines := []string{m.header(w), m.phases(w), m.rule(w)}
	lines = append(lines, padded(m.contextLines(w, context), context)...)
	lines = append(lines, branches...)
	lines = append(lines, m.rule(w))
	top := len(lines)
	if wide {
		lines = append(lines, m.beside(list)...)
	} else {
		lines = append(lines, padded(m.candidateLines(w, list, 1), list)...)
	}
	lines = append(lines, blank(air)...)
	lines = append(lines, m.formulaLine(w))
	lines = append(lines, blank(air)...)
	lines = append(lines, m.diceLines(w, dice)...)
	m.falling(lines, top, len(lines)-dice, w)
	lines = append(lines, blank(air)...)
	cs := m.curves()
	scaleTo(cs, w)
	for i := range min(sparks, len(cs)) {
		lines = append(lines, m.curveLine(cs[i], w))
	}
	lines = append(lines, m.totalsLine(w))
	return append(padded(lines, h-1), m.footer(w))
}

// tightLines is the screen of a small terminal.
func (m *model) tightLines() []string {
	w, h := m.s.w, m.s.h
	context := 1
	if h >= 14 {
		context = 2
	}
	list := h - context - 6
	lines := []string{m.phases(w)}
	lines = append(lines, padded(m.contextLines(w, context), context)...)
	lines = append(lines, padded(m.candidateLines(w, list, 1), list)...)
	lines = append(lines, m.formulaLine(w))
	lines = append(lines, m.diceLines(w, 2)...)
	m.falling(lines, 1+context, len(lines)-2, w)
	lines = append(lines, m.totalsLine(w))
	return append(lines, m.footer(w))
}

// beside is the list of candidates with the curves and the chain at its right.
func (m *model) beside(h int) []string {
	w := m.s.w
	right := max(w*3/10, 38) // what a stage did
	left := w - right - 3
	stages := append(m.stageLines(right, h/2), m.originLines(right, h/3)...) // as many at each beat
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
	left := m.s.bold.Render("argen step") + dot + m.s.clean(b.head.Model.Title()) + dot +
		fmt.Sprintf("seed %d", b.head.Seed) + dot + m.s.chain(named(b.chain))
	if b.head.Search != "" {
		left += dot + m.s.chain(b.head.Search)
	}
	var right []string
	if len(m.branches) > 1 {
		right = append(right, fmt.Sprintf("branch %s of %d", b.name, len(m.branches)))
	}
	switch {
	case m.slow:
		right = append(right, "computing")
	case b.live == nil:
		right = append(right, fmt.Sprintf("replay %d/%d", len(b.steps), len(b.read.Steps)))
	}
	switch {
	case m.playing:
		right = append(right, m.s.mark.Render(fmt.Sprintf("%s %g/s", m.s.g.play, m.speed)))
	case m.failed != nil:
		right = append(right, m.s.wrong.Render("error"))
	case b.next == nil && !m.busy:
		right = append(right, m.s.mark.Render("the end"))
	default:
		right = append(right, m.s.dim.Render(m.s.g.pause+" paused"))
	}
	r := strings.Join(right, dot)
	return m.s.ends(m.s.fit(left, max(w-width(r)-1, 0)), r, w)
}

// phase is the index of the phase at work, −1 at the end.
func (m *model) phase() int {
	switch {
	case m.cur().next == nil:
		return -1
	case m.beat == deal:
		return 0
	case m.beat == enter:
		return 2
	}
	return 1
}

// loop names the phases, the one at work marked.
func (m *model) loop(names []string) string {
	at := m.phase()
	for i, name := range names {
		if i == at {
			names[i] = m.s.now.Render("[" + strings.ToUpper(name) + "]")
		} else {
			names[i] = m.s.dim.Render(" " + name + " ")
		}
	}
	return strings.Join(names, m.s.dim.Render(" "+m.s.g.arrow+" "))
}

// phases is the loop and what the phase at work does.
func (m *model) phases(w int) string {
	line := m.loop([]string{"predict", "choose", "append", "repeat"})
	said := ""
	switch at := m.phase(); {
	case at == 1 && m.cur().next.Choice != nil:
		said = "a search picked the token"
	case at == 1 && m.cur().next.Forced:
		said = "somebody picked the token"
	case at == 1 && m.cur().next.Gumbel:
		said = "the largest ln P + noise wins"
	case at >= 0:
		said = []string{
			"every token gets a probability",
			"a random number u picks a token",
			"the token joins the context",
		}[at]
	}
	if room := w - width(line) - 2; width(said) <= room {
		return line + "  " + m.s.dim.Render(said)
	}
	return line
}

// footer is the line of the keys or of a question.
func (m *model) footer(w int) string {
	switch {
	case m.asking != nil:
		return m.question(w)
	case m.cursor >= 0 && m.keys.live:
		return m.keyLine(w, []key.Binding{short(m.keys.Pick, "append it"), short(m.keys.Up, "point"), short(m.keys.Track, "track")}, short(m.keys.Leave, "leave"), m.keys.Quit)
	}
	return m.keyLine(w, m.keys.line(), m.keys.Help, m.keys.Quit)
}

// question shows what is asked and what was typed.
func (m *model) question(w int) string {
	ask := m.words(m.asking.text)
	ask = m.s.fit(ask, min(width(ask), w*2/3))
	hint := m.s.dim.Render(m.keys.Pick.Help().Key + ", or esc")
	return m.s.ends(m.s.bold.Render(ask)+m.input.view(&m.s, max(w-width(ask)-width(hint)-2, 1)), hint, w)
}
