package grammar

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What a grammar may hold.
const (
	mostRepeats = 10_000
	mostDepth   = 256 // of parentheses
)

// GBNF returns the texts that a grammar describes: those of its rule root. The
// syntax is llama.cpp's: rules name ::= alternatives, where an alternative is
// texts in quotes, characters in brackets, . for any character, names of rules
// and groups in parentheses, each repeated by * + ? {n} {least,} {least,most},
// and a # begins a comment. A rule ends with its line, but for line ends in
// parentheses and after ::= and |.
//
// llama.cpp lets the last of two rules with one name win and takes {2,1} for
// {2,2}; both are errors here. Its tokens in angle brackets, <think>, are not
// supported: what counts here is the text.
func GBNF(source string) (*Grammar, error) {
	if err := checkSource(source); err != nil {
		return nil, err
	}
	p := &gbnf{source: source, rules: map[string]call{}, defined: map[call]int{}}
	for p.blank(true); p.at < len(source) && p.err == nil; p.blank(true) {
		p.rule()
	}
	root, ok := p.rules["root"]
	switch {
	case p.err != nil:
		return nil, p.err
	case !ok || !p.isDefined(root):
		return nil, mark{}.errorf("no rule is named root, and that is what the text must be: root ::= …")
	}
	for i, r := range p.b.rules {
		if r.name != "" && !p.isDefined(call(i)) {
			return nil, r.at.errorf("no rule is named %s%s", r.name, p.similar(r.name))
		}
	}
	program, err := p.b.finish(root)
	if err != nil {
		return nil, err
	}
	return &Grammar{kind: "grammar", program: program}, nil
}

// A gbnf is a grammar while it is read. After an error nothing more is.
type gbnf struct {
	source  string
	at      int
	b       builder
	rules   map[string]call
	defined map[call]int // the line of their definition
	deep    int
	err     error
}

func (p *gbnf) isDefined(c call) bool { return p.defined[c] > 0 }

// similar suggests the defined rule that a name may be meant to be.
func (p *gbnf) similar(name string) string {
	plain := func(s string) string { return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s)) }
	for _, r := range p.b.rules {
		if c, ok := p.rules[r.name]; ok && p.isDefined(c) && plain(r.name) == plain(name) {
			return ", did you mean " + r.name + "?"
		}
	}
	return ""
}

// failf notes the first error, at a byte.
func (p *gbnf) failf(at int, format string, args ...any) {
	if p.err == nil {
		p.err = mark{p.source, at}.errorf(format, args...)
	}
}

// found describes what stands at the next byte.
func (p *gbnf) found() string {
	if p.at == len(p.source) {
		return "the end"
	}
	r, _ := utf8.DecodeRuneInString(p.source[p.at:])
	if r == '\n' || r == '\r' {
		return "the end of the line"
	}
	return quote(string(r))
}

// next reports whether a text comes next, and goes past it.
func (p *gbnf) next(text string) bool {
	ok := strings.HasPrefix(p.source[p.at:], text)
	if ok {
		p.at += len(text)
	}
	return ok
}

// peek is the next byte, 0 at the end.
func (p *gbnf) peek() byte {
	if p.at < len(p.source) {
		return p.source[p.at]
	}
	return 0
}

// blank goes past blanks and comments, and past line ends if they are blank
// too.
func (p *gbnf) blank(lines bool) {
	for p.at < len(p.source) {
		switch c := p.source[p.at]; {
		case c == '#':
			end := strings.IndexAny(p.source[p.at:], "\r\n")
			if end < 0 {
				end = len(p.source) - p.at
			}
			p.at += end
		case c == ' ' || c == '\t' || lines && (c == '\n' || c == '\r'):
			p.at++
		default:
			return
		}
	}
}

func isNameByte(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// name reads the name of a rule, "" if none comes next.
func (p *gbnf) name() string {
	start := p.at
	for isNameByte(p.peek()) {
		p.at++
	}
	return p.source[start:p.at]
}

// called returns the rule of a name that stands at a byte.
func (p *gbnf) called(name string, at int) call {
	c, ok := p.rules[name]
	if !ok {
		c = p.b.declare(name, mark{p.source, at})
		p.rules[name] = c
	}
	return c
}

// rule reads a rule and the line end after it.
func (p *gbnf) rule() {
	at := p.at
	name := p.name()
	if name == "" {
		p.failf(p.at, "want the name of a rule, letters, digits and -, found %s", p.found())
		return
	}
	p.blank(false)
	if !p.next("::=") {
		p.failf(p.at, "want ::= after the name of the rule %s, found %s", name, p.found())
		return
	}
	c := p.called(name, at)
	if line := p.defined[c]; line > 0 {
		p.failf(at, "the rule %s is defined twice, first in line %d", name, line)
		return
	}
	here := mark{p.source, at}
	p.b.rules[c].at = here
	line, _, _ := here.position()
	p.defined[c] = line
	p.blank(true)
	x := p.choice()
	switch c := p.peek(); {
	case p.err != nil:
		return
	case c == ')':
		p.failf(p.at, "this ) closes nothing")
	case c != '\n' && c != '\r' && p.at < len(p.source):
		p.failf(p.at, "want a text in quotes, characters in brackets, a name, (, | or the end of the line, found %s", p.found())
	}
	p.b.define(c, x)
	if p.b.err != nil {
		p.failf(at, "the rule %s: %v", name, p.b.err)
	}
}

// choice reads alternatives.
func (p *gbnf) choice() expr {
	all := choice{p.sequence()}
	for p.err == nil && p.next("|") {
		p.blank(true)
		all = append(all, p.sequence())
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// sequence reads an alternative.
func (p *gbnf) sequence() expr {
	var all sequence
	for p.err == nil {
		x, ok := p.one()
		if !ok {
			break
		}
		p.blank(p.deep > 0)
		for more := true; more && p.err == nil; {
			x, more = p.times(x)
		}
		all = append(all, x)
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// one reads a part of an alternative without its repeats; ok is false if none
// comes next.
func (p *gbnf) one() (x expr, ok bool) {
	at := p.at
	switch c := p.peek(); {
	case c == '"':
		return p.text(), true
	case c == '[':
		return p.class(), true
	case c == '.':
		p.at++
		return anyRune, true
	case c == '(':
		if p.deep == mostDepth {
			p.failf(at, "parentheses are nested more than %d deep", mostDepth)
			return nil, false
		}
		p.at++
		p.deep++
		p.blank(true)
		x := p.choice()
		p.deep--
		if p.err == nil && !p.next(")") {
			p.failf(p.at, "want ) for the ( in %s, found %s", p.where(at), p.found())
		}
		return x, true
	case isNameByte(c):
		name := p.name()
		return p.called(name, at), true
	case c == '*' || c == '+' || c == '?' || c == '{':
		p.failf(at, "%c repeats what stands before it, and nothing does", c)
	case c == '<' || c == '!':
		p.failf(at, "tokens, as <think> or !<think>, are not supported: write their text")
	}
	return nil, false
}

// where is a place in words, of a byte.
func (p *gbnf) where(at int) string {
	line, column, _ := mark{p.source, at}.position()
	return fmt.Sprintf("line %d, column %d", line, column)
}

// times reads how often something is repeated; more is false if it is not.
func (p *gbnf) times(x expr) (_ expr, more bool) {
	at := p.at
	r := repeat{of: x}
	switch p.peek() {
	case '*':
		r.most = -1
	case '+':
		r.least, r.most = 1, -1
	case '?':
		r.most = 1
	case '{':
		p.at++
		p.blank(p.deep > 0)
		r.least = p.number()
		r.most = r.least
		p.blank(p.deep > 0)
		if p.next(",") {
			p.blank(p.deep > 0)
			if r.most = -1; p.peek() != '}' {
				r.most = p.number()
			}
			p.blank(p.deep > 0)
		}
		switch {
		case p.err != nil:
		case p.peek() != '}':
			p.failf(p.at, "want } after the number of repeats, found %s", p.found())
		case r.most >= 0 && r.most < r.least:
			p.failf(at, "at least %d and at most %d repeats cannot be", r.least, r.most)
		}
	default:
		return x, false
	}
	if p.err != nil {
		return x, false
	}
	p.at++
	p.blank(p.deep > 0)
	return r, true
}

// number reads a number of repeats.
func (p *gbnf) number() int {
	at, n := p.at, 0
	for '0' <= p.peek() && p.peek() <= '9' {
		if n = n*10 + int(p.peek()-'0'); n > mostRepeats {
			p.failf(at, "at most %d repeats are supported; * and + have no limit", mostRepeats)
			return 0
		}
		p.at++
	}
	if p.at == at {
		p.failf(at, "want a number of repeats, found %s", p.found())
	}
	return n
}
