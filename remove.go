package argen

import (
	"math"
	"slices"
)

// Remove removes these tokens, or all but the best of the candidates if nothing
// else would be left. It does what [Candidates.Filter] would, in time that
// depends on how many they are and not on the vocabulary.
func (c *Candidates) Remove(ids ...ID) {
	if !slices.ContainsFunc(ids, c.Has) {
		return
	}
	before := softmax{}
	if c.ledger {
		before = *c.softmax()
	}
	c.write()
	// If all go, the best of those that went is the best of all.
	best, most := NoID, minusInf
	for _, id := range ids {
		if !c.Has(id) || math.IsInf(c.logits[id], -1) { // the second time
			continue
		}
		if l := c.logits[id]; l > most || l == most && id < best {
			best, most = id, l
		}
		c.logits[id] = minusInf
		c.n--
		if c.ledger {
			c.cut[id] = c.stage
		}
	}
	if c.n == 0 {
		c.n, c.logits[best], c.stood = 1, most, true
		if c.ledger {
			c.cut[best] = 0
		}
	}
	gone := func(id ID) bool { return math.IsInf(c.logits[id], -1) }
	if !c.whole {
		c.ids = slices.DeleteFunc(c.ids, gone)
	}
	c.ranked.cut(256)
	c.ranked.ids = slices.DeleteFunc(c.ranked.ids, gone)
	c.soft.sum = 0
	c.lost(before)
}
