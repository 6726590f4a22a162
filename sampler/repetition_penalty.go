package sampler

import (
	"math"

	"argen"
)

// RepetitionPenalty makes tokens less probable that stand among the last LastN
// tokens already, once for each token however often it does.
//
//	l_i → l_i / R  if l_i > 0
//	l_i → l_i · R  otherwise
//
// R = 1 changes nothing, R < 1 favours repetition. Logits are not centred, so
// how strong it is depends on where a model's logits lie: a logit of 0 never
// changes. LastN < 0 looks at the whole context, 0 at nothing.
//
// The rule is that of transformers, where the whole context counts, prompt
// included; in text-generation-webui a range of it, of which 0 is all; in
// llama.cpp the last 64 tokens, prompt included, which is our default too. Part
// "generated" leaves the prompt out, as prompt_ignore_length does in
// transformers.
//
// Keskar et al., CTRL: A Conditional Transformer Language Model for
// Controllable Generation, 2019, which only divides.
type RepetitionPenalty struct {
	R     float64 `json:"r"`      // divisor of the logits of tokens that were there
	LastN int     `json:"last_n"` // how many of the last tokens count
	Part  string  `json:"part"`   // of which part of the text: context or generated
}

var repetitionPenaltySpec = Spec{
	Name: "repetition_penalty", Doc: "divides the logits of tokens that were there by r, multiplies them where they are negative",
	Group: Repetition, Source: "Keskar et al. 2019; llama.cpp, transformers",
	Params: []Param{
		{Name: "r", Flag: "repetition-penalty", Doc: "divisor of the logits of tokens that were there", Default: 1, Off: 1, Above: true, Most: math.Inf(1)},
		lastParam,
		partParam(wholeText, generatedText),
	},
	New: func(a Args) (argen.Transform, error) {
		return RepetitionPenalty{R: a.Float(0), LastN: a.Int(1), Part: a.Text(2)}, nil
	},
}

// Name implements argen.Transform.
func (RepetitionPenalty) Name() string { return "repetition_penalty" }

// String implements argen.Transform.
func (r RepetitionPenalty) String() string {
	return word(r.Name(), r.R, r.LastN, r.Part)
}

// Apply implements argen.Transform.
func (r RepetitionPenalty) Apply(c *argen.Candidates, past argen.Past) {
	if r.R != 1 {
		penalise(c, last(part(past, r.Part), r.LastN), divided(r.R))
	}
}

// divided is what the repetition penalty makes of a logit, once however often
// its token was there.
func divided(by float64) func(l float64, count int32) float64 {
	return func(l float64, _ int32) float64 {
		if l > 0 {
			return l / by
		}
		return l * by
	}
}
