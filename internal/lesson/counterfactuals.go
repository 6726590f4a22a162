package lesson

import (
	"context"
	"errors"
	"io"
	"slices"

	"argen"
	"argen/viz"
)

// counterfactuals: with noise that belongs to seed, step and token, a text can be
// written again with one token changed and all dice as they fell. What is different
// then is because of the change, not of luck. The control changes nothing.
var counterfactuals = &Lesson{Name: "counterfactuals", Run: runCounterfactuals}

// newDice is added to a seed for dice that have nothing to do with it.
const newDice = 1_000_000

// An edit is a text with one token changed, and what became of it.
type edit struct {
	made     bool       // there was a place to change
	from     []argen.ID // up to the changed token, without it
	was, is  argen.ID
	original []argen.ID // that followed
	same     []argen.ID // that followed the change with the same dice
	fresh    []argen.ID // with new dice
	again    []argen.ID // with the same dice and no change
}

func runCounterfactuals(ctx context.Context, lab *Lab, r *Record) error {
	n, later := 500, 32
	if !lab.Story() {
		n, later = 100, 8
	}
	edits := make([]edit, n)
	seed := lab.Dice("counterfactuals").Uint64()
	if err := lab.each(ctx, n, func(i int) error { return edits[i].write(ctx, lab, seed+uint64(i), i%8, later) }); err != nil {
		return err
	}
	var same, fresh []float64
	control, example := 0, -1
	for i := range edits {
		e := &edits[i]
		if !e.made {
			continue
		}
		control += changed(e.original, e.again)
		places := float64(len(e.original))
		same, fresh = append(same, float64(changed(e.original, e.same))/places), append(fresh, float64(changed(e.original, e.fresh))/places)
		if example < 0 || same[len(same)-1] > .1 && same[len(same)-1] < .4 {
			example = i
		}
	}
	if len(same) == 0 {
		return errors.New("the model's texts have no place where another token could stand")
	}
	r.Estimate("less", lab.Mean(minus(fresh, same)), len(same), Share)
	r.Estimate("same", lab.Mean(same), len(same), Share)
	r.Estimate("fresh", lab.Mean(fresh), len(same), Share)
	r.Exact("control", float64(control), Count)
	r.Exact("edits", float64(len(same)), Count)
	r.Exact("later", float64(later), Count)
	r.Verdict("less", "less", ">=", .02)
	r.Verdict("some", "same", ">=", .01)
	r.Verdict("edits", "edits", ">=", 100)
	r.Verdict("control", "control", "<=", 0)
	r.Answer = 1
	r.show(lab, &edits[example])
	drawEdits(r, edits, later)
	return nil
}

// write writes a text, changes the token at the first place from at on where much
// is possible to the most probable other one, and lets the text go on from there.
func (e *edit) write(ctx context.Context, lab *Lab, seed uint64, at, later int) error {
	const open = 1 // bits of entropy
	gen := argen.Generator{Model: lab.LM.Model, Tokenizer: lab.LM.Tokenizer, Seed: seed, Gumbel: true, NoHash: true}
	run, err := gen.Start(lab.Prompt())
	if err != nil {
		return err
	}
	for t := 0; ; t++ {
		c, err := run.Predict(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id := run.Choose()
		if t < at || c.Len() < 2 || c.Entropy() < open || run.OverAfter(id) != "" {
			if _, err := run.Append(id); err != nil {
				return err
			}
			continue
		}
		top := c.Top(2)
		if e.was, e.is = id, top[0]; e.is == id {
			e.is = top[1]
		}
		break
	}
	e.from = slices.Clone(run.Context())
	for _, x := range []struct {
		id   argen.ID
		seed uint64
		text *[]argen.ID
	}{{e.was, seed, &e.original}, {e.was, seed, &e.again}, {e.is, seed, &e.same}, {e.is, seed + newDice, &e.fresh}} {
		if *x.text, err = goOn(ctx, run, x.id, x.seed, later); err != nil {
			return err
		}
	}
	e.made = len(e.original) > 0
	return nil
}

// goOn returns the tokens, at most n, that follow a run's text and one more token by
// dice of a seed. The run stays where it is.
func goOn(ctx context.Context, run *argen.Run, id argen.ID, seed uint64, n int) (ids []argen.ID, err error) {
	branch, err := run.Fork()
	if err != nil {
		return nil, err
	}
	if _, err := branch.Predict(ctx); err != nil {
		return nil, err
	}
	if _, err := branch.Force(id); err != nil {
		return nil, err
	}
	branch.Reseed(seed)
	for len(ids) < n {
		step, err := branch.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, step.ID)
	}
	return ids, nil
}

// changed counts the places of a text where another one has another token or none.
func changed(text, other []argen.ID) int {
	n := 0
	for t, id := range text {
		if t >= len(other) || other[t] != id {
			n++
		}
	}
	return n
}

// show shows the texts of an edit.
func (r *Record) show(lab *Lab, e *edit) {
	r.Facts["was"], r.Facts["is"] = lab.token(e.was), lab.token(e.is)
	var rows [][]Cell
	for _, x := range []struct {
		name string
		id   argen.ID
		text []argen.ID
	}{{"original", e.was, e.original}, {"edited", e.is, e.same}, {"redrawn", e.is, e.fresh}} {
		text := append(append(slices.Clone(e.from), x.id), x.text...)
		rows = append(rows, []Cell{{Text: r.Word(x.name)}, {Text: argen.Visible(lab.LM.Tokenizer.Decode(text))}})
	}
	r.Table("example", []string{"which", "text"}, rows)
}

// drawEdits draws how often a token is another one, over how far it is behind the
// change.
func drawEdits(r *Record, edits []edit, later int) {
	same, fresh := viz.Series{Name: r.Word("with_same")}, viz.Series{Name: r.Word("with_fresh")}
	for t := range later {
		n, changedSame, changedFresh := 0, 0, 0
		for i := range edits {
			if e := &edits[i]; t < len(e.original) {
				n++
				changedSame += changed(e.original[t:t+1], e.same[min(t, len(e.same)):])
				changedFresh += changed(e.original[t:t+1], e.fresh[min(t, len(e.fresh)):])
			}
		}
		if n > 0 {
			point(&same, float64(t+1), ShareOf(changedSame, n))
			point(&fresh, float64(t+1), ShareOf(changedFresh, n))
		}
	}
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:      viz.Axis{Label: r.Word("x")},
		Y:      viz.Axis{Label: r.Word("y"), Unit: "share"},
		Series: []viz.Series{same, fresh},
	})
}
