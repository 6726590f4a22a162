package ngram

import (
	"fmt"
	"strings"
)

// fallback are lmplz's discounts for orders whose own cannot be estimated.
var fallback = Discount{D1: 0.5, D2: 1, D3: 1.5, Fallback: true}

// discountsOf estimates the discounts from the number of n-grams with adjusted
// count 1 to 4, n[1] to n[4]: equation 26 of Chen and Goodman, 1999,
//
//	Y = n₁/(n₁ + 2n₂),  D₁ = 1 − 2Y n₂/n₁,  D₂ = 2 − 3Y n₃/n₂,  D₃ = 3 − 4Y n₄/n₃
//
// and falls back where one is undefined or out of its range 0 ≤ Dᵢ ≤ i.
func discountsOf(n [5]int64) Discount {
	if n[1] == 0 || n[2] == 0 || n[3] == 0 {
		return fallback
	}
	y := float64(n[1]) / float64(n[1]+2*n[2])
	var d [4]float64
	for i := 1; i <= 3; i++ {
		d[i] = float64(i) - float64(i+1)*y*float64(n[i+1])/float64(n[i])
		if d[i] < 0 || d[i] > float64(i) {
			return fallback
		}
	}
	return Discount{D1: d[1], D2: d[2], D3: d[3]}
}

// adjusted returns the counts Kneser–Ney uses for each order: what was seen
// for the highest, the number of different tokens before for the others.
func (t *trie) adjusted() [][]uint32 {
	all := make([][]uint32, len(t.levels))
	for k := range all {
		if k+1 < len(t.levels) {
			all[k] = t.contexts(k)
		} else {
			all[k] = t.levels[k].count
		}
	}
	all[0] = append([]uint32(nil), all[0]...)
	all[0][t.bos] = 0
	return all
}

// seen returns plain counts for each order, 0 for BOS, which is never
// predicted.
func (t *trie) seen() [][]uint32 {
	all := make([][]uint32, len(t.levels))
	for k := range all {
		all[k] = t.levels[k].count
	}
	all[0] = append([]uint32(nil), all[0]...)
	all[0][t.bos] = 0
	return all
}

// discounts estimates those of all orders from the adjusted counts.
//
// lmplz enters the last n-gram of each lower order, sorted from the last token
// backwards, with its plain count instead of the adjusted one. We do the same,
// to give the same numbers; it matters for small texts only.
func (t *trie) discounts(adjusted [][]uint32) []Discount {
	all := make([]Discount, len(adjusted))
	last, ok := uint32(0), true
	for k, counts := range adjusted {
		var n [5]int64
		for _, c := range counts {
			if c < 5 {
				n[c]++
			}
		}
		if ok && k+1 < len(adjusted) {
			if last, ok = t.last(k, last); ok {
				n[min(counts[last], 4)] -= below5(counts[last])
				seen := t.levels[k].count[last]
				n[min(seen, 4)] += below5(seen)
			}
		}
		all[k] = discountsOf(n)
	}
	return all
}

func below5(c uint32) int64 {
	if c < 5 {
		return 1
	}
	return 0
}

// note tells of the orders that use fallback discounts, "" if none does.
func note(discounts []Discount) string {
	var orders []string
	for k, d := range discounts {
		if d.Fallback {
			orders = append(orders, fmt.Sprint(k+1))
		}
	}
	if orders == nil {
		return ""
	}
	return fmt.Sprintf("discounts of order %s cannot be estimated from this text (too little, or too regular): using 0.5, 1 and 1.5", strings.Join(orders, ", "))
}
