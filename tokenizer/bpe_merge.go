package tokenizer

import (
	"hash/maphash"
	"math"
	"strings"
	"sync/atomic"

	"argen"
)

// noRank is the rank of a pair that is not merged, behind all others.
const noRank = math.MaxInt32

// shortWord is the longest word, in tokens, whose pairs are searched one by
// one. That is quickest for a few, but takes time n² for n.
const shortWord = 24

// A mergeTable is a hash table of merges: open addressing in a power of two of
// slots.
type mergeTable struct {
	keys  []uint64 // left id and right id, and 1: 0 is an empty slot
	vals  []merge
	shift uint
}

func newMergeTable(n int) mergeTable {
	size, shift := 16, uint(60)
	for size < 2*n {
		size, shift = 2*size, shift-1
	}
	return mergeTable{make([]uint64, size), make([]merge, size), shift}
}

func (m *mergeTable) slot(p pair) (i, key uint64) {
	key = uint64(uint32(p.left))<<32 | uint64(uint32(p.right)) + 1
	return key * 0x9e3779b97f4a7c15 >> m.shift, key
}

func (m *mergeTable) put(p pair, v merge) {
	i, key := m.slot(p)
	for m.keys[i] != 0 && m.keys[i] != key {
		i = (i + 1) & uint64(len(m.keys)-1)
	}
	m.keys[i], m.vals[i] = key, v
}

// merge returns what becomes of a pair.
func (t *BPE) merge(left, right argen.ID) merge {
	m := &t.merges
	i, key := m.slot(pair{left, right})
	for {
		switch m.keys[i] {
		case key:
			return m.vals[i]
		case 0:
			return merge{noRank, argen.NoID}
		}
		i = (i + 1) & uint64(len(m.keys)-1)
	}
}

// mergeAll merges the tokens of a word in place: the pair of lowest rank, of
// equal ones the leftmost, again and again.
func (t *BPE) mergeAll(ids []argen.ID) []argen.ID {
	if len(ids) > shortWord {
		return t.mergeLong(ids)
	}
	var next [shortWord]merge // next[i] is what becomes of ids[i] and ids[i+1]
	for i := range len(ids) - 1 {
		next[i] = t.merge(ids[i], ids[i+1])
	}
	for len(ids) > 1 {
		best := 0
		for i := 1; i < len(ids)-1; i++ {
			if next[i].rank < next[best].rank {
				best = i
			}
		}
		if next[best].rank == noRank {
			break
		}
		ids[best] = next[best].id
		copy(ids[best+1:], ids[best+2:])
		copy(next[best:], next[best+1:len(ids)-1])
		ids = ids[:len(ids)-1]
		if best > 0 {
			next[best-1] = t.merge(ids[best-1], ids[best])
		}
		if best < len(ids)-1 {
			next[best] = t.merge(ids[best], ids[best+1])
		}
	}
	return ids
}

// A longWord is a word in the course of merging: tokens in a doubly linked
// list over their first places, and a heap of the pairs to be merged. It takes
// time n·log n for n tokens.
type longWord struct {
	ids        []argen.ID
	prev, next []int32 // places of the neighbours; next is len(ids) behind the last
	heap       []waiting
}

// A waiting pair stood at a place when it was put into the heap. If its tokens
// have changed since then, it is void.
type waiting struct {
	rank  int32
	place int32 // of the left token
	pair  pair
	id    argen.ID // of what becomes of it
}

func (a waiting) before(b waiting) bool {
	return a.rank < b.rank || a.rank == b.rank && a.place < b.place
}

// gone marks the place of a token that was merged into the one before it.
const gone argen.ID = -2

func (t *BPE) mergeLong(ids []argen.ID) []argen.ID {
	n := int32(len(ids))
	w := longWord{ids: ids, prev: make([]int32, n), next: make([]int32, n), heap: make([]waiting, 0, n)}
	for i := range n {
		w.prev[i], w.next[i] = i-1, i+1
	}
	for i := range n - 1 {
		w.push(t, i)
	}
	for len(w.heap) > 0 {
		top := w.pop()
		left := top.place
		right := w.next[left]
		if w.ids[left] != top.pair.left || right == n || w.ids[right] != top.pair.right {
			continue
		}
		w.ids[left], w.ids[right] = top.id, gone
		after := w.next[right]
		w.next[left] = after
		if after < n {
			w.prev[after] = left
			w.push(t, left)
		}
		if before := w.prev[left]; before >= 0 {
			w.push(t, before)
		}
	}
	kept := ids[:0]
	for i := int32(0); i < n; i = w.next[i] {
		kept = append(kept, w.ids[i])
	}
	return kept
}

// push puts the pair at a place into the heap if it is one that is merged.
func (w *longWord) push(t *BPE, place int32) {
	p := pair{w.ids[place], w.ids[w.next[place]]}
	m := t.merge(p.left, p.right)
	if m.rank == noRank {
		return
	}
	w.heap = append(w.heap, waiting{m.rank, place, p, m.id})
	for i := len(w.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !w.heap[i].before(w.heap[up]) {
			break
		}
		w.heap[i], w.heap[up] = w.heap[up], w.heap[i]
		i = up
	}
}

// pop takes the first pair out of the heap.
func (w *longWord) pop() waiting {
	top, last := w.heap[0], len(w.heap)-1
	w.heap[0] = w.heap[last]
	w.heap = w.heap[:last]
	for i := 0; ; {
		first := 2*i + 1
		if first >= last {
			return top
		}
		if first+1 < last && w.heap[first+1].before(w.heap[first]) {
			first++
		}
		if !w.heap[first].before(w.heap[i]) {
			return top
		}
		w.heap[i], w.heap[first] = w.heap[first], w.heap[i]
		i = first
	}
}

const (
	cachedWords   = 1 << 16 // words kept
	longestCached = 48      // in bytes; longer ones hardly come again
)

// A wordCache remembers the tokens of words: texts hold the same words again
// and again. A word has one slot, given by its hash, and takes the place of
// the word that is there. Slots are written and read whole, so goroutines need
// no lock.
type wordCache struct {
	seed  maphash.Seed
	slots []cacheSlot
}

type cacheSlot struct{ p atomic.Pointer[cachedWord] }

// A cachedWord never changes.
type cachedWord struct {
	word string
	ids  []argen.ID
}

func newWordCache() *wordCache {
	return &wordCache{maphash.MakeSeed(), make([]cacheSlot, cachedWords)}
}

// find returns the tokens of a word, nil if they are not known, and the slot to
// put them into, nil for a long word.
func (c *wordCache) find(word string) (*cachedWord, *cacheSlot) {
	if len(word) > longestCached {
		return nil, nil
	}
	slot := &c.slots[maphash.String(c.seed, word)%cachedWords]
	if entry := slot.p.Load(); entry != nil && entry.word == word {
		return entry, slot
	}
	return nil, slot
}

func (s *cacheSlot) put(word string, ids []argen.ID) {
	if s != nil {
		s.p.Store(&cachedWord{strings.Clone(word), append([]argen.ID(nil), ids...)})
	}
}
