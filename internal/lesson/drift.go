package lesson

import (
	"context"
	"math"
	"slices"
	"strconv"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/sampler"
	"argen/viz"
)

// drift: a model that writes lives on its own text. Each token is a little wrong, and
// what is wrong stays in the context: the further, the more texts have left what
// the source could have written. From the inside that cannot be noticed, since on
// its own text a model is on the average as surprised as it expects. The control is
// the source itself, which never leaves.
var drift = &Lesson{Name: "drift", Run: runDrift}

// Of the lesson: tokens that are given, how far a text goes on, a temperature whose
// texts are not the model's own, and how far surprise may be from entropy.
const (
	driftGiven = 8
	driftLong  = 56
	driftPart  = 8 // places that are taken together
	driftCold  = "temperature=0.7"

	// How far surprise may be from entropy, as a share of it: about half of what text
	// at driftCold is apart. Of fewer texts that are less alike the noise is larger.
	driftApart   = .05
	driftApartIn = .1
)

// A drifting is a text that a model has written after the beginning of a real one.
type drifting struct {
	possible int       // tokens up to the first that the source could not have written, all if there is none
	written  int       // tokens
	own      []float64 // surprisal less entropy of each
	surprise float64   // Σ surprisal of them
	expected float64   // Σ entropy where they were written, which is what surprisals are on the average
	real     []float64 // the same of the real text
	slip     []float64 // P of what could not follow there, in the real text
	long     int       // tokens it could have had
}

func runDrift(ctx context.Context, lab *Lab, r *Record) error {
	n, read, cold, apart := 500, 500, 150, driftApart
	if !lab.Story() {
		n, read, cold, apart = 72, 24, 16, driftApartIn
	}
	texts, err := lab.Text(ctx, "drift", read)
	if err != nil {
		return err
	}
	texts = slices.DeleteFunc(texts, func(ids []argen.ID) bool { return len(ids) <= driftGiven+driftPart })
	read = min(read, len(texts))
	for len(texts) < n && read > 0 { // one text more after a beginning that was there
		texts = append(texts, texts[len(texts)-read])
	}
	list, err := lab.drifting(ctx, lab.LM, "", texts, read)
	if err != nil {
		return err
	}
	other, err := lab.drifting(ctx, lab.LM, driftCold, texts[:min(cold, len(texts))], 0)
	if err != nil {
		return err
	}
	if lab.Story() {
		if err := outside(ctx, lab, r, texts, list); err != nil {
			return err
		}
	} else {
		var more []float64
		for _, d := range list[:read] {
			more = append(more, mean(d.real)-mean(d.own))
		}
		r.Estimate("apart", lab.Mean(more), len(more), Bits)
		r.Verdict("apart", "apart", ">=", .1)
		r.Facts["outside"] = r.Word("worlds")
	}
	var own, real byText
	for _, d := range list {
		if own = append(own, d.own); len(d.real) > 0 {
			real = append(real, d.real)
		}
	}
	r.Estimate("inside", own.pooled(lab), len(own), Bits)
	r.Estimate("inside_real", real.pooled(lab), len(real), Bits)
	r.Estimate("expected", lab.expected(list), len(list), Share)
	r.Estimate("cold", lab.expected(other), len(other), Share)
	r.Exact("texts", float64(len(texts)), Count)
	r.Exact("given", driftGiven, Count)
	r.Exact("long", driftLong, Count)
	r.Verdict("inside_most", "expected", "<=", 1+apart)
	r.Verdict("inside_least", "expected", ">=", 1-apart)
	r.Verdict("cold", "cold", "<", 1-apart)
	drawInside(lab, r, own, real)
	r.Answer = 1
	return nil
}

// expected is how surprised a model was by texts, as a share of what it expected
// of text of its own: Σ surprisal / Σ entropy. Whatever the model, of text drawn
// from its own predictions that is 1, but for the dice.
func (l *Lab) expected(list []drifting) Interval {
	var surprise, expected []float64
	for _, d := range list {
		surprise, expected = append(surprise, d.surprise), append(expected, d.expected)
	}
	return l.RatioByText(surprise, expected)
}

// outside says how many texts the source could still have written, by how far they
// are, with the source's own as a control and what small slips add up to.
func outside(ctx context.Context, lab *Lab, r *Record, texts [][]argen.ID, list []drifting) error {
	truth, err := lab.Open(ctx, "truth")
	if err != nil {
		return err
	}
	control, err := lab.drifting(ctx, truth, "", texts, 0)
	if err != nil {
		return err
	}
	other, err := lab.Open(ctx, "story-ngram")
	if err != nil {
		return err
	}
	worse, err := lab.drifting(ctx, other, "", texts[:min(200, len(texts))], 0)
	if err != nil {
		return err
	}
	_, isTruth := model.Base(lab.LM.Model).(*story.Model)
	left := slipped(list)
	lost, extra := make([]float64, len(list)), make([]float64, len(list))
	for i := range list {
		if list[i].possible < list[i].written {
			lost[i] = 1
		}
		extra[i] = lost[i] - (1 - left[i][driftLong-1])
	}
	still := viz.Series{Name: r.Facts["model"]}
	added, source := viz.Series{Name: r.Word("added")}, viz.Series{Name: r.Word("source")}
	counted := viz.Series{Name: "story-ngram"}
	var rows [][]Cell
	var slip, add Interval
	for to := driftPart; to <= driftLong; to += driftPart {
		var slips byText
		product := make([]float64, len(list))
		for i, d := range list {
			slips, product[i] = append(slips, part(d.slip, to-driftPart)), left[i][to-1]
		}
		slip, add = slips.pooled(lab), within01(lab.Mean(product))
		e, c, w := shareLost(list, to), shareLost(control, to), shareLost(worse, to)
		point(&still, float64(to), rest(e))
		point(&source, float64(to), rest(c))
		point(&counted, float64(to), rest(w))
		point(&added, float64(to), add)
		rows = append(rows, []Cell{
			{Text: strconv.Itoa(to)},
			rest(e).number("", len(list), Share).Cell(),
			add.number("", len(list), Share).Cell(), slip.number("", len(list), Share).Cell(),
		})
	}
	r.Estimate("lost", shareLost(list, driftLong), len(list), Share)
	r.Exact("control", shareLost(control, driftLong).Mean*float64(len(control)), Count)
	r.Estimate("added", rest(add), len(list), Share)
	r.Estimate("extra", lab.Mean(extra), len(list), Share)
	r.Estimate("slip", slip, len(list), Share)
	if !isTruth {
		r.Verdict("lost", "lost", ">=", .01)
	}
	r.Verdict("control", "control", "<=", 0)
	r.Verdict("extra", "extra", "<=", .05)
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

// slipped is what is left of texts after each place if at each of them as many slip
// as the model gives to what cannot follow, on the average of the real texts:
//
//	left_t = Π (1 − s_k) over k ≤ t,  s_k the mean of the slips at place k
//
// It is given as numbers of the texts whose mean it is, from how much each of them
// bears on it: ∂ left / ∂ s_k = −left / (1 − s_k).
func slipped(list []drifting) [][driftLong]float64 {
	values := make([][driftLong]float64, len(list))
	left, bears := 1.0, make([]float64, len(list))
	for t := range driftLong {
		sum, n := 0.0, 0
		for _, d := range list {
			if t < len(d.slip) {
				sum, n = sum+d.slip[t], n+1
			}
		}
		s := sum / float64(max(1, n))
		for i, d := range list {
			if t < len(d.slip) && s < 1 {
				bears[i] -= (d.slip[t] - s) / (1 - s) * float64(len(list)) / float64(n)
			}
		}
		left *= 1 - s
		for i := range values {
			values[i][t] = left * (1 + bears[i])
		}
	}
	return values
}

// rest is 1 less a share.
func rest(e Interval) Interval { return Interval{1 - e.Mean, 1 - e.Hi, 1 - e.Lo} }

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

// drifting lets a model go on after the beginnings of texts, by a chain of stages,
// and read the first of the texts as they really go on.
func (l *Lab) drifting(ctx context.Context, lm *model.LM, stages string, texts [][]argen.ID, read int) ([]drifting, error) {
	list := make([]drifting, len(texts))
	seed := l.Dice("drift " + lm.Ref).Uint64()
	chain, err := sampler.Parse(stages)
	if err != nil {
		return nil, err
	}
	err = l.each(ctx, len(texts), func(i int) error {
		ids, d := texts[i], &list[i]
		d.long = min(driftLong, len(ids)-driftGiven)
		gen := argen.Generator{
			Model: lm.Model, Tokenizer: lm.Tokenizer, Chain: chain, Seed: seed + uint64(i), MaxTokens: d.long, NoHash: true,
		}
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
			d.surprise, d.expected = d.surprise+s.Surprisal, d.expected+s.Entropy
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
func drawInside(lab *Lab, r *Record, own, real byText) {
	curve := func(name string, texts byText) viz.Series {
		s := viz.Series{Name: r.Word(name)}
		for from := 0; from < driftLong; from += driftPart {
			var at byText
			for _, text := range texts {
				at = append(at, part(text, from))
			}
			if at.enough() {
				point(&s, float64(from+driftPart), at.pooled(lab))
			}
		}
		return s
	}
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("inside"), Caption: r.Word("inside_caption")},
		X:      viz.Axis{Label: r.Word("tokens")},
		Y:      viz.Axis{Label: r.Word("surplus"), Unit: "bits"},
		Series: []viz.Series{curve("on_own", own), curve("on_real", real)},
	})
}

// part are the numbers of a list from a place on that are taken together.
func part(list []float64, from int) []float64 {
	return list[min(from, len(list)):min(from+driftPart, len(list))]
}
