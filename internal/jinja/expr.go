package jinja

import (
	"slices"
	"strconv"
	"strings"
)

// tuple reads an expression, or several with commas between, which are a tuple.
// Inline tells whether a bare x if y may stand there.
func (p *parser) tuple(inline bool) expression {
	one := p.expression
	if !inline {
		one = p.or
	}
	first := one()
	if !p.is(tokOperator, ",") {
		return first
	}
	items := []expression{first}
	for p.op(",") {
		if k := p.now(); k.kind == tokPrintEnd || k.kind == tokBlockEnd || p.is(tokOperator, ")") {
			break
		}
		items = append(items, one())
	}
	return listOf(items, true)
}

func listOf(items []expression, tuple bool) expression {
	return func(in *interp, s *scope) any {
		in.spend(1 + len(items))
		l := &List{items: make([]any, len(items)), tuple: tuple}
		for i, e := range items {
			l.items[i] = e(in, s)
		}
		return l
	}
}

// expression reads x if y else z and what binds more strongly.
func (p *parser) expression() expression {
	defer p.deeper()()
	e := p.or()
	for p.skip(tokName, "if") {
		yes, when := e, p.or()
		no := func(*interp, *scope) any { return any(undefined{"the else of an inline if"}) }
		if p.skip(tokName, "else") {
			no = p.expression()
		}
		e = func(in *interp, s *scope) any {
			in.spend(1)
			if truth(when(in, s)) {
				return yes(in, s)
			}
			return no(in, s)
		}
	}
	return e
}

func (p *parser) or() expression {
	left := p.and()
	for p.skip(tokName, "or") {
		l, r := left, p.and()
		left = func(in *interp, s *scope) any {
			in.spend(1)
			if v := l(in, s); truth(v) {
				return v
			}
			return r(in, s)
		}
	}
	return left
}

func (p *parser) and() expression {
	left := p.not()
	for p.skip(tokName, "and") {
		l, r := left, p.not()
		left = func(in *interp, s *scope) any {
			in.spend(1)
			if v := l(in, s); !truth(v) {
				return v
			}
			return r(in, s)
		}
	}
	return left
}

func (p *parser) not() expression {
	if !p.skip(tokName, "not") {
		return p.comparison()
	}
	defer p.deeper()()
	e := p.not()
	return func(in *interp, s *scope) any {
		in.spend(1)
		return !truth(e(in, s))
	}
}

// comparison reads a < b <= c, which means a < b and b <= c.
func (p *parser) comparison() expression {
	first := p.binary(0)
	type operand struct {
		op    string
		right expression
	}
	var rest []operand
	for {
		op := ""
		switch t := p.now(); {
		case t.kind == tokOperator && slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, t.text), p.is(tokName, "in"):
			op = t.text
			p.at++
		case p.is(tokName, "not") && p.tokens[p.at+1].kind == tokName && p.tokens[p.at+1].text == "in":
			op = "not in"
			p.at += 2
		}
		if op == "" {
			break
		}
		rest = append(rest, operand{op, p.binary(0)})
	}
	if rest == nil {
		return first
	}
	return func(in *interp, s *scope) any {
		left := first(in, s)
		for _, o := range rest {
			in.spend(1)
			right := o.right(in, s)
			if !in.compare(o.op, left, right) {
				return false
			}
			left = right
		}
		return true
	}
}

// levels are the operators of arithmetic, the weakest first.
var levels = [][]string{{"+", "-"}, {"~"}, {"*", "/", "//", "%"}, {"**"}}

// binary reads operators of a level and above.
func (p *parser) binary(level int) expression {
	if level == len(levels) {
		return p.unary(true)
	}
	left := p.binary(level + 1)
	for p.now().kind == tokOperator && slices.Contains(levels[level], p.now().text) {
		op := p.next()
		l, r := left, p.binary(level+1)
		left = func(in *interp, s *scope) any {
			a, b := l(in, s), r(in, s)
			in.line = op.line
			in.spend(1)
			return in.arithmetic(op.text, a, b)
		}
	}
	return left
}

// unary reads -x and +x, calls, attributes, and with filter also filters and tests.
func (p *parser) unary(filter bool) expression {
	var e expression
	switch {
	case p.is(tokOperator, "-"), p.is(tokOperator, "+"):
		defer p.deeper()()
		sign := p.next().text
		x := p.unary(false)
		e = func(in *interp, s *scope) any { return in.arithmetic(sign, int64(0), in.number(x(in, s))) }
	default:
		e = p.primary()
	}
	e = p.postfix(e)
	for filter {
		switch {
		case p.is(tokOperator, "|"):
			p.at++
			apply, of := p.filters(), e
			e = func(in *interp, s *scope) any { return apply(in, s, of(in, s)) }
		case p.skip(tokName, "is"):
			e = p.test(e)
		case p.is(tokOperator, "("):
			e = p.callOf(e)
		default:
			filter = false
		}
	}
	return e
}

func constant(v any) expression { return func(*interp, *scope) any { return v } }

// primary reads a name, a constant or what stands in brackets.
func (p *parser) primary() expression {
	t := p.next()
	switch t.kind {
	case tokName:
		switch t.text {
		case "true", "True":
			return constant(true)
		case "false", "False":
			return constant(false)
		case "none", "None":
			return constant(nil)
		}
		return func(in *interp, s *scope) any {
			in.spend(1)
			return s.get(t.text)
		}
	case tokString:
		text := t.text
		for p.now().kind == tokString {
			text += p.next().text
		}
		return constant(text)
	case tokNumber:
		if n, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return constant(n)
		}
		if x, err := strconv.ParseFloat(t.text, 64); err == nil && strings.ContainsAny(t.text, ".eE") {
			return constant(x)
		}
	case tokOperator:
		switch t.text {
		case "(":
			if p.op(")") {
				return listOf(nil, true)
			}
			e := p.tuple(true)
			p.expect(tokOperator, ")")
			return e
		case "[":
			return listOf(p.list("]", p.expression), false)
		case "{":
			var values []expression
			keys := p.list("}", func() expression {
				key := p.expression()
				p.expect(tokOperator, ":")
				values = append(values, p.expression())
				return key
			})
			return func(in *interp, s *scope) any {
				in.spend(1 + len(keys))
				d := NewDict()
				for i, k := range keys {
					d.set(in, k(in, s), values[i](in, s))
				}
				return d
			}
		}
	}
	if t.kind != tokEOF {
		p.at--
	}
	p.fail("unexpected %s", p.found())
	return nil
}

// list reads elements up to a bracket.
func (p *parser) list(end string, one func() expression) []expression {
	var items []expression
	for !p.op(end) {
		if len(items) > 0 {
			p.expect(tokOperator, ",")
			if p.op(end) {
				break
			}
		}
		items = append(items, one())
	}
	return items
}

// postfix reads .name, [key] and calls.
func (p *parser) postfix(e expression) expression {
	for {
		of, line := e, p.now().line
		switch {
		case p.op("."):
			if n := p.now(); n.kind == tokNumber {
				p.at++
				i, _ := strconv.ParseInt(n.text, 10, 64)
				e = subscript(of, constant(i), line)
				continue
			}
			name := p.ident()
			e = func(in *interp, s *scope) any {
				v := of(in, s)
				in.line = line
				in.spend(1)
				return in.attribute(v, name)
			}
		case p.op("["):
			e = p.subscribed(of, line)
		case p.is(tokOperator, "("):
			e = p.callOf(of)
		default:
			return e
		}
	}
}

func subscript(of, key expression, line int) expression {
	return func(in *interp, s *scope) any {
		v, k := of(in, s), key(in, s)
		in.line = line
		in.spend(1)
		return in.item(v, k)
	}
}

// subscribed reads key] or a:b:c].
func (p *parser) subscribed(of expression, line int) expression {
	var parts [3]expression
	n, sliced := 0, false
	for !p.op("]") {
		switch {
		case p.op(":"):
			sliced = true
			if n++; n > 2 {
				p.fail("a slice has three parts")
			}
		case parts[n] != nil:
			p.fail("] is missing before %s", p.found())
		default:
			parts[n] = p.tuple(true)
		}
	}
	if !sliced {
		if parts[0] == nil {
			p.fail("nothing stands in []")
		}
		return subscript(of, parts[0], line)
	}
	return func(in *interp, s *scope) any {
		v := of(in, s)
		var bounds [3]any
		for i, e := range parts {
			if e != nil {
				bounds[i] = e(in, s)
			}
		}
		in.line = line
		return in.slice(v, bounds)
	}
}
