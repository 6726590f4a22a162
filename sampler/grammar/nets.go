package grammar

import (
	"regexp/syntax"
	"slices"
)

// What stands beside a place in a text, as far as assertions ask.
type beside uint8

const (
	border  beside = 1 << iota // the beginning, or the end
	newline                    // a line feed
	wordly                     // a letter, digit or _ of ASCII
	other
)

// A crossing is a node, what stood before it, and what may come next.
type crossing struct {
	node         int
	before, next beside
}

// resolve returns the net without assertions. Its nodes are those of the net,
// once for each thing that may stand before them and each that is still allowed
// to come.
func (d *drawing) resolve() (net, error) {
	const line, word = syntax.EmptyBeginLine | syntax.EmptyEndLine, syntax.EmptyWordBoundary | syntax.EmptyNoWordBoundary
	kinds := map[beside]class{other: anyRune}
	if d.asserts&line != 0 {
		kinds[newline] = one('\n')
	}
	if d.asserts&word != 0 {
		kinds[wordly] = newClass(span{'0', '9'}, span{'A', 'Z'}, span{'_', '_'}, span{'a', 'z'})
	}
	all := border | other
	for kind, c := range kinds {
		if all |= kind; kind != other {
			kinds[other] = kinds[other].and(c.not())
		}
	}

	out := d.leaving()
	e := explored[crossing]{net: net{nodes: 2}}
	e.node(crossing{0, border, all}, 0)
	for i := 0; i < len(e.found); i++ {
		at := e.found[i]
		from := e.places[at]
		if at.node == 1 && at.next&border != 0 {
			e.arrow(from, nil, 1)
		}
		for _, a := range out[at.node] {
			switch on := a.on.(type) {
			case nil:
				e.arrow(from, nil, e.node(crossing{a.to, at.before, at.next}, -1))
			case syntax.EmptyOp:
				if next := at.next & allows(on, at.before); next != 0 {
					e.arrow(from, nil, e.node(crossing{a.to, at.before, next}, -1))
				}
			case class:
				for kind := newline; kind <= other; kind <<= 1 {
					if c := on.and(kinds[kind]); at.next&kind != 0 && len(c) > 0 {
						e.arrow(from, c, e.node(crossing{a.to, kind, all}, -1))
					}
				}
			}
		}
		if e.large() {
			return net{}, errStates
		}
	}
	return e.net, nil
}

// allows is what may come next where an assertion holds.
func allows(op syntax.EmptyOp, before beside) beside {
	const all = border | newline | wordly | other
	switch {
	case op == syntax.EmptyBeginText && before == border, op == syntax.EmptyBeginLine && before&(border|newline) != 0:
		return all
	case op == syntax.EmptyEndText:
		return border
	case op == syntax.EmptyEndLine:
		return border | newline
	case op == syntax.EmptyWordBoundary && before == wordly, op == syntax.EmptyNoWordBoundary && before != wordly:
		return all &^ wordly
	case op == syntax.EmptyWordBoundary, op == syntax.EmptyNoWordBoundary:
		return wordly
	}
	return 0
}

// explored is a net whose nodes stand for others.
type explored[T comparable] struct {
	net
	places map[T]int
	found  []T
	work   int // arrows looked at, but for those that were drawn
}

// large reports whether it becomes too large to go on.
func (e *explored[T]) large() bool {
	return e.nodes > mostStates || len(e.arrows)+e.work > 64*mostStates
}

// node returns the node of a thing, a new one unless it is known; place is its
// number if that is given.
func (e *explored[T]) node(t T, place int) int {
	if n, known := e.places[t]; known {
		return n
	}
	if e.places == nil {
		e.places = map[T]int{}
	}
	if place < 0 {
		place = e.nodes
		e.nodes++
	}
	e.places[t] = place
	e.found = append(e.found, t)
	return place
}

func (e *explored[T]) arrow(from int, on expr, to int) {
	e.arrows = append(e.arrows, arrow{from, to, on})
}

// meet returns the texts that are in both of two nets whose arrows are
// characters.
func (n net) meet(o net) (net, error) {
	mine, theirs := n.leaving(), o.leaving()
	e := explored[[2]int]{net: net{nodes: 2}}
	e.node([2]int{0, 0}, 0)
	e.node([2]int{1, 1}, 1)
	for i := 0; i < len(e.found); i++ {
		at := e.found[i]
		from := e.places[at]
		for _, a := range mine[at[0]] {
			if a.on == nil {
				e.arrow(from, nil, e.node([2]int{a.to, at[1]}, -1))
			}
		}
		for _, b := range theirs[at[1]] {
			if b.on == nil {
				e.arrow(from, nil, e.node([2]int{at[0], b.to}, -1))
				continue
			}
			for _, a := range mine[at[0]] {
				if on, ok := a.on.(class); ok {
					e.work++
					if both := on.and(b.on.(class)); len(both) > 0 {
						e.arrow(from, both, e.node([2]int{a.to, b.to}, -1))
					}
				}
			}
		}
		if e.large() {
			return net{}, errStates
		}
	}
	return e.net, nil
}

// leaving lists the arrows by the node that they leave.
func (n net) leaving() [][]arrow {
	out := make([][]arrow, n.nodes)
	for _, a := range n.arrows {
		out[a.from] = append(out[a.from], a)
	}
	return out
}

// put returns the net with something else in place of its characters.
func (n net) put(f func(class) expr) net {
	n.arrows = slices.Clone(n.arrows)
	for i, a := range n.arrows {
		if c, ok := a.on.(class); ok {
			n.arrows[i].on = f(c)
		}
	}
	return n
}
