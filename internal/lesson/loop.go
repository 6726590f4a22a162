package lesson

import (
	"context"
	"math"
	"slices"

	"argen"
	"argen/viz"
)

// loop: a text is made by predicting, choosing, appending, and again. What
// chooses is a number u: the token is the one whose part of [0,1) holds it, and
// the part is as wide as P. So the same numbers write the same text, and over
// many throws each token comes as often as P says.
var loop = &Lesson{Name: "loop", Run: runLoop}

// Of the loop: steps that are shown, and throws at one place.
const (
	loopSteps  = 12
	loopThrows = 2000
)

func runLoop(ctx context.Context, lab *Lab, r *Record) error {
	trace, err := lab.Write(ctx, "loop", lab.Prompt(), loopSteps)
	if err != nil {
		return err
	}
	again, err := lab.Write(ctx, "loop", lab.Prompt(), loopSteps)
	if err != nil {
		return err
	}
	ids, begin := slices.Clone(trace.Head.PromptIDs), len(trace.Head.PromptIDs)
	inside, same, open := 0, 0, 0
	var rows [][]Cell
	for i, s := range trace.Steps {
		if s.Low <= s.U && s.U < s.High {
			inside++
		}
		if i < len(again.Steps) && again.Steps[i].ID == s.ID {
			same++
		}
		if s.Entropy > trace.Steps[open].Entropy {
			open = i
		}
		rows = append(rows, []Cell{
			Number{Value: float64(i + 1), Unit: Count}.Cell(),
			{Text: lab.said(ids, 4)},
			{Text: lab.token(s.ID)},
			Number{Value: s.Prob, Unit: Prob}.Cell(),
			Number{Value: s.U, Unit: Prob}.Cell(), Number{Value: s.Low, Unit: Prob}.Cell(), Number{Value: s.High, Unit: Prob}.Cell(),
		})
		ids = append(ids, s.ID)
	}
	steps := len(trace.Steps)
	r.Facts["text"] = argen.Visible(lab.LM.Tokenizer.Decode(ids[begin:]))
	r.Exact("inside", float64(inside)/float64(steps), Share)
	r.Exact("same", float64(same)/float64(steps), Share)
	r.Exact("steps", float64(steps), Count)
	r.Table("table", []string{"step", "context", "token", "p", "u", "from", "to"}, rows)
	if err := throwAt(ctx, lab, r, ids[:begin+open]); err != nil {
		return err
	}
	r.Verdict("inside", "inside", ">=", 1)
	r.Verdict("same", "same", ">=", 1)
	r.Verdict("others", "others", ">=", 2)
	r.Verdict("frequency", "sigmas", "<=", 4)
	if r.Answer = 0; same < steps {
		r.Answer = 1
	}
	return nil
}

// throwAt throws the dice many times at one place and compares how often each
// token came with its P.
func throwAt(ctx context.Context, lab *Lab, r *Record, ids []argen.ID) error {
	gen := argen.Generator{Model: lab.LM.Model, Tokenizer: lab.LM.Tokenizer, NoHash: true}
	run, err := gen.StartIDs(ids)
	if err != nil {
		return err
	}
	c, err := run.Predict(ctx)
	if err != nil {
		return err
	}
	dice, times := lab.Dice("loop throws"), map[argen.ID]int{}
	for range loopThrows {
		times[run.ChooseAt(dice.Float64())]++
	}
	top := slices.Clone(c.Top(6))
	first, p := times[top[0]], c.Prob(top[0])
	r.Facts["place"], r.Facts["likeliest"] = lab.said(ids, 6), lab.token(top[0])
	if r.Facts["place"] == "" {
		r.Facts["place"] = r.Word("nothing")
	}
	r.Exact("p", p, Share)
	r.Estimate("frequency", ShareOf(first, loopThrows), loopThrows, Share)
	sigmas := 0.0
	if spread := math.Sqrt(p * (1 - p) / loopThrows); spread > 0 {
		sigmas = math.Abs(float64(first)/loopThrows-p) / spread
	}
	r.Exact("sigmas", sigmas, Other)
	r.Exact("others", float64(len(times)), Count)
	said, came := viz.Series{Name: r.Word("said")}, viz.Series{Name: r.Word("came")}
	var groups []string
	for _, id := range top {
		e := ShareOf(times[id], loopThrows)
		groups = append(groups, lab.token(id))
		said.Y = append(said.Y, c.Prob(id))
		came.Y, came.Lo, came.Hi = append(came.Y, e.Mean), append(came.Lo, e.Lo), append(came.Hi, e.Hi)
	}
	r.Chart("bars", &viz.BarsData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Y:     viz.Axis{Label: r.Word("y"), Unit: "share"}, Groups: groups, Series: []viz.Series{said, came},
	})
	return nil
}
