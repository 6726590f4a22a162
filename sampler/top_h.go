package sampler

import (
	"math"

	"argen"
)

// TopH keeps the most probable candidates as long as what they add to the
// entropy, summed up from the best, is at most H times the entropy of all. It
// looks at the 100 best only, renormalised; the others go.
//
//	p₁ ≥ p₂ ≥ … ≥ p_n, n ≤ 100,  −Σ_{i ≤ k} p_i ln p_i ≤ H · (−Σ_{i ≤ n} p_i ln p_i)
//
// 0 < H ≤ 1. The candidate at which the sum is exactly at the limit stays, and
// the best always does. H = 1 keeps the 100 best; in transformers rounding
// decides then whether the last of them stays. A candidate whose probability is
// 0 in float32 goes, as in transformers, where it makes the sum NaN. Equal
// probabilities are taken in order of ID.
//
// The code of transformers defines the stage. The paper sets the bound on the
// entropy of what is left, renormalised at each candidate.
//
// Baghaei Potraghloo et al., Top-H Decoding: Adapting the Creativity and
// Coherence with Bounded Entropy in Text Generation, 2025.
type TopH struct {
	H float64 `json:"h"` // share of the entropy to keep
}

// topHBest is how many candidates top_h looks at.
const topHBest = 100

var topHSpec = Spec{
	Name: "top_h", Doc: "of the 100 most probable tokens keeps the first as long as they make up at most h of the entropy",
	Group: Truncation, Source: "Baghaei Potraghloo et al. 2025",
	Params: []Param{{Name: "h", Flag: "top-h", Doc: "share of the entropy to keep", Default: 0.4, Off: None, Above: true, Most: 1}},
	New:    func(a Args) (argen.Transform, error) { return TopH{H: a.Float(0)}, nil },
}

// Name implements argen.Transform.
func (TopH) Name() string { return "top_h" }

// String implements argen.Transform.
func (t TopH) String() string { return word(t.Name(), t.H) }

// Apply implements argen.Transform.
func (t TopH) Apply(c *argen.Candidates, _ argen.Past) {
	k, _ := t.running(c)
	c.Keep(k)
}

// running returns how many candidates to keep, and of the best ones the sums
// of −p ln p from the best, as far as their probabilities are above 0.
func (t TopH) running(c *argen.Candidates) (k int, sums [topHBest]float64) {
	best := c.Top(topHBest)
	total := 0.0
	for _, id := range best {
		total += c.Weight(id)
	}
	n, sum := 0, 0.0
	for ; n < len(best); n++ {
		p := c.Weight(best[n]) / total
		if float32(p) == 0 {
			break
		}
		sum -= float64(p * math.Log(p))
		sums[n] = sum
	}
	limit := t.H * sum
	for k = 1; k < n && sums[k] <= limit; k++ {
	}
	return k, sums
}

// Reasons implements argen.Reasoner.
func (t TopH) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	k, sums := t.running(c)
	best, last := c.Top(topHBest), 0.0
	for _, sum := range sums {
		last = max(last, sum)
	}
	return func(id argen.ID) string {
		for i, other := range best {
			switch {
			case other != id || i < k:
			case sums[i] == 0:
				return "its probability is 0 in float32"
			default:
				return "entropy up to it " + prob(sums[i]/math.Ln2) + " > " + number(t.H) + " × " + prob(last/math.Ln2)
			}
		}
		return "not among the " + number(topHBest) + " most probable"
	}
}
