package ngram

import (
	"math"
	"sync/atomic"
)

// check looks at all that a look-up goes by: words within the vocabulary,
// numbers that are logarithms, successors in order and one order longer.
func (r *binaryReader) check() error {
	m := r.m
	v, inner := uint32(len(m.vocab.Words)), m.inner()
	if id := m.vocab.BOS; id >= 0 && (id == m.vocab.EOS || id == m.vocab.Unk) || m.vocab.EOS >= 0 && m.vocab.EOS == m.vocab.Unk {
		return r.at(hashFrom+16, "vocabulary", "two of <unk>, <s> and </s> have the same id")
	}
	for k := range max(m.order-1, 1) {
		from, to := m.level[k], m.level[k+1]
		least, most := to, m.level[min(k+2, m.order)] // where successors may stand
		if m.nodes[from].first != least {
			return r.at(r.nodesAt+nodeSize*int64(from), "nodes", "the successors of node %d begin at %d: expected %d", from, m.nodes[from].first, least)
		}
		bad := firstBad(int(to-from), func(i int) bool {
			n, next := &m.nodes[from+uint32(i)], &m.nodes[from+uint32(i)+1]
			fits := n.word < v && n.first <= next.first && next.first <= most && finite(n.prob) && n.prob <= 0 && finite(n.backoff)
			if k == 0 {
				return !(fits && n.word == uint32(i))
			}
			return !fits
		})
		if bad >= 0 {
			bad += int(from)
			return r.at(r.nodesAt+nodeSize*int64(bad), "nodes", "node %d of %d is damaged: make or fetch the file again", bad, inner)
		}
	}
	if m.nodes[inner].first != m.level[m.order] {
		return r.at(r.nodesAt+nodeSize*int64(inner), "nodes", "the successors end at %d: expected %d", m.nodes[inner].first, m.level[m.order])
	}
	bad := firstBad(len(m.leaves), func(i int) bool {
		l := &m.leaves[i]
		return !(l.word < v && finite(l.prob) && l.prob <= 0)
	})
	if bad >= 0 {
		return r.at(r.leavesAt+leafSize*int64(bad), "leaves", "leaf %d of %d is damaged: make or fetch the file again", bad, len(m.leaves))
	}
	return r.checkRest()
}

// checkRest looks at the index, whose last slots must be free for a search to
// end, and at the text. Numbers in slots are looked at when they are used: so a
// large file is open before all of its index has been read.
func (r *binaryReader) checkRest() error {
	m := r.m
	if x := &m.index; len(x.slots) > 0 {
		last := len(x.slots) - stride
		if last <= 0 || x.size == 0 || x.size > uint64(last) || [stride]slot(x.slots[last:]) != [stride]slot{free, free, free, free} {
			return r.at(r.indexAt+slotSize*int64(last), "index", "a search would run over its end")
		}
	}
	at := uint32(0)
	for i, end := range m.text.ends {
		if end < at || uint64(end) > uint64(len(m.text.ids)) {
			return r.at(r.endsAt+4*int64(i), "sentences", "sentence %d ends at %d: expected %d to %d", i, end, at, len(m.text.ids))
		}
		at = end
	}
	v := uint32(len(m.vocab.Words))
	if bad := firstBad(len(m.text.ids), func(i int) bool { return m.text.ids[i] >= v }); bad >= 0 {
		return r.at(r.textAt+4*int64(bad), "text", "token %d is id %d: the vocabulary has %d", bad, m.text.ids[bad], v)
	}
	return nil
}

// finite reports whether x is a number or −Inf, what a logarithm can be.
func finite(x float32) bool { return x <= math.MaxFloat32 }

// firstBad returns the first i below n for which bad holds, -1 if none does.
func firstBad(n int, bad func(i int) bool) int {
	var first atomic.Int64
	first.Store(int64(n))
	parallel(n, func(from, to int) {
		for i := from; i < to; i++ {
			if !bad(i) {
				continue
			}
			for seen := first.Load(); int64(i) < seen && !first.CompareAndSwap(seen, int64(i)); {
				seen = first.Load()
			}
			return
		}
	})
	if i := first.Load(); i < int64(n) {
		return int(i)
	}
	return -1
}
