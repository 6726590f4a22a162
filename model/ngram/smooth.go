package ngram

import "math"

// An estimator turns counts into probabilities, one order after the other.
// What one context h gives to its successors is, for all smoothings,
//
//	p(w | h) = (c − D(c) + k) / (c(h) + extra)
//
// with the discounts D of Kneser–Ney (else 0) and the k of add-k (else 0).
// Interpolated smoothings add rest · P(w | h′), where rest is the mass the
// context keeps back; in the others it is only the back-off weight.
type estimator struct {
	smoothing Smoothing
	k         float64 // add-k
	v         float64 // tokens that can be predicted
	prune     []int
	discounts []Discount
}

// stupid is the back-off factor of Brants et al., 2007.
const stupid = 0.4

func (e *estimator) interpolates() bool {
	return e.smoothing == KneserNey || e.smoothing == WittenBell
}

// A tally sums up the successors of one context.
type tally struct {
	total   uint64    // all counts
	dropped uint64    // the part of total that was pruned
	types   uint64    // successors
	kept    [4]uint64 // successors kept with count 1, 2, and 3 or more
}

func (t *tally) add(count uint32, keep bool) {
	t.total += uint64(count)
	if count > 0 {
		t.types++
	}
	if keep {
		t.kept[min(count, 3)]++
	} else {
		t.dropped += uint64(count)
	}
}

// context returns 1/(c(h) + extra) and the rest for a context of order k; 0 is
// the empty one.
func (e *estimator) context(k int, t *tally) (scale, rest float64) {
	total := float64(t.total)
	switch e.smoothing {
	case KneserNey:
		d := &e.discounts[k]
		left := d.D1*float64(t.kept[1]) + d.D2*float64(t.kept[2]) + d.D3*float64(t.kept[3]) + float64(t.dropped)
		return 1 / total, left / total
	case WittenBell:
		all := total + float64(t.types)
		return 1 / all, (float64(t.types) + float64(t.dropped)) / all
	case AddK:
		all := total + e.k*e.v
		return 1 / all, e.k / all
	case StupidBackoff:
		return 1 / total, stupid
	}
	return 1 / total, 0
}

// share is p(w | h) of a successor with count c.
func (e *estimator) share(k int, c uint32, scale float64) float64 {
	switch e.smoothing {
	case KneserNey:
		return (float64(c) - e.discounts[k].of(c)) * scale
	case AddK:
		return (float64(c) + e.k) * scale
	}
	return float64(c) * scale
}

// weights are the probabilities of one order, by the trie's indices.
type weights struct {
	linear  []float64 // P(w | h)
	prob    []float32 // its log10
	backoff []float32 // log10 of the n-gram's weight as a context, 0 if nothing follows
}

func newWeights(n int) weights {
	return weights{linear: make([]float64, n), prob: make([]float32, n), backoff: make([]float32, n)}
}

// unigrams estimates the unigrams from their counts; that of BOS must be 0.
func (e *estimator) unigrams(counts []uint32, bos uint32) weights {
	var t tally
	for w, c := range counts {
		if uint32(w) != bos {
			t.add(c, true)
		}
	}
	scale, rest := e.context(0, &t)
	uniform := 0.0
	if e.interpolates() {
		uniform = rest / e.v
	}
	out := newWeights(len(counts))
	parallel(len(counts), func(from, to int) {
		for w := from; w < to; w++ {
			out.linear[w] = e.share(0, counts[w], scale) + uniform
			out.prob[w] = log10(out.linear[w])
		}
	})
	out.linear[bos], out.prob[bos] = 1, 0 // as lmplz writes it; nothing reads it
	return out
}

// longer estimates the n-grams of level k ≥ 1 from their counts and the
// weights of the level above, and the back-off weights of that level. raw are
// the counts that pruning goes by.
func (e *estimator) longer(t *trie, k int, counts []uint32, above weights) weights {
	level, parents := &t.levels[k], &t.levels[k-1]
	threshold := uint32(e.prune[k])
	out := newWeights(len(level.word))
	parallel(len(parents.word), func(from, to int) {
		for p := from; p < to; p++ {
			lo, hi := parents.first[p], parents.first[p+1]
			if lo == hi {
				continue
			}
			var sum tally
			for c := lo; c < hi; c++ {
				sum.add(counts[c], level.count[c] > threshold)
			}
			scale, rest := e.context(k, &sum)
			above.backoff[p] = log10(rest)
			below := 0.0
			if e.interpolates() {
				below = rest
			}
			for c := lo; c < hi; c++ {
				out.linear[c] = e.share(k, counts[c], scale) + below*above.linear[level.link[c]]
				out.prob[c] = log10(out.linear[c])
			}
		}
	})
	return out
}

// log10 is at most 0: rounding may lift a certain event above 1.
func log10(p float64) float32 { return float32(min(0, math.Log10(p))) }
