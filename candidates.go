package argen

import (
	"math"
	"slices"

	"argen/internal/vec64"
)

// A Candidate is a token that may be drawn.
type Candidate struct {
	ID    ID
	Logit float64 // after the stages so far
	Prob  float64 // exp(Logit) over the sum of those of all candidates left
}

// Candidates are the tokens a step chooses from, each with its logit. A stage
// of the chain makes them fewer ([Candidates.Keep], [Candidates.Filter],
// [Candidates.Remove]) or changes their logits ([Candidates.Map],
// [Candidates.Set]); a few force tokens ([Candidates.Force]).
//
// Their order is that of the draw: descending logit, equal logits by ascending
// ID. Nothing is sorted before it is looked at: Top(n) selects the n best of V
// and no more, so a chain that keeps 40 of 150,000 never sorts the rest. Sums
// run in order of ID, so that the same candidates give the same bits however
// many of them were looked at.
//
// Tokens with a logit of −Inf are not candidates.
type Candidates struct {
	logits []float64 // by ID, also of those that are no longer candidates; not to be written while lent
	own    []float64 // room for them
	lent   bool      // logits are somebody else's
	n      int       // candidates left
	ids    []ID      // the candidates left, ascending; not used while whole
	whole  bool      // all tokens with a finite logit are left
	ranked ranked    // the best of them, as far as asked for
	soft   softmax   // of the candidates' logits; its sum is 0 if not known
	spare  []ID      // work space
	other  []float64 // work space of Reset

	ledger bool
	cut    []uint8 // by ID: the stage that removed it, from 1, or 0; only with a ledger
	stage  uint8   // the stage at work, from 1
	mass   float64 // what the stage at work has left of the mass
	stood  bool    // the rule of the stage at work would have left none

	forced   bool     // see Force
	memories []memory // what stages asked to remember
	err      error    // why a stage failed
}

// NewCandidates returns the candidates of a whole vocabulary; see Reset.
func NewCandidates(logits []float64) (*Candidates, error) {
	c := &Candidates{}
	return c, c.Reset(logits)
}

// Reset begins anew with the logits of a whole vocabulary, which it copies.
// A NaN or +Inf among them, or nothing but −Inf, is a [*LogitsError], and the
// candidates are as before.
func (c *Candidates) Reset(logits []float64) error {
	c.other = slices.Grow(c.other[:0], len(logits))[:len(logits)]
	if len(logits) > 0 && copyFinite(c.other, logits) {
		c.logits, c.lent = c.other, false
		c.own, c.other = c.other, c.own
		c.restart(len(logits))
		return nil
	}
	n, best, err := checkLogits(logits)
	if err == nil {
		c.reset(&distribution{logits: logits, n: n, best: best})
		c.write()
	}
	return err
}

// reset begins anew with a distribution whose logits were checked, and takes
// over what is known of it. They are not copied before they are written to.
func (c *Candidates) reset(d *distribution) {
	c.logits, c.lent = d.logits, true
	c.restart(d.n)
	c.ranked.ids = append(c.ranked.ids, d.best)
	c.soft = d.softmax
}

// restart makes all tokens candidates that are possible, n of them.
func (c *Candidates) restart(n int) {
	c.n, c.whole = n, true
	c.changed()
	c.stage, c.mass = 0, 1
	c.memories, c.err, c.forced = c.memories[:0], nil, false
	if c.ledger {
		c.cut = slices.Grow(c.cut[:0], len(c.logits))[:len(c.logits)]
		clear(c.cut)
	}
}

// write makes ready to write to the logits.
func (c *Candidates) write() {
	if c.lent {
		c.own = append(c.own[:0], c.logits...)
		c.logits, c.lent = c.own, false
	}
}

// changed forgets what was computed from the logits.
func (c *Candidates) changed() {
	c.ranked.clear()
	c.soft.sum = 0
}

// Len is the number of candidates left, at least 1.
func (c *Candidates) Len() int { return c.n }

// Whole reports whether no stage has chosen which tokens to keep so far: all
// that the model holds possible are candidates, but for some that were removed
// one by one.
func (c *Candidates) Whole() bool { return c.whole }

// VocabSize is the number of tokens the candidates were chosen from, V.
func (c *Candidates) VocabSize() int { return len(c.logits) }

// Has reports whether a token is a candidate still.
func (c *Candidates) Has(id ID) bool {
	if c.whole {
		return id >= 0 && int(id) < len(c.logits) && !math.IsInf(c.logits[id], -1)
	}
	_, ok := slices.BinarySearch(c.ids, id)
	return ok
}

// Logit returns the logit of a candidate.
func (c *Candidates) Logit(id ID) float64 { return c.logits[id] }

// Prob returns the probability of a candidate among those left.
func (c *Candidates) Prob(id ID) float64 { return c.softmax().prob(c.logits[id]) }

// Weight returns exp(logit − the best logit) of a candidate: its probability
// over that of the best, exactly 1 for the best and all equal to it. Sums of
// weights, compared with a share of Total, meet a limit exactly where sums of
// rounded probabilities would pass by it.
func (c *Candidates) Weight(id ID) float64 {
	s := c.softmax()
	return vec64.Exp(c.logits[id] - s.most)
}

// Total is the sum of all candidates' weights: Prob is Weight / Total.
func (c *Candidates) Total() float64 { return c.softmax().sum }

// LogProb returns the natural logarithm of Prob, also where Prob is too small
// to be more than 0.
func (c *Candidates) LogProb(id ID) float64 { return c.softmax().logprob(c.logits[id]) }

// At returns the candidate of a rank, 0 for the best, 0 ≤ rank < Len.
func (c *Candidates) At(rank int) Candidate {
	id := c.Top(rank + 1)[rank]
	return Candidate{ID: id, Logit: c.logits[id], Prob: c.Prob(id)}
}

// Each calls f for every candidate in order of ID.
func (c *Candidates) Each(f func(id ID, logit float64)) {
	if !c.whole {
		for _, id := range c.ids {
			f(id, c.logits[id])
		}
		return
	}
	for id, l := range c.logits {
		if l >= -math.MaxFloat64 {
			f(ID(id), l)
		}
	}
}

// LogSumExp returns ln Σ exp(logit) over the candidates, computed as
//
//	max + ln Σ exp(logit − max)
//
// so that nothing overflows.
func (c *Candidates) LogSumExp() float64 { return c.softmax().logSumExp() }

// Entropy returns −Σ p·log₂ p over the candidates, in bits.
func (c *Candidates) Entropy() float64 { return c.softmax().entropy() }

// Mean returns Σ p·(logit − the best logit) over the candidates, how far the
// expected logit is below the best: the entropy in nats is ln Total − Mean.
func (c *Candidates) Mean() float64 {
	s := c.softmax()
	return s.dot / s.sum
}

// softmax sums up the candidates, once until they change.
func (c *Candidates) softmax() *softmax {
	if c.soft.sum != 0 {
		return &c.soft
	}
	c.soft = softmax{most: c.logits[c.Top(1)[0]]}
	if c.whole {
		c.soft.addAll(c.logits)
		return &c.soft
	}
	lost := 0.0
	for _, id := range c.ids {
		c.soft.add(c.logits[id], &lost)
	}
	return &c.soft
}

// Keep keeps the n best candidates, at least one.
func (c *Candidates) Keep(n int) {
	n = max(n, 1)
	if n >= c.n {
		return
	}
	top, left := c.Top(n), c.spare[:0]
	if n < c.n/64 {
		left = append(left, top...)
		slices.Sort(left)
	} else { // one pass over all in order of ID is faster than to sort them by it
		last := top[n-1]
		least := c.logits[last]
		c.Each(func(id ID, l float64) {
			if l > least || l == least && id <= last {
				left = append(left, id)
			}
		})
	}
	c.shrink(left, n)
}

// Filter keeps the candidates for which keep holds, or the best one if it
// holds for none. It is asked once for each, in order of ID.
func (c *Candidates) Filter(keep func(id ID, logit float64) bool) {
	left := slices.Grow(c.spare[:0], c.n)
	if c.whole {
		for id, l := range c.logits {
			if l >= -math.MaxFloat64 && keep(ID(id), l) {
				left = append(left, ID(id))
			}
		}
	} else {
		for _, id := range c.ids {
			if keep(id, c.logits[id]) {
				left = append(left, id)
			}
		}
	}
	if len(left) == c.n {
		c.spare = left
		return
	}
	if len(left) == 0 {
		left = append(left, c.Top(1)[0])
		c.stood = true
	}
	c.shrink(left, 0)
}

// shrink makes left, in order of ID, the candidates. They are the n best, or
// any if n is 0.
func (c *Candidates) shrink(left []ID, n int) {
	before := softmax{}
	if c.ledger {
		before = *c.softmax()
		c.cutAll()
		for _, id := range left {
			c.cut[id] = 0
		}
	}
	c.ids, c.spare = left, c.ids
	c.n, c.whole = len(left), false
	c.soft.sum = 0
	if n > 0 {
		c.ranked.cut(n)
	} else {
		c.ranked.cut(256) // more of them are selected again as fast
		c.ranked.ids = slices.DeleteFunc(c.ranked.ids, func(id ID) bool { return !c.Has(id) })
	}
	c.lost(before)
}

// cutAll notes that the stage at work removes all candidates.
func (c *Candidates) cutAll() {
	if !c.whole {
		for _, id := range c.ids {
			c.cut[id] = c.stage
		}
		return
	}
	cut := c.cut[:len(c.logits)]
	for id, l := range c.logits {
		if l >= -math.MaxFloat64 {
			cut[id] = c.stage
		}
	}
}

// lost notes that candidates were removed, which were as before.
func (c *Candidates) lost(before softmax) {
	if c.ledger {
		after := c.softmax()
		c.mass *= vec64.Exp(after.most-before.most) * (after.sum / before.sum)
	}
}

// Map changes the logit of every candidate to f(id, logit). Results are kept
// finite: ±Inf becomes the largest number of its sign, and NaN leaves the
// logit as it was. To remove candidates, use Keep or Filter. f may ask for
// Prob(id), which is that of before, if Total was asked for before Map.
func (c *Candidates) Map(f func(id ID, logit float64) float64) {
	c.write()
	if c.whole {
		for id, l := range c.logits {
			if l >= -math.MaxFloat64 {
				c.logits[id] = finite(f(ID(id), l), l)
			}
		}
	} else {
		for _, id := range c.ids {
			c.logits[id] = finite(f(id, c.logits[id]), c.logits[id])
		}
	}
	c.changed()
}

// Set changes the logit of one candidate, as Map does. Of a token that is none
// it changes nothing.
func (c *Candidates) Set(id ID, logit float64) {
	if c.Has(id) {
		c.write()
		c.logits[id] = finite(logit, c.logits[id])
		c.changed()
	}
}

// Divide divides every logit by a number above 0 and reports whether all
// quotients are finite; if they are not it changes nothing.
func (c *Candidates) Divide(by float64) bool {
	if c.whole {
		c.other = slices.Grow(c.other[:0], len(c.logits))[:len(c.logits)]
		if !vec64.Divide(c.other, c.logits, by) {
			return false
		}
		c.logits, c.lent = c.other, false
		c.own, c.other = c.other, c.own
		c.changed()
		return true
	}
	for _, id := range c.ids {
		if math.IsInf(c.logits[id]/by, 0) {
			return false
		}
	}
	c.write()
	for _, id := range c.ids {
		c.logits[id] /= by
	}
	c.changed()
	return true
}

// finite is x, the largest number of its sign if it is infinite, otherwise if
// it is NaN.
func finite(x, otherwise float64) float64 {
	switch {
	case x > math.MaxFloat64:
		return math.MaxFloat64
	case x < -math.MaxFloat64:
		return -math.MaxFloat64
	case x != x:
		return otherwise
	}
	return x
}

// Fail says that the stage at work cannot do its work, and why. The first error
// is what [Run.Predict] returns.
func (c *Candidates) Fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// Err is the error that a stage failed with, nil if none did.
func (c *Candidates) Err() error { return c.err }

// begin says that a stage, from 1, is at work.
func (c *Candidates) begin(stage int) {
	c.stage, c.mass, c.stood = uint8(min(stage, math.MaxUint8)), 1, false
}

// removedBy returns the stage that removed a token, from 1; 0 if none did.
// Only with a ledger.
func (c *Candidates) removedBy(id ID) int { return int(c.cut[id]) }
