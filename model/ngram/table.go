package ngram

import "math/bits"

// A table finds the successors of contexts that have more than a few, in one
// look: open addressing, two thirds full.
type table []slot

// A slot says that successor number next of some context has this word.
type slot struct {
	word uint32
	next uint32 // root if the slot is free
}

// newTable makes room for n successors, none for none.
func newTable(n int) table {
	if n == 0 {
		return nil
	}
	t := make(table, n+n/2+1)
	for i := range t {
		t[i].next = root
	}
	return t
}

func (t table) start(context, word uint32) int {
	h := (uint64(context)<<32 | uint64(word)) * 0x9E3779B97F4A7C15
	h ^= h >> 32
	hi, _ := bits.Mul64(h*0xD6E8FEB86659FD93, uint64(len(t)))
	return int(hi)
}

func (t table) add(context, word, next uint32) {
	i := t.start(context, word)
	for t[i].next != root {
		if i++; i == len(t) {
			i = 0
		}
	}
	t[i] = slot{word, next}
}

// find returns the successor word of context, whose successors are numbered
// from from to to, root if it is not one of them. A table always has a free
// slot, where the search ends.
func (t table) find(context, word, from, to uint32) uint32 {
	for i := t.start(context, word); ; {
		s := t[i]
		if s.word == word && s.next-from < to-from {
			return s.next
		}
		if s.next == root {
			return root
		}
		if i++; i == len(t) {
			i = 0
		}
	}
}

// index fills m.wide.
func (m *Model) index() {
	n := 0
	for at := range m.inner() {
		if c := m.nodes[at+1].first - m.nodes[at].first; c > few {
			n += int(c)
		}
	}
	m.wide = newTable(n)
	for at := range m.inner() {
		from, to := m.nodes[at].first, m.nodes[at+1].first
		if to-from <= few {
			continue
		}
		for i := from; i < to; i++ {
			m.wide.add(at, m.word(i), i)
		}
	}
}
