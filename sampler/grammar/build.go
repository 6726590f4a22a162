package grammar

import (
	"fmt"
	"slices"
	"strings"
)

// mostStates is how large a program may become.
const mostStates = 1 << 18

var errStates = fmt.Errorf("it needs more than %d states: repeat less, or smaller parts", mostStates)

// A builder makes a program of rules.
type builder struct {
	rules  []rule
	leaves []int32 // by step: the state that it leaves
	steps  []step
	states int32
	shared map[string]call // classes of many bytes that are rules of their own
	inside int             // the rule that is being built
	err    error
}

// declare makes a rule that define fills.
func (b *builder) declare(name string, at mark) call {
	b.rules = append(b.rules, rule{name: name, parent: -1, at: at, entry: b.state(), exit: b.state()})
	return call(len(b.rules) - 1)
}

// define says what a rule is.
func (b *builder) define(c call, x expr) {
	before := b.inside
	b.inside = int(c)
	b.add(b.rules[c].entry, x, b.rules[c].exit)
	b.inside = before
}

// outline makes a rule without a name of a part of another.
func (b *builder) outline(x expr) call {
	c := b.declare("", mark{})
	b.rules[c].parent = b.inside
	b.define(c, x)
	return c
}

// state makes a state.
func (b *builder) state() int32 {
	if b.states >= mostStates && b.err == nil {
		b.err = errStates
	}
	b.states++
	return b.states - 1
}

func (b *builder) step(from int32, s step) {
	b.leaves = append(b.leaves, from)
	b.steps = append(b.steps, s)
}

// add puts an expression between two states (Thompson's construction).
func (b *builder) add(from int32, x expr, to int32) {
	if b.err != nil {
		return
	}
	switch x := x.(type) {
	case nil:
		b.step(from, step{kind: empty, to: to})
	case literal:
		b.literal(from, string(x), to)
	case class:
		b.class(from, x, to)
	case sequence:
		for i, part := range x {
			next := to
			if i < len(x)-1 {
				next = b.state()
			}
			b.add(from, part, next)
			from = next
		}
		if len(x) == 0 {
			b.add(from, nil, to)
		}
	case choice:
		b.choice(from, x, to)
	case repeat:
		b.repeat(from, x, to)
	case call:
		b.step(from, step{kind: enter, rule: int32(x), to: to})
	case net:
		states := make([]int32, x.nodes)
		for i := range states {
			states[i] = b.state()
		}
		b.add(from, nil, states[0])
		for _, a := range x.arrows {
			b.add(states[a.from], a.on, states[a.to])
		}
		b.add(states[1], nil, to)
	}
}

func (b *builder) literal(from int32, text string, to int32) {
	if text == "" {
		b.add(from, nil, to)
		return
	}
	for i := range len(text) {
		next := to
		if i < len(text)-1 {
			if next = b.state(); b.err != nil {
				return
			}
		}
		b.step(from, step{kind: take, lo: text[i], hi: text[i], to: next})
		from = next
	}
}

// class adds the bytes of characters. Those of a class that needs many states
// are a rule that all share.
func (b *builder) class(from int32, c class, to int32) {
	const few = 12
	n := 0
	c.utf8Spans(func(s []byteSpan) { n += len(s) })
	if n <= few {
		b.spans(from, c, to)
		return
	}
	key := fmt.Sprint(c)
	if b.shared == nil {
		b.shared = map[string]call{}
	}
	rule, ok := b.shared[key]
	if !ok {
		rule = b.declare("", mark{})
		b.rules[rule].parent = b.inside
		b.shared[key] = rule
		b.spans(b.rules[rule].entry, c, b.rules[rule].exit)
	}
	b.add(from, rule, to)
}

// spans adds the bytes of characters; equal ends are one.
func (b *builder) spans(from int32, c class, to int32) {
	type end struct {
		byteSpan
		to int32
	}
	ends := map[end]int32{}
	c.utf8Spans(func(spans []byteSpan) {
		next := to
		for i := len(spans) - 1; i > 0; i-- {
			e := end{spans[i], next}
			at, ok := ends[e]
			if !ok {
				at = b.state()
				ends[e] = at
				b.step(at, step{kind: take, lo: e.lo, hi: e.hi, to: next})
			}
			next = at
		}
		b.step(from, step{kind: take, lo: spans[0].lo, hi: spans[0].hi, to: next})
	})
}

// choice adds one of several. Fixed texts among them share their beginnings.
func (b *builder) choice(from int32, all choice, to int32) {
	var texts []string
	for _, x := range all {
		if text, ok := x.(literal); ok {
			texts = append(texts, string(text))
		} else {
			b.add(from, x, to)
		}
	}
	slices.Sort(texts)
	b.texts(from, slices.Compact(texts), to)
}

// texts adds one of several texts, in ascending order.
func (b *builder) texts(from int32, all []string, to int32) {
	for len(all) > 0 && b.err == nil {
		if len(all) == 1 || all[0] == "" {
			b.literal(from, all[0], to)
			all = all[1:]
			continue
		}
		n := 1
		for n < len(all) && all[n][0] == all[0][0] {
			n++
		}
		group, last := all[:n], all[n-1]
		all = all[n:]
		if n == 1 {
			b.literal(from, group[0], to)
			continue
		}
		k := 1
		for k < len(group[0]) && strings.HasPrefix(last, group[0][:k+1]) {
			k++
		}
		fork := b.state()
		b.literal(from, group[0][:k], fork)
		rest := make([]string, n)
		for i, text := range group {
			rest[i] = text[k:]
		}
		b.texts(fork, rest, to)
	}
}

// repeat adds so many of one thing. What needs states of its own is made a
// rule before it is repeated often.
func (b *builder) repeat(from int32, r repeat, to int32) {
	times := r.least + 1
	if r.most >= 0 {
		times = r.most
	}
	switch x := r.of.(type) {
	case class, call:
	case literal:
		if times > 1 && len(x) > 1 {
			r.of = b.outline(x)
		}
	default:
		if times > 1 {
			r.of = b.outline(x)
		}
	}
	for range r.least {
		next := b.state()
		b.add(from, r.of, next)
		from = next
		if b.err != nil {
			return
		}
	}
	if r.most < 0 {
		again := b.state()
		b.add(from, nil, again)
		b.add(again, r.of, again)
		from = again
	}
	for i := r.least; i < r.most && b.err == nil; i++ {
		next := b.state()
		b.add(from, nil, to)
		b.add(from, r.of, next)
		from = next
	}
	b.add(from, nil, to)
}
