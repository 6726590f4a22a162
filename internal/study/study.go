// Package study runs strategies of choosing tokens on the same prompts with the
// same dice, and says how their texts differ and how sure that is.
//
//	plan := study.Plan{Model: lm.Model, Tokenizer: lm.Tokenizer, Prompts: prompts, Strategies: strategies, Samples: 100}
//	samples, err := plan.Run(ctx, 2, nil, nil)
//	result := plan.Measure(samples)
//
// Common random numbers: each text of a strategy has a seed of its own, and that
// of the same number after the same prompt has the same one, whatever the
// strategy. A draw depends on seed and place alone. So what differs between two
// strategies is the strategy, not the dice, and the difference of a pair is surer
// than that of two independent texts. Texts after different prompts do not share
// their dice: after prompts that end alike they would be alike too, and say less
// than as many texts should.
//
// Nothing depends on how many texts are written at once.
package study

import (
	"encoding/json"
	"math"

	"argen"
	"argen/sampler/search"
)

// A Strategy is a way of choosing tokens.
type Strategy struct {
	Name   string
	Chain  []argen.Transform // on the model's distribution
	Search search.Procedure  // what picks the tokens, nil where the dice do
}

// String is the strategy in one line: its chain, its search, or both.
func (s Strategy) String() string {
	switch {
	case s.Search == nil:
		return argen.FormatChain(s.Chain)
	case len(s.Chain) == 0:
		return s.Search.String()
	}
	return argen.FormatChain(s.Chain) + "," + s.Search.String()
}

// fixed reports whether the strategy is known to write the same text whatever
// the seed.
func (s Strategy) fixed() bool {
	switch p := s.Search.(type) {
	case nil:
		return len(s.Chain) == 1 && s.Chain[0].Name() == "greedy"
	case search.Beams:
		return p.Deterministic() && len(s.Chain) == 0
	case search.Contrastive:
		return len(s.Chain) == 0
	}
	return false
}

// A Prompt is what texts begin with, without a token for the beginning.
type Prompt struct {
	Text string
	IDs  []argen.ID
}

// A Plan is all that decides what a comparison becomes.
type Plan struct {
	Model        argen.Model
	Tokenizer    argen.Tokenizer
	Prompts      []Prompt
	Strategies   []Strategy
	Samples      int    // of each prompt under each strategy
	Seed         uint64 // of the first text; that of each one after it is 1 more
	MaxTokens    int    // 0: until the text ends or the context is full
	Stop         []string
	BOS          argen.BOS
	ContextShift bool
}

// Texts is how many texts there are of each strategy.
func (p *Plan) Texts() int { return p.Samples * len(p.Prompts) }

// all is how many texts there are. Their order is by sample, then prompt, then
// strategy, so that the texts to compare come together.
func (p *Plan) all() int { return p.Texts() * len(p.Strategies) }

// place is the strategy, prompt and sample of a text.
func (p *Plan) place(at int) (strategy, prompt, number int) {
	n := len(p.Strategies)
	return at % n, at / n % len(p.Prompts), at / n / len(p.Prompts)
}

// seed is that of a text.
func (p *Plan) seed(at int) uint64 { return p.Seed + uint64(at/len(p.Strategies)) }

// generator is what writes a text under a strategy.
func (p *Plan) generator(s Strategy, at int) argen.Generator {
	return argen.Generator{
		Model: p.Model, Tokenizer: p.Tokenizer, Chain: s.Chain, MaxTokens: p.MaxTokens, Stop: p.Stop,
		BOS: p.BOS, Seed: p.seed(at), ContextShift: p.ContextShift, NoHash: true,
	}
}

// A Sample is one text and what was measured while it was written.
type Sample struct {
	Strategy int    `json:"strategy"` // index in the plan
	Prompt   int    `json:"prompt"`   // likewise
	Number   int    `json:"sample"`
	Seed     uint64 `json:"seed"`
	Reason   string `json:"reason"` // why it ended, as in a trace
	Text     string `json:"text"`

	IDs      []argen.ID `json:"ids"`
	LogProbs logs       `json:"logprobs"` // ln P of each under the model itself
	// Sums over the tokens, of the model's entropy before each and of that of
	// what it was drawn from, in bits.
	Entropy float64  `json:"entropy"`
	Sampled *float64 `json:"sampled_entropy,omitempty"` // nil if a search picked them

	Story *Story `json:"story,omitempty"` // where the model writes stories
}

// logs are logarithms of probabilities. A token that a stage forces may be one
// that the model holds impossible: −Inf is "-inf" in JSON, as in a trace.
type logs []float64

// MarshalJSON implements json.Marshaler.
func (l logs) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range l {
		if i > 0 {
			b = append(b, ',')
		}
		b = argen.AppendFloat(b, x)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *logs) UnmarshalJSON(data []byte) error {
	var all []json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*l = make(logs, len(all))
	for i, x := range all {
		if string(x) == `"-inf"` {
			(*l)[i] = math.Inf(-1)
		} else if err := json.Unmarshal(x, &(*l)[i]); err != nil {
			return err
		}
	}
	return nil
}

// LogProb is ln P(text | prompt) under the model itself.
func (s *Sample) LogProb() float64 {
	sum := 0.0
	for _, l := range s.LogProbs {
		sum += l
	}
	return sum
}
