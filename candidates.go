package argen

import (
	"math"
	"slices"
)

// A Candidate is a token that may be drawn.
type Candidate struct {
	ID    ID
	Logit float64 // after the stages so far
	Prob  float64 // exp(Logit) over the sum of those of all candidates left
}

// Candidates are the tokens a step chooses from, each with its logit. A stage
// of the chain makes them fewer ([Candidates.Keep], [Candidates.Filter]) or
// changes their logits ([Candidates.Map], [Candidates.Set]).
//
// Their order is that of the draw: descending logit, equal logits by ascending
// ID. Nothing is sorted before it is looked at: Top(n) selects the n best of V
// and no more, so a chain that keeps 40 of 150,000 never sorts the rest. Sums
// run in order of ID, so that the same candidates give the same bits however
// many of them were looked at.
//
// Tokens with a logit of −Inf are not candidates.
type Candidates struct {
	logits []float64 // by ID, also of those that are no longer candidates
	n      int       // candidates left
	ids    []ID      // the candidates left, ascending; not used while whole
	whole  bool      // all tokens with a finite logit are left
	top    []ID      // the best of them, in the order of the draw, as far as asked for
	lse    float64   // log-sum-exp of the candidates' logits, NaN if not known
	spare  []ID      // work space

	ledger bool
	cut    []uint8 // by ID: the stage that removed it, from 1, or 0; only with a ledger
	stage  uint8   // the stage at work, from 1
	mass   float64 // what the stage at work has left of the mass
}

// NewCandidates returns the candidates of a whole vocabulary; see Reset.
func NewCandidates(logits []float64) (*Candidates, error) {
	c := &Candidates{}
	return c, c.Reset(logits)
}

// Reset begins anew with the logits of a whole vocabulary, which it copies.
// A NaN or +Inf among them, or nothing but −Inf, is a [*LogitsError].
func (c *Candidates) Reset(logits []float64) error {
	if err := checkLogits(logits); err != nil {
		return err
	}
	c.n = 0
	for _, l := range logits {
		if !math.IsInf(l, -1) {
			c.n++
		}
	}
	c.logits = append(c.logits[:0], logits...)
	c.whole, c.top, c.lse = true, c.top[:0], math.NaN()
	c.stage, c.mass = 0, 1
	if c.ledger {
		c.cut = slices.Grow(c.cut[:0], len(logits))[:len(logits)]
		clear(c.cut)
	}
	return nil
}

// Len is the number of candidates left, at least 1.
func (c *Candidates) Len() int { return c.n }

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
func (c *Candidates) Prob(id ID) float64 { return math.Exp(c.logits[id] - c.LogSumExp()) }

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
		if !math.IsInf(l, -1) {
			f(ID(id), l)
		}
	}
}

// LogSumExp returns ln Σ exp(logit) over the candidates, computed as
//
//	max + ln Σ exp(logit − max)
//
// so that nothing overflows.
func (c *Candidates) LogSumExp() float64 {
	if math.IsNaN(c.lse) {
		most := c.logits[c.Top(1)[0]]
		sum := 0.0
		c.Each(func(_ ID, l float64) {
			if d := l - most; d > -746 { // exp(−746) is 0
				sum += math.Exp(d)
			}
		})
		c.lse = most + math.Log(sum)
	}
	return c.lse
}

// Entropy returns −Σ p·log₂ p over the candidates, in bits.
func (c *Candidates) Entropy() float64 {
	lse, nats := c.LogSumExp(), 0.0
	c.Each(func(_ ID, l float64) {
		if d := l - lse; d > -746 {
			nats -= float64(math.Exp(d) * d)
		}
	})
	return max(0, nats/math.Ln2) // one sure token would give −0
}

// Top returns the n best candidates in the order of the draw, all if there are
// fewer. The result is valid until the candidates change.
func (c *Candidates) Top(n int) []ID {
	n = min(n, c.n)
	if n <= len(c.top) {
		return c.top[:n]
	}
	// Whoever asks for more often asks again: double what is ready.
	m := min(max(n, 2*len(c.top)), c.n)
	if m > c.n/4 {
		c.top = c.top[:0]
		c.Each(func(id ID, _ float64) { c.top = append(c.top, id) })
		slices.SortFunc(c.top, c.order)
	} else {
		c.selectTop(m)
	}
	return c.top[:n]
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

// selectTop fills top with the m best in one pass over all, by a heap with the
// worst of those found so far at its root.
func (c *Candidates) selectTop(m int) {
	heap := c.top[:0]
	c.Each(func(id ID, l float64) {
		switch {
		case len(heap) < m:
			heap = append(heap, id)
			for i := len(heap) - 1; i > 0; {
				up := (i - 1) / 2
				if c.order(heap[up], heap[i]) > 0 {
					break
				}
				heap[up], heap[i] = heap[i], heap[up]
				i = up
			}
		case l > c.logits[heap[0]]: // of equal logits the lower ID came first
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
		}
	})
	slices.SortFunc(heap, c.order)
	c.top = heap
}

// Keep keeps the n best candidates, at least one.
func (c *Candidates) Keep(n int) {
	n = max(n, 1)
	if n >= c.n {
		return
	}
	left := append(c.spare[:0], c.Top(n)...)
	slices.Sort(left)
	c.shrink(left)
	c.top = c.top[:n]
}

// Filter keeps the candidates for which keep holds, and the best one whatever
// keep says of it. It is asked in order of ID.
func (c *Candidates) Filter(keep func(id ID, logit float64) bool) {
	best := c.Top(1)[0]
	left := c.spare[:0]
	c.Each(func(id ID, l float64) {
		if keep(id, l) || id == best {
			left = append(left, id)
		}
	})
	if len(left) == c.n {
		c.spare = left
		return
	}
	c.shrink(left)
	c.top = slices.DeleteFunc(c.top, func(id ID) bool { return !c.Has(id) })
}

// shrink makes left, in order of ID, the candidates.
func (c *Candidates) shrink(left []ID) {
	before := 0.0
	if c.ledger {
		before = c.LogSumExp()
		c.Each(func(id ID, _ float64) { c.cut[id] = c.stage })
		for _, id := range left {
			c.cut[id] = 0
		}
	}
	c.ids, c.spare = left, c.ids
	c.n, c.whole, c.lse = len(left), false, math.NaN()
	if c.ledger {
		c.mass *= math.Exp(c.LogSumExp() - before)
	}
}

// Map changes the logit of every candidate to f(id, logit). Results are kept
// finite: ±Inf becomes the largest number of its sign, and NaN leaves the
// logit as it was. To remove candidates, use Keep or Filter.
func (c *Candidates) Map(f func(id ID, logit float64) float64) {
	c.Each(func(id ID, l float64) { c.logits[id] = finite(f(id, l), l) })
	c.top, c.lse = c.top[:0], math.NaN()
}

// Set changes the logit of one candidate, as Map does.
func (c *Candidates) Set(id ID, logit float64) {
	c.logits[id] = finite(logit, c.logits[id])
	c.top, c.lse = c.top[:0], math.NaN()
}

// Scale multiplies every logit by a factor above 0. The order stays, unless
// rounding makes logits equal.
func (c *Candidates) Scale(factor float64) {
	c.Map(func(_ ID, l float64) float64 { return l * factor })
}

func finite(x, otherwise float64) float64 {
	if math.IsNaN(x) {
		return otherwise
	}
	return min(max(x, -math.MaxFloat64), math.MaxFloat64)
}

// begin says that a stage, from 1, is at work.
func (c *Candidates) begin(stage int) { c.stage, c.mass = uint8(min(stage, math.MaxUint8)), 1 }

// removedBy returns the stage that removed a token, from 1; 0 if none did.
// Only with a ledger.
func (c *Candidates) removedBy(id ID) int { return int(c.cut[id]) }
