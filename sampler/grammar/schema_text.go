package grammar

import (
	"fmt"
	"regexp"
	"strings"
)

// What stands between quotes in JSON.
var (
	hex = newClass(span{'0', '9'}, span{'A', 'F'}, span{'a', 'f'})
	// plainChar is a character that is written as itself.
	plainChar = newClass(span{0, 0x1f}, span{'"', '"'}, span{'\\', '\\'}).not()
	// anyChar is a character, which may be escaped. Two escapes are one
	// character beyond U+FFFF; halves of them stand nowhere.
	anyChar = choice{
		plainChar,
		sequence{literal(`\`), newClass(span{'"', '"'}, span{'\\', '\\'}, span{'/', '/'}, span{'b', 'b'}, span{'f', 'f'}, span{'n', 'n'}, span{'r', 'r'}, span{'t', 't'})},
		sequence{literal(`\u`), newClass(span{'0', '9'}, span{'A', 'C'}, span{'E', 'F'}, span{'a', 'c'}, span{'e', 'f'}), hex, hex, hex},
		sequence{literal(`\u`), newClass(span{'D', 'D'}, span{'d', 'd'}), class{{'0', '7'}}, hex, hex},
		sequence{
			literal(`\u`), newClass(span{'D', 'D'}, span{'d', 'd'}), newClass(span{'8', '9'}, span{'A', 'B'}, span{'a', 'b'}), hex, hex,
			literal(`\u`), newClass(span{'D', 'D'}, span{'d', 'd'}), newClass(span{'C', 'F'}, span{'c', 'f'}), hex, hex,
		},
	}
)

// formats are those that are supported, as regular expressions (RFC 3339, RFC
// 9562).
var formats = map[string]string{
	"date":      fullDate,
	"time":      fullTime,
	"date-time": fullDate + "T" + fullTime,
	"uuid":      `[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`,
}

const (
	leapYear = `([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)`
	fullDate = `([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|` + leapYear + `-02-29)`
	fullTime = `([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`
)

// patternOf is the regular expression of a pattern.
func patternOf(m *value) (*regexp.Regexp, error) {
	re, err := regexp.Compile(m.text)
	if err != nil {
		return nil, schemaErrorf(m.at, "the pattern %s: %v", quote(m.text), regexError(m.text, err))
	}
	return re, nil
}

// formatOf is the regular expression of a format.
func formatOf(m *value) (string, error) {
	form, ok := formats[m.text]
	if !ok {
		return "", schemaErrorf(m.at, "the format %s is not supported; date, time, date-time and uuid are", quote(m.text))
	}
	return form, nil
}

// textual finds the forms and lengths of strings.
func (s *schemas) textual(h *shape) (err error) {
	if h.leastChars, err = h.schemas.least("minLength"); err != nil {
		return err
	}
	if h.mostChars, err = h.schemas.most("maxLength"); err != nil {
		return err
	}
	if h.types&text == 0 {
		return nil
	}
	if h.mostChars >= 0 && h.leastChars > h.mostChars {
		s.why(h.schemas.at(), "minLength and maxLength exclude each other")
	}
	for _, v := range h.schemas {
		if m := v.get("pattern"); m != nil {
			_, err := patternOf(m)
			if err != nil {
				return err
			}
			n, err := regexNet("(?s:.*)(?:" + m.text + ")(?s:.*)")
			if err != nil {
				return schemaErrorf(m.at, "the pattern %s: %v", quote(m.text), err)
			}
			h.forms = append(h.forms, n)
		}
		if m := v.get("format"); m != nil {
			form, err := formatOf(m)
			if err != nil {
				return err
			}
			n, err := regexNet(form)
			if err != nil {
				return err
			}
			h.forms = append(h.forms, n)
		}
	}
	return nil
}

// string is the strings of a shape.
func (s *schemas) string(h *shape) (expr, error) {
	if h.mostChars >= 0 && h.leastChars > h.mostChars {
		return choice{}, nil
	}
	if len(h.forms) == 0 {
		if !s.hasChar {
			s.chars, s.hasChar = s.b.declare("character", mark{}), true
			s.b.define(s.chars, anyChar)
		}
		return sequence{literal(`"`), repeat{s.chars, h.leastChars, h.mostChars}, literal(`"`)}, nil
	}
	all := h.forms[0]
	var err error
	for _, n := range h.forms[1:] {
		if all, err = all.meet(n); err != nil {
			return nil, schemaErrorf(h.schemas.at(), "pattern: %v", err)
		}
	}
	if h.leastChars > 0 || h.mostChars >= 0 {
		if all, err = all.meet(lengths(h.leastChars, h.mostChars)); err != nil {
			return nil, schemaErrorf(h.schemas.at(), "pattern, minLength and maxLength: %v", err)
		}
	}
	return sequence{literal(`"`), all.put(inQuotes), literal(`"`)}, nil
}

// lengths is the texts of so many characters, most −1 without limit.
func lengths(least, most int) net {
	n := net{nodes: 3}
	at := 2
	n.arrows = append(n.arrows, arrow{0, at, nil})
	for i := 0; i < max(least, most); i++ {
		if i >= least {
			n.arrows = append(n.arrows, arrow{at, 1, nil})
		}
		n.arrows = append(n.arrows, arrow{at, n.nodes, anyRune})
		at = n.nodes
		n.nodes++
	}
	if most < 0 {
		n.arrows = append(n.arrows, arrow{at, at, anyRune})
	}
	n.arrows = append(n.arrows, arrow{at, 1, nil})
	return n
}

// inQuotes is characters as JSON writes them between quotes, with as few
// escapes as can be.
func inQuotes(c class) expr {
	all := choice{c.and(plainChar)}
	for _, s := range c.and(plainChar.not()) {
		for r := s.lo; r <= s.hi; r++ {
			switch i := strings.IndexRune("\"\\\b\f\n\r\t", r); {
			case i >= 0:
				all = append(all, literal([]byte{'\\', `"\bfnrt`[i]}))
			default:
				all = append(all, literal(fmt.Sprintf(`\u%04x`, r)))
			}
		}
	}
	return all
}

// freeName is a name of a member in quotes, without escapes and none of these.
func freeName(names []property) expr {
	n := net{nodes: 3} // 2 has left all names behind
	n.arrows = append(n.arrows, arrow{2, 2, plainChar}, arrow{2, 1, nil})
	next := []map[rune]int{0: {}}
	nodes := []int{0} // of next
	ends := map[int]bool{}
	for _, p := range names {
		at := 0
		for _, r := range p.name {
			to, known := next[at][r]
			if !known {
				to = len(next)
				next, nodes = append(next, map[rune]int{}), append(nodes, n.nodes)
				n.nodes++
				next[at][r] = to
				n.arrows = append(n.arrows, arrow{nodes[at], nodes[to], one(r).and(plainChar)})
			}
			at = to
		}
		ends[at] = true
	}
	for at, known := range next {
		var spans []span
		for r := range known {
			spans = append(spans, span{r, r})
		}
		n.arrows = append(n.arrows, arrow{nodes[at], 2, newClass(spans...).not().and(plainChar)})
		if !ends[at] {
			n.arrows = append(n.arrows, arrow{nodes[at], 1, nil})
		}
	}
	return sequence{literal(`"`), n, literal(`"`)}
}
