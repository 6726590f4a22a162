package lesson

import (
	"math"

	"argen"
	"argen/sampler"
)

// A chain is stages one after the other.
type chain []argen.Transform

// parseChains reads chains.
func parseChains(texts ...string) ([]chain, error) {
	list := make([]chain, len(texts))
	for i, text := range texts {
		stages, err := sampler.Parse(text)
		if err != nil {
			return nil, err
		}
		list[i] = stages
	}
	return list, nil
}

// through puts logits through the chain, whose stages are none that look at the
// text. C is used anew.
func (ch chain) through(c *argen.Candidates, logits []float64) error {
	if err := c.Reset(logits); err != nil {
		return err
	}
	for _, s := range ch {
		s.Apply(c, argen.Past{})
	}
	return c.Err()
}

// impossible is the probability that candidates give to tokens that cannot be
// there by the truth, which is given by logarithms.
func impossible(c *argen.Candidates, truth []float64) float64 {
	sum := 0.0
	c.Each(func(id argen.ID, _ float64) {
		if math.IsInf(truth[id], -1) {
			sum += c.Prob(id)
		}
	})
	return sum
}

// bitsFrom is KL(P‖Q) in bits of what candidates give, Q, from a distribution
// given by logarithms; infinite where Q lacks what P has.
func bitsFrom(truth []float64, c *argen.Candidates) float64 {
	sum := 0.0
	for id, l := range truth {
		if math.IsInf(l, -1) {
			continue
		}
		if !c.Has(argen.ID(id)) {
			return math.Inf(1)
		}
		sum += float64(math.Exp(l) * (l - c.LogProb(argen.ID(id))))
	}
	return max(0, sum/math.Ln2)
}
