package jinja

import (
	"fmt"
	"slices"
	"strings"
)

// A parser turns tokens into statements.
type parser struct {
	name   string
	tokens []token
	at     int
	depth  int
	loops  int // that a break would leave

	call    func(in *interp, s *scope, caller *function) any // the call read last
	callEnd int                                              // the token behind it
}

func (p *parser) now() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokEOF {
		p.at++
	}
	return t
}

func (p *parser) fail(format string, args ...any) {
	panic(&Error{Line: p.now().line, Msg: fmt.Sprintf(format, args...)})
}

// is reports whether an operator or a word comes next.
func (p *parser) is(k tokenKind, text string) bool { return p.now().kind == k && p.now().text == text }

// skip takes an operator or a word if it comes next.
func (p *parser) skip(k tokenKind, text string) bool {
	if !p.is(k, text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) op(text string) bool { return p.skip(tokOperator, text) }

func (p *parser) expect(k tokenKind, text string) {
	if !p.skip(k, text) {
		p.fail("%s is missing before %s", text, p.found())
	}
}

// found names the next token.
func (p *parser) found() string {
	switch t := p.now(); t.kind {
	case tokEOF, tokText:
		return "the end of the template"
	case tokPrint:
		return "{{"
	case tokPrintEnd:
		return "}}"
	case tokBlock:
		return "{%"
	case tokBlockEnd:
		return "%}"
	default:
		return fmt.Sprintf("%q", t.text)
	}
}

// ident takes a name.
func (p *parser) ident() string {
	if p.now().kind != tokName {
		p.fail("a name is missing before %s", p.found())
	}
	return p.next().text
}

// blockEnd takes the end of a tag.
func (p *parser) blockEnd() {
	if p.next().kind != tokBlockEnd {
		p.at--
		p.fail("unexpected %s in a tag", p.found())
	}
}

// deeper counts a level of what is parsed; call the result at its end.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > MaxDepth {
		p.fail("more than %d levels in each other", MaxDepth)
	}
	return func() { p.depth-- }
}

// statements reads up to a tag that begins with one of the words, and returns
// it; without words, to the end.
func (p *parser) statements(ends ...string) (body []statement, end string) {
	defer p.deeper()()
	for {
		t := p.next()
		switch t.kind {
		case tokEOF:
			if len(ends) > 0 {
				p.fail("{%% %s %%} is missing", ends[len(ends)-1])
			}
			return body, ""
		case tokText:
			body = append(body, func(in *interp, _ *scope) flow {
				in.write(t.text)
				return onward
			})
		case tokPrint:
			e := p.tuple(true)
			if p.next().kind != tokPrintEnd {
				p.at--
				p.fail("unexpected %s", p.found())
			}
			body = append(body, func(in *interp, s *scope) flow {
				in.line = t.line
				in.write(in.text(e(in, s)))
				return onward
			})
		default:
			word := p.ident()
			if slices.Contains(ends, word) {
				return body, word
			}
			body = append(body, at(t.line, p.tag(word))...)
		}
	}
}

// at tells a statement's line to what goes wrong in it.
func at(line int, st statement) []statement {
	if st == nil {
		return nil
	}
	return []statement{func(in *interp, s *scope) flow {
		in.line = line
		in.spend(1)
		return st(in, s)
	}}
}

// tag reads a tag behind its first word.
func (p *parser) tag(word string) statement {
	switch word {
	case "if":
		return p.ifTag()
	case "for":
		return p.forTag()
	case "set":
		return p.setTag()
	case "macro":
		return p.macroTag()
	case "call":
		return p.callTag()
	case "filter":
		apply := p.filters()
		p.blockEnd()
		body := p.block("endfilter")
		return func(in *interp, s *scope) flow {
			in.write(in.text(apply(in, s, in.capture(body, s.child()))))
			return onward
		}
	case "generation": // marks what the model wrote, for training
		p.blockEnd()
		body := p.block("endgeneration")
		return func(in *interp, s *scope) flow { return in.run(body, s) }
	case "break", "continue":
		if p.loops == 0 {
			p.fail("%s stands in no loop", word)
		}
		p.blockEnd()
		how := broken
		if word == "continue" {
			how = continued
		}
		return func(*interp, *scope) flow { return how }
	}
	p.at--
	p.fail("unknown tag %q, chat templates have if, for, set, macro, call, filter, generation, raw, break and continue", word)
	return nil
}

// block reads up to a tag and takes that.
func (p *parser) block(end string) []statement {
	body, _ := p.statements(end)
	p.blockEnd()
	return body
}

func (p *parser) ifTag() statement {
	type branch struct {
		when expression // nil for else
		body []statement
	}
	var branches []branch
	for word := "if"; word != "endif"; {
		b := branch{}
		if word != "else" {
			b.when = p.tuple(false)
		}
		p.blockEnd()
		ends := []string{"elif", "else", "endif"}
		if word == "else" {
			ends = ends[2:]
		}
		b.body, word = p.statements(ends...)
		branches = append(branches, b)
	}
	p.blockEnd()
	return func(in *interp, s *scope) flow {
		for _, b := range branches {
			if b.when == nil || truth(b.when(in, s)) {
				return in.run(b.body, s)
			}
		}
		return onward
	}
}

// names reads what a loop or set assigns to, one name or several.
func (p *parser) names() []string {
	bracket := p.op("(")
	names := []string{p.ident()}
	for p.op(",") {
		if p.now().kind != tokName || p.is(tokName, "in") {
			break
		}
		names = append(names, p.ident())
	}
	if bracket {
		p.expect(tokOperator, ")")
	}
	return names
}

// assign sets names to a value, or each to one of its elements.
func (in *interp) assign(s *scope, names []string, v any) {
	if len(names) == 1 {
		s.vars[names[0]] = v
		return
	}
	items := in.iterate(v)
	if len(items) != len(names) {
		in.fail("%d values for the %d names %s", len(items), len(names), strings.Join(names, ", "))
	}
	for i, name := range names {
		s.vars[name] = items[i]
	}
}

func (p *parser) setTag() statement {
	if p.now().kind == tokName && p.at+1 < len(p.tokens) && p.tokens[p.at+1] == (token{tokOperator, ".", p.now().line}) {
		space := p.ident()
		p.at++
		attr := p.ident()
		v := p.setValue()
		return func(in *interp, s *scope) flow {
			ns, ok := s.get(space).(*namespace)
			if !ok {
				in.fail("set %s.%s: %s is no namespace", space, attr, space)
			}
			ns.vars.set(in, attr, v(in, s))
			return onward
		}
	}
	names := p.names()
	v := p.setValue()
	return func(in *interp, s *scope) flow {
		in.assign(s, names, v(in, s))
		return onward
	}
}

// setValue reads the rest of a set: = and a value, or a block.
func (p *parser) setValue() expression {
	if p.op("=") {
		v := p.tuple(true)
		p.blockEnd()
		return v
	}
	apply := func(_ *interp, _ *scope, v any) any { return v }
	if p.is(tokOperator, "|") {
		p.at++
		apply = p.filters()
	}
	p.blockEnd()
	body := p.block("endset")
	return func(in *interp, s *scope) any { return apply(in, s, in.capture(body, s.child())) }
}

// A parameter is one of a macro's.
type parameter struct {
	name     string
	fallback expression // nil if it has none
}

func (p *parser) parameters() []parameter {
	p.expect(tokOperator, "(")
	var params []parameter
	for !p.op(")") {
		if len(params) > 0 {
			p.expect(tokOperator, ",")
		}
		param := parameter{name: p.ident()}
		if p.op("=") {
			param.fallback = p.expression()
		}
		params = append(params, param)
	}
	return params
}

// body returns what a macro or a call block does when it is called.
func (p *parser) body(name string, params []parameter, end string) func(s *scope) *function {
	loops := p.loops
	p.loops = 0
	p.blockEnd()
	body := p.block(end)
	p.loops = loops
	return func(outer *scope) *function {
		return &function{name, func(in *interp, a arguments) any {
			defer in.deeper()()
			s := outer.child()
			if len(a.list) > len(params) {
				in.fail("%s takes at most %d arguments, it is given %d", name, len(params), len(a.list))
			}
			for i, param := range params {
				switch v, named := a.named[param.name]; {
				case i < len(a.list):
					s.vars[param.name] = a.list[i]
				case named:
					s.vars[param.name] = v
				case param.fallback != nil:
					s.vars[param.name] = param.fallback(in, s)
				default:
					s.vars[param.name] = undefined{param.name}
				}
			}
			if caller, ok := a.named["caller"]; ok {
				s.vars["caller"] = caller
			}
			return in.capture(body, s)
		}}
	}
}

func (p *parser) macroTag() statement {
	name := p.ident()
	make := p.body(name, p.parameters(), "endmacro")
	return func(_ *interp, s *scope) flow {
		s.vars[name] = make(s)
		return onward
	}
}

func (p *parser) callTag() statement {
	var params []parameter
	if p.is(tokOperator, "(") {
		params = p.parameters()
	}
	p.expression()
	if p.call == nil || p.callEnd != p.at {
		p.fail("a call tag holds a call, found something else before %s", p.found())
	}
	call := p.call
	make := p.body("caller", params, "endcall")
	return func(in *interp, s *scope) flow {
		in.write(in.text(call(in, s, make(s))))
		return onward
	}
}
