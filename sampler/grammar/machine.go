package grammar

import (
	"errors"
	"math/bits"
	"slices"
	"sync"

	"argen"
)

// A stack is where calls go on once they have ended: frames, any of which may
// be the one. Equal stacks are one, and none changes but for the machine's note.
type stack struct {
	frames []frame // in ascending order
	id     uint64  // in the order in which they were made
	popped uint64  // the round in which it was last gone back by
}

// A frame is the state after a call, and the stack of the rule that it is in:
// nil where that state is the end of the text.
type frame struct {
	to int32
	up *stack
}

// A place is where a text stands in a grammar. It never changes.
type place struct {
	points []frame // states reached, of rules with these stacks; ascending
	ends   bool    // the text may end here
}

// A state is a place, and what is known of the places after it.
type state struct {
	*place
	// What is nil or unknown was not computed yet.
	arms  []arm         // how it may go on
	next  []*state      // by class of bytes
	mask  []uint64      // by token, a bit: whether it may come next
	after []*state      // those after tokens
	near  [2][]argen.ID // a few of these, without and with a blank before them
	lead  answer        // whether tokens lead to where the text may end

	met, noted uint64 // the rounds in which it was
}

// An arm is a step that takes a byte, with the stack of its rule.
type arm struct {
	lo, hi uint8
	to     int32
	up     *stack
}

// lost is the state from which there is no way on.
var lost = &state{place: &place{}}

// What a machine may keep. A text that can be read in very many ways is given
// up, and what was computed is dropped once there is much of it.
const (
	mostPoints = 1 << 12
	mostCells  = 1 << 22 // words of 8 bytes
)

// errAmbiguous says that a text can be read in too many ways.
var errAmbiguous = errors.New("the text so far can be read in too many ways: the grammar is too ambiguous")

// A machine runs a program on a vocabulary and keeps what it has computed. It
// may be used by many goroutines, one at a time.
type machine struct {
	*program
	tok    argen.Tokenizer
	joiner argen.Joiner // tok, if it puts something between tokens
	stop   []argen.ID
	words  *vocabulary

	sync.Mutex
	states map[uint64][]*state
	stacks map[uint64][]*stack
	cells  int    // what is kept, in words
	most   int    // of them, before all is dropped
	made   uint64 // stacks made so far
	bottom *stack // of the rule that the text is
	err    error  // a place had too many points

	// Work space.
	points  []frame
	seen    frameSet // points
	visited []uint64 // by state of the program, the round in which it was seen
	round   uint64
	ahead   []int32
	waiting []uint64  // a bit by order of rules: it is called
	calls   [][]frame // by order of rules: where those who call it go on
	ruleAt  []int32   // by order
}

func newMachine(p *program) *machine {
	m := &machine{
		program: p, visited: make([]uint64, p.states()),
		waiting: make([]uint64, len(p.rules)/64+1), calls: make([][]frame, len(p.rules)), ruleAt: make([]int32, len(p.rules)),
		bottom: &stack{frames: []frame{{to: -1}}}, most: mostCells,
	}
	for i, r := range p.rules {
		m.ruleAt[r.order] = int32(i)
	}
	m.forget()
	return m
}

// forget drops what was computed.
func (m *machine) forget() {
	m.states, m.stacks, m.cells = map[uint64][]*state{}, map[uint64][]*stack{}, 0
}

// tidy drops what was computed if it is much.
func (m *machine) tidy() {
	if m.cells > m.most {
		m.forget()
	}
}

// room reports whether more may be kept before it is dropped. Else it is
// computed anew each time.
func (m *machine) room() bool { return m.cells <= 2*m.most }

// start is the place of the empty text.
func (m *machine) start() *place {
	entry := m.rules[m.root].entry
	p := &place{ends: m.finish[entry]}
	if m.onward[entry] {
		p.points = []frame{{entry, m.bottom}}
	}
	return p
}

// at returns the state of a place.
func (m *machine) at(p *place) *state { return m.intern(p.points, p.ends) }

// after returns the state after a text, lost if there is none.
func (m *machine) after(s *state, text []byte) *state {
	for i := 0; i < len(text) && s != lost; i++ {
		s = m.step(s, m.class[text[i]])
	}
	return s
}

// step returns the state after a byte of a class.
func (m *machine) step(s *state, class uint8) *state {
	if s == lost {
		return lost
	}
	if s.next == nil {
		m.expand(s)
	}
	to := s.next[class]
	if to == nil {
		to = m.compute(s, class)
		if m.room() {
			s.next[class] = to
		}
	}
	return to
}

// compute finds the state after a byte of a class.
func (m *machine) compute(s *state, class uint8) *state {
	m.seen.clear()
	m.points = m.points[:0]
	m.round++
	for _, a := range s.arms {
		if a.lo <= class && class <= a.hi {
			m.reach(frame{a.to, a.up})
		}
	}
	// A rule that may end here goes on where it was called, and that may be
	// the end of another.
	ends := false
	for i := 0; i < len(m.points); i++ {
		at := m.points[i]
		if !m.finish[at.to] || at.up.popped == m.round {
			continue
		}
		at.up.popped = m.round
		for _, f := range at.up.frames {
			if f.up == nil {
				ends = true
			} else {
				m.reach(f)
			}
		}
	}
	m.points = slices.DeleteFunc(m.points, func(f frame) bool { return !m.onward[f.to] })
	if len(m.points) == 0 && !ends {
		return lost
	}
	slices.SortFunc(m.points, compareFrames)
	return m.intern(m.points, ends)
}

// reach notes that a state was reached.
func (m *machine) reach(f frame) {
	if len(m.points) >= mostPoints {
		m.err = errAmbiguous
		return
	}
	if m.seen.add(f) {
		m.points = append(m.points, f)
	}
}

// intern returns the state of a place of these points.
func (m *machine) intern(points []frame, ends bool) *state {
	h := hash(points, 1)
	if ends {
		h++
	}
	for _, s := range m.states[h] {
		if s.ends == ends && slices.Equal(s.points, points) {
			return s
		}
	}
	s := &state{place: &place{points: slices.Clone(points), ends: ends}}
	if m.room() {
		m.states[h] = append(m.states[h], s)
		m.cells += 16 + 2*len(points)
	}
	return s
}

// stack returns the stack of these frames, which it may change.
func (m *machine) stack(frames []frame) *stack {
	m.seen.clear()
	frames = slices.DeleteFunc(frames, func(f frame) bool { return !m.seen.add(f) })
	slices.SortFunc(frames, compareFrames)
	if len(frames) == 1 && frames[0].up == nil {
		return m.bottom
	}
	h := hash(frames, 2)
	for _, s := range m.stacks[h] {
		if slices.Equal(s.frames, frames) {
			return s
		}
	}
	m.made++
	s := &stack{frames: slices.Clone(frames), id: m.made}
	if m.room() {
		m.stacks[h] = append(m.stacks[h], s)
		m.cells += 8 + 2*len(frames)
	}
	return s
}

// expand finds how a state may go on.
func (m *machine) expand(s *state) {
	s.next = make([]*state, len(m.bytes))
	for i, f := range s.points {
		if i == 0 || f.up != s.points[i-1].up {
			m.round++
		}
		m.look(s, f.to, f.up)
	}
	// Rules that are called, each after all that may begin with it, so that
	// all who call it are known.
	for word := 0; word < len(m.waiting); word++ {
		for m.waiting[word] != 0 {
			bit := bits.TrailingZeros64(m.waiting[word])
			m.waiting[word] &^= 1 << bit
			order := word*64 + bit
			up := m.stack(m.calls[order])
			m.calls[order] = m.calls[order][:0]
			m.round++
			m.look(s, m.rules[m.ruleAt[order]].entry, up)
		}
	}
	m.cells += len(s.next) + 2*len(s.arms)
}

// look collects the steps that take a byte and the calls that are reached from
// a state of a rule without taking one.
func (m *machine) look(s *state, from int32, up *stack) {
	m.ahead = append(m.ahead[:0], from)
	for len(m.ahead) > 0 {
		at := m.ahead[len(m.ahead)-1]
		m.ahead = m.ahead[:len(m.ahead)-1]
		if m.visited[at] == m.round {
			continue
		}
		m.visited[at] = m.round
		steps := m.from(at)
		for i := range steps {
			st := &steps[i]
			switch st.kind {
			case take:
				s.arms = append(s.arms, arm{st.lo, st.hi, st.to, up})
			case enter:
				m.call(st, up)
			}
			if m.free(st) {
				m.ahead = append(m.ahead, st.to)
			}
		}
	}
}

// call notes who calls a rule. Where nothing but the end of the own rule comes
// after it, it goes on where that would: the stack does not grow at the end of
// a list.
func (m *machine) call(st *step, up *stack) {
	order := m.rules[st.rule].order
	m.waiting[order/64] |= 1 << (order % 64)
	if m.onward[st.to] {
		m.calls[order] = append(m.calls[order], frame{st.to, up})
		return
	}
	m.calls[order] = append(m.calls[order], up.frames...)
}
