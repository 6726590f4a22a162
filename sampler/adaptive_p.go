package sampler

import (
	"math"

	"argen"
)

// AdaptiveP draws tokens whose probability is near Target: it gives every
// candidate a logit by how far its probability is from the aim, and moves the
// aim so that the weighted mean of the probabilities drawn so far becomes
// Target.
//
//	aim = clamp(2·Target − Σ wᵢ·pᵢ / Σ wᵢ, 0, 1)
//	d = |p − aim| / 0.3,  l = 5 − 10·d² / (1 + d)
//
// p is the probability where the stage stands, also for the mean, in which a
// token counts Decay times as much as the one after it. The mean begins as if
// it had been on Target forever. A token that was forced and no candidate there
// leaves it as it is. Target < 0 does nothing.
//
// The logit of a token that is as good as impossible is 0 where the aim is 0.3,
// and that of one right on the aim is 5: a tail of thousands outweighs all that
// is near. So a stage that cuts the tail, such as min_p, belongs before it.
//
// It is llama.cpp's, which draws right behind it and lets forced tokens leave
// the mean as it is unless it would have drawn them; its own default is off.
type AdaptiveP struct {
	Target float64 `json:"target"` // the probability aimed at
	Decay  float64 `json:"decay"`  // of the weights in the mean; about 1/(1 − Decay) tokens count

	learnt      bool
	sum, weight float64 // Σ wᵢ·pᵢ and Σ wᵢ, once something was learnt
}

var adaptivePSpec = Spec{
	Name: "adaptive_p", Doc: "prefers tokens whose probability is near an aim, which moves so that what is drawn is on average as probable as the target; min_p before it cuts the tail, whose tokens else outweigh the others together",
	Group: Learning, Source: "llama.cpp #17927",
	Params: []Param{
		{Name: "target", Flag: "adaptive-target", Doc: "mean probability aimed at, below 0 is off", Default: 0.5, Off: -1, Least: -1, Most: 1},
		{Name: "decay", Flag: "adaptive-decay", Doc: "how much less each older token counts", Default: 0.9, Off: None, Most: 0.99},
	},
	State: []Param{
		{Name: "sum", Flag: "adaptive-weighted-sum", Doc: "where adaptive_p stands: the weighted sum of the probabilities drawn", Most: math.Inf(1)},
		{Name: "weight", Flag: "adaptive-total-weight", Doc: "the sum of the weights in it", Most: math.Inf(1)},
	},
	New: func(a Args) (argen.Transform, error) { return AdaptiveP{Target: a.Float(0), Decay: a.Float(1)}, nil },
}

// Name implements argen.Transform.
func (AdaptiveP) Name() string { return "adaptive_p" }

// String implements argen.Transform.
func (a AdaptiveP) String() string { return word(a.Name(), a.Target, a.Decay) }

// Apply implements argen.Transform.
func (a AdaptiveP) Apply(c *argen.Candidates, _ argen.Past) {
	if !(a.Target >= 0) {
		return
	}
	c.Remember()
	aim := a.Target
	if sum, weight := a.mean(); weight > 0 {
		aim = min(max(2*a.Target-sum/weight, 0), 1)
	}
	c.Map(func(id argen.ID, _ float64) float64 {
		d := math.Abs(c.Prob(id)-aim) / 0.3
		return 5 - float64(10*d*d)/(1+d)
	})
}

// mean returns Σ wᵢ·pᵢ and Σ wᵢ.
func (a AdaptiveP) mean() (sum, weight float64) {
	if a.learnt {
		return a.sum, a.weight
	}
	return a.Target / (1 - a.Decay), 1 / (1 - a.Decay)
}

// Learn implements argen.Learner.
func (a AdaptiveP) Learn(drawn argen.Drawn) argen.Transform {
	if drawn.Before > 0 {
		sum, weight := a.mean()
		a.learnt, a.sum, a.weight = true, drawn.Before+float64(a.Decay*sum), 1+float64(a.Decay*weight)
	}
	return a
}

// State implements Stateful.
func (a AdaptiveP) State() map[string]float64 {
	sum, weight := a.mean()
	return map[string]float64{"sum": sum, "weight": weight}
}

// WithState implements Stateful.
func (a AdaptiveP) WithState(state map[string]float64) argen.Transform {
	sum, weight := a.mean()
	a.learnt, a.sum, a.weight = true, sum, weight
	if x, ok := state["sum"]; ok {
		a.sum = x
	}
	if x, ok := state["weight"]; ok {
		a.weight = x
	}
	return a
}
