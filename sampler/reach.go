package sampler

import (
	"math"
	"math/bits"
	"slices"

	"argen"
)

// A target is the logit that a token of exactly the expected surprise would
// have. As −ln p_i = ln Σ e^l − l_i, distances between surprises are those
// between logits, and the expected surprise belongs to the expected logit.
type target struct {
	best, below float64 // the best logit, and how far the target is from it, ≤ 0
}

// aim returns the target of a distribution.
func aim(c *argen.Candidates) target {
	return target{c.Logit(c.Top(1)[0]), c.Mean()}
}

// distance is how far a logit is from the target, in nats.
func (t target) distance(l float64) float64 { return math.Abs((l - t.best) - t.below) }

// A reach is a place in the order of distance, then ID.
type reach struct {
	distance float64
	id       argen.ID
}

// before reports whether r comes before other.
func (r reach) before(other reach) bool {
	return r.distance < other.distance || r.distance == other.distance && r.id < other.id
}

// reach returns the first candidate in the order of distance at which enough
// holds of the number of candidates up to it and the sum of their weights, or
// the last if it never does.
//
// Nothing is sorted but a few. Candidates up to 8 nats away are counted and
// summed up in buckets of 1/256 nat; mostly the one in which enough becomes true
// is among them and holds few. Otherwise its candidates are told apart by the
// bits of their distances, 11 at a time: those are ≥ 0, so their bits, read as
// whole numbers, are in the same order.
func (t target) reach(c *argen.Candidates, enough func(n int, sum float64) bool) reach {
	var b buckets
	c.Each(func(id argen.ID, l float64) {
		if d := t.distance(l); d < near {
			b.add(int(d*(manyBuckets/near)), c.Weight(id))
		}
	})
	i, n, at := b.find(reached{}, enough)
	from := math.Float64bits(float64(i) / (manyBuckets / near))
	to := math.Float64bits(float64(i+1) / (manyBuckets / near))
	if all := (reached{at.n + n, at.sum + b[i].sum}); all.n < c.Len() && !enough(all.n, all.sum) {
		from, to = math.Float64bits(near), 1<<63
		n, at = c.Len()-all.n, all
	}
	for n > fewReached && to-from > 1 {
		clear(b[:])
		shift := max(bits.Len64(to-from-1)-bits.Len(manyBuckets-1), 0)
		c.Each(func(id argen.ID, l float64) {
			if key := t.key(l); key >= from && key < to {
				b.add(int((key-from)>>shift), c.Weight(id))
			}
		})
		i, n, at = b.find(at, enough)
		from += uint64(i) << shift
		to = min(to, from+1<<shift)
	}
	return t.walk(c, from, to, at, enough)
}

const (
	manyBuckets = 1 << 11
	near        = 8.0 // nats
	fewReached  = 256 // the most that reach sorts
)

// key is a distance as a whole number.
func (t target) key(l float64) uint64 { return math.Float64bits(t.distance(l)) }

// reached is how far reach has come.
type reached struct {
	n   int
	sum float64
}

// buckets hold how many candidates there are of each range of distances, and
// the sums of their weights.
type buckets [manyBuckets]reached

func (b *buckets) add(i int, weight float64) {
	b[i].n++
	b[i].sum += weight
}

// find returns the bucket in which enough becomes true, the last that holds any
// if it never does, with how many it holds, and what is before it.
func (b *buckets) find(at reached, enough func(n int, sum float64) bool) (i, n int, before reached) {
	for next := range b {
		if b[next].n == 0 {
			continue
		}
		i, before = next, at
		at = reached{at.n + b[i].n, at.sum + b[i].sum}
		if enough(at.n, at.sum) {
			break
		}
	}
	return i, b[i].n, before
}

// walk goes through the candidates of one range, few or all as far away.
func (t target) walk(c *argen.Candidates, from, to uint64, at reached, enough func(n int, sum float64) bool) reach {
	found, done := reach{}, false
	step := func(r reach) {
		if done {
			return
		}
		found = r
		at.n++
		at.sum += c.Weight(r.id)
		done = enough(at.n, at.sum)
	}
	var array [fewReached]reach
	few := array[:0]
	c.Each(func(id argen.ID, l float64) {
		switch key := t.key(l); {
		case key < from || key >= to:
		case to-from == 1: // all are as far away: the order is that of ID
			step(reach{t.distance(l), id})
		default:
			few = append(few, reach{t.distance(l), id})
		}
	})
	slices.SortFunc(few, func(a, b reach) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	for _, r := range few {
		step(r)
	}
	return found
}
