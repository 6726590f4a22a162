package argen

import (
	"math"
	"slices"
)

// A memory is how probable every token was at one moment of the chain.
type memory struct {
	stage  uint8
	soft   softmax
	logits []float64 // by ID, −Inf where a token was no candidate
}

// Remember keeps the present probabilities: those of the token that will be
// drawn is what the stage at work is told in [Drawn].Before.
func (c *Candidates) Remember() {
	n := len(c.memories)
	c.memories = slices.Grow(c.memories, 1)[:n+1]
	m := &c.memories[n]
	m.stage, m.soft = c.stage, *c.softmax()
	if c.whole {
		m.logits = append(m.logits[:0], c.logits...)
		return
	}
	m.logits = slices.Grow(m.logits[:0], len(c.logits))[:len(c.logits)]
	for i := range m.logits {
		m.logits[i] = minusInf
	}
	for _, id := range c.ids {
		m.logits[id] = c.logits[id]
	}
}

// remembered is the probability of a token where a stage, from 1, called
// Remember; 0 if it did not.
func (c *Candidates) remembered(stage int, id ID) float64 {
	for i := range c.memories {
		if m := &c.memories[i]; int(m.stage) == stage && !math.IsInf(m.logits[id], -1) {
			return m.soft.prob(m.logits[id])
		}
	}
	return 0
}
