package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"argen"
)

// A condition is an expression over a step that is true or false:
//
//	or      = and { "||" and }
//	and     = test { "&&" test }
//	test    = "(" or ")" | "!" test | name op number
//	op      = ">" | ">=" | "<" | "<=" | "==" | "!="
//
// The names are those of the trace, and repeat.
type condition struct {
	text string
	hold func(quantities) bool // nil: there is no condition
}

// quantities are what a condition may ask for.
type quantities struct {
	*argen.Step
	repeat int // how often in a row the token stands at the end, from 1
}

// quantity is a name in a condition.
type quantity struct {
	name, doc string
	of        func(quantities) float64
}

var quantityTable = []quantity{
	{"entropy", "bits of the model's distribution", func(q quantities) float64 { return q.Entropy }},
	{"prob", "the model's probability of the token", func(q quantities) float64 { return q.Prob }},
	{"logprob", "its natural logarithm", func(q quantities) float64 { return q.LogProb }},
	{"surprisal", "−log₂ of it, in bits", func(q quantities) float64 { return q.Surprisal }},
	{"sampled_prob", "the token's probability after the chain", func(q quantities) float64 { return q.SampledProb }},
	{"rank", "the token's rank, 1 is the most probable", func(q quantities) float64 { return float64(q.Rank) }},
	{"kept", "tokens left after the chain", func(q quantities) float64 { return float64(q.Kept) }},
	{"t", "the step, 0 is the first", func(q quantities) float64 { return float64(q.T) }},
	{"id", "the token's id", func(q quantities) float64 { return float64(q.ID) }},
	{"repeat", "how often in a row the token was written", func(q quantities) float64 { return float64(q.repeat) }},
}

// Set implements pflag.Value.
func (c *condition) Set(text string) error {
	p := conditionParser{text: text}
	hold, err := p.or(0)
	if err == nil && p.skip() < len(text) {
		err = p.errorf("want && or ||, or the end")
	}
	if err != nil {
		return err
	}
	c.text, c.hold = text, hold
	return nil
}

// String implements pflag.Value.
func (c *condition) String() string { return c.text }

// Type implements pflag.Value.
func (c *condition) Type() string { return "expr" }

// holds reports whether the condition holds after the last of steps.
func (c *condition) holds(steps []argen.Step) bool {
	if c.hold == nil || len(steps) == 0 {
		return false
	}
	last := &steps[len(steps)-1]
	q := quantities{last, 0}
	for i := len(steps) - 1; i >= 0 && steps[i].ID == last.ID; i-- {
		q.repeat++
	}
	return c.hold(q)
}

// A conditionParser reads a condition from left to right.
type conditionParser struct {
	text string
	at   int
}

// deepest is how deep parentheses may nest.
const deepest = 100

func (p *conditionParser) or(depth int) (func(quantities) bool, error) {
	left, err := p.and(depth)
	for err == nil && p.take("||") {
		var right func(quantities) bool
		if right, err = p.and(depth); err == nil {
			first := left
			left = func(q quantities) bool { return first(q) || right(q) }
		}
	}
	return left, err
}

func (p *conditionParser) and(depth int) (func(quantities) bool, error) {
	left, err := p.test(depth)
	for err == nil && p.take("&&") {
		var right func(quantities) bool
		if right, err = p.test(depth); err == nil {
			first := left
			left = func(q quantities) bool { return first(q) && right(q) }
		}
	}
	return left, err
}

func (p *conditionParser) test(depth int) (func(quantities) bool, error) {
	if depth > deepest {
		return nil, p.errorf("more than %d levels of parentheses", deepest)
	}
	switch {
	case p.take("("):
		inner, err := p.or(depth + 1)
		if err == nil && !p.take(")") {
			err = p.errorf("want && or ||, or )")
		}
		return inner, err
	case p.take("!"):
		inner, err := p.test(depth + 1)
		return func(q quantities) bool { return !inner(q) }, err
	}
	return p.comparison()
}

func (p *conditionParser) comparison() (func(quantities) bool, error) {
	start := p.skip()
	name := p.word(func(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' })
	var of func(quantities) float64
	var names []string
	for _, q := range quantityTable {
		if names = append(names, q.name); q.name == name {
			of = q.of
		}
	}
	if of == nil {
		p.at = start
		return nil, p.errorf("want one of %s", strings.Join(names, ", "))
	}
	op := ""
	for _, o := range []string{">=", "<=", "==", "!=", ">", "<"} {
		if p.take(o) {
			op = o
			break
		}
	}
	if op == "" {
		return nil, p.errorf("want >, >=, <, <=, == or != after %s", name)
	}
	start = p.skip()
	number := p.word(func(c byte) bool { return strings.IndexByte("+-.0123456789eE", c) >= 0 })
	x, err := strconv.ParseFloat(number, 64)
	if err != nil {
		p.at = start
		return nil, p.errorf("want a number after %s %s", name, op)
	}
	return func(q quantities) bool { return compare(of(q), op, x) }, nil
}

func compare(a float64, op string, b float64) bool {
	switch op {
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case "==":
		return a == b
	}
	return a != b
}

// skip passes blanks and returns the position.
func (p *conditionParser) skip() int {
	for p.at < len(p.text) && strings.IndexByte(" \t\n", p.text[p.at]) >= 0 {
		p.at++
	}
	return p.at
}

// take passes a word if it comes next.
func (p *conditionParser) take(word string) bool {
	if p.skip(); !strings.HasPrefix(p.text[p.at:], word) {
		return false
	}
	p.at += len(word)
	return true
}

// word passes the characters for which in holds and returns them.
func (p *conditionParser) word(in func(byte) bool) string {
	start := p.at
	for p.at < len(p.text) && in(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

// errorf says what is wrong at the present place, with its column in
// characters from 1.
func (p *conditionParser) errorf(format string, args ...any) error {
	p.skip()
	found := "the end"
	if rest := []rune(p.text[p.at:]); len(rest) > 0 {
		found = strconv.Quote(string(rest[:min(len(rest), 12)]))
	}
	column := utf8.RuneCountInString(p.text[:p.at]) + 1
	return fmt.Errorf("column %d: %s, found %s", column, fmt.Sprintf(format, args...), found)
}
