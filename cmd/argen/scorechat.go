package main

import (
	"fmt"
	"math"
	"slices"

	"argen"
	"argen/model"
	"argen/tokenizer"
)

// A scoredAnswer is what a model makes of the answer that ends a conversation,
// given all that stands before it: P(answer | question), to the end of what the
// template writes, so with the token that ends an answer.
type scoredAnswer struct {
	T           int    `json:"t"` // its first token
	LogProb     number `json:"logprob"`
	Bits        number `json:"bits"`
	Perplexity  number `json:"perplexity"`
	BitsPerByte number `json:"bits_per_byte"`
	Counted     int    `json:"counted"`
}

// chat adds to a score what is of a conversation alone. The step i of the trace
// predicts the token first+i.
func (r *score) chat(lm *model.LM, t text, trace *argen.Trace, first int) error {
	r.Text = t.chat.Text
	at, ok := lm.AnswerAt(t.messages, *t.chat)
	if !ok {
		return nil
	}
	tokens, err := tokenizer.ExplainSpecial(lm.Tokenizer, t.chat.Text)
	if err != nil {
		return err
	}
	begin := slices.IndexFunc(tokens, func(t tokenizer.Token) bool { return t.End > at })
	if begin < first || begin-first >= len(trace.Steps) {
		return nil // what stands before is impossible
	}
	steps := trace.Steps[begin-first:]
	bytes, sum := 0, number(0)
	for i := range steps {
		bytes += len(steps[i].Text)
		sum += number(steps[i].LogProb)
	}
	bits := -sum/math.Ln2 + 0
	r.Answer = &scoredAnswer{
		T: begin, LogProb: sum, Bits: bits, BitsPerByte: bits / number(bytes),
		Perplexity: number(math.Exp(-float64(sum) / float64(len(steps)))), Counted: len(steps),
	}
	return nil
}

// name is what stands before its sums.
func (a *scoredAnswer) name() string { return fmt.Sprintf("  answer, from t = %d", a.T) }
