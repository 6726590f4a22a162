package jinja

import "slices"

// Arguments are those of a call.
type arguments struct {
	list  []any
	named map[string]any
	order []string // of the names
}

// arguments reads those of a call, brackets included.
func (p *parser) arguments() func(in *interp, s *scope) arguments {
	type argument struct {
		name string
		e    expression
	}
	var args []argument
	p.expect(tokOperator, "(")
	for !p.op(")") {
		if len(args) > 0 {
			p.expect(tokOperator, ",")
			if p.op(")") {
				break
			}
		}
		a := argument{}
		if p.now().kind == tokName && p.tokens[p.at+1].kind == tokOperator && p.tokens[p.at+1].text == "=" {
			a.name = p.ident()
			p.at++
		} else if len(args) > 0 && args[len(args)-1].name != "" {
			p.fail("an argument without a name stands behind one with a name")
		}
		a.e = p.expression()
		args = append(args, a)
	}
	return func(in *interp, s *scope) arguments {
		in.spend(1 + len(args))
		a := arguments{named: map[string]any{}}
		for _, arg := range args {
			if v := arg.e(in, s); arg.name != "" {
				a.named[arg.name] = v
				a.order = append(a.order, arg.name)
			} else {
				a.list = append(a.list, v)
			}
		}
		return a
	}
}

// callOf reads the call of an expression.
func (p *parser) callOf(e expression) expression {
	line := p.now().line
	args := p.arguments()
	p.call = func(in *interp, s *scope, caller *function) any {
		f := e(in, s)
		a := args(in, s)
		if caller != nil {
			a.named["caller"] = caller
		}
		in.line = line
		return in.call(f, a)
	}
	p.callEnd = p.at
	call := p.call
	return func(in *interp, s *scope) any { return call(in, s, nil) }
}

// filters reads a | b(c) | d behind the first bar.
func (p *parser) filters() func(in *interp, s *scope, v any) any {
	var chain []func(in *interp, s *scope, v any) any
	for {
		line, name := p.now().line, p.ident()
		f := filters[name] // one that is not known may stand where nothing leads
		args := func(*interp, *scope) arguments { return arguments{} }
		if p.is(tokOperator, "(") {
			args = p.arguments()
		}
		chain = append(chain, func(in *interp, s *scope, v any) any {
			a := args(in, s)
			in.line = line
			in.spend(1)
			if f == nil {
				in.fail("unknown filter %q", name)
			}
			a.list = append([]any{v}, a.list...)
			return f(in, a)
		})
		if !p.op("|") {
			break
		}
	}
	return func(in *interp, s *scope, v any) any {
		for _, f := range chain {
			v = f(in, s, v)
		}
		return v
	}
}

// test reads what stands behind is.
func (p *parser) test(of expression) expression {
	not := p.skip(tokName, "not")
	line, name := p.now().line, p.ident()
	t := tests[name]
	args := func(*interp, *scope) arguments { return arguments{} }
	switch now := p.now(); {
	case p.is(tokOperator, "("):
		args = p.arguments()
	case now.kind == tokString, now.kind == tokNumber, p.is(tokOperator, "["), p.is(tokOperator, "{"),
		now.kind == tokName && !slices.Contains([]string{"else", "or", "and", "is", "if", "not", "in"}, now.text):
		e := p.postfix(p.primary())
		args = func(in *interp, s *scope) arguments { return arguments{list: []any{e(in, s)}} }
	}
	return func(in *interp, s *scope) any {
		v, a := of(in, s), args(in, s)
		in.line = line
		in.spend(1)
		if t == nil {
			in.fail("unknown test %q", name)
		}
		return t(in, v, a) != not
	}
}
