package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a part of a template.
type token struct {
	kind tokenKind
	text string // of a string its value
	line int
}

type tokenKind int

const (
	tokEOF tokenKind = iota
	tokText
	tokPrint // {{
	tokPrintEnd
	tokBlock // {%
	tokBlockEnd
	tokName
	tokNumber
	tokString
	tokOperator
)

// A lexer cuts a template into tokens, whitespace removed as its signs, and
// trim_blocks and lstrip_blocks, say.
type lexer struct {
	src     string
	at      int
	line    int
	newline bool // the part before ended with a line
	tokens  []token
}

func lex(source string) []token {
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)
	l := &lexer{src: strings.TrimSuffix(source, "\n"), line: 1, newline: true}
	for l.at < len(l.src) {
		l.part()
	}
	l.add(tokEOF, "")
	return l.tokens
}

func (l *lexer) add(k tokenKind, text string) { l.tokens = append(l.tokens, token{k, text, l.line}) }

func (l *lexer) fail(format string, args ...any) {
	panic(&Error{Line: l.line, Msg: fmt.Sprintf(format, args...)})
}

// skip moves on by n bytes.
func (l *lexer) skip(n int) {
	l.line += strings.Count(l.src[l.at:l.at+n], "\n")
	l.at += n
}

// part reads text and the tag behind it.
func (l *lexer) part() {
	rest := l.src[l.at:]
	tag := len(rest)
	for _, open := range []string{"{{", "{%", "{#"} {
		if i := strings.Index(rest[:min(len(rest), tag+1)], open); i >= 0 && i < tag {
			tag = i
		}
	}
	text := rest[:tag]
	if tag == len(rest) {
		l.add(tokText, text)
		l.skip(tag)
		return
	}
	open, sign := rest[tag:tag+2], byte(0)
	if tag+2 < len(rest) && strings.IndexByte("-+", rest[tag+2]) >= 0 {
		sign = rest[tag+2]
	}
	begin := strings.LastIndexByte(text, '\n') + 1
	switch {
	case sign == '-':
		text = strings.TrimRightFunc(text, isSpace)
	case sign == '+' || open == "{{":
	case (begin > 0 || l.newline) && strings.TrimFunc(text[begin:], isSpace) == "":
		text = text[:begin]
	}
	if text != "" {
		l.add(tokText, text)
	}
	l.skip(tag + 2)
	if sign != 0 {
		l.skip(1)
	}
	l.newline = false
	switch open {
	case "{#":
		end := strings.Index(l.src[l.at:], "#}")
		if end < 0 {
			l.fail("a comment does not end")
		}
		sign := byte(0)
		if end > 0 {
			sign = l.src[l.at+end-1]
		}
		l.skip(end + 2)
		l.after(sign, true)
	case "{{":
		l.add(tokPrint, "")
		l.inside("}}")
		l.add(tokPrintEnd, "")
	default:
		if !l.raw() {
			l.add(tokBlock, "")
			l.inside("%}")
			l.add(tokBlockEnd, "")
		}
	}
}

// after removes what follows a tag, by the sign before its end.
func (l *lexer) after(sign byte, block bool) {
	rest := l.src[l.at:]
	switch {
	case sign == '-':
		l.skip(len(rest) - len(strings.TrimLeftFunc(rest, isSpace)))
	case block && sign != '+' && strings.HasPrefix(rest, "\n"):
		l.skip(1)
		l.newline = true
	}
}

// raw reads {% raw %} to {% endraw %} as text, if that stands here.
func (l *lexer) raw() bool {
	word := func(s, want string) (rest string, sign byte, ok bool) {
		s, ok = strings.CutPrefix(strings.TrimLeftFunc(s, isSpace), want)
		s = strings.TrimLeftFunc(s, isSpace)
		if ok && len(s) > 0 && strings.IndexByte("-+", s[0]) >= 0 {
			sign, s = s[0], s[1:]
		}
		s, end := strings.CutPrefix(s, "%}")
		return s, sign, ok && end
	}
	rest, sign, ok := word(l.src[l.at:], "raw")
	if !ok {
		return false
	}
	l.skip(len(l.src) - l.at - len(rest))
	l.after(sign, false)
	for from := l.at; ; from += 2 {
		i := strings.Index(l.src[from:], "{%")
		if i < 0 {
			l.fail("{%% raw %%} does not end")
		}
		from += i
		behind, open := l.src[from+2:], byte(0)
		if len(behind) > 0 && strings.IndexByte("-+", behind[0]) >= 0 {
			open, behind = behind[0], behind[1:]
		}
		rest, sign, ok := word(behind, "endraw")
		if !ok {
			continue
		}
		text := l.src[l.at:from]
		if begin := strings.LastIndexByte(text, '\n') + 1; open == '-' {
			text = strings.TrimRightFunc(text, isSpace)
		} else if open != '+' && begin > 0 && strings.TrimFunc(text[begin:], isSpace) == "" {
			text = text[:begin]
		}
		l.add(tokText, text)
		l.skip(len(l.src) - l.at - len(rest))
		l.after(sign, true)
		return true
	}
}

// operators, the longest first.
var operators = []string{"**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ":", "|", ",", ";", "(", ")", "[", "]", "{", "}"}

// inside reads the tokens of a tag up to its end.
func (l *lexer) inside(end string) {
	var open []byte // brackets
	begin := l.line
	for {
		rest := l.src[l.at:]
		if rest == "" {
			l.line = begin
			l.fail("a tag does not end with %s", end)
		}
		if len(open) == 0 {
			sign := byte(0)
			if len(rest) > 2 && (rest[0] == '-' || rest[0] == '+' && end == "%}") && rest[1:3] == end {
				sign, rest = rest[0], rest[1:]
			}
			if strings.HasPrefix(rest, end) {
				l.skip(len(l.src) - l.at - len(rest) + 2)
				l.after(sign, end == "%}")
				return
			}
		}
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case isSpace(r):
			l.skip(size)
		case r == '\'' || r == '"':
			l.text(rest, byte(r))
		case r >= '0' && r <= '9':
			l.number(rest)
		case r == '_' || unicode.IsLetter(r):
			n := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			if n < 0 {
				n = len(rest)
			}
			l.add(tokName, rest[:n])
			l.skip(n)
		default:
			open = l.operator(rest, open)
		}
	}
}

func (l *lexer) operator(rest string, open []byte) []byte {
	for _, op := range operators {
		if !strings.HasPrefix(rest, op) {
			continue
		}
		switch op {
		case "(", "[", "{":
			if open = append(open, ")]}"[strings.Index("([{", op)]); len(open) > MaxDepth {
				l.fail("more than %d brackets in each other", MaxDepth)
			}
		case ")", "]", "}":
			if len(open) == 0 || open[len(open)-1] != op[0] {
				l.fail("unexpected %q", op)
			}
			open = open[:len(open)-1]
		}
		l.add(tokOperator, op)
		l.skip(len(op))
		return open
	}
	r, _ := utf8.DecodeRuneInString(rest)
	l.fail("unexpected character %q", r)
	return nil
}

// text reads a string with Python's escapes.
func (l *lexer) text(rest string, quote byte) {
	var b strings.Builder
	for i := 1; i < len(rest); {
		c := rest[i]
		if c == quote {
			l.add(tokString, b.String())
			l.skip(i + 1)
			return
		}
		if c != '\\' || i+1 == len(rest) {
			b.WriteByte(c)
			i++
			continue
		}
		c = rest[i+1]
		i += 2
		if at := strings.IndexByte(`nrtabfv\'"`, c); at >= 0 {
			b.WriteByte("\n\r\t\a\b\f\v\\'\""[at])
			continue
		}
		if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]; digits > 0 && i+digits <= len(rest) {
			if n, err := strconv.ParseUint(rest[i:i+digits], 16, 32); err == nil {
				b.WriteRune(rune(n))
				i += digits
				continue
			}
		}
		if c != '\n' {
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	l.fail("a string does not end")
}

// number reads a whole number or one with a point or exponent.
func (l *lexer) number(rest string) {
	digits := func(i int) int {
		for i < len(rest) && (rest[i] >= '0' && rest[i] <= '9' || rest[i] == '_') {
			i++
		}
		return i
	}
	n := digits(0)
	if n+1 < len(rest) && rest[n] == '.' && rest[n+1] >= '0' && rest[n+1] <= '9' {
		n = digits(n + 1)
	}
	if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
		e := n + 1
		if e < len(rest) && (rest[e] == '-' || rest[e] == '+') {
			e++
		}
		if end := digits(e); end > e {
			n = end
		}
	}
	l.add(tokNumber, strings.ReplaceAll(rest[:n], "_", ""))
	l.skip(n)
}

// isSpace reports whether Python takes a character for white space.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }
