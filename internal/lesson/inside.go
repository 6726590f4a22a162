package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"

	"argen"
	"argen/viz"
)

// inside: a prediction is made layer by layer, and from some tokens more than
// from others. The logit lens reads what the model would say after each layer;
// taking one token away shows what it did. Both are asked at many places, since
// one example can show anything.
var inside = &Lesson{Name: "inside", Run: runInside}

// Of the lesson: places where the lens looks, where a token is taken away, in
// stories and in texts for which that takes longer, and the tokens of the
// example, of which the last few are looked at for one that is made from afar.
const (
	insidePlaces  = 2000 // of a story there are a hundred or so, and neighbours are alike
	insideSlow    = 200
	insideTaken   = 250
	insideTakenIn = 60
	insideExample = 14
	insideLast    = 4
)

// A lensed is what the layers say at one place.
type lensed struct {
	rank []int     // of the final answer, by layers from 0
	prob []float64 // of the final answer
	top  []argen.ID
	best []float64 // P of top
}

func runInside(ctx context.Context, lab *Lab, r *Record) error {
	if _, ok := lab.LM.Model.Start().(argen.Inspector); !ok {
		return fmt.Errorf("%s has no layers to look into: transformers have, such as story, story-verdict or smollm2", argen.Visible(lab.LM.Ref))
	}
	places := insidePlaces
	if !lab.Story() {
		places = insideSlow
	}
	var all []lensed
	var readings []*Reading
	var of, repeats []int // of each text
	err := lab.Places(ctx, "inside", places, func(t *Reading) error {
		readings = append(readings, t)
		list, err := lensOf(ctx, lab, t.IDs[:len(t.IDs)-1])
		if err != nil {
			return err
		}
		again := 0
		for i, p := range list[t.Begin-1:] {
			if p.top[0] == t.IDs[t.Begin-1+i] {
				again++
			}
		}
		of, repeats = append(of, len(list)-t.Begin+1), append(repeats, again)
		all = append(all, list[t.Begin-1:]...)
		return nil
	})
	if err != nil {
		return err
	}
	layers := len(all[0].rank)
	agree, same := viz.Series{Name: r.Word("same")}, make([]Interval, layers)
	prob := viz.Series{Name: r.Word("prob")}
	for l := range layers {
		var given byText
		hits, rest := make([]int, len(of)), all
		for text, n := range of {
			given.next()
			for _, p := range rest[:n] {
				if given.add(p.prob[l]); p.rank[l] == 1 {
					hits[text]++
				}
			}
			rest = rest[n:]
		}
		same[l] = lab.ShareByText(hits, of)
		point(&agree, float64(l), same[l])
		point(&prob, float64(l), lab.Mean(given.means()))
	}
	r.Estimate("first", same[0], len(all), Share)
	r.Estimate("repeats", lab.ShareByText(repeats, of), len(all), Share)
	r.Estimate("middle", same[(layers-1)/2], len(all), Share)
	r.Exact("half", float64((layers-1)/2), Count)
	r.Exact("last", same[layers-1].Mean, Share)
	r.Exact("layers", float64(layers-1), Count)
	if err := takeAway(ctx, lab, r, readings); err != nil {
		return err
	}
	r.Verdict("first", "first", "<=", .5)
	r.Verdict("last", "last", ">=", 1)
	r.Verdict("near", "apart", ">=", .5)
	if first, _ := r.Number("first"); first.Value > .5 {
		r.Answer = 0
	} else {
		r.Answer = 1
	}
	r.Chart("curves", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:     viz.Axis{Label: r.Word("x")}, Y: viz.Axis{Label: r.Word("y"), Unit: "share"},
		Series: []viz.Series{agree, prob},
	})
	return insideOne(ctx, lab, r, readings[0])
}

// lensOf reads what the layers say after each of some tokens.
func lensOf(ctx context.Context, lab *Lab, ids []argen.ID) ([]lensed, error) {
	state := lab.LM.Model.Start()
	if _, err := state.Extend(ctx, ids...); err != nil {
		return nil, err
	}
	layers := state.(argen.Inspector)
	list := make([]lensed, len(ids))
	final := make([]argen.ID, len(ids))
	for layer := layers.Layers(); layer >= 0; layer-- {
		rows, err := layers.Lens(ctx, layer, 0)
		if err != nil {
			return nil, err
		}
		for i, row := range rows {
			c, err := argen.NewCandidates(row)
			if err != nil {
				return nil, err
			}
			top := c.Top(1)[0]
			if layer == layers.Layers() {
				final[i] = top
			}
			p := &list[i]
			p.rank = append(p.rank, rankOf(row, final[i]))
			p.prob = append(p.prob, c.Prob(final[i]))
			p.top, p.best = append(p.top, top), append(p.best, c.Prob(top))
		}
	}
	for i := range list {
		p := &list[i]
		slices.Reverse(p.rank)
		slices.Reverse(p.prob)
		slices.Reverse(p.top)
		slices.Reverse(p.best)
	}
	return list, nil
}

// rankOf is the rank of a token under logits, 1 for the best; equal ones rank by
// ID.
func rankOf(logits []float64, id argen.ID) int {
	rank := 1
	for other, logit := range logits {
		if logit > logits[id] || logit == logits[id] && argen.ID(other) < id {
			rank++
		}
	}
	return rank
}

// takeAway measures at many places by how many bits the model's own answer
// becomes less probable without the last token, and without another one, drawn
// by the dice.
func takeAway(ctx context.Context, lab *Lab, r *Record, readings []*Reading) error {
	type place struct {
		text int // the reading that it is in
		ids  []argen.ID
		away int // which token besides the last is taken away
	}
	dice := lab.Dice("inside taken")
	var places []place
	for text, t := range readings {
		for i := t.Begin + 2; i < len(t.IDs); i++ {
			places = append(places, place{text, t.IDs[:i], t.Begin + dice.IntN(i-1-t.Begin)})
		}
	}
	dice.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	most := insideTaken
	if !lab.Story() {
		most = insideTakenIn
	}
	places = places[:min(most, len(places))]
	near, far, apart := make([]float64, len(places)), make([]float64, len(places)), make([]float64, len(places))
	err := lab.each(ctx, len(places), func(i int) error {
		p := places[i]
		last := len(p.ids) - 1
		state := lab.LM.Model.Start()
		if _, err := state.Extend(ctx, p.ids[:p.away]...); err != nil {
			return err
		}
		without := state.Fork()
		logits, err := without.Extend(ctx, p.ids[p.away+1:]...)
		if err != nil {
			return err
		}
		other := slices.Clone(logits)
		if logits, err = state.Extend(ctx, p.ids[p.away:last]...); err != nil {
			return err
		}
		before := slices.Clone(logits)
		if logits, err = state.Extend(ctx, p.ids[last]); err != nil {
			return err
		}
		c, err := argen.NewCandidates(logits)
		if err != nil {
			return err
		}
		top := c.Top(1)[0]
		bits := func(row []float64) (float64, error) {
			l, err := argen.LogProb(row, top)
			return (c.LogProb(top) - l) / math.Ln2, err
		}
		if near[i], err = bits(before); err != nil {
			return err
		}
		far[i], err = bits(other)
		apart[i] = near[i] - far[i]
		return err
	})
	if err != nil {
		return err
	}
	means := func(values []float64) Interval {
		texts := make(byText, len(readings))
		for i, p := range places {
			texts[p.text] = append(texts[p.text], values[i])
		}
		texts = slices.DeleteFunc(texts, func(text []float64) bool { return len(text) == 0 })
		return lab.Mean(texts.means())
	}
	r.Estimate("near", means(near), len(places), Bits)
	r.Estimate("far", means(far), len(places), Bits)
	r.Estimate("apart", means(apart), len(places), Bits)
	return nil
}

// insideOne shows the lens at the first places of a text, and at the last of
// them, or one a little before, what each token did. Of these the one is taken
// that a token further back did most for.
func insideOne(ctx context.Context, lab *Lab, r *Record, t *Reading) error {
	ids := t.IDs[:min(insideExample, len(t.IDs)-1)]
	list, err := lensOf(ctx, lab, ids)
	if err != nil {
		return err
	}
	lens := &viz.MatrixData{Row: r.Word("after"), Col: r.Word("token"), Unit: "share", Most: 1, Panels: []viz.Panel{{}}}
	for l := range list[0].rank {
		lens.Rows = append(lens.Rows, fmt.Sprint(l))
		cells, texts := make(viz.Values, len(ids)), make([]string, len(ids))
		for i, p := range list {
			cells[i], texts[i] = p.best[l], lab.token(p.top[l])
		}
		lens.Panels[0].Cells = append(lens.Panels[0].Cells, cells)
		lens.Panels[0].Texts = append(lens.Panels[0].Texts, texts)
	}
	for _, id := range ids {
		lens.Cols = append(lens.Cols, lab.token(id))
	}
	var effects []float64
	at, most := 0, math.Inf(-1)
	for n := max(2, len(ids)-insideLast+1); n <= len(ids); n++ {
		final := list[n-1].top[len(list[n-1].top)-1]
		e, err := argen.Occlude(ctx, lab.LM.Model, ids[:n], final)
		if err != nil {
			return err
		}
		if back := slices.Max(e[:n-1]); back > most || effects == nil {
			at, most, effects = n, back, e
		}
	}
	p := list[at-1]
	final := len(p.top) - 1
	r.Facts["answer"], r.Facts["example"] = lab.token(p.top[final]), argen.Visible(lab.LM.Tokenizer.Decode(ids[:at]))
	var rows [][]Cell
	for l := range p.rank {
		rows = append(rows, []Cell{
			Number{Value: float64(l), Unit: Count}.Cell(),
			{Text: lab.token(p.top[l])},
			Number{Value: p.best[l], Unit: Prob}.Cell(),
			Number{Value: p.prob[l], Unit: Prob}.Cell(), Number{Value: float64(p.rank[l]), Unit: Count}.Cell(),
		})
	}
	r.Table("table", []string{"after", "guess", "guess_p", "answer_p", "rank"}, rows)
	lens.Words = viz.Words{Title: r.Word("lens_chart"), Caption: r.Word("lens_caption")}
	r.Chart("lens", lens)
	d := &viz.MatrixData{
		Words: viz.Words{Title: r.Word("occlusion_chart"), Caption: r.Word("occlusion_caption")},
		Row:   r.Word("predicted"), Col: r.Word("token"), Unit: "bits", Rows: []string{r.Facts["answer"]}, Panels: []viz.Panel{{}},
	}
	cells := make(viz.Values, at)
	for i, id := range ids[:at] {
		d.Cols = append(d.Cols, lab.token(id))
		cells[i] = effects[i] / math.Ln2
	}
	d.Panels[0].Cells = []viz.Values{cells}
	r.Chart("occlusion", d)
	return nil
}
