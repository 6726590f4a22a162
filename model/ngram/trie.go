package ngram

import (
	"runtime"
	"slices"
	"sync"
)

// A trie holds the n-grams of a text with their counts, one level an order.
// Unigrams are indexed by id; longer n-grams stand in the order of their
// tokens, so the successors of n-gram i are those from first[i] to first[i+1]
// in the next level.
type trie struct {
	levels []level
	bos    uint32
	path   []uint32 // the window added last
	depth  int      // its length
	tokens uint64
}

// A level holds the n-grams of one order.
type level struct {
	word  []uint32 // the last token
	count []uint32 // times seen
	first []uint32 // its first successor in the next level; one entry more than n-grams
	link  []uint32 // the n-gram without its first token, in the level above
}

func newTrie(order int, bos uint32) *trie {
	return &trie{levels: make([]level, order), bos: bos, path: make([]uint32, order)}
}

// add counts a window of up to order tokens and all its beginnings. Windows
// come in ascending order.
func (t *trie) add(window []uint32, count uint32) {
	same := 0
	for same < min(t.depth, len(window)) && t.path[same] == window[same] {
		same++
	}
	if same == 0 {
		t.fill(int(window[0]) + 1)
	}
	for k := max(same, 1); k < len(window); k++ {
		l := &t.levels[k]
		l.word = pushed(l.word, window[k])
		l.count = pushed(l.count, 0)
		if k+1 < len(t.levels) {
			l.first = pushed(l.first, uint32(len(t.levels[k+1].word)))
		}
	}
	for k := range window {
		l := &t.levels[k]
		l.count[len(l.count)-1] += count
	}
	t.depth = copy(t.path, window)
	t.tokens += uint64(count)
}

// pushed is append that doubles a full slice, also a long one: these grow to
// millions of elements one by one.
func pushed(list []uint32, v uint32) []uint32 {
	if len(list) == cap(list) {
		list = slices.Grow(list, max(len(list), 1<<10))
	}
	return append(list, v)
}

// fill appends unigrams, seen or not, until there are n.
func (t *trie) fill(n int) {
	l := &t.levels[0]
	for i := len(l.word); i < n; i++ {
		l.word = append(l.word, uint32(i))
		l.count = append(l.count, 0)
		if len(t.levels) > 1 {
			l.first = append(l.first, uint32(len(t.levels[1].word)))
		}
	}
}

// finish closes the trie over a vocabulary of v words and links every n-gram
// to its suffix.
func (t *trie) finish(v int) {
	t.fill(v)
	for k := range t.levels {
		l := &t.levels[k]
		if k+1 < len(t.levels) {
			l.first = append(l.first, uint32(len(t.levels[k+1].word)))
		}
		l.link = make([]uint32, len(l.word))
	}
	if len(t.levels) > 1 {
		copy(t.levels[1].link, t.levels[1].word)
	}
	for k := 2; k < len(t.levels); k++ {
		parents, children, lower := &t.levels[k-1], &t.levels[k], &t.levels[k-1]
		shorter := t.levels[k-2].first
		parallel(len(parents.word), func(from, to int) {
			for p := from; p < to; p++ {
				q := parents.link[p]
				at, end := shorter[q], shorter[q+1]
				for c := parents.first[p]; c < parents.first[p+1]; c++ {
					at = seek(lower.word, at, end, children.word[c])
					children.link[c] = at
					at++
				}
			}
		})
	}
}

// seek returns the place of w in the ascending words[at:end], where it is
// known to be, looking near at first.
func seek(words []uint32, at, end, w uint32) uint32 {
	step := uint32(1)
	for at+step < end && words[at+step] <= w {
		at += step
		step *= 2
	}
	hi := min(at+step, end)
	for at+1 < hi {
		mid := (at + hi) / 2
		if words[mid] <= w {
			at = mid
		} else {
			hi = mid
		}
	}
	return at
}

// begins returns the range of n-grams in level k that begin with BOS.
func (t *trie) begins(k int) (from, to uint32) {
	from, to = t.bos, t.bos+1
	for j := range k {
		from, to = t.levels[j].first[from], t.levels[j].first[to]
	}
	return from, to
}

// contexts returns, for each n-gram of level k, how many different tokens were
// seen before it: the counts Kneser–Ney uses below the highest order. An
// n-gram that begins a sentence has none and keeps its plain count.
func (t *trie) contexts(k int) []uint32 {
	n := make([]uint32, len(t.levels[k].word))
	for _, suffix := range t.levels[k+1].link {
		n[suffix]++
	}
	from, to := t.begins(k)
	copy(n[from:to], t.levels[k].count[from:to])
	return n
}

// last returns the n-gram of level k that comes last if one sorts by the last
// token, then the one before, and so on, given that of level k-1. It reports
// false if there is none: the one before begins a sentence or stands alone.
func (t *trie) last(k int, shorter uint32) (uint32, bool) {
	if k == 0 {
		for w := len(t.levels[0].count) - 1; w >= 0; w-- {
			if t.levels[0].count[w] > 0 && uint32(w) != t.bos {
				return uint32(w), true
			}
		}
		return 0, false
	}
	link := t.levels[k].link
	for i := len(link) - 1; i >= 0; i-- {
		if link[i] == shorter {
			return uint32(i), true
		}
	}
	return 0, false
}

// parallel calls f for parts of 0…n-1 on all processors and waits. Every part
// writes only its own elements, so the result does not depend on the split.
func parallel(n int, f func(from, to int)) {
	workers := runtime.GOMAXPROCS(0)
	if n < 1<<12 || workers == 1 {
		f(0, n)
		return
	}
	const parts = 8 // a worker, to even out the load
	next := make(chan int, parts*workers)
	for i := range parts * workers {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				f(n*i/(parts*workers), n*(i+1)/(parts*workers))
			}
		})
	}
	wg.Wait()
}

// each calls f for 0…n-1, one goroutine each, and waits.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}
