package ngram

import "math"

// table returns the index of all n-grams longer than one word. It is made when
// first asked for, if the model's file did not bring it: who only writes the
// model needs none.
func (m *Model) table() *index {
	if !m.indexed.Load() {
		m.makeIndex()
	}
	return &m.index
}

func (m *Model) makeIndex() {
	m.indexing.Lock()
	defer m.indexing.Unlock()
	if !m.indexed.Load() {
		m.index = m.indexOf(0, m.inner())
		m.indexed.Store(true)
	}
}

// indexOf is an index of the successors of the contexts from from to to-1.
//
// Where the hashes crowd so that a slot's bits do not decide, which takes very
// many words or a file made for it, other hashes and more room are tried.
func (m *Model) indexOf(from, to uint32) index {
	n := uint64(m.nodes[to].first - m.nodes[from].first)
	x := index{size: n + n/3 + 1}
	for factor, tries := uint64(golden), 1; ; factor, tries = factor*golden|1, tries+1 {
		x.keys = keysFor(to, uint32(len(m.vocab.Words)), factor)
		if x.fill(m.inserts(&x, from, to)) || tries == 8 {
			return x
		}
		if tries%2 == 0 {
			x.size *= 2
		}
	}
}

// An insert is a slot to be placed, and its hash.
type insert struct {
	slot slot
	hash uint64
}

// inserts returns the slots of an index in the order of the first bits of
// their hashes, so that filling it goes through memory once.
func (m *Model) inserts(x *index, from, to uint32) []insert {
	const top = 12
	var place [1<<top + 1]uint32
	m.eachSuccessor(from, to, func(context, number uint32) {
		place[x.keys.hash(context, m.word(number))>>(64-top)+1]++
	})
	for i := range 1 << top {
		place[i+1] += place[i]
	}
	list := make([]insert, place[1<<top])
	m.eachSuccessor(from, to, func(context, number uint32) {
		h := x.keys.hash(context, m.word(number))
		s := slot(number)
		if number >= m.inner() {
			s = slot(math.Float32bits(m.logprob(number)))
		}
		s = s<<32 | slot(x.keys.check(h))
		if number < m.inner() && m.asks(number) {
			s |= 1
		}
		at := &place[h>>(64-top)]
		list[*at] = insert{s, h}
		*at++
	})
	return list
}

func (m *Model) eachSuccessor(from, to uint32, f func(context, number uint32)) {
	for c := from; c < to; c++ {
		for n := m.nodes[c].first; n < m.nodes[c+1].first; n++ {
			f(c, n)
		}
	}
}

// crowd is the longest run of slots that any index needs.
const crowd = 1 << 14

// fill places slots in the order of their hashes. It reports whether the bits
// of the hash in a slot always tell which one it is: whether a search never
// comes to a slot whose hash is 2^30 or more away (of those, as numbers of all
// bits).
func (x *index) fill(list []insert) bool {
	x.slots = make([]slot, x.size+stride, x.size+64)
	for i := range x.slots {
		x.slots[i] = free
	}
	for _, in := range list {
		at := x.start(in.hash)
		check, end := x.keys.check(in.hash), uint64(at)+crowd
		for x.slots[at] != free && x.slots[at].ahead(check) < 0 {
			at++
		}
		for s := in.slot; s != free; at++ { // push the others on
			x.slots[at], s = s, x.slots[at]
		}
		for len(x.slots)-int(at) < stride { // one of the last was taken
			x.slots = append(x.slots, free)
		}
		if uint64(at) > end {
			return false
		}
	}
	all := 64 - x.keys.unused
	return all <= 30 || x.longestRun() < x.size>>(all-30)
}

// longestRun is the largest number of slots without a free one between them.
func (x *index) longestRun() uint64 {
	longest, run := uint64(0), uint64(0)
	for _, s := range x.slots {
		run++
		if s == free {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
