package sampler

import (
	"math"

	"argen"
)

// PresencePenalty lowers the logit of a token by Q if it stands among the last
// LastN tokens at all.
//
//	l_i → l_i − Q  if n_i > 0
//
// What counts, and where engines differ, is as for [FrequencyPenalty].
type PresencePenalty struct {
	Q     float64 `json:"q"`      // taken from the logit
	LastN int     `json:"last_n"` // how many of the last tokens count
	Part  string  `json:"part"`   // of which part of the text: context or generated
}

var presencePenaltySpec = Spec{
	Name: "presence_penalty", Doc: "takes q from the logit of a token that was there, however often",
	Group: Repetition, Source: "OpenAI; llama.cpp",
	Params: []Param{
		{Name: "q", Flag: "presence-penalty", Doc: "taken from the logit", Default: 0, Off: 0, Least: math.Inf(-1), Most: math.Inf(1)},
		lastParam,
		openAIPart(),
	},
	New: func(a Args) (argen.Transform, error) {
		return PresencePenalty{Q: a.Float(0), LastN: a.Int(1), Part: a.Text(2)}, nil
	},
}

// Name implements argen.Transform.
func (PresencePenalty) Name() string { return "presence_penalty" }

// String implements argen.Transform.
func (p PresencePenalty) String() string {
	return word(p.Name(), p.Q, p.LastN, p.Part)
}

// Apply implements argen.Transform.
func (p PresencePenalty) Apply(c *argen.Candidates, past argen.Past) {
	if p.Q == 0 {
		return
	}
	penalise(c, last(part(past, p.Part), p.LastN), func(l float64, _ int32) float64 { return l - p.Q })
}
