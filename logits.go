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

// checkLogits returns a *LogitsError if logits are not finite or −Inf, or are
// all −Inf.
func checkLogits(logits []float64) error {
	e := LogitsError{ID: NoID, V: len(logits)}
	possible := false
	for id, l := range logits {
		switch {
		case math.IsNaN(l) || math.IsInf(l, 1):
			if e.Bad++; e.Bad == 1 {
				e.ID, e.Value = ID(id), l
			}
		case !math.IsInf(l, -1):
			possible = true
		}
	}
	if e.Bad == 0 && possible {
		return nil
	}
	return &e
}

// distribution is what is kept of the model's own distribution, before any
// stage.
type distribution struct {
	logits  []float64 // the model's, by ID
	lse     float64   // ln Σ exp(logit)
	entropy float64   // bits
}

// newDistribution checks logits and sums them up. It keeps the slice.
func newDistribution(logits []float64) (distribution, error) {
	d := distribution{logits: logits}
	if err := checkLogits(logits); err != nil {
		return d, err
	}
	most, sum, mean := math.Inf(-1), 0.0, 0.0
	for _, l := range logits {
		most = max(most, l)
	}
	for _, l := range logits {
		if x := l - most; x > -746 { // exp(−746) is 0
			e := math.Exp(x)
			sum += e
			mean += float64(e * x)
		}
	}
	// −Σ p ln p = ln Σ exp(x) − Σ exp(x)·x / Σ exp(x), with x = l − max
	d.lse = most + math.Log(sum)
	d.entropy = max(0, (math.Log(sum)-mean/sum)/math.Ln2)
	return d, nil
}

// logprob is ln P(id | context).
func (d *distribution) logprob(id ID) float64 { return d.logits[id] - d.lse }

// rank is 1 for the most probable token; equal ones rank by ID.
func (d *distribution) rank(id ID) int {
	own, rank := d.logits[id], 1
	for i, l := range d.logits {
		if l > own || l == own && ID(i) < id {
			rank++
		}
	}
	return rank
}
