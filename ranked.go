package argen

import (
	"math"
	"slices"

	"argen/internal/vec64"
)

// ranked is how far candidates are in the order of the draw. The n best are
// found in one of two ways, and both give the same, since no two candidates
// are equal in that order:
//
//   - A few: a heap with the worst of those found so far at its root takes one
//     pass over all.
//   - Many: one pass puts all into buckets, each for an interval of logits, in
//     descending order. Buckets are sorted as they are reached, so that a draw
//     from a flat distribution sorts no more than it walks over.
type ranked struct {
	ids []ID // the best, in order
	// In the array of ids all other candidates follow, bucket by bucket.
	bucketed bool
	ends     []int32 // where buckets end
	next     int     // the first bucket that is not sorted
}

// fewRanked is the most a heap is used for.
const fewRanked = 512

// clear forgets all.
func (r *ranked) clear() { r.ids, r.bucketed = r.ids[:0], false }

// cut forgets all but the n best.
func (r *ranked) cut(n int) { r.ids, r.bucketed = r.ids[:min(n, len(r.ids))], false }

// Top returns the n best candidates in the order of the draw, all if there are
// fewer. The result is valid until the candidates change.
func (c *Candidates) Top(n int) []ID {
	n = min(n, c.n)
	r := &c.ranked
	if n <= len(r.ids) {
		return r.ids[:n]
	}
	if n == 1 {
		r.ids = append(r.ids, c.best())
		return r.ids
	}
	// Whoever asks for more often asks again: double what is ready.
	if m := max(n, min(2*len(r.ids), fewRanked)); !r.bucketed && m <= min(fewRanked, c.n/4) {
		c.selectTop(m)
		return r.ids[:n]
	}
	if !r.bucketed {
		c.fillBuckets()
	}
	for len(r.ids) < n {
		bucket := r.ids[len(r.ids):r.ends[r.next]]
		if len(bucket) > 1 {
			c.sort(bucket)
		}
		r.ids = r.ids[:r.ends[r.next]]
		r.next++
	}
	return r.ids[:n]
}

// sort puts the few ids of a bucket in order.
func (c *Candidates) sort(bucket []ID) {
	if len(bucket) > 12 {
		slices.SortFunc(bucket, c.order)
		return
	}
	for i := 1; i < len(bucket); i++ {
		id := bucket[i]
		l, at := c.logits[id], i
		for ; at > 0; at-- {
			other := bucket[at-1]
			if m := c.logits[other]; m > l || m == l && other < id {
				break
			}
			bucket[at] = other
		}
		bucket[at] = id
	}
}

// best is the first of those with the highest logit.
func (c *Candidates) best() ID {
	if c.whole {
		return bestOf(c.logits)
	}
	best, most := NoID, minusInf
	for _, id := range c.ids {
		if l := c.logits[id]; l > most {
			best, most = id, l
		}
	}
	return best
}

// order compares candidates by the order of the draw.
func (c *Candidates) order(a, b ID) int {
	switch la, lb := c.logits[a], c.logits[b]; {
	case la > lb:
		return -1
	case la < lb:
		return 1
	}
	return int(a - b)
}

// selectTop finds the m best, 0 < m < n, by a heap.
func (c *Candidates) selectTop(m int) {
	heap := c.ranked.ids[:0]
	// Only what is above least gets into the heap. Of equal logits the lower ID
	// came first.
	least := minusInf
	if c.whole {
		for i := vec64.Above(c.logits, 0, least); i < len(c.logits); i = vec64.Above(c.logits, i+1, least) {
			heap, least = c.offer(heap, m, ID(i))
		}
	} else {
		for _, id := range c.ids {
			if c.logits[id] > least {
				heap, least = c.offer(heap, m, id)
			}
		}
	}
	slices.SortFunc(heap, c.order)
	c.ranked.ids = heap
}

// offer puts id into a heap of at most m, in place of the worst if it is full.
// It returns what the next must be above to get in.
func (c *Candidates) offer(heap []ID, m int, id ID) ([]ID, float64) {
	if len(heap) < m {
		heap = append(heap, id)
		for i := len(heap) - 1; i > 0; {
			up := (i - 1) / 2
			if c.order(heap[up], heap[i]) > 0 {
				break
			}
			heap[up], heap[i] = heap[i], heap[up]
			i = up
		}
		if len(heap) < m {
			return heap, minusInf
		}
		return heap, c.logits[heap[0]]
	}
	heap[0] = id
	for i := 0; ; {
		worst := 2*i + 1
		if worst >= m {
			break
		}
		if worst+1 < m && c.order(heap[worst+1], heap[worst]) > 0 {
			worst++
		}
		if c.order(heap[i], heap[worst]) > 0 {
			break
		}
		heap[i], heap[worst] = heap[worst], heap[i]
		i = worst
	}
	return heap, c.logits[heap[0]]
}

// fillBuckets puts all candidates into buckets of equal width, about two a
// bucket, by how far they are below the best. The last bucket has no end: it
// takes what is much farther below than most, so that a few logits far off do
// not crowd all others into one bucket.
func (c *Candidates) fillBuckets() {
	r := &c.ranked
	most := c.logits[c.Top(1)[0]]
	buckets := min(max(c.n/2, 1), 1<<16)
	last := buckets - 1
	scale := min(float64(last)/c.span(most), math.MaxFloat64)
	bucket := func(l float64) int {
		// Rounding does not change the order: each operation is monotonic.
		if x := (most - l) * scale; x < float64(last) {
			return int(x)
		}
		return last
	}
	r.ends = slices.Grow(r.ends[:0], buckets)[:buckets]
	clear(r.ends)
	c.Each(func(_ ID, l float64) { r.ends[bucket(l)]++ })
	begin := int32(0)
	for b, n := range r.ends {
		r.ends[b] = begin
		begin += n
	}
	all := slices.Grow(r.ids[:0], c.n)[:c.n]
	c.Each(func(id ID, l float64) {
		b := bucket(l)
		all[r.ends[b]] = id
		r.ends[b]++ // in the end, where the bucket ends
	})
	r.ids, r.next, r.bucketed = all[:0], 0, true
}

// span is the width of the interval that the buckets divide: that of all
// logits, but at most four times the median distance from the best, as a
// sample shows it.
func (c *Candidates) span(most float64) float64 {
	const size = 63
	var sample [size]float64
	all, left, taken := 0.0, 0, 0 // left until the next of the sample
	c.Each(func(_ ID, l float64) {
		below := most - l
		if below > all {
			all = below
		}
		if left == 0 {
			sample[taken] = below
			taken++
			left = c.n/size + 1
		}
		left--
	})
	slices.Sort(sample[:taken])
	if median := sample[taken/2]; median > 0 {
		return min(all, 4*median)
	}
	return all
}

var minusInf = math.Inf(-1)
