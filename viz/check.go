package viz

import (
	"fmt"
	"math"

	"argen"
)

// Check refuses a trace whose numbers cannot be: a file may say anything. A
// token that the model holds impossible has ln P = −∞, which is possible.
func Check(tr *argen.Trace) error {
	for i := range tr.Steps {
		if what, x, want := wrong(&tr.Steps[i]); what != "" {
			return fmt.Errorf("step %d of the trace: %s is %v, it must be %s: the trace is damaged", i, what, x, want)
		}
	}
	return nil
}

// wrong returns the first number of a step that cannot be.
func wrong(s *argen.Step) (what string, x float64, want string) {
	const unit = "from 0 to 1"
	type number struct {
		what string
		x    float64
	}
	for _, n := range [...]number{
		{"prob", s.Prob},
		{"sampled_prob", s.SampledProb},
		{"u", s.U},
		{"low", s.Low},
		{"high", s.High},
		{"the prob of the rest", s.Rest.Prob},
		{"the sampled_prob of the rest", s.Rest.SampledProb},
	} {
		if !share(n.x) {
			return n.what, n.x, unit
		}
	}
	for i := range s.Top {
		t := &s.Top[i]
		if !share(t.Prob) {
			return "the prob of " + quoted(t.Token), t.Prob, unit
		}
		if !share(t.SampledProb) {
			return "the sampled_prob of " + quoted(t.Token), t.SampledProb, unit
		}
		for _, p := range t.StageProbs {
			if !share(p) {
				return "a stage_prob of " + quoted(t.Token), p, unit
			}
		}
	}
	for i := range s.Stages {
		g := &s.Stages[i]
		if !share(g.MassRemoved) {
			return "mass_removed of " + quoted(g.Name), g.MassRemoved, unit
		}
		if !bits(g.Entropy) {
			return "entropy after " + quoted(g.Name), g.Entropy, "0 or more bits"
		}
	}
	switch {
	case !bits(s.Entropy):
		return "entropy", s.Entropy, "0 or more bits"
	case !(s.Surprisal >= 0):
		return "surprisal", s.Surprisal, "0 or more bits"
	case !(s.LogProb <= 1e-6):
		return "logprob", s.LogProb, "0 or less"
	case !(s.CumLogProb <= 1e-3):
		return "cum_logprob", s.CumLogProb, "0 or less"
	}
	return "", 0, ""
}

// share reports whether x can be a probability, but for rounding.
func share(x float64) bool { return x >= 0 && x <= 1+1e-6 }

// bits reports whether x can be an entropy: no vocabulary has 2⁶⁴ tokens.
func bits(x float64) bool { return x >= 0 && x <= 64 }

// finite reports whether x has a place on an axis.
func finite(x float64) bool { return math.Abs(x) <= 1e12 }

// check refuses numbers that no model has.
func (d OrdersData) check() error {
	for _, n := range d.Order {
		if n < 1 || n > 1000 {
			return fmt.Errorf("ngram-orders: the order %d is not from 1 to 1000", n)
		}
	}
	for i, curve := range d.Perplexity {
		if len(curve) != len(d.Order) {
			return fmt.Errorf("ngram-orders: curve %d has %d perplexities for %d orders", i+1, len(curve), len(d.Order))
		}
		for _, v := range curve {
			if !math.IsNaN(v) && !(v >= 1-1e-6 && v <= 1e300) {
				return fmt.Errorf("ngram-orders: the perplexity %v of curve %d is not 1 or more", v, i+1)
			}
		}
	}
	if !math.IsNaN(d.TrueBits) && !bits(d.TrueBits) {
		return fmt.Errorf("ngram-orders: the entropy rate %v is not 0 or more bits", d.TrueBits)
	}
	return nil
}
