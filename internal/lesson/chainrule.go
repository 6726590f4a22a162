package lesson

import (
	"context"
	"math"
	"slices"

	"argen"
	"argen/viz"
)

// chainRule: P(text) is the product of P(token | all before it), by the
// definition of conditional probability, whatever the model. What may go wrong
// is an engine that computes something else: each token's P from a cache, all in
// one pass, a sum over the vocabulary that is not 1.
var chainRule = &Lesson{Name: "chain-rule", Run: runChainRule}

func runChainRule(ctx context.Context, lab *Lab, r *Record) error {
	trace, err := lab.Write(ctx, "chain-rule", lab.Prompt(), 24, 0)
	if err != nil {
		return err
	}
	ids := slices.Clone(trace.Head.PromptIDs)
	begin := len(ids)
	joint, at := viz.Values{}, viz.Values{}
	steps := 0.0
	for _, s := range trace.Steps {
		ids = append(ids, s.ID)
		steps += s.Surprisal
		joint, at = append(joint, steps), append(at, float64(s.T+1))
	}
	bits, err := lab.Surprisals(ctx, lab.LM.Model, ids, begin)
	if err != nil {
		return err
	}
	pass := 0.0
	for _, b := range bits {
		pass += b
	}
	laws, err := argen.CheckIdentities(ctx, lab.LM.Model, ids)
	if err != nil {
		return err
	}
	worst := map[string]float64{}
	for _, law := range laws {
		worst[law.Name] = law.Off
	}
	r.Facts["text"] = argen.Visible(lab.LM.Tokenizer.Decode(ids[begin:]))
	r.Exact("pass_off", math.Abs(pass-steps), Error)
	r.Exact("sum_off", worst["sum"], Error)
	r.Exact("past_off", worst["past"], Error)
	r.Exact("tokens", float64(len(bits)), Count)
	r.Exact("bits", steps, Bits)
	r.Exact("prob", math.Exp2(-steps), Prob)
	r.Verdict("pass", "pass_off", "<=", 1e-3)
	r.Verdict("sum", "sum_off", "<=", 1e-9)
	r.Verdict("past", "past_off", "<=", 0)
	r.Answer = 1
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:      viz.Axis{Label: r.Word("x")},
		Y:      viz.Axis{Label: r.Word("y"), Unit: "bits"},
		Series: []viz.Series{{Name: r.Facts["model"], X: at, Y: joint}},
	})
	return nil
}
