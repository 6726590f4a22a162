package sampler

import "argen"

// atLeast keeps the candidates whose logit is at least that of the best plus
// limit, and in any case the n best. Where these are more than the limit lets
// through, and several are equal to the last of them, all of those stay if ties
// is set, otherwise those with the lower IDs.
func atLeast(c *argen.Candidates, limit float64, n int, ties bool) {
	top := c.Top(max(n, 1))
	best, last := c.Logit(top[0]), c.Logit(top[len(top)-1])
	if !ties && last-best < limit {
		c.Keep(n)
		return
	}
	c.Filter(func(_ argen.ID, l float64) bool { return l-best >= limit || l >= last })
}
