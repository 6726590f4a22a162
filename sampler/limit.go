package sampler

import "argen"

// atLeast keeps the candidates whose logit is at least that of the best plus
// limit, and in any case the n best. Where these are more than the limit lets
// through, and several are equal to the last of them, all of those stay if ties
// is set, otherwise those with the lower IDs.
func atLeast(c *argen.Candidates, limit float64, n int, ties bool) {
	best := c.Logit(c.Top(1)[0])
	if n = min(n, c.Len()); n > 1 {
		if last := c.At(n-1).Logit - best; last < limit {
			if !ties {
				c.Keep(n)
				return
			}
			limit = last
		}
	}
	limit = min(limit, 0)
	c.Filter(func(_ argen.ID, l float64) bool { return l-best >= limit })
}
