package grammar

import (
	"errors"
	"fmt"
	"regexp/syntax"
)

// mostBytes is how long the source of a grammar may be.
const mostBytes = 1 << 20

// checkSource refuses what is too long to be a grammar.
func checkSource(text string) error {
	if len(text) > mostBytes {
		return fmt.Errorf("it is %d bytes long, at most %d are read", len(text), mostBytes)
	}
	return nil
}

// Regex returns the texts that a regular expression describes, in the syntax of
// Go's regexp (RE2's): the whole of the text must match, from its first to its
// last character. Which of several ways to match is preferred makes no
// difference. The text is always UTF-8.
func Regex(pattern string) (*Grammar, error) {
	if err := checkSource(pattern); err != nil {
		return nil, err
	}
	n, err := regexNet(pattern)
	if err != nil {
		return nil, err
	}
	b := &builder{}
	root := b.declare("regex", mark{})
	b.define(root, n)
	p, err := b.finish(root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote(pattern), err)
	}
	return &Grammar{kind: "regex", program: p}, nil
}

// regexNet returns a pattern as a net whose arrows are characters.
func regexNet(pattern string) (net, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return net{}, regexError(pattern, err)
	}
	d := &drawing{net: net{nodes: 2}}
	d.add(0, re, 1)
	if d.err == nil && d.asserts != 0 {
		return d.resolve()
	}
	return d.net, d.err
}

// regexError is an error of the parser, with its place.
func regexError(pattern string, err error) error {
	var bad *syntax.Error
	if !errors.As(err, &bad) {
		return err
	}
	at, help := mark{pattern, len(pattern)}, ""
	switch bad.Code {
	case syntax.ErrMissingParen, syntax.ErrTrailingBackslash, syntax.ErrNestingDepth, syntax.ErrLarge:
		bad.Expr = ""
	case syntax.ErrMissingBracket:
		at.offset -= len(bad.Expr)
	case syntax.ErrUnexpectedParen:
		bad.Expr = ")"
		at.offset = wrongEnd(pattern, bad, false) - 1
	default:
		at.offset = max(0, wrongEnd(pattern, bad, true)-len(bad.Expr))
	}
	switch bad.Code {
	case syntax.ErrInvalidPerlOp:
		help = ": looking ahead or behind, and referring back, are not regular and not supported"
	case syntax.ErrInvalidRepeatSize:
		help = ": at most 1000 are repeated, {most} not below {least}"
	}
	if bad.Expr != "" {
		return at.errorf("%s, %s%s", bad.Code, quote(bad.Expr), help)
	}
	return at.errorf("%s", bad.Code)
}

// wrongEnd returns where the part of a pattern ends that the parser does not
// take: the beginning up to there is the shortest with the same error.
func wrongEnd(pattern string, wrong *syntax.Error, named bool) int {
	for n := 1; n < min(len(pattern), 1000); n++ {
		var bad *syntax.Error
		_, err := syntax.Parse(pattern[:n], syntax.Perl)
		if errors.As(err, &bad) && bad.Code == wrong.Code && (!named || bad.Expr == wrong.Expr) {
			return n
		}
	}
	return len(pattern)
}

// A drawing is a net while it is drawn. Its arrows hold nothing, a class, or a
// syntax.EmptyOp: what must be so where the arrow passes.
type drawing struct {
	net
	asserts syntax.EmptyOp // those used
	err     error
}

func (d *drawing) node() int {
	if d.nodes >= mostStates && d.err == nil {
		d.err = errStates
	}
	d.nodes++
	return d.nodes - 1
}

func (d *drawing) arrow(from int, on expr, to int) {
	d.arrows = append(d.arrows, arrow{from, to, on})
}

// add draws an expression between two nodes.
func (d *drawing) add(from int, re *syntax.Regexp, to int) {
	if d.err != nil {
		return
	}
	switch re.Op {
	case syntax.OpNoMatch:
	case syntax.OpEmptyMatch:
		d.arrow(from, nil, to)
	case syntax.OpLiteral:
		for i, r := range re.Rune {
			next := to
			if i < len(re.Rune)-1 {
				next = d.node()
			}
			on := one(r)
			if re.Flags&syntax.FoldCase != 0 {
				on = folded(r)
			}
			d.arrow(from, on, next)
			from = next
		}
	case syntax.OpCharClass:
		var spans []span
		for i := 0; i < len(re.Rune); i += 2 {
			spans = append(spans, span{re.Rune[i], re.Rune[i+1]})
		}
		d.arrow(from, newClass(spans...), to)
	case syntax.OpAnyCharNotNL:
		d.arrow(from, one('\n').not(), to)
	case syntax.OpAnyChar:
		d.arrow(from, anyRune, to)
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		op := syntax.EmptyOp(1) << (re.Op - syntax.OpBeginLine)
		d.asserts |= op
		d.arrow(from, op, to)
	case syntax.OpCapture:
		d.add(from, re.Sub[0], to)
	case syntax.OpStar:
		d.repeat(from, re.Sub[0], 0, -1, to)
	case syntax.OpPlus:
		d.repeat(from, re.Sub[0], 1, -1, to)
	case syntax.OpQuest:
		d.repeat(from, re.Sub[0], 0, 1, to)
	case syntax.OpRepeat:
		d.repeat(from, re.Sub[0], re.Min, re.Max, to)
	case syntax.OpConcat:
		for i, sub := range re.Sub {
			next := to
			if i < len(re.Sub)-1 {
				next = d.node()
			}
			d.add(from, sub, next)
			from = next
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			d.add(from, sub, to)
		}
	}
}

func (d *drawing) repeat(from int, re *syntax.Regexp, least, most, to int) {
	for range least {
		next := d.node()
		d.add(from, re, next)
		from = next
	}
	if most < 0 {
		again := d.node()
		d.arrow(from, nil, again)
		d.add(again, re, again)
		from = again
	}
	for i := least; i < most && d.err == nil; i++ {
		next := d.node()
		d.arrow(from, nil, to)
		d.add(from, re, next)
		from = next
	}
	d.arrow(from, nil, to)
}
