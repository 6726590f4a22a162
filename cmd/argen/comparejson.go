package main

import (
	"math"

	"argen"
	"argen/internal/study"
)

// A comparison is the result of compare.
type comparison struct {
	Model      string             `json:"model"`
	Prompt     string             `json:"prompt"`            // the first
	Prompts    []string           `json:"prompts,omitempty"` // all, if there are several
	Samples    int                `json:"samples"`           // of each prompt and strategy
	Seed       uint64             `json:"seed"`
	Tokens     int                `json:"tokens"` // at most, 0 for no limit
	Strategies []comparedStrategy `json:"strategies"`
	Distances  []comparedDistance `json:"distances"`
	Metrics    []comparedMetric   `json:"metrics"`
	Step       *comparedStep      `json:"step,omitempty"`
}

// A comparedMetric says what a number is.
type comparedMetric struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Unit  string `json:"unit,omitempty"`
	Doc   string `json:"doc"`
}

type comparedStrategy struct {
	Name    string                    `json:"name"`
	Chain   string                    `json:"chain"`
	Search  string                    `json:"search,omitempty"`
	Metrics map[string]comparedNumber `json:"metrics"`
	Samples []comparedSample          `json:"samples"`
}

// A comparedNumber has the interval that holds the true one in 95 of 100
// comparisons; "nan" where a single text gives none.
type comparedNumber struct {
	Mean     number      `json:"mean"`
	Lo       number      `json:"lo"`
	Hi       number      `json:"hi"`
	Infinite number      `json:"infinite,omitempty"` // the part of the places where it is infinite
	Texts    *[3]number  `json:"texts,omitempty"`    // quartiles of the texts
	Diff     *difference `json:"difference,omitempty"`
}

// A difference is that from the first strategy, text by text.
type difference struct {
	Mean  number `json:"mean"`
	Lo    number `json:"lo"`
	Hi    number `json:"hi"`
	Noise bool   `json:"noise"` // it is inside the noise: the interval holds 0
}

type comparedSample struct {
	Prompt     int    `json:"prompt"`
	Seed       uint64 `json:"seed"`
	Tokens     int    `json:"tokens"`
	Reason     string `json:"reason"`
	LogProb    number `json:"logprob"`
	Text       string `json:"text"`
	Coherent   *bool  `json:"coherent,omitempty"`
	WellFormed *bool  `json:"well_formed,omitempty"`
}

// A comparedDistance is between strategies or models, at the same places.
type comparedDistance struct {
	Between string         `json:"between"` // "strategies" or "models"
	A       string         `json:"a"`
	B       string         `json:"b"`
	Places  int            `json:"places"`
	KL      comparedNumber `json:"kl"`
	Reverse comparedNumber `json:"reverse_kl"`
	JS      comparedNumber `json:"js"`
	TV      comparedNumber `json:"tv"`
}

// A comparedStep is the distribution at one place under every strategy.
type comparedStep struct {
	T          int             `json:"t"`
	Context    string          `json:"context"`
	Tokens     []comparedToken `json:"tokens"`
	Others     int             `json:"others"`
	Rest       number          `json:"rest"`
	Strategies []comparedAfter `json:"strategies"`
}

type comparedToken struct {
	ID    argen.ID `json:"id"`
	Token string   `json:"token"`
	Prob  number   `json:"prob"`
}

type comparedAfter struct {
	Name    string   `json:"name"`
	Kept    int      `json:"kept"`
	Entropy number   `json:"entropy"`
	Probs   []number `json:"probs"`
	Rest    number   `json:"rest"`
}

func newComparison(h *compareHead, p *study.Plan, r *study.Result, d *study.Distances) *comparison {
	c := &comparison{
		Model: h.Models[0].Ref, Prompt: h.Prompts[0].Text, Samples: h.Samples, Seed: h.Seed, Tokens: h.Tokens,
		Distances: []comparedDistance{},
	}
	if len(h.Prompts) > 1 {
		for _, t := range h.Prompts {
			c.Prompts = append(c.Prompts, t.Text)
		}
	}
	for _, m := range r.Metrics {
		c.Metrics = append(c.Metrics, comparedMetric{m.Name, m.Label, m.Unit, m.Doc})
	}
	for i, s := range p.Strategies {
		c.Strategies = append(c.Strategies, newComparedStrategy(s, r, i))
	}
	add := func(between string, list []study.Distance) {
		for _, x := range list {
			c.Distances = append(c.Distances, comparedDistance{
				Between: between, A: x.A, B: x.B, Places: x.Places,
				KL: estimated(x.KL, x.Infinite), Reverse: estimated(x.Reverse, x.ReverseInfinite), JS: estimated(x.JS, 0), TV: estimated(x.TV, 0),
			})
		}
	}
	add("strategies", d.Strategies)
	add("models", d.Models)
	if d.Step != nil {
		c.Step = newComparedStep(d.Step)
	}
	return c
}

func newComparedStrategy(s study.Strategy, r *study.Result, i int) comparedStrategy {
	c := comparedStrategy{Name: s.Name, Chain: argen.FormatChain(s.Chain), Metrics: map[string]comparedNumber{}}
	if s.Search != nil {
		c.Search = s.Search.String()
	}
	o := &r.Outcomes[i]
	for k, m := range r.Metrics {
		x := &o.Measures[k]
		if math.IsNaN(x.Mean) {
			continue
		}
		e := estimated(x.Estimate, x.Infinite)
		if low, middle, high := study.Quartiles(x.Each); !math.IsNaN(middle) {
			e.Texts = &[3]number{number(low), number(middle), number(high)}
		}
		if d := x.Diff; i > 0 && !math.IsNaN(d.Mean) {
			e.Diff = &difference{number(d.Mean), number(d.Lo), number(d.Hi), !x.Differs}
		}
		c.Metrics[m.Name] = e
	}
	for k := range o.Samples {
		t := &o.Samples[k]
		sample := comparedSample{Prompt: t.Prompt, Seed: t.Seed, Tokens: len(t.IDs), Reason: t.Reason, LogProb: number(t.LogProb()), Text: t.Text}
		if t.Story != nil {
			sample.Coherent, sample.WellFormed = &t.Story.Coherent, &t.Story.WellFormed
		}
		c.Samples = append(c.Samples, sample)
	}
	return c
}

func estimated(e study.Estimate, infinite float64) comparedNumber {
	return comparedNumber{Mean: number(e.Mean), Lo: number(e.Lo), Hi: number(e.Hi), Infinite: number(infinite)}
}

func newComparedStep(s *study.Step) *comparedStep {
	c := &comparedStep{T: s.T, Context: s.Context, Others: s.Others, Rest: number(s.Rest)}
	for _, t := range s.Tokens {
		c.Tokens = append(c.Tokens, comparedToken{t.ID, t.Token, number(t.Prob)})
	}
	for _, x := range s.Strategies {
		after := comparedAfter{Name: x.Name, Kept: x.Kept, Entropy: number(x.Bits), Rest: number(x.Rest)}
		for _, p := range x.Probs {
			after.Probs = append(after.Probs, number(p))
		}
		c.Strategies = append(c.Strategies, after)
	}
	return c
}
