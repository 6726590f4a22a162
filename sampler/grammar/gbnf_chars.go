package grammar

import (
	"strconv"
	"unicode/utf8"
)

// text reads a text in quotes.
func (p *gbnf) text() expr {
	at := p.at
	p.at++
	var text []byte
	for p.err == nil {
		switch p.peek() {
		case '"':
			p.at++
			return literal(text)
		case 0, '\n', '\r':
			p.failf(at, "the text that begins here has no end: want another \"")
		default:
			text = utf8.AppendRune(text, p.char())
		}
	}
	return nil
}

// class reads characters in brackets.
func (p *gbnf) class() expr {
	at := p.at
	p.at++
	not := p.next("^")
	var spans []span
	for p.err == nil {
		switch p.peek() {
		case ']':
			if len(spans) == 0 {
				p.failf(at, "these brackets hold no character")
			}
			p.at++
			if not {
				return newClass(spans...).not()
			}
			return newClass(spans...)
		case 0, '\n', '\r':
			p.failf(at, "the characters that begin here have no end: want a ]")
			return nil
		}
		from := p.at
		s := span{lo: p.char()}
		s.hi = s.lo
		if p.peek() == '-' && p.at+1 < len(p.source) && p.source[p.at+1] != ']' {
			p.at++
			if s.hi = p.char(); s.hi < s.lo {
				p.failf(from, "the range %s ends before it begins", quote(p.source[from:p.at]))
			}
		}
		spans = append(spans, s)
	}
	return nil
}

// char reads a character, which may be escaped.
func (p *gbnf) char() rune {
	at := p.at
	r, size := utf8.DecodeRuneInString(p.source[p.at:])
	p.at += size
	switch {
	case r == utf8.RuneError && size <= 1:
		p.failf(at, "the byte 0x%02x is no character: a grammar is UTF-8", p.source[at])
	case r != '\\':
		return r
	}
	c := p.peek()
	if p.at < len(p.source) {
		p.at++
	}
	switch c {
	case 'x':
		return p.hex(at, 2)
	case 'u':
		return p.hex(at, 4)
	case 'U':
		return p.hex(at, 8)
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'n':
		return '\n'
	case '\\', '"', '[', ']', '-', '^':
		return rune(c)
	}
	p.failf(at, "unknown escape: there are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ and \\xNN \\uNNNN \\UNNNNNNNN")
	return 0
}

// hex reads the digits of an escape that begins at a byte.
func (p *gbnf) hex(at, digits int) rune {
	text := p.source[p.at:min(p.at+digits, len(p.source))]
	n, err := strconv.ParseUint(text, 16, 32)
	r := rune(n)
	switch {
	case err != nil || len(text) < digits:
		p.failf(at, "this escape has %d hexadecimal digits", digits)
	case n > lastRune || !utf8.ValidRune(r):
		p.failf(at, "there is no character %s", text)
	}
	p.at += len(text)
	return r
}
