package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/viz"
)

// chainRule: P(text) is the product of P(token | all before it), by the
// definition of conditional probability, whatever the model. What may go wrong
// is an engine that computes something else: each token's P from a cache, all in
// one pass, a sum over the vocabulary that is not 1.
var chainRule = &Lesson{Name: "chain-rule", Run: runChainRule, Exercise: chainRuleExercise}

func runChainRule(ctx context.Context, lab *Lab, r *Record) error {
	trace, err := lab.Write(ctx, "chain-rule", lab.Prompt(), 24)
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

// chainRuleExercise asks for the P of a text whose tokens' P are given.
func chainRuleExercise(ctx context.Context, lab *Lab) (*Exercise, error) {
	const tries = 50 // of texts with something to multiply; some models write none
	var rows [][]Cell
	var terms []string
	product := 1.0
	for try := range tries {
		trace, err := lab.Write(ctx, fmt.Sprintf("chain-rule %d", try), lab.Prompt(), 4)
		if err != nil {
			return nil, err
		}
		rows, terms, product = nil, nil, 1
		least, open := 1.0, 0
		for _, s := range trace.Steps {
			shown := math.Round(s.Prob*1000) / 1000 // what a student multiplies
			if least = min(least, shown); shown < .95 {
				open++
			}
			product *= shown
			terms = append(terms, strconv.FormatFloat(shown, 'g', -1, 64))
			rows = append(rows, []Cell{{Text: argen.Visible(s.Token)}, {Text: decimal(shown, 3)}})
		}
		if least >= .01 && open >= 2 && product >= 1e-4 {
			break
		}
		if try == tries-1 && product == 0 {
			return nil, fmt.Errorf("the model %s writes tokens whose probability is below 0.001 each time: nothing is left to multiply", argen.Visible(lab.LM.Ref))
		}
	}
	say := func(key string, values words.Map) string {
		return lab.Words.Say("lessons.chain-rule.words."+key, values)
	}
	return &Exercise{
		Question: say("exercise", nil),
		Tables:   []Table{{Name: "factors", Title: say("factors", nil), Columns: []string{say("token", nil), say("prob", nil)}, Rows: rows}},
		Answer:   Answer{Kind: "number", Number: product, Tolerance: product * .02},
		Solution: say("solution", words.Map{"terms": strings.Join(terms, " · "), "p": strconv.FormatFloat(product, 'g', 4, 64), "bits": Bits.format(-math.Log2(product))}),
	}, nil
}
