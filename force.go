package argen

import "slices"

// Force makes these tokens the candidates, all with a logit of 0, also those
// that the model or an earlier stage has ruled out: whoever forces a token
// wants it whatever the model thinks of it. Without a token of the vocabulary
// among them nothing changes.
func (c *Candidates) Force(ids ...ID) {
	forced, mass := c.spare[:0], 0.0
	for _, id := range ids {
		if id >= 0 && int(id) < len(c.logits) {
			forced = append(forced, id)
		}
	}
	if c.spare = forced; len(forced) == 0 {
		return
	}
	slices.Sort(forced)
	forced = slices.Compact(forced)
	if c.ledger {
		for _, id := range forced {
			if c.Has(id) {
				mass += c.Prob(id)
			}
		}
		c.mass *= mass
		c.cutAll()
		for _, id := range forced {
			c.cut[id] = 0
		}
	}
	c.write()
	for _, id := range forced {
		c.logits[id] = 0
	}
	c.ids, c.spare = forced, c.ids
	c.n, c.whole, c.forced = len(forced), false, true
	c.changed()
}

// Forced reports whether a stage has called Force: then there may be tokens
// among the candidates that the model rules out.
func (c *Candidates) Forced() bool { return c.forced }
