package study

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"argen"
)

// zipf is the exponent s of f ∝ r⁻ˢ, where f is how often a token stands in all
// texts and r its rank among the tokens by that: minus the slope of the
// straight line through the points (ln r, ln f), one for each token, by least
// squares without weights, as Holtzman et al., The Curious Case of Neural Text
// Degeneration, 2020, have it. About 1 in natural text (Zipf, 1935); the larger,
// the more the frequent tokens are preferred. It is NaN of fewer than two
// tokens.
func (t *texts) zipf() series {
	var counts []int // by token, in the order in which they come
	places := map[argen.ID]int{}
	for _, words := range t.words {
		for _, id := range words {
			if _, known := places[id]; !known {
				places[id] = len(counts)
				counts = append(counts, 0)
			}
			counts[places[id]]++
		}
	}
	without := make([]float64, len(t.words))
	for i, words := range t.words {
		for _, id := range words {
			counts[places[id]]--
		}
		without[i] = zipfExponent(counts)
		for _, id := range words {
			counts[places[id]]++
		}
	}
	return influence(zipfExponent(counts), without)
}

func zipfExponent(counts []int) float64 {
	var found []int
	for _, c := range counts {
		if c > 0 {
			found = append(found, c)
		}
	}
	if len(found) < 2 {
		return math.NaN()
	}
	slices.Sort(found)
	slices.Reverse(found)
	x, y := make([]float64, len(found)), make([]float64, len(found))
	for i, c := range found {
		x[i], y[i] = math.Log(float64(i+1)), math.Log(float64(c))
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	return -slope + 0
}
