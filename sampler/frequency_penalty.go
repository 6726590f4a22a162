package sampler

import (
	"math"

	"argen"
)

// FrequencyPenalty lowers the logit of a token by F for each time that it
// stands among the last LastN tokens.
//
//	l_i → l_i − F · n_i
//
// F = 0 changes nothing, F < 0 favours repetition; OpenAI takes −2 to 2. LastN
// < 0 looks at the whole context, 0 at nothing. The last 64 tokens count as in
// llama.cpp, prompt included, as they do in text-generation-webui; OpenAI
// counts all of the generated text and not the prompt: Part "generated".
type FrequencyPenalty struct {
	F     float64 `json:"f"`      // taken from the logit for each time
	LastN int     `json:"last_n"` // how many of the last tokens count
	Part  string  `json:"part"`   // of which part of the text: context or generated
}

var frequencyPenaltySpec = Spec{
	Name: "frequency_penalty", Doc: "takes f from the logit of a token for each time that it was there",
	Group: Repetition, Source: "OpenAI; llama.cpp",
	Params: []Param{
		{Name: "f", Flag: "frequency-penalty", Doc: "taken from the logit for each time", Default: 0, Off: 0, Least: math.Inf(-1), Most: math.Inf(1)},
		lastParam,
		openAIPart(),
	},
	New: func(a Args) (argen.Transform, error) {
		return FrequencyPenalty{F: a.Float(0), LastN: a.Int(1), Part: a.Text(2)}, nil
	},
}

// Name implements argen.Transform.
func (FrequencyPenalty) Name() string { return "frequency_penalty" }

// String implements argen.Transform.
func (f FrequencyPenalty) String() string {
	return word(f.Name(), f.F, f.LastN, f.Part)
}

// Apply implements argen.Transform.
func (f FrequencyPenalty) Apply(c *argen.Candidates, past argen.Past) {
	if f.F == 0 {
		return
	}
	penalise(c, last(part(past, f.Part), f.LastN), func(l float64, count int32) float64 {
		return l - float64(f.F*float64(count))
	})
}
