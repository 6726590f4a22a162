package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/viz"
)

// training: the embedded transformer as it was early in its training and at its
// end. The mean falls towards the entropy of the source and never below it, which
// is the control, while what a story must remember is learnt kind by kind, each of
// a sudden.
var training = &Lesson{Name: "training", Run: runTraining}

// trainingStories are the stories that the snapshots are examined on.
const trainingStories = 120

// recalled are the kinds of memory that are shown, as the grammar names them.
var recalled = []string{"name", "object", "container", "color", "closing quote"}

// An examination is stories, and what the grammar knows of them.
type examination struct {
	stories [][]argen.ID
	demands [][]story.Demand
	floor   []float64 // bits a token under the truth, by story
	tokens  int
	certain int // words of the kinds that are shown
	shown   []recollection
}

// A recollection is a word that what went before leaves no choice about.
type recollection struct {
	story, at int
	kind      string
	text      string // with what stands before it
}

// A checkpoint is what a model could at a step of its training.
type checkpoint struct {
	step   float64
	bits   []float64         // bits a token, by story
	recall map[string]byText // P of the words that are certain, by kind
	shown  []float64         // P of those that are shown
}

func runTraining(ctx context.Context, lab *Lab, r *Record) error {
	lm, err := lab.Open(ctx, "story")
	if err != nil {
		return err
	}
	own := *lab // the lesson is about this model, whichever the learner's is
	own.LM = lm
	lab = &own
	exam, err := newExamination(ctx, lab)
	if err != nil {
		return err
	}
	var steps []*checkpoint
	for _, step := range append(slices.Clone(story.Snapshots), 0) {
		ref := "story"
		if step > 0 {
			ref += ":" + strconv.Itoa(step)
		}
		lm, err := lab.Open(ctx, ref)
		if err != nil {
			return err
		}
		c, err := exam.take(ctx, lab, lm)
		if err != nil {
			return err
		}
		steps = append(steps, c)
		lab.done(len(steps), len(story.Snapshots)+1)
	}
	first, second, last := steps[0], steps[1], steps[len(steps)-1]
	r.Estimate("bits", lab.Mean(last.bits), trainingStories, Bits)
	r.Estimate("excess", lab.Mean(minus(last.bits, exam.floor)), trainingStories, Bits)
	r.Estimate("bits_first", lab.Mean(first.bits), trainingStories, Bits)
	r.Estimate("excess_first", lab.Mean(minus(first.bits, exam.floor)), trainingStories, Bits)
	r.Estimate("floor", lab.Mean(exam.floor), trainingStories, Bits)
	r.Exact("tokens", float64(exam.tokens), Count)
	r.Exact("certain", float64(exam.certain), Count)
	r.Exact("first", first.step, Count)
	r.Exact("second", second.step, Count)
	r.Exact("last", last.step, Count)
	for _, x := range []struct {
		name, kind string
		step       *checkpoint
	}{{"name_first", "name", first}, {"name_second", "name", second}, {"color_second", "color", second}, {"color_last", "color", last}} {
		p := x.step.recall[x.kind]
		r.Estimate(x.name, p.pooled(lab), p.places(), Prob)
	}
	r.Verdict("floor", "excess", ">=", -.01)
	r.Verdict("close", "excess", "<=", .03)
	r.Verdict("far", "excess_first", ">=", .5)
	r.Verdict("name_first", "name_first", "<=", .3)
	r.Verdict("name_second", "name_second", ">=", .8)
	r.Verdict("color_second", "color_second", "<=", .6)
	r.Verdict("color_last", "color_last", ">=", .9)
	r.Answer = 2
	exam.tables(lab, r, steps)
	exam.charts(lab, r, steps)
	return nil
}

// newExamination asks the grammar about fresh stories.
func newExamination(ctx context.Context, lab *Lab) (*examination, error) {
	stories, err := lab.Stories(ctx, "training", trainingStories)
	if err != nil {
		return nil, err
	}
	e := &examination{stories: stories}
	for i, ids := range stories {
		demands, err := story.Truth().Demands(ctx, ids)
		if err != nil {
			return nil, err
		}
		known, err := lab.Read(ctx, story.Truth(), ids)
		if err != nil {
			return nil, err
		}
		bits, err := meanBits(known)
		if err != nil {
			return nil, err
		}
		e.demands, e.floor, e.tokens = append(e.demands, demands), append(e.floor, bits), e.tokens+len(ids)
		for at, d := range demands {
			if !certain(d) {
				continue
			}
			e.certain++
			isShown := slices.ContainsFunc(e.shown, func(x recollection) bool { return x.kind == d.Kind })
			if at > 20 && !isShown {
				e.shown = append(e.shown, recollection{i, at, d.Kind, lab.said(ids[:at+1], 7)})
			}
		}
	}
	return e, nil
}

// certain reports whether a word is one of the kinds that are shown, and what went
// before leaves no choice about it.
func certain(d story.Demand) bool { return d.Prob >= story.Sure && slices.Contains(recalled, d.Kind) }

// take examines a model.
func (e *examination) take(ctx context.Context, lab *Lab, lm *model.LM) (*checkpoint, error) {
	c := &checkpoint{recall: map[string]byText{}}
	if how, _, ok := strings.Cut(model.Describe(lm).Meta["training"], " of "); ok {
		_, steps, _ := strings.Cut(how, ": ")
		n, err := strconv.Atoi(steps)
		if err != nil {
			return nil, fmt.Errorf("model %s does not say after how many steps it is: %w", lm.Ref, err)
		}
		c.step = float64(n)
	}
	for i, ids := range e.stories {
		t, err := lab.Read(ctx, lm.Model, ids)
		if err != nil {
			return nil, err
		}
		bits, err := meanBits(t)
		if err != nil {
			return nil, err
		}
		c.bits = append(c.bits, bits)
		for _, kind := range recalled {
			c.recall[kind] = append(c.recall[kind], nil)
		}
		for at, d := range e.demands[i] {
			if !certain(d) {
				continue
			}
			logp, err := argen.LogProb(t.Rows[at], d.Word)
			if err != nil {
				return nil, err
			}
			c.recall[d.Kind].add(math.Exp(logp))
			if slices.ContainsFunc(e.shown, func(x recollection) bool { return x.story == i && x.at == at }) {
				c.shown = append(c.shown, math.Exp(logp))
			}
		}
	}
	return c, nil
}

// meanBits is the mean surprisal of the tokens of a text, in bits.
func meanBits(t *Reading) (float64, error) {
	sum := 0.0
	for i, logits := range t.Rows {
		logp, err := argen.LogProb(logits, t.IDs[t.Begin+i])
		if err != nil {
			return 0, err
		}
		sum -= logp / math.Ln2
	}
	return sum / float64(max(1, len(t.Rows))), nil
}

// tables are the bits and what is recalled, and some places, by step.
func (e *examination) tables(lab *Lab, r *Record, steps []*checkpoint) {
	columns := []string{"step", "bits"}
	for _, kind := range recalled {
		columns = append(columns, strings.ReplaceAll(kind, " ", "_"))
	}
	var rows [][]Cell
	for _, c := range steps {
		row := []Cell{
			Number{Value: c.step, Unit: Count}.Cell(),
			lab.Mean(c.bits).number("", len(c.bits), Bits).Cell(),
		}
		for _, kind := range recalled {
			row = append(row, Number{Value: c.recall[kind].pooled(lab).Mean, Unit: Prob, N: c.recall[kind].places()}.Cell())
		}
		rows = append(rows, row)
	}
	r.Table("by_step", columns, rows)
	rows = nil
	for i, x := range e.shown {
		row := []Cell{{Text: x.text}}
		for _, c := range steps {
			row = append(row, Number{Value: c.shown[i], Unit: Prob}.Cell())
		}
		rows = append(rows, row)
	}
	t := Table{Name: "places", Title: r.Word("places"), Columns: []string{r.Word("word")}, Rows: rows}
	for _, c := range steps {
		t.Columns = append(t.Columns, thousands(int(c.step)))
	}
	r.Tables = append(r.Tables, t)
}

// charts draw the same.
func (e *examination) charts(lab *Lab, r *Record, steps []*checkpoint) {
	bits := viz.Series{Name: r.Word("model")}
	var kinds, places []viz.Series
	for _, kind := range recalled {
		kinds = append(kinds, viz.Series{Name: r.Word(strings.ReplaceAll(kind, " ", "_"))})
	}
	for _, x := range e.shown {
		places = append(places, viz.Series{Name: x.text})
	}
	for _, c := range steps {
		point(&bits, c.step, lab.Mean(c.bits))
		for i, kind := range recalled {
			point(&kinds[i], c.step, c.recall[kind].pooled(lab))
		}
		for i := range places {
			places[i].X, places[i].Y = append(places[i].X, c.step), append(places[i].Y, c.shown[i])
		}
	}
	x := viz.Axis{Label: r.Word("step"), Log: true}
	p := viz.Axis{Label: r.Word("p"), Unit: "prob"}
	floor := lab.Mean(e.floor)
	r.Chart("checkpoints", &viz.CurvesData{Words: viz.Words{Title: r.Word("kinds"), Caption: r.Word("kinds_caption")}, X: x, Y: p, Series: kinds})
	r.Chart("curves", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")}, X: x, Y: viz.Axis{Label: r.Word("bits"), Unit: "bits"},
		Series: []viz.Series{bits}, Levels: []viz.Level{{Name: r.Word("floor"), Y: floor.Mean}},
	})
	r.Chart("checkpoints", &viz.CurvesData{Words: viz.Words{Title: r.Word("places"), Caption: r.Word("places_caption")}, X: x, Y: p, Series: places})
}
