package lesson

import (
	"context"
	"math"
	"slices"
	"strconv"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/viz"
)

// drift: a model that writes lives on its own text. Each token is a little wrong, and
// what is wrong stays in the context: the further, the more texts have left what
// the source could have written. From the inside that cannot be noticed, since on
// its own text a model is on the average as surprised as it expects. The control is
// the source itself, which never leaves.
var drift = &Lesson{Name: "drift", Run: runDrift}

// Of the lesson: tokens that are given, and how far a text goes on.
const (
	driftGiven = 8
	driftLong  = 56
	driftPart  = 8 // places that are taken together
)

// A drifting is a text that a model has written after the beginning of a real one.
type drifting struct {
	possible int       // tokens up to the first that the source could not have written, all if there is none
	written  int       // tokens
	own      []float64 // surprisal less entropy of each
	real     []float64 // the same of the real text
	slip     []float64 // P of what could not follow there, in the real text
	long     int       // tokens it could have had
}

func runDrift(ctx context.Context, lab *Lab, r *Record) error {
	n, read := 500, 150
	if !lab.Story() {
		n, read = 24, 24
	}
	texts, err := lab.Text(ctx, "drift", n)
	if err != nil {
		return err
	}
	texts = slices.DeleteFunc(texts, func(ids []argen.ID) bool { return len(ids) <= driftGiven+driftPart })
	list, err := lab.drifting(ctx, lab.LM, texts, read)
	if err != nil {
		return err
	}
	var own, real []float64
	for _, d := range list {
		own = append(own, mean(d.own))
		if len(d.real) > 0 {
			real = append(real, mean(d.real))
		}
	}
	apart := lab.Mean(minus(real, own[:len(real)]))
	if lab.Story() {
		if err := outside(ctx, lab, r, texts, list); err != nil {
			return err
		}
	} else {
		r.Estimate("apart", apart, len(real), Bits)
		r.Verdict("apart", "apart", ">=", .1)
		r.Facts["outside"] = r.Word("worlds")
	}
	r.Estimate("inside", lab.Mean(own), len(own), Bits)
	r.Estimate("inside_real", lab.Mean(real), len(real), Bits)
	r.Exact("texts", float64(len(texts)), Count)
	r.Exact("given", driftGiven, Count)
	r.Exact("long", driftLong, Count)
	r.Verdict("inside_most", "inside", "<=", .35)
	r.Verdict("inside_least", "inside", ">=", -.35)
	drawInside(lab, r, list)
	r.Answer = 1
	return nil
}

// outside says how many texts the source could still have written, by how far they
// are, with the source's own as a control and what small slips add up to.
func outside(ctx context.Context, lab *Lab, r *Record, texts [][]argen.ID, list []drifting) error {
	truth, err := lab.Open(ctx, "truth")
	if err != nil {
		return err
	}
	control, err := lab.drifting(ctx, truth, texts, 0)
	if err != nil {
		return err
	}
	other, err := lab.Open(ctx, "story-ngram")
	if err != nil {
		return err
	}
	worse, err := lab.drifting(ctx, other, texts[:min(200, len(texts))], 0)
	if err != nil {
		return err
	}
	_, isTruth := model.Base(lab.LM.Model).(*story.Model)
	lost, slip := shareLost(list, driftLong), 0.0
	r.Estimate("lost", lost, len(list), Share)
	none := shareLost(control, driftLong)
	r.Exact("control", none.Mean*float64(len(control)), Count)
	still := viz.Series{Name: r.Facts["model"]}
	added, source := viz.Series{Name: r.Word("added")}, viz.Series{Name: r.Word("source")}
	counted := viz.Series{Name: "story-ngram"}
	var rows [][]Cell
	left := 1.0
	for to := driftPart; to <= driftLong; to += driftPart {
		var slips []float64
		for t := to - driftPart; t < to; t++ {
			var at []float64
			for _, d := range list {
				if t < len(d.slip) {
					at = append(at, d.slip[t])
				}
			}
			slips = append(slips, at...)
			left *= 1 - mean(at)
		}
		slip = mean(slips)
		e, c := shareLost(list, to), shareLost(control, to)
		point(&still, float64(to), Interval{1 - e.Mean, 1 - e.Hi, 1 - e.Lo})
		point(&source, float64(to), Interval{1 - c.Mean, 1 - c.Hi, 1 - c.Lo})
		w := shareLost(worse, to)
		point(&counted, float64(to), Interval{1 - w.Mean, 1 - w.Hi, 1 - w.Lo})
		added.X, added.Y = append(added.X, float64(to)), append(added.Y, left)
		rows = append(rows, []Cell{
			{Text: strconv.Itoa(to)},
			Interval{1 - e.Mean, 1 - e.Hi, 1 - e.Lo}.number("", len(list), Share).Cell(),
			Number{Value: left, Unit: Share}.Cell(), Number{Value: slip, Unit: Share}.Cell(),
		})
	}
	r.Exact("added", 1-left, Share)
	r.Estimate("extra", Interval{lost.Mean - (1 - left), lost.Lo - (1 - left), lost.Hi - (1 - left)}, len(list), Share)
	r.Exact("slip", slip, Share)
	r.Verdict("control", "control", "<=", 0)
	if !isTruth {
		r.Verdict("lost", "lost", ">=", .01)
	}
	r.Verdict("extra", "extra", "<=", .08)
	r.Facts["outside"] = r.Word("judged")
	r.Table("table", []string{"tokens", "still", "added", "slip"}, rows)
	series := []viz.Series{still, added, source}
	if lab.LM.Ref != other.Ref {
		series = append(series, counted)
	}
	r.Chart("drift", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:      viz.Axis{Label: r.Word("tokens")},
		Y:      viz.Axis{Label: r.Word("still"), Unit: "share"},
		Series: series,
	})
	return nil
}

// shareLost is the share of the texts of which one of the first tokens is one that
// the source could not have written.
func shareLost(list []drifting, tokens int) Interval {
	lost := 0
	for _, d := range list {
		if d.possible < min(tokens, d.written) {
			lost++
		}
	}
	return ShareOf(lost, len(list))
}

// mean is the mean of numbers, 0 of none.
func mean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(max(1, len(list)))
}

// drifting lets a model go on after the beginnings of texts, and read the first of
// the texts as they really go on.
func (l *Lab) drifting(ctx context.Context, lm *model.LM, texts [][]argen.ID, read int) ([]drifting, error) {
	list := make([]drifting, len(texts))
	seed := l.Dice("drift " + lm.Ref).Uint64()
	err := l.each(ctx, len(texts), func(i int) error {
		ids, d := texts[i], &list[i]
		d.long = min(driftLong, len(ids)-driftGiven)
		gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, Seed: seed + uint64(i), MaxTokens: d.long, NoHash: true}
		run, err := gen.StartIDs(ids[:driftGiven])
		if err != nil {
			return err
		}
		trace, err := toEnd(ctx, run)
		if err != nil {
			return err
		}
		for _, s := range trace.Steps {
			d.own = append(d.own, s.Surprisal-s.Entropy)
		}
		d.written = len(d.own)
		if l.Story() {
			context := run.Context()
			if d.possible, err = stillPossible(ctx, context[:len(context)-d.written], context[len(context)-d.written:]); err != nil {
				return err
			}
		}
		if i < read {
			return d.read(ctx, l, lm, ids)
		}
		return nil
	})
	return list, err
}

// stillPossible is how many tokens after a context the source of the stories could have
// written, up to the first that it could not.
func stillPossible(ctx context.Context, context, ids []argen.ID) (int, error) {
	state := story.Truth().Start()
	logits, err := state.Extend(ctx, context...)
	for i, id := range ids {
		if err != nil {
			return 0, err
		}
		if math.IsInf(logits[id], -1) {
			return i, nil
		}
		if i+1 < len(ids) {
			logits, err = state.Extend(ctx, id)
		}
	}
	return len(ids), err
}

// read reads how the text really goes on.
func (d *drifting) read(ctx context.Context, l *Lab, lm *model.LM, ids []argen.ID) error {
	ids = ids[:driftGiven+d.long]
	t, err := l.Read(ctx, lm.Model, ids)
	if err != nil {
		return err
	}
	var known *Reading
	if l.Story() {
		if known, err = l.Read(ctx, story.Truth(), ids); err != nil {
			return err
		}
	}
	first := len(t.Rows) - d.long
	for i, logits := range t.Rows[first:] {
		c, err := argen.NewCandidates(logits)
		if err != nil {
			return err
		}
		d.real = append(d.real, -c.LogProb(t.IDs[t.Begin+first+i])/math.Ln2-c.Entropy())
		if known == nil {
			continue
		}
		slip := 0.0
		for id, truth := range known.Rows[len(known.Rows)-d.long+i] {
			if math.IsInf(truth, -1) {
				slip += chance(c, argen.ID(id))
			}
		}
		d.slip = append(d.slip, slip)
	}
	return nil
}

// drawInside draws how much more surprised a model is than it expects, on its own
// and on real text, by position.
func drawInside(lab *Lab, r *Record, list []drifting) {
	own, real := viz.Series{Name: r.Word("on_own")}, viz.Series{Name: r.Word("on_real")}
	for from := 0; from < driftLong; from += driftPart {
		var a, b []float64
		for _, d := range list {
			a = append(a, part(d.own, from)...)
			b = append(b, part(d.real, from)...)
		}
		if len(a) >= 6 && len(b) >= 6 {
			point(&own, float64(from+driftPart), lab.Mean(a))
			point(&real, float64(from+driftPart), lab.Mean(b))
		}
	}
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("inside"), Caption: r.Word("inside_caption")},
		X:      viz.Axis{Label: r.Word("tokens")},
		Y:      viz.Axis{Label: r.Word("surplus"), Unit: "bits"},
		Series: []viz.Series{own, real},
	})
}

// part are the numbers of a list from a place on that are taken together.
func part(list []float64, from int) []float64 {
	return list[min(from, len(list)):min(from+driftPart, len(list))]
}
