package argen

import (
	"fmt"
	"math"

	"argen/internal/vec64"
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
	if len(logits) > 0 && vec64.Finite(logits) {
		return len(logits), bestOf(logits), nil
	}
	for _, l := range logits {
		switch {
		case l >= -math.MaxFloat64:
			n++
		case l != l: // NaN
			return 0, NoID, badLogits(logits)
		}
	}
	if n == 0 {
		return 0, NoID, badLogits(logits)
	}
	if best = bestOf(logits); math.IsInf(logits[best], 1) {
		return 0, NoID, badLogits(logits)
	}
	return n, best, nil
}

// copyFinite copies logits, and reports whether all are finite: one pass over them
// is faster than two.
func copyFinite(to, logits []float64) bool {
	var a, b, c, d float64
	i := 0
	to = to[:len(logits)]
	for ; i+4 <= len(logits); i += 4 {
		x, y := logits[i:i+4:i+4], to[i:i+4:i+4]
		k, l, m, n := x[0], x[1], x[2], x[3]
		y[0], y[1], y[2], y[3] = k, l, m, n
		a += k * 0
		b += l * 0
		c += m * 0
		d += n * 0
	}
	copy(to[i:], logits[i:])
	for _, l := range logits[i:] {
		a += l * 0
	}
	return a+b+c+d == 0
}

// bestOf is the first of the highest logits, NoID if all are −Inf.
func bestOf(logits []float64) ID {
	best, most := NoID, minusInf
	for i := vec64.Above(logits, 0, most); i < len(logits); i = vec64.Above(logits, i+1, most) {
		best, most = ID(i), logits[i]
	}
	return best
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

// add adds a logit, compensated (Kahan, Further Remarks on Reducing Truncation
// Errors, 1965): the sum of any number of terms is right to 2 ulp.
func (s *softmax) add(logit float64, lost *float64) {
	x := logit - s.most
	if !(x > vec64.Nothing) {
		return
	}
	e := vec64.Exp(x)
	s.dot += float64(e * x)
	y := e - *lost
	t := s.sum + y
	*lost = (t - s.sum) - y
	s.sum = t
}

// addAll sums up all logits of a vocabulary.
func (s *softmax) addAll(logits []float64) { s.sum, s.dot = vec64.SumExp(logits, s.most) }

// prob is the probability of a logit.
func (s *softmax) prob(logit float64) float64 { return vec64.Exp(logit-s.most) / s.sum }

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
	if id == d.best {
		return 1
	}
	before, equal := vec64.CountAbove(d.logits[:id], d.logits[id])
	after, _ := vec64.CountAbove(d.logits[id+1:], d.logits[id])
	return 1 + before + equal + after
}
