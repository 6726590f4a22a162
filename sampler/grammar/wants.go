package grammar

import (
	"strings"
	"unicode/utf8"
)

// wants says what may come next, in words of at most about 40 characters:
// "wants one of [0-9]". Characters stand there as they are.
func (m *machine) wants(s *state) string {
	if m.inside(s) {
		return "wants the rest of a character"
	}
	c := m.characters(s)
	switch {
	case len(c) == 0:
		return "is complete"
	case s.ends:
		return "ends or wants " + c.words()
	}
	return "wants " + c.words()
}

// inside reports whether a state stands inside a character.
func (m *machine) inside(s *state) bool {
	if s.ends {
		return false
	}
	for class, b := range m.bytes {
		if m.step(s, uint8(class)) != lost {
			return b.lo >= 0x80 && b.lo < 0xc0
		}
	}
	return false
}

// characters is the characters that may come next.
func (m *machine) characters(s *state) class {
	var spans []span
	known := map[rest][]span{}
	for class, b := range m.bytes {
		if m.step(s, uint8(class)) == lost {
			continue
		}
		for lead := int(b.lo); lead <= int(b.hi); lead++ {
			n, bits := 0, rune(lead)
			switch {
			case lead < 0x80:
			case lead < 0xe0:
				n, bits = 1, rune(lead&0x1f)
			case lead < 0xf0:
				n, bits = 2, rune(lead&0x0f)
			default:
				n, bits = 3, rune(lead&0x07)
			}
			for _, t := range m.tails(rest{m.step(s, uint8(class)), n}, known) {
				spans = append(spans, span{bits<<(6*n) | t.lo, bits<<(6*n) | t.hi})
			}
		}
	}
	return newClass(spans...)
}

// A rest is the last n bytes of a character, from a state.
type rest struct {
	*state
	n int
}

// tails is the bits that they may have.
func (m *machine) tails(r rest, known map[rest][]span) []span {
	if r.n == 0 {
		return []span{{0, 0}}
	}
	if spans, ok := known[r]; ok {
		return spans
	}
	var spans []span
	low := 6 * (r.n - 1)
	for b := rune(0); b < 0x40; b++ {
		to := m.step(r.state, m.class[0x80|byte(b)])
		if to == lost {
			continue
		}
		for _, t := range m.tails(rest{to, r.n - 1}, known) {
			next := span{b<<low | t.lo, b<<low | t.hi}
			if n := len(spans); n > 0 && spans[n-1].hi+1 == next.lo {
				spans[n-1].hi = next.hi
			} else {
				spans = append(spans, next)
			}
		}
	}
	known[r] = spans
	return spans
}

// words writes a class as people do: "“a”", "one of [a-z_]".
func (c class) words() string {
	if len(c) == 1 && c[0].lo == c[0].hi {
		return "“" + string(c[0].lo) + "”"
	}
	if len(c.not()) == 0 {
		return "any character"
	}
	const most = 24
	open, spans := "[", c
	if c.has(lastRune) {
		open, spans = "[^", c.not()
	}
	var b strings.Builder
	for _, s := range spans {
		part := bracketed(s.lo)
		switch {
		case s.hi == s.lo+1:
			part += bracketed(s.hi)
		case s.hi > s.lo:
			part += "-" + bracketed(s.hi)
		}
		if utf8.RuneCountInString(b.String()+part) > most {
			b.WriteString("…")
			break
		}
		b.WriteString(part)
	}
	return "one of " + open + b.String() + "]"
}

// bracketed writes a character between square brackets. What cannot be seen
// stays as it is: whoever shows it makes it visible.
func bracketed(r rune) string {
	if r == ']' || r == '[' || r == '^' || r == '-' {
		return `\` + string(r)
	}
	return string(r)
}
