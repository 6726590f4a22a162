package argen

import (
	"math"
	"slices"
)

// A naive is what Candidates should be, written without regard for speed.
type naive struct {
	logits  map[ID]float64
	cut     map[ID]int
	stage   int
	mass    float64
	ordered []ID
}

func newNaive(logits []float64) *naive {
	n := &naive{logits: map[ID]float64{}, cut: map[ID]int{}, mass: 1}
	for id, l := range logits {
		if !math.IsInf(l, -1) {
			n.logits[ID(id)] = l
		}
	}
	return n
}

// order returns all candidates in the order of the draw.
func (n *naive) order() []ID {
	n.ordered = n.ordered[:0]
	for id := range n.logits {
		n.ordered = append(n.ordered, id)
	}
	slices.SortFunc(n.ordered, func(a, b ID) int {
		if n.logits[a] != n.logits[b] {
			if n.logits[a] > n.logits[b] {
				return -1
			}
			return 1
		}
		return int(a) - int(b)
	})
	return n.ordered
}

func (n *naive) ids() []ID {
	ids := slices.Clone(n.order())
	slices.Sort(ids)
	return ids
}

// sum is max and Σ exp(logit − max), the sum without the rounding of its additions
// (Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
// Summen, 1974).
func (n *naive) sum() (most, sum float64) {
	most = math.Inf(-1)
	for _, l := range n.logits {
		most = max(most, l)
	}
	lost := 0.0
	for _, l := range n.logits {
		x := math.Exp(l - most)
		next := sum + x
		lost += (max(sum, x) - next) + min(sum, x)
		sum = next
	}
	return most, sum + lost
}

func (n *naive) prob(id ID) float64 {
	most, sum := n.sum()
	return math.Exp(n.logits[id]-most) / sum
}

func (n *naive) entropy() float64 {
	h := 0.0
	for id := range n.logits {
		if p := n.prob(id); p > 0 {
			h -= p * math.Log2(p)
		}
	}
	return h
}

func (n *naive) keep(ids []ID) {
	most, sum := n.sum()
	left, stay := 0.0, map[ID]bool{}
	for _, id := range ids {
		left += math.Exp(n.logits[id]-most) / sum
		stay[id] = true
	}
	n.mass *= left
	for id := range n.logits {
		if !stay[id] {
			delete(n.logits, id)
			n.cut[id] = n.stage
		}
	}
}

func (n *naive) force(id ID) {
	if _, ok := n.logits[id]; ok {
		n.keep([]ID{id})
	} else {
		n.keep(nil)
	}
	n.logits[id] = 0
	delete(n.cut, id)
}
