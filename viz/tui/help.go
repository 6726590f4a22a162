package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
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

// helpLines is the page of help: all keys, then how to read the screen.
func (m *model) helpLines() []string {
	w, h := m.s.w, m.s.h
	lines := []string{m.s.ends(m.s.bold.Render("argen step: keys"), m.s.dim.Render("any key goes back"), w), ""}
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
	return lines[:min(len(lines), h)]
}

// legend says how to read the screen.
func (m *model) legend() []string {
	g := m.s.g
	return []string{
		"P model is what the model says of the next token, P drawn what the chain makes of it: what is left after cutting (" + g.cut + " and the stage that did it) is scaled to sum to 1.",
		"The candidates divide [0,1), the most probable first; u is drawn evenly from it, and the token whose part holds u is appended.",
		"Surprisal is −log2 P of the token written, entropy its mean over all tokens: both in bits. Perplexity is exp(−ln P / tokens).",
		g.mark + " chosen  " + g.point + " pointed at  " + g.track + " tracked  " + g.blank + " a blank of the token; purple and underlined: forced by somebody.",
	}
}
