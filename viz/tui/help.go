package tui

import (
	"fmt"
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

var plainWords = strings.NewReplacer("≤", "<=", "≥", ">=", "…", "...", "−", "-", "·", "|", "→", "->", "×", "x", "–", "-", "√", "sqrt ", "σ", "sigma", "ε", "epsilon", "μ", "mu", "τ", "tau", "²", "^2", "“", `"`, "”", `"`)

// keyLine is as many keys as fit into a line of w cells, and always those at
// its end.
func (m *model) keyLine(w int, keys []key.Binding, end ...key.Binding) string {
	const between = "  "
	var line string
	var last []string
	for _, b := range end {
		last = append(last, m.keyWords(b))
	}
	tail := strings.Join(last, between)
	for _, b := range keys {
		if !b.Enabled() {
			continue
		}
		longer := line + m.keyWords(b) + between
		if width(longer)+width(tail) > w {
			break
		}
		line = longer
	}
	return m.s.fit(line+tail, w)
}

func (m *model) keyWords(b key.Binding) string {
	return m.s.bold.Render(b.Help().Key) + " " + m.s.dim.Render(b.Help().Desc)
}

// helpBody is the page of help: all keys, then how to read the screen.
func (m *model) helpBody() []string {
	w := m.s.w
	var lines []string
	var all []key.Binding
	for _, group := range m.keys.page() {
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
	body, room := m.helpBody(), m.s.h-helpFrame
	most := m.helpMost(body)
	at := min(m.helpAt, most)
	hint := "any key goes back"
	if most > 0 {
		keys := m.keys.Up.Help().Key
		hint = longest(m.s.w, fmt.Sprintf("lines %d to %d of %d: %s scroll, any other key goes back", at+1, at+room, len(body), keys), keys+" scroll, other keys go back")
	}
	lines := append([]string{m.s.bold.Render("argen step: keys"), ""}, body[at:]...)
	return append(padded(lines[:min(len(lines), m.s.h-1)], m.s.h-1), m.s.bold.Render(hint))
}

// helpFrame are the lines of the screen that the page of help leaves: a title,
// a blank, how to go on.
const helpFrame = 3

// helpMost is how many lines of help may be above the screen.
func (m *model) helpMost(body []string) int { return max(len(body)-(m.s.h-helpFrame), 0) }

// pressHelp scrolls the page of help or leaves it.
func (m *model) pressHelp(k tea.KeyPressMsg) tea.Cmd {
	switch page := max(m.s.h-helpFrame-1, 1); k.String() {
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
	draw := "The candidates divide [0,1), the most probable first; u is drawn evenly from it, and the token whose part holds u is appended."
	if m.cur().head.Gumbel {
		draw = "Noise that belongs to seed, step and token is added to ln P of each candidate, and the token with the largest sum is appended. So a step taken again, or after another text, meets the same dice."
	}
	return []string{
		"P model is what the model says of the next token, P drawn what the chain makes of it: what is left after cutting (" + g.cut + " and the stage that did it) is scaled to sum to 1.",
		draw,
		"Surprisal is −log2 P of the token written, entropy the surprisal to be expected before: both in bits. Perplexity is exp(−ln P / tokens).",
		g.mark + " chosen  " + g.point + " pointed at  " + g.track + " tracked  " + g.blank + " a blank of the token; underlined: forced; reversed: a control token.",
	}
}
