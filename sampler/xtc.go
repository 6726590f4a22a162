package sampler

import "argen"

// XTC, exclude top choices, removes the most probable candidates, so that less
// obvious ones are drawn: with probability Probability, if at least two
// candidates have a probability of Threshold or more, all of those go but the
// least probable of them.
//
//	p₁ ≥ … ≥ p_n ≥ Threshold > p_{n+1}, n ≥ 2:  1 … n−1 go
//
// 0 ≤ Probability ≤ 1, 0 never does it; one number of the stages' dice decides.
// 0 ≤ Threshold ≤ 1; above 0.5 there are no two. A candidate exactly at the
// threshold counts. Of equal ones that with the highest ID is the last. If
// fewer than Keep would be left, nothing is removed.
//
// Rule "textgen" removes nothing either if the token of a line break or one that
// ends a text would go, as text-generation-webui has it, where the stage comes
// from. llama.cpp protects none; by its rule impossible tokens count as left where
// there is a Keep, as long as no stage has chosen which to keep: there they stand
// in the list until a stage cuts it.
//
// Weidmann, Exclude Top Choices (XTC), text-generation-webui #6335, 2024.
type XTC struct {
	Probability float64   `json:"probability"`    // of removing any
	Threshold   float64   `json:"threshold"`      // least probability of those it is about
	Keep        int       `json:"keep,omitempty"` // if fewer would stay, all stay
	Rule        Semantics `json:"rule,omitempty"` // what may not go and what is left: "textgen", "llamacpp", or "" for ours

	protected []argen.ID // what may not go, once bound
}

var xtcSpec = Spec{
	Name: "xtc", Doc: "with a probability removes all tokens of at least a threshold but the least probable of them",
	Group: Truncation, Source: "Weidmann 2024",
	Params: []Param{
		{Name: "probability", Flag: "xtc-probability", Doc: "how often tokens are removed", Default: 0.5, Off: 0, Most: 1},
		{Name: "threshold", Flag: "xtc-threshold", Doc: "least probability of those that are", Default: 0.1, Off: None, Most: 1},
		keepParam,
		ruleParam("llamacpp", "textgen"),
	},
	New: func(a Args) (argen.Transform, error) {
		return XTC{Probability: a.Float(0), Threshold: a.Float(1), Keep: a.Int(2), Rule: a.Rule(3)}, nil
	},
}

// Name implements argen.Transform.
func (XTC) Name() string { return "xtc" }

// String implements argen.Transform.
func (x XTC) String() string { return word(x.Name(), x.Probability, x.Threshold, x.Keep, x.Rule) }

// Bind implements argen.Binder.
func (x XTC) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	x.protected = nil
	if x.Rule != "textgen" {
		return x, nil
	}
	if ids, err := t.Encode("\n"); err == nil && len(ids) > 0 { // a vocabulary may be unable to break lines
		x.protected = append(x.protected, ids[len(ids)-1])
	}
	if m != nil {
		x.protected = append(x.protected, m.Info().Stop...)
	}
	return x, nil
}

// Apply implements argen.Transform.
func (x XTC) Apply(c *argen.Candidates, past argen.Past) {
	if !(x.Probability > 0) || x.Probability < 1 && past.Float64() >= x.Probability {
		return
	}
	n := x.likely(c)
	if n < 2 || x.Keep > 0 && x.left(c)-(n-1) < x.Keep {
		return
	}
	last := c.At(n - 1)
	stays := func(id argen.ID, l float64) bool { return l < last.Logit || l == last.Logit && id >= last.ID }
	for _, id := range x.protected {
		if c.Has(id) && !stays(id, c.Logit(id)) {
			return
		}
	}
	c.Filter(stays)
}

// left is how many tokens there are by the rule.
func (x XTC) left(c *argen.Candidates) int {
	if x.Rule == "llamacpp" && c.Whole() {
		return c.VocabSize()
	}
	return c.Len()
}

// likely is how many candidates have a probability of at least the threshold.
func (x XTC) likely(c *argen.Candidates) int {
	limit := x.Threshold * c.Total()
	for k, n := 0, 16; ; k, n = n, 4*n { // mostly a few
		top := c.Top(n)
		for i, id := range top[k:] {
			if !(c.Weight(id) >= limit) {
				return k + i
			}
		}
		if len(top) == c.Len() {
			return len(top)
		}
	}
}

// Reasons implements argen.Reasoner.
func (x XTC) Reasons(c *argen.Candidates, _ argen.Past) func(argen.ID) string {
	limit := " ≥ " + number(x.Threshold)
	if n := x.likely(c); n > 0 {
		limit += ", as is the less probable " + prob(c.At(n-1).Prob)
	}
	return func(id argen.ID) string { return prob(c.Prob(id)) + limit }
}
