package grammar

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// An expr is what a place of a grammar may hold. It is one of the types below.
type expr interface{}

type (
	// A literal is these bytes.
	literal string
	// A class is one character of a set: ranges in ascending order that do not
	// touch.
	class []span
	// A sequence is one after the other; none is the empty text.
	sequence []expr
	// A choice is one of several; of none there is no text at all.
	choice []expr
	// A repeat is so many of one thing, most −1 without limit.
	repeat struct {
		of          expr
		least, most int
	}
	// A call is the rule of a number.
	call int
	// A net is a graph from node 0 to node 1.
	net struct {
		nodes  int
		arrows []arrow
	}
)

// An arrow leads from a node of a net to another.
type arrow struct {
	from, to int
	on       expr // nil is the empty text
}

// A span is the characters from lo to hi.
type span struct{ lo, hi rune }

// What a class can hold.
const (
	lastRune       = utf8.MaxRune
	firstSurrogate = 0xd800
	lastSurrogate  = 0xdfff
)

// anyRune is every character.
var anyRune = class{{0, firstSurrogate - 1}, {lastSurrogate + 1, lastRune}}

// newClass returns the characters of spans in any order, without what is no
// character.
func newClass(spans ...span) class {
	slices.SortFunc(spans, func(a, b span) int { return int(a.lo - b.lo) })
	var c class
	for _, s := range spans {
		if n := len(c); n > 0 && s.lo <= c[n-1].hi+1 {
			c[n-1].hi = max(c[n-1].hi, s.hi)
		} else if s.lo <= s.hi {
			c = append(c, s)
		}
	}
	return c.and(anyRune)
}

// and returns the characters that are in both.
func (c class) and(d class) class {
	var both class
	for i, j := 0, 0; i < len(c) && j < len(d); {
		if s := (span{max(c[i].lo, d[j].lo), min(c[i].hi, d[j].hi)}); s.lo <= s.hi {
			both = append(both, s)
		}
		if c[i].hi < d[j].hi {
			i++
		} else {
			j++
		}
	}
	return both
}

// not returns the characters that are not in c.
func (c class) not() class {
	var rest class
	next := rune(0)
	for _, s := range c {
		if next < s.lo {
			rest = append(rest, span{next, s.lo - 1})
		}
		next = s.hi + 1
	}
	if next <= lastRune {
		rest = append(rest, span{next, lastRune})
	}
	return rest.and(anyRune)
}

// has reports whether a character is one of them.
func (c class) has(r rune) bool {
	return slices.ContainsFunc(c, func(s span) bool { return s.lo <= r && r <= s.hi })
}

// one is the class of a character.
func one(r rune) class { return newClass(span{r, r}) }

// folded is the class of a character in either case.
func folded(r rune) class {
	spans := []span{{r, r}}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		spans = append(spans, span{f, f})
	}
	return newClass(spans...)
}

// optional is x or nothing.
func optional(x expr) expr { return repeat{x, 0, 1} }
