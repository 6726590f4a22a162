package jinja

// A loop is the variable loop of a {% for %}.
type loop struct {
	items   []any
	i       int
	depth   int
	changed any // what loop.changed was called with last
	again   func(in *interp, v any, depth int) string
}

func (p *parser) forTag() statement {
	names := p.names()
	p.expect(tokName, "in")
	over := p.tuple(false)
	var when expression
	if p.skip(tokName, "if") {
		when = p.expression()
	}
	recursive := p.skip(tokName, "recursive")
	p.blockEnd()
	p.loops++
	body, end := p.statements("else", "endfor")
	p.loops--
	var otherwise []statement
	if end == "else" {
		p.blockEnd()
		otherwise, _ = p.statements("endfor")
	}
	p.blockEnd()

	round := func(in *interp, s *scope, v any, l *loop) flow {
		items := in.iterate(v)
		if when != nil {
			var some []any
			for _, x := range items {
				inner := s.child()
				in.assign(inner, names, x)
				if truth(when(in, inner)) {
					some = append(some, x)
				}
			}
			items = some
		}
		if len(items) == 0 {
			return in.run(otherwise, s)
		}
		l.items, l.changed = items, undefined{"loop.changed"}
		for i, x := range items {
			in.spend(1)
			l.i = i
			inner := s.child()
			inner.vars["loop"] = l
			in.assign(inner, names, x)
			if in.run(body, inner) == broken {
				break
			}
		}
		return onward
	}
	return func(in *interp, s *scope) flow {
		l := &loop{}
		if recursive {
			l.again = func(in *interp, v any, depth int) string {
				defer in.deeper()()
				return in.capture([]statement{func(in *interp, _ *scope) flow {
					return round(in, s, v, &loop{depth: depth, again: l.again})
				}}, s)
			}
		}
		return round(in, s, over(in, s), l)
	}
}

// attribute is loop.name.
func (l *loop) attribute(name string) any {
	at := func(i int) any {
		if i < 0 || i >= len(l.items) {
			return undefined{"loop." + name}
		}
		return l.items[i]
	}
	n := len(l.items)
	switch name {
	case "index":
		return int64(l.i + 1)
	case "index0":
		return int64(l.i)
	case "revindex":
		return int64(n - l.i)
	case "revindex0":
		return int64(n - l.i - 1)
	case "first":
		return l.i == 0
	case "last":
		return l.i == n-1
	case "length":
		return int64(n)
	case "depth":
		return int64(l.depth + 1)
	case "depth0":
		return int64(l.depth)
	case "previtem":
		return at(l.i - 1)
	case "nextitem":
		return at(l.i + 1)
	case "cycle":
		return &function{"loop.cycle", func(in *interp, a arguments) any {
			if len(a.list) == 0 {
				in.fail("loop.cycle without values")
			}
			return a.list[l.i%len(a.list)]
		}}
	case "changed":
		return &function{"loop.changed", func(in *interp, a arguments) any {
			now := any(&List{items: a.list, tuple: true})
			same := in.equal(l.changed, now)
			l.changed = now
			return !same
		}}
	}
	return undefined{"loop." + name}
}
