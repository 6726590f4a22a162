package sampler

import (
	"math"

	"argen"
)

// EncoderRepetitionPenalty makes the tokens of the prompt more probable, so
// that the text keeps to what was asked: the repetition penalty turned round.
//
//	l_i → l_i · R  if l_i > 0
//	l_i → l_i / R  otherwise
//
// R = 1 changes nothing, R < 1 avoids the words of the prompt. Each token of
// the prompt counts once. It is transformers' encoder_repetition_penalty, whose
// input of the encoder is the prompt in models without one, as
// text-generation-webui has it.
type EncoderRepetitionPenalty struct {
	R float64 `json:"r"` // factor of the logits of the prompt's tokens
}

var encoderRepetitionPenaltySpec = Spec{
	Name: "encoder_repetition_penalty", Doc: "multiplies the logits of the prompt's tokens by r, divides them where they are negative",
	Group: Repetition, Source: "transformers",
	Params: []Param{{Name: "r", Flag: "encoder-repetition-penalty", Doc: "factor of the logits of the prompt's tokens", Default: 1, Off: 1, Above: true, Most: math.Inf(1)}},
	New:    func(a Args) (argen.Transform, error) { return EncoderRepetitionPenalty{R: a.Float(0)}, nil },
}

// Name implements argen.Transform.
func (EncoderRepetitionPenalty) Name() string { return "encoder_repetition_penalty" }

// String implements argen.Transform.
func (e EncoderRepetitionPenalty) String() string { return word(e.Name(), e.R) }

// Apply implements argen.Transform.
func (e EncoderRepetitionPenalty) Apply(c *argen.Candidates, past argen.Past) {
	if e.R != 1 {
		penalise(c, past.IDs[:min(past.Prompt, len(past.IDs))], divided(1/e.R))
	}
}
