package grammar

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A SyntaxError says what is wrong with a regular expression, a grammar or a
// schema, and where.
type SyntaxError struct {
	Line   int    // from 1; 0 where no place is meant
	Column int    // from 1, in characters
	Msg    string // what is wrong, and what helps
	Source string // the line

	alone bool // there is no other line
}

// Error implements error.
func (e *SyntaxError) Error() string {
	switch {
	case e.Line == 0:
		return e.Msg
	case e.alone:
		return fmt.Sprintf("column %d: %s", e.Column, e.Msg)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// Caret is the line with a mark below the place: two lines without a line end,
// or "" where no place is meant. Of a long line it shows the part around it.
func (e *SyntaxError) Caret() string {
	const before, after = 50, 26
	if e.Line == 0 {
		return ""
	}
	line := []rune(e.Source)
	at := min(e.Column-1, len(line))
	start, dots := 0, ""
	if at > before {
		start, dots = at-before, "…"
	}
	end := ""
	if len(line) > at+after {
		line, end = line[:at+after], "…"
	}
	shown := func(part []rune) string {
		return dots + strings.Map(func(r rune) rune {
			switch {
			case r == '\t':
				return ' '
			case r < ' ' || r == utf8.RuneError || r >= 0x7f && r < 0xa0:
				return '·'
			}
			return r
		}, string(part))
	}
	blank := strings.Repeat(" ", utf8.RuneCountInString(shown(line[start:at])))
	return shown(line[start:]) + end + "\n" + blank + "^"
}

// A mark is a place in a source.
type mark struct {
	source string
	offset int // in bytes
}

// position is the line and the column of a mark, and the whole line.
func (m mark) position() (line, column int, text string) {
	offset := min(m.offset, len(m.source))
	start := strings.LastIndexByte(m.source[:offset], '\n') + 1
	text, _, _ = strings.Cut(m.source[start:], "\n")
	column = utf8.RuneCountInString(m.source[start:offset]) + 1
	return strings.Count(m.source[:start], "\n") + 1, column, strings.TrimRight(text, "\r")
}

// errorf makes the error at a mark.
func (m mark) errorf(format string, args ...any) error {
	e := &SyntaxError{Msg: fmt.Sprintf(format, args...)}
	if m.source != "" {
		e.Line, e.Column, e.Source = m.position()
		e.alone = !strings.Contains(m.source, "\n")
	}
	return e
}
