package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// typed is a line being typed.
type typed struct {
	text   []rune
	cursor int // 0 ≤ cursor ≤ len(text)
}

// mostTyped is how long a line may be.
const mostTyped = 4096

func (t *typed) set(text string) {
	t.text = []rune(text)
	t.cursor = len(t.text)
}

// insert puts text at the cursor. Line ends become blanks.
func (t *typed) insert(text string) {
	for _, r := range text {
		if r == '\n' || r == '\r' {
			r = ' '
		}
		if len(t.text) < mostTyped {
			t.text = slices.Insert(t.text, t.cursor, r)
			t.cursor++
		}
	}
}

// press does what a key does to a line.
func (t *typed) press(k tea.KeyPressMsg) {
	switch k.String() {
	case "left", "ctrl+b":
		t.cursor = max(t.cursor-1, 0)
	case "right", "ctrl+f":
		t.cursor = min(t.cursor+1, len(t.text))
	case "home", "ctrl+a":
		t.cursor = 0
	case "end", "ctrl+e":
		t.cursor = len(t.text)
	case "backspace", "ctrl+h":
		if t.cursor > 0 {
			t.text = slices.Delete(t.text, t.cursor-1, t.cursor)
			t.cursor--
		}
	case "delete", "ctrl+d":
		if t.cursor < len(t.text) {
			t.text = slices.Delete(t.text, t.cursor, t.cursor+1)
		}
	case "ctrl+u":
		t.text = slices.Delete(t.text, 0, t.cursor)
		t.cursor = 0
	case "ctrl+k":
		t.text = t.text[:t.cursor]
	default:
		t.insert(k.Text)
	}
}

// view shows the end of the line up to the cursor, and what fits after it, in
// w cells.
func (t *typed) view(s *screen, w int) string {
	here, after := " ", ""
	if t.cursor < len(t.text) {
		here, after = s.clean(string(t.text[t.cursor])), s.clean(string(t.text[t.cursor+1:]))
	}
	before := s.clean(string(t.text[:t.cursor]))
	if n := ansi.StringWidth(before); n > w-4 {
		before = ansi.TruncateLeft(before, n-max(w-4, 0), "")
	}
	line := before + s.now.Render(here) + after
	return ansi.Truncate(line, max(w, 0), "")
}
