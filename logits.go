package argen

import (
	"fmt"
	"math"
)

// A LogitsError says that logits are no distribution: a NaN or +Inf among
// them, or no token possible at all.
type LogitsError struct {
	ID    ID      // the first bad token, NoID if all are −Inf
	Value float64 // its logit
	Bad   int     // how many are NaN or +Inf
	V     int     // how many there are
}

// Error implements error.
func (e *LogitsError) Error() string {
	switch {
	case e.V == 0:
		return "the vocabulary is empty: there are no logits"
	case e.ID == NoID:
		return fmt.Sprintf("all %d logits are -Inf: no token can follow here", e.V)
	}
	return fmt.Sprintf("the logit of token %d is %v (%d of %d logits are not finite): the model computes nonsense here", e.ID, e.Value, e.Bad, e.V)
}

// checkLogits returns how many logits are finite and which is the best, the
// first of equal ones. It is a *LogitsError if one is NaN or +Inf, or all are
// −Inf.
func checkLogits(logits []float64) (n int, best ID, err error) {
	best = NoID
	most := math.Inf(-1)
	for id, l := range logits {
		switch {
		case l > most:
			best, most = ID(id), l
			n++
		case l >= -math.MaxFloat64:
			n++
		case l != l: // NaN
			return 0, NoID, badLogits(logits)
		}
	}
	if n == 0 || math.IsInf(most, 1) {
		return 0, NoID, badLogits(logits)
	}
	return n, best, nil
}

// badLogits describes logits that are no distribution.
func badLogits(logits []float64) error {
	e := LogitsError{ID: NoID, V: len(logits)}
	for id, l := range logits {
		if math.IsNaN(l) || math.IsInf(l, 1) {
			if e.Bad++; e.Bad == 1 {
				e.ID, e.Value = ID(id), l
			}
		}
	}
	return &e
}

// A softmax is what turns logits into probabilities, with x = logit − max ≤ 0
// so that nothing overflows and equal logits have exactly equal shares:
//
//	p = exp(x) / Σ exp(x),  ln p = x − ln Σ exp(x)
type softmax struct {
	most float64 // max logit
	sum  float64 // Σ exp(x), from 1 to V; 0 if not known
	dot  float64 // Σ exp(x)·x
}

// nothing is an x whose exp is 0.
const nothing = -746

// add adds a logit, compensated (Kahan, Further Remarks on Reducing Truncation
// Errors, 1965): the sum of any number of terms is right to 2 ulp.
func (s *softmax) add(logit float64, lost *float64) {
	x := logit - s.most
	if !(x > nothing) {
		return
	}
	e := exp(x)
	s.dot += float64(e * x)
	y := e - *lost
	t := s.sum + y
	*lost = (t - s.sum) - y
	s.sum = t
}

// addAll adds logits in their order.
func (s *softmax) addAll(logits []float64) {
	most, sum, dot, lost := s.most, s.sum, s.dot, 0.0
	for _, l := range logits {
		if x := l - most; x > nothing {
			e := exp(x)
			dot += float64(e * x)
			y := e - lost
			t := sum + y
			lost = (t - sum) - y
			sum = t
		}
	}
	s.sum, s.dot = sum, dot
}

// prob is the probability of a logit.
func (s *softmax) prob(logit float64) float64 { return exp(logit-s.most) / s.sum }

// logprob is its natural logarithm.
func (s *softmax) logprob(logit float64) float64 { return logit - s.most - math.Log(s.sum) }

// logSumExp is ln Σ exp(logit).
func (s *softmax) logSumExp() float64 { return s.most + math.Log(s.sum) }

// entropy is in bits.
//
//	−Σ p·ln p = ln Σ exp(x) − Σ exp(x)·x / Σ exp(x)
func (s *softmax) entropy() float64 {
	return max(0, (math.Log(s.sum)-s.dot/s.sum)/math.Ln2)
}

// LogProb is ln P(id) under logits, V of them: the natural logarithm of their
// softmax, −Inf where id is impossible. Logits that are no distribution are a
// [*LogitsError]; id must be from 0 to V−1.
func LogProb(logits []float64, id ID) (float64, error) {
	d, err := newDistribution(logits)
	if err != nil {
		return 0, err
	}
	return d.logprob(id), nil
}

// distribution is what is kept of the model's own distribution, before any
// stage.
type distribution struct {
	logits  []float64 // the model's, by ID
	softmax softmax
	n       int     // tokens that are possible at all
	best    ID      // the most probable
	entropy float64 // bits
}

// newDistribution checks logits and sums them up. It keeps the slice.
func newDistribution(logits []float64) (distribution, error) {
	d := distribution{logits: logits}
	var err error
	if d.n, d.best, err = checkLogits(logits); err != nil {
		return d, err
	}
	d.softmax.most = logits[d.best]
	d.softmax.addAll(logits)
	d.entropy = d.softmax.entropy()
	return d, nil
}

// logprob is ln P(id | context).
func (d *distribution) logprob(id ID) float64 { return d.softmax.logprob(d.logits[id]) }

// prob is P(id | context).
func (d *distribution) prob(id ID) float64 { return d.softmax.prob(d.logits[id]) }

// rank is 1 for the most probable token; equal ones rank by ID.
func (d *distribution) rank(id ID) int {
	own, rank := d.logits[id], 1
	for _, l := range d.logits[:id] {
		if l >= own {
			rank++
		}
	}
	for _, l := range d.logits[id+1:] {
		if l > own {
			rank++
		}
	}
	return rank
}
