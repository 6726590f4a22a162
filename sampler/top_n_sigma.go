package sampler

import (
	"math"

	"argen"
)

// TopNSigma keeps the candidates whose logit is at most N standard deviations
// below the best.
//
//	l_i ≥ l_max − N · σ
//
// σ is that of the logits of all candidates left, the population's:
//
//	σ² = Σ (l − mean)² / n
//
// as in the paper and in llama.cpp. Rule "textgen" takes the sample's over the
// whole vocabulary, in which a token that is no candidate counts as a logit of
// 0, as text-generation-webui's code does:
//
//	σ² = Σ (l − mean)² / (V − 1)
//
// N ≤ 0 keeps all, as llama.cpp's −1 does. A candidate exactly at the limit
// stays. A temperature before this stage does not change what it keeps.
//
// Tang, Liu, Xu, Top-nσ: Eliminating Noise in Logit Space for Robust Token
// Sampling of LLM, 2024.
type TopNSigma struct {
	N    float64   `json:"n"`              // standard deviations
	Rule Semantics `json:"rule,omitempty"` // which standard deviation: "textgen", or "" for ours
}

var topNSigmaSpec = Spec{
	Name: "top_n_sigma", Doc: "keeps tokens whose logit is at most n standard deviations below the best",
	Group: Truncation, Source: "Tang et al. 2024",
	Params: []Param{
		{Name: "n", Flag: "top-n-sigma", Doc: "standard deviations of the logits, below 0 is off as 0 is", Default: 1, Off: 0, Least: -1, Most: math.Inf(1)},
		ruleParam("textgen"),
	},
	New: func(a Args) (argen.Transform, error) { return TopNSigma{N: a.Float(0), Rule: a.Rule(1)}, nil },
}

// Name implements argen.Transform.
func (TopNSigma) Name() string { return "top_n_sigma" }

// String implements argen.Transform.
func (t TopNSigma) String() string { return word(t.Name(), t.N, t.Rule) }

// Apply implements argen.Transform.
func (t TopNSigma) Apply(c *argen.Candidates, _ argen.Past) {
	if t.N > 0 && c.Len() > 1 {
		atLeast(c, -t.N*t.sigma(c), 0, false)
	}
}

// sigma is the standard deviation. Where squares would be too large or too small
// for a number it is computed again of logits times a power of 2.
func (t TopNSigma) sigma(c *argen.Candidates) float64 {
	squares, by := t.squares(c, 1)
	if squares > 0x1p-900 && squares <= math.MaxFloat64 {
		return math.Sqrt(squares / by)
	}
	most := 0.0
	c.Each(func(_ argen.ID, l float64) { most = max(most, math.Abs(l)) })
	scale := 0x1p700
	if most > 1 {
		scale = 0x1p-700
	}
	squares, by = t.squares(c, scale)
	return math.Sqrt(squares/by) / scale
}

// squares is the sum of the squared deviations of scaled logits, and what the
// variance is its quotient by.
func (t TopNSigma) squares(c *argen.Candidates, scale float64) (sum, by float64) {
	n := float64(c.Len())
	masked := 0.0
	by = n
	if t.Rule == "textgen" {
		n = float64(c.VocabSize())
		masked, by = n-float64(c.Len()), n-1
	}
	mean := 0.0
	c.Each(func(_ argen.ID, l float64) { mean += l * scale })
	mean /= n
	c.Each(func(_ argen.ID, l float64) {
		d := l*scale - mean
		sum += float64(d * d)
	})
	return sum + float64(masked*mean*mean), by
}

// Reasons implements argen.Reasoner.
func (t TopNSigma) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	limit := " < " + prob(c.At(0).Logit) + " − " + number(t.N) + " × " + prob(t.sigma(c))
	return func(id argen.ID) string { return "logit " + prob(c.Logit(id)) + limit }
}
