package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

func width(s string) int { return ansi.StringWidth(s) }

// words is a message as the screen can show it.
func (m *model) words(text string) string {
	if m.s.ascii {
		text = plainWords.Replace(text)
	}
	return m.s.clean(strings.ReplaceAll(text, "\n", "; "))
}

var plainWords = strings.NewReplacer("≤", "<=", "≥", ">=", "…", "...", "−", "-", "·", "|", "→", "->", "×", "x", "–", "-")

// shortHelp is as many keys as fit in a line.
func (m *model) shortHelp(w int, keys ...key.Binding) string {
	m.styleHelp()
	m.help.SetWidth(w)
	return m.help.ShortHelpView(keys)
}

func (m *model) styleHelp() {
	h := &m.help.Styles
	h.ShortKey, h.FullKey = m.s.bold, m.s.bold
	h.ShortDesc, h.FullDesc = m.s.dim, m.s.text
	h.ShortSeparator, h.FullSeparator, h.Ellipsis = m.s.dim, m.s.dim, m.s.dim
}

// helpBody is the page of help: all keys, then how to read the screen.
func (m *model) helpBody() []string {
	w := m.s.w
	var lines []string
	var all []key.Binding
	for _, group := range m.keys.FullHelp() {
		for _, b := range group {
			if b.Enabled() {
				all = append(all, b)
			}
		}
	}
	cols := min(max(w/40, 1), 3)
	rows := (len(all) + cols - 1) / cols
	for y := range rows {
		var b strings.Builder
		for x := range cols {
			if i := x*rows + y; i < len(all) {
				b.WriteString(m.s.fit(m.s.bold.Render(m.s.right(all[i].Help().Key, 9))+" "+all[i].Help().Desc, w/cols))
			}
		}
		lines = append(lines, b.String())
	}
	lines = append(lines, "")
	for _, text := range m.legend() {
		for _, l := range strings.Split(lipgloss.Wrap(m.words(text), w, ""), "\n") {
			lines = append(lines, m.s.dim.Render(l))
		}
	}
	return lines
}

// helpLines is as much of the page of help as the screen holds.
func (m *model) helpLines() []string {
	body := m.helpBody()
	hint := "any key goes back"
	if m.helpMost(body) > 0 {
		hint = m.keys.Up.Help().Key + " scroll, any other key goes back"
	}
	lines := []string{m.s.ends(m.s.bold.Render("argen step: keys"), m.s.dim.Render(hint), m.s.w), ""}
	lines = append(lines, body[min(m.helpAt, m.helpMost(body)):]...)
	return lines[:min(len(lines), m.s.h)]
}

// helpMost is how many lines of help may be above the screen.
func (m *model) helpMost(body []string) int { return max(len(body)-(m.s.h-2), 0) }

// pressHelp scrolls the page of help or leaves it.
func (m *model) pressHelp(k tea.KeyPressMsg) tea.Cmd {
	switch page := max(m.s.h-4, 1); k.String() {
	case "up", "k":
		m.helpAt--
	case "down", "j":
		m.helpAt++
	case "pgup":
		m.helpAt -= page
	case "pgdown", "space":
		m.helpAt += page
	case "q":
		return tea.Quit
	default:
		m.helping, m.helpAt = false, 0
	}
	m.helpAt = min(max(m.helpAt, 0), m.helpMost(m.helpBody()))
	return nil
}

// legend says how to read the screen.
func (m *model) legend() []string {
	g := m.s.g
	return []string{
		"P model is what the model says of the next token, P drawn what the chain makes of it: what is left after cutting (" + g.cut + " and the stage that did it) is scaled to sum to 1.",
		"The candidates divide [0,1), the most probable first; u is drawn evenly from it, and the token whose part holds u is appended.",
		"Surprisal is −log2 P of the token written, entropy the surprisal to be expected before: both in bits. Perplexity is exp(−ln P / tokens).",
		g.mark + " chosen  " + g.point + " pointed at  " + g.track + " tracked  " + g.blank + " a blank of the token; purple and underlined: forced by somebody.",
	}
}
