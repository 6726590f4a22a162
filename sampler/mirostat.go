package sampler

import (
	"math"

	"argen"
)

// Mirostat holds the surprise of the text near Tau bits a token: it removes
// what would surprise too much, and after each token moves the limit μ by what
// that token was off the aim.
//
//	s(i) = −log₂ p_i,  μ₀ = 2·Tau,  μ ← μ − Eta·(s(drawn) − Tau)
//
// Version 2 removes the candidates with s > μ; one exactly at the limit stays.
// Version 1 keeps the k best, with k from the exponent ŝ of Zipf's law, which
// the M best candidates suggest:
//
//	ŝ = Σ tᵢ·bᵢ / Σ tᵢ²,  tᵢ = ln((i+1)/i),  bᵢ = ln(pᵢ/pᵢ₊₁),  i = 1 … M−1
//	k = ⌊((ŝ−1)·2^μ / (1 − V^(1−ŝ)))^(1/ŝ)⌋
//
// where V is the vocabulary, those removed before included. Both keep at least
// the best. The surprise of the drawn token is that in the distribution drawn
// from, so stages behind mirostat count. A token that was forced after the
// chain had removed it has none, and leaves μ as it is.
//
// Both are llama.cpp's, where mirostat takes the place of all stages but
// logit_bias and temperature, as the preset llamacpp has it; text-generation-
// webui has version 2 as a stage among others. Where the formula of version 1
// has no value we take its limit (ŝ = 1), and all candidates where k is beyond
// every number (ŝ = 0, all equal); llama.cpp converts that to whatever the
// processor makes of it.
//
// Basu et al., Mirostat: A Neural Text Decoding Algorithm that Directly Controls
// Perplexity, 2021.
type Mirostat struct {
	Version int     `json:"version"` // 1 or 2; 0 does nothing
	Tau     float64 `json:"tau"`     // the surprise aimed at, in bits
	Eta     float64 `json:"eta"`     // how far μ moves for each bit off the aim
	M       int     `json:"m"`       // of version 1: candidates that ŝ is taken from

	learnt bool
	mu     float64 // once something was learnt
}

var mirostatSpec = Spec{
	Name: "mirostat", Doc: "holds the surprise near tau bits a token: version 2 removes tokens that surprise by more than mu bits, version 1 keeps the k best that a Zipf law gives for mu; mu begins at 2 tau and follows what was drawn",
	Group: Learning, Source: "Basu et al. 2021; llama.cpp",
	Params: []Param{
		{Name: "version", Flag: "mirostat", Kind: Int, Doc: "which mirostat", Default: 2, Off: 0, Most: 2},
		{
			Name: "tau", Flag: "mirostat-tau", Doc: "surprise aimed at, in bits", Default: 5, Off: None, Most: math.Inf(1),
			By: map[Semantics]Value{"exllama": {Number: 1.5}},
		},
		{Name: "eta", Flag: "mirostat-eta", Doc: "learning rate of mu", Default: 0.1, Off: None, Most: math.Inf(1)},
		{Name: "m", Kind: Int, Doc: "of version 1: best tokens from which the Zipf law is estimated", Default: 100, Off: None, Least: 2, Most: math.MaxInt32},
	},
	State: []Param{{Name: "mu", Flag: "mirostat-mu", Doc: "where mirostat stands: the limit mu, in bits", Least: math.Inf(-1), Most: math.Inf(1)}},
	New: func(a Args) (argen.Transform, error) {
		return Mirostat{Version: a.Int(0), Tau: a.Float(1), Eta: a.Float(2), M: a.Int(3)}, nil
	},
}

// Name implements argen.Transform.
func (Mirostat) Name() string { return "mirostat" }

// String implements argen.Transform.
func (m Mirostat) String() string { return word(m.Name(), m.Version, m.Tau, m.Eta, m.M) }

// Apply implements argen.Transform.
func (m Mirostat) Apply(c *argen.Candidates, _ argen.Past) {
	switch m.Version {
	case 1:
		c.Keep(m.k(c))
	case 2:
		// −log₂ p ≤ μ  ⇔  l ≥ ln Σ exp(l) − μ·ln 2
		limit := c.LogSumExp() - m.limit()*math.Ln2
		c.Filter(func(_ argen.ID, l float64) bool { return l >= limit })
	}
}

// limit is μ.
func (m Mirostat) limit() float64 {
	if m.learnt {
		return m.mu
	}
	return min(2*m.Tau, math.MaxFloat64)
}

// k is the number of candidates that version 1 keeps.
func (m Mirostat) k(c *argen.Candidates) int {
	n := min(m.M, c.Len())
	if n < 2 {
		return 1
	}
	top := c.Top(n)
	tb, tt := 0.0, 0.0
	for i := range n - 1 {
		t := math.Log(float64(i+2) / float64(i+1))
		tb += float64(t * (c.Logit(top[i]) - c.Logit(top[i+1])))
		tt += float64(t * t)
	}
	s := tb / tt
	e := s - 1
	// (1 − V^−e) / e is ln V in the limit of e → 0.
	v := math.Log(float64(c.VocabSize()))
	if e != 0 {
		v = -math.Expm1(-e*v) / e
	}
	if k := math.Pow(math.Exp2(m.limit())/v, 1/s); k >= 1 { // it may be NaN
		return int(min(k, float64(c.Len())))
	}
	return 1
}

// Reasons implements argen.Reasoner.
func (m Mirostat) Reasons(c *argen.Candidates, past argen.Past) func(argen.ID) string {
	if m.Version == 1 {
		return TopK{K: m.k(c)}.Reasons(c, past)
	}
	mu := prob(m.limit())
	return func(id argen.ID) string {
		return "surprise of " + prob(-c.LogProb(id)/math.Ln2) + " > μ = " + mu + " bits"
	}
}

// Learn implements argen.Learner.
func (m Mirostat) Learn(drawn argen.Drawn) argen.Transform {
	if drawn.Prob > 0 {
		mu := m.limit() - float64(m.Eta*(-math.Log2(drawn.Prob)-m.Tau))
		m.learnt, m.mu = true, min(max(mu, -math.MaxFloat64), math.MaxFloat64) // as a flag can give it
	}
	return m
}

// State implements Stateful.
func (m Mirostat) State() map[string]float64 { return map[string]float64{"mu": m.limit()} }

// WithState implements Stateful.
func (m Mirostat) WithState(state map[string]float64) argen.Transform {
	if mu, ok := state["mu"]; ok {
		m.learnt, m.mu = true, mu
	}
	return m
}
