package tui

import (
	"slices"
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"argen"
)

// An inked is text in one style.
type inked struct {
	text  string
	style lipgloss.Style
	whole bool // cleaned, and not to be broken at blanks
}

// contextLines shows the end of the context in h lines of w cells, with the
// place that the next token will enter.
func (m *model) contextLines(w, h int) []string {
	b := m.cur()
	var tail []inked // backwards
	room := w * h
	add := func(text string, style lipgloss.Style) {
		tail = append(tail, inked{text: text, style: style})
		room -= utf8.RuneCountInString(text)
	}
	tail = m.slot(tail)
	complete := m.beat == enter && b.next != nil && b.next.Text != ""
	for i := len(b.steps) - 1; i >= 0 && room > 0; i-- {
		step := &b.steps[i]
		if complete && partial(step) {
			continue // the character that it is a part of stands there whole
		}
		complete = complete || step.Text != ""
		style := m.s.text
		switch {
		case step.Given():
			style = m.s.forced
		case i == len(b.steps)-1 && m.beat == deal:
			style = m.s.chosen
		}
		if control(step) {
			add(b.written(i), m.s.control)
			continue
		}
		add(b.written(i), style)
	}
	if room > 0 {
		tail = append(tail, m.ink(m.prompt(room))...)
	}
	return m.s.wrapTail(tail, w, h)
}

// slot adds the place of the next token: empty, then what was chosen.
func (m *model) slot(tail []inked) []inked {
	b := m.cur()
	next := b.next
	if next == nil {
		if b.over != "" {
			tail = append(tail, inked{text: " [" + b.why() + "]", style: m.s.dim})
		}
		return tail
	}
	text := b.written(len(b.steps))
	lead := len(text) - len(strings.TrimLeft(text, " "))
	if lead == len(text) {
		lead = 0
	}
	token := m.s.token(text[lead:])
	switch {
	case m.beat == enter:
		return append(tail, inked{token, m.s.fresh, true}, inked{text: text[:lead], style: m.s.text})
	case m.beat < pick:
		token = "   "
		lead = 0
		if endsWord(b) {
			lead = 1
		}
	}
	return append(tail, inked{"[" + token + "]", m.s.slot, true}, inked{text: strings.Repeat(" ", min(lead, 1)), style: m.s.text})
}

// endsWord reports whether a blank stands well before the next token, so that
// the place of it says nothing about it.
func endsWord(b *branch) bool {
	text := b.head.PromptText
	if n := len(b.steps); n > 0 {
		text = b.written(n - 1)
	}
	return text != "" && !strings.HasSuffix(text, " ") && !strings.HasSuffix(text, "\n")
}

// written is what step t, or the next one, adds to the text: a control token
// has a blank on both sides.
func (b *branch) written(t int) string {
	s := b.next
	if t < len(b.steps) {
		s = &b.steps[t]
	}
	text := written(s)
	if t > 0 && control(&b.steps[t-1]) && !strings.HasPrefix(text, " ") {
		return " " + text
	}
	return text
}

// control reports whether a step wrote a control token.
func control(s *argen.Step) bool { return s.Text == "" && utf8.ValidString(s.Token) }

// partial reports whether a step wrote a part of a character that others
// complete.
func partial(s *argen.Step) bool { return s.Text == "" && !utf8.ValidString(s.Token) }

// written is what a step adds to the text, not cleaned: control tokens stand
// in it by name, parts of characters by their bytes.
func written(s *argen.Step) string {
	switch {
	case s.Text != "":
		return s.Text
	case utf8.ValidString(s.Token):
		return " " + s.Token
	}
	return s.Token
}

// ink returns a part of the prompt from its end on, the names of control tokens
// in a style of their own.
func (m *model) ink(text string) []inked {
	var parts []inked
	names := m.cur().head.ControlNames()
	for text != "" {
		at, name := len(text), ""
		for _, n := range names {
			if i := strings.Index(text, n); i >= 0 && (i < at || i == at && len(n) > len(name)) {
				at, name = i, n
			}
		}
		if at > 0 {
			parts = append(parts, inked{text: text[:at], style: m.s.dim})
		}
		if name != "" {
			parts = append(parts, inked{text: name, style: m.s.control})
		}
		text = text[at+len(name):]
	}
	slices.Reverse(parts)
	return parts
}

// prompt is the end of the prompt, about n characters of it.
func (m *model) prompt(n int) string {
	text := m.wholePrompt()
	for i := len(text); i > 0; n-- {
		if n < 0 {
			return text[i:]
		}
		_, size := utf8.DecodeLastRuneInString(text[:i])
		i -= size
	}
	return text
}

// wholePrompt is the prompt; control tokens alone stand there by name.
func (m *model) wholePrompt() string {
	h := &m.cur().head
	if h.PromptText == "" && len(h.PromptTokens) > 0 {
		return strings.Join(h.PromptTokens, " ") + " "
	}
	return h.PromptText
}

// wrapTail breaks text, given from its end, into lines of w cells, at blanks
// where there are any, and returns the last h.
func (s *screen) wrapTail(tail []inked, w, h int) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	var lines []string
	var line, word strings.Builder
	lineW, wordW := 0, 0
	flushWord := func() {
		line.WriteString(word.String())
		lineW += wordW
		word.Reset()
		wordW = 0
	}
	flushLine := func() {
		lines = append(lines, line.String())
		line.Reset()
		lineW = 0
	}
	for i := len(tail) - 1; i >= 0; i-- {
		style := tail[i].style
		parts := []string{tail[i].text}
		if !tail[i].whole {
			parts = split(tail[i].text)
		}
		for _, part := range parts {
			switch {
			case tail[i].whole:
			case part == "\n":
				flushWord()
				flushLine()
				continue
			case part == " ":
				flushWord()
				if lineW > 0 && lineW < w {
					line.WriteString(style.UnsetUnderline().Render(" "))
					lineW++
				}
				continue
			default:
				part = s.clean(part)
			}
			for part != "" {
				n := ansi.StringWidth(part)
				cut := part
				if wordW+n > w { // longer than a line: broken anywhere
					cut = ansi.Truncate(part, w-wordW, "")
					if cut == "" && wordW == 0 {
						cut, part = "", "" // a character wider than the line
						break
					}
				}
				if lineW+wordW+ansi.StringWidth(cut) > w && lineW > 0 {
					flushLine()
				}
				if cut != "" {
					word.WriteString(style.Render(cut))
					wordW += ansi.StringWidth(cut)
				}
				if part = strings.TrimPrefix(part, cut); part != "" {
					flushWord()
					flushLine()
				}
			}
		}
	}
	flushWord()
	if lineW > 0 || len(lines) == 0 {
		flushLine()
	}
	if len(lines) > h {
		lines = lines[len(lines)-h:]
	}
	return lines
}

// split takes text apart into blanks, line ends and what is between.
func split(text string) []string {
	var parts []string
	for text != "" {
		i := strings.IndexAny(text, " \n\t\r")
		switch {
		case i < 0:
			return append(parts, text)
		case i > 0:
			parts = append(parts, text[:i])
		}
		if text[i] == '\n' {
			parts = append(parts, "\n")
		} else {
			parts = append(parts, " ")
		}
		text = text[i+1:]
	}
	return parts
}
