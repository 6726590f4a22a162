package lesson

import (
	"context"
	"math"
	"slices"

	"argen"
	"argen/viz"
)

// cache: a state keeps what it has computed of the tokens so far, a transformer
// its keys and values; the next token then costs one step. Without it all is
// computed anew for each token. Both predict the same. The control is a memory that
// lacks a token: it does not.
var cache = &Lesson{Name: "cache", Run: runCache}

// A pace is what the n-th token of a text has cost so far.
type pace struct{ computed, seconds float64 }

func runCache(ctx context.Context, lab *Lab, r *Record) error {
	n := 96
	if !lab.Story() {
		n = 40
	}
	texts, err := lab.Text(ctx, "cache", 1)
	if err != nil {
		return err
	}
	ids := texts[0]
	if bos := lab.LM.Model.Info().BOS; bos != argen.NoID {
		ids = append([]argen.ID{bos}, ids...)
	}
	ids = ids[:min(n, len(ids)-1)]
	n = len(ids)
	kept, anew := make([]pace, n), make([]pace, n)
	state := lab.LM.Model.Start()
	var run, again pace
	apart, others := 0.0, 0
	for i, id := range ids {
		begin := lab.Clock()
		logits, err := state.Extend(ctx, id)
		if err != nil {
			return err
		}
		run.add(lab, 1, begin.Seconds())
		withCache := slices.Clone(logits)
		begin = lab.Clock()
		logits, err = lab.LM.Model.Start().Extend(ctx, ids[:i+1]...)
		if err != nil {
			return err
		}
		again.add(lab, i+1, begin.Seconds())
		d, same, err := probsApart(withCache, logits)
		if err != nil {
			return err
		}
		if apart = max(apart, d); !same {
			others++
		}
		kept[i], anew[i] = run, again
		lab.done(i+1, n)
	}
	missing, err := withoutOne(ctx, lab, ids)
	if err != nil {
		return err
	}
	r.Exact("apart", apart, Error)
	r.Exact("others", float64(others), Count)
	r.Exact("tokens", float64(n), Count)
	r.Exact("kept", run.computed, Count)
	r.Exact("anew", again.computed, Count)
	r.Exact("times", again.computed/run.computed, Ratio)
	r.Exact("missing", missing, Prob)
	r.Exact("kept_s", run.seconds, Seconds)
	r.Exact("anew_s", again.seconds, Seconds)
	r.Exact("slower", again.seconds/run.seconds, Ratio)
	r.Verdict("same", "apart", "<=", 1e-3)
	r.Verdict("best", "others", "<=", 0)
	r.Verdict("missing", "missing", ">=", .05)
	r.Answer = 2

	var rows [][]Cell
	for _, at := range []int{1, 2, 4, 8, 16, 32, 64, 128} {
		if at <= n {
			a, b := kept[at-1], anew[at-1]
			rows = append(rows, []Cell{
				Number{Value: float64(at), Unit: Count}.Cell(), Number{Value: a.computed, Unit: Count}.Cell(), Number{Value: b.computed, Unit: Count}.Cell(),
				Number{Value: a.seconds, Unit: Seconds}.Cell(), Number{Value: b.seconds, Unit: Seconds}.Cell(),
			})
		}
	}
	r.Table("table", []string{"length", "kept", "anew", "kept_s", "anew_s"}, rows)
	draw := func(title, caption, y string, of func(pace) float64) {
		with, without := viz.Series{Name: r.Word("with")}, viz.Series{Name: r.Word("without")}
		for i := range kept {
			x := float64(i + 1)
			if i > 0 && (i+1)%8 != 0 && i+1 < n {
				continue
			}
			with.X, with.Y = append(with.X, x), append(with.Y, of(kept[i]))
			without.X, without.Y = append(without.X, x), append(without.Y, of(anew[i]))
		}
		r.Chart("curves", &viz.CurvesData{
			Words:  viz.Words{Title: r.Word(title), Caption: r.Word(caption)},
			X:      viz.Axis{Label: r.Word("length")},
			Y:      viz.Axis{Label: r.Word(y)},
			Series: []viz.Series{with, without},
		})
	}
	draw("chart", "caption", "computed", func(p pace) float64 { return p.computed })
	draw("time", "time_caption", "seconds", func(p pace) float64 { return p.seconds })
	return nil
}

// add adds what tokens that were computed since a moment have cost.
func (p *pace) add(lab *Lab, tokens int, since float64) {
	p.computed += float64(tokens)
	p.seconds += lab.Clock().Seconds() - since
}

// probsApart is the largest difference of a token's probability between two
// distributions of the same tokens, and whether their best tokens are the same.
func probsApart(a, b []float64) (apart float64, same bool, err error) {
	p, err := argen.NewCandidates(a)
	if err != nil {
		return 0, false, err
	}
	q, err := argen.NewCandidates(b)
	if err != nil {
		return 0, false, err
	}
	for id := range argen.ID(len(a)) {
		apart = max(apart, math.Abs(chance(p, id)-chance(q, id)))
	}
	return apart, p.At(0).ID == q.At(0).ID, nil
}

// chance is P of a token, 0 of one that is impossible.
func chance(c *argen.Candidates, id argen.ID) float64 {
	if !c.Has(id) {
		return 0
	}
	return c.Prob(id)
}

// withoutOne is the largest change of a probability at some places of a text if the
// last but one token is not remembered. Where nothing is possible then, all is
// changed.
func withoutOne(ctx context.Context, lab *Lab, ids []argen.ID) (float64, error) {
	worst := 0.0
	for at := 8; at <= len(ids); at += 8 {
		whole, err := lab.LM.Model.Start().Extend(ctx, ids[:at]...)
		if err != nil {
			return 0, err
		}
		whole = slices.Clone(whole)
		less := append(slices.Clone(ids[:at-2]), ids[at-1])
		logits, err := lab.LM.Model.Start().Extend(ctx, less...)
		if err != nil {
			return 0, err
		}
		d, _, err := probsApart(whole, logits)
		if err != nil { // a sentence that the grammar could not have written
			d = 1
		}
		worst = max(worst, d)
	}
	return worst, nil
}
