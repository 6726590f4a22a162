package grammar

import "errors"

// errNothing says that a grammar describes no text.
var errNothing = errors.New("no text has this form")

// finish makes the program whose text is that of a rule.
func (b *builder) finish(root call) (*program, error) {
	if b.err != nil {
		return nil, b.err
	}
	p := &program{rules: b.rules, root: int32(root)}
	p.group(b)
	p.trim()
	if !p.rules[root].productive {
		return nil, errNothing
	}
	if err := p.arrange(); err != nil {
		return nil, err
	}
	p.classify()
	return p, nil
}

// group orders the steps by the states that they leave.
func (p *program) group(b *builder) {
	p.first = make([]int32, b.states+1)
	for _, from := range b.leaves {
		p.first[from+1]++
	}
	for i := range b.states {
		p.first[i+1] += p.first[i]
	}
	p.steps = make([]step, len(b.steps))
	next := append([]int32(nil), p.first...)
	for i, from := range b.leaves {
		p.steps[next[from]] = b.steps[i]
		next[from]++
	}
}

// trim takes away the steps that lead to no end, so that whatever can be
// reached can be ended, and finds out where a rule may end or go on.
func (p *program) trim() {
	back := p.backwards()
	productive := p.endings(back, func(*step) bool { return true }, func(r *rule) *bool { return &r.productive })
	for i := range p.steps {
		if s := &p.steps[i]; !productive[s.to] || s.kind == enter && !p.rules[s.rule].productive {
			s.kind = nowhere
		}
	}
	// A rule that can be nothing but empty is passed by.
	alive := p.ahead(back, func(s *step) bool { return s.kind != nowhere })
	for i := range p.rules {
		p.rules[i].lively = alive[p.rules[i].entry]
	}
	for i := range p.steps {
		if s := &p.steps[i]; s.kind == enter && !p.rules[s.rule].lively {
			s.kind = empty
		}
	}
	p.finish = p.endings(back, func(s *step) bool { return s.kind == empty || s.kind == enter }, func(r *rule) *bool { return &r.nullable })
	p.onward = p.ahead(back, p.free)
}

// An inbound step is one as the state that it leads to sees it.
type inbound struct {
	from int32
	*step
}

// backwards lists the steps that lead to each state, and those that enter each
// rule.
type backwards struct {
	to    [][]inbound // by state
	enter [][]inbound // by rule
}

func (p *program) backwards() backwards {
	b := backwards{make([][]inbound, p.states()), make([][]inbound, len(p.rules))}
	for state := range int32(p.states()) {
		steps := p.from(state)
		for i := range steps {
			in := inbound{state, &steps[i]}
			b.to[in.to] = append(b.to[in.to], in)
			if in.kind == enter {
				b.enter[in.rule] = append(b.enter[in.rule], in)
			}
		}
	}
	return b
}

// endings returns the states from which the end of their rule is reached by
// steps that pass. A rule of which that holds is flagged, and only such rules
// are entered.
func (p *program) endings(back backwards, pass func(*step) bool, flag func(*rule) *bool) []bool {
	marked := make([]bool, p.states())
	entries := make([][]int32, p.states()) // the rules that begin at a state
	var work []int32
	mark := func(state int32) {
		if !marked[state] {
			marked[state] = true
			work = append(work, state)
		}
	}
	for i, r := range p.rules {
		entries[r.entry] = append(entries[r.entry], int32(i))
		mark(r.exit)
	}
	for len(work) > 0 {
		state := work[len(work)-1]
		work = work[:len(work)-1]
		for _, in := range back.to[state] {
			if pass(in.step) && (in.kind != enter || *flag(&p.rules[in.rule])) {
				mark(in.from)
			}
		}
		for _, r := range entries[state] {
			*flag(&p.rules[r]) = true
			for _, in := range back.enter[r] {
				if pass(in.step) && marked[in.to] {
					mark(in.from)
				}
			}
		}
	}
	return marked
}

// ahead returns the states from which a step that takes a byte is reached by
// steps that pass, also one inside a rule that is entered.
func (p *program) ahead(back backwards, pass func(*step) bool) []bool {
	marked := make([]bool, p.states())
	entries := make([][]int32, p.states())
	var work []int32
	mark := func(state int32) {
		if !marked[state] {
			marked[state] = true
			work = append(work, state)
		}
	}
	for i, r := range p.rules {
		entries[r.entry] = append(entries[r.entry], int32(i))
	}
	for state := range int32(p.states()) {
		for _, s := range p.from(state) {
			if s.kind == take {
				mark(state)
			}
		}
	}
	for len(work) > 0 {
		state := work[len(work)-1]
		work = work[:len(work)-1]
		for _, in := range back.to[state] {
			if pass(in.step) {
				mark(in.from)
			}
		}
		for _, r := range entries[state] {
			for _, in := range back.enter[r] {
				if in.kind == enter {
					mark(in.from)
				}
			}
		}
	}
	return marked
}
