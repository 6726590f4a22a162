package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/model/story"
	"argen/viz"
)

// truncation: top-k, top-p and min-p take tokens away and share out anew what
// is left. That saves texts from bad words, and makes good texts impossible:
// each step takes away a little, and a text has many steps. Which text can still
// be written is known without any dice.
var truncation = &Lesson{Name: "truncation", Run: runTruncation, Exercise: exerciseTruncation}

// Of the lesson: stories that are asked whether they can still be written, or
// parts of a text, those at which the words that no story has are weighed, and
// the rows of the table of one step.
const (
	truncationTexts  = 500
	truncationParts  = 16
	truncationWeighs = 40
	truncationRows   = 10
)

// truncations are the chains, the last a control that removes nothing.
var truncations = []string{"top_k=5", "top_p=0.9", "min_p=0.1", "top_p=1"}

// A cutText is what the chains do to one text: by chain.
type cutText struct {
	kept, gone, entropy []float64 // mean over the places: tokens, mass removed, bits after
	lost                []bool    // the text can be written no more
	renormed            float64   // how far P after a chain is at most from P / (1 − mass removed)
	places              int
}

func runTruncation(ctx context.Context, lab *Lab, r *Record) error {
	chains, err := parseChains(truncations...)
	if err != nil {
		return err
	}
	n := truncationTexts
	if !lab.Story() {
		n = truncationParts
	}
	texts, err := lab.Text(ctx, "truncation", n)
	if err != nil {
		return err
	}
	all := make([]*cutText, len(texts))
	err = lab.each(ctx, len(texts), func(i int) (err error) {
		all[i], err = cutOne(ctx, lab, chains, texts[i])
		return err
	})
	if err != nil {
		return err
	}
	good, err := badWords(ctx, lab, chains)
	if err != nil {
		return err
	}
	off, places := 0.0, 0
	for _, t := range all {
		off, places = max(off, t.renormed), places+t.places
	}
	r.Exact("texts", float64(len(all)), Count)
	r.Exact("places", float64(places), Count)
	var rows [][]Cell
	goneBar, lostBar := viz.Series{Name: r.Word("gone")}, viz.Series{Name: r.Word("lost")}
	for k, name := range []string{"top_k", "top_p", "min_p", "nothing"} {
		var kept, gone, entropy []float64
		lost := 0
		for _, t := range all {
			kept, gone, entropy = append(kept, t.kept[k]), append(gone, t.gone[k]), append(entropy, t.entropy[k])
			if t.lost[k] {
				lost++
			}
		}
		r.Estimate(name+"_kept", lab.Mean(kept), len(all), Other)
		r.Estimate(name+"_gone", lab.Mean(gone), len(all), Share)
		if name == "nothing" {
			r.Exact(name+"_lost", float64(lost)/float64(len(all)), Share)
		} else {
			r.Estimate(name+"_lost", ShareOf(lost, len(all)), len(all), Share)
		}
		r.Estimate(name+"_entropy", lab.Mean(entropy), len(all), Bits)
		r.Estimate(name+"_bad", lab.Mean(good[k]), len(good[k]), Share)
		row := []Cell{{Text: r.Word(name)}}
		for _, column := range []string{"kept", "gone", "entropy", "bad", "lost"} {
			x, _ := r.Number(name + "_" + column)
			if column != "gone" && column != "lost" {
				x.Lo, x.Hi = nil, nil // the row has no room for them
			}
			row = append(row, x.Cell())
		}
		rows = append(rows, row)
		bar(&goneBar, lab.Mean(gone))
		bar(&lostBar, ShareOf(lost, len(all)))
	}
	r.Estimate("fewer_bad", lab.Mean(minus(good[3], good[1])), len(good[1]), Share)
	r.Facts["writer"] = argen.Visible(lab.LM.Ref)
	if w, err := lab.Writer(ctx); err == nil {
		r.Facts["writer"] = argen.Visible(w.Ref)
	}
	r.Exact("off", off, Error)
	r.Verdict("lost", "top_p_lost", ">=", .3)
	r.Verdict("renormed", "off", "<=", 1e-9)
	r.Verdict("fewer_bad", "fewer_bad", ">", 0)
	r.Verdict("control", "nothing_lost", "<=", 0)
	r.Verdict("nothing", "nothing_gone", "<=", 1e-9)
	switch x, _ := r.Number("top_p_lost"); {
	case x.Value < .15:
		r.Answer = 0
	case x.Value < .3:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	if err := cutLedger(ctx, lab, r, chains, texts); err != nil {
		return err
	}
	r.Table("table", []string{"chain", "kept", "gone", "entropy", "bad", "lost"}, rows)
	r.Chart("bars", &viz.BarsData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Y:     viz.Axis{Label: r.Word("y"), Unit: "share"}, Groups: []string{r.Word("top_k"), r.Word("top_p"), r.Word("min_p"), r.Word("nothing")},
		Series: []viz.Series{goneBar, lostBar},
	})
	return nil
}

// cutOne puts each place of a text through the chains.
func cutOne(ctx context.Context, lab *Lab, chains []chain, ids []argen.ID) (*cutText, error) {
	t, err := lab.Read(ctx, lab.LM.Model, ids)
	if err != nil {
		return nil, err
	}
	x := &cutText{lost: make([]bool, len(chains)), places: len(t.Rows)}
	x.kept, x.gone, x.entropy = make([]float64, len(chains)), make([]float64, len(chains)), make([]float64, len(chains))
	whole, cut := new(argen.Candidates), new(argen.Candidates)
	for i, row := range t.Rows {
		if err := whole.Reset(row); err != nil {
			return nil, err
		}
		next := t.IDs[t.Begin+i]
		for k, ch := range chains {
			if err := ch.through(cut, row); err != nil {
				return nil, err
			}
			n := float64(len(t.Rows))
			if cut.Len() < whole.Len() { // else nothing is renormalised
				left := 0.0
				cut.Each(func(id argen.ID, _ float64) { left += whole.Prob(id) })
				best := cut.Top(1)[0]
				x.renormed = max(x.renormed, math.Abs(cut.Prob(best)-whole.Prob(best)/left))
				x.gone[k] += max(0, 1-left) / n
			}
			x.kept[k] += float64(cut.Len()) / n
			x.entropy[k] += cut.Entropy() / n
			x.lost[k] = x.lost[k] || whole.Has(next) && !cut.Has(next)
		}
	}
	return x, nil
}

// badWords are, by chain and place of true stories, the probabilities that a
// writer of stories draws a word that none can have there.
func badWords(ctx context.Context, lab *Lab, chains []chain) ([][]float64, error) {
	writer, err := lab.Writer(ctx)
	if err != nil {
		return nil, err
	}
	stories, err := lab.Stories(ctx, "truncation weighed", truncationWeighs)
	if err != nil {
		return nil, err
	}
	bad := make([][]float64, len(chains))
	for k := range bad {
		bad[k] = make([]float64, len(stories))
	}
	return bad, lab.each(ctx, len(stories), func(i int) error {
		t, err := lab.Read(ctx, writer.Model, stories[i])
		if err != nil {
			return err
		}
		truth, err := lab.Read(ctx, story.Truth(), stories[i])
		if err != nil {
			return err
		}
		c := new(argen.Candidates)
		for j, row := range t.Rows {
			for k, ch := range chains {
				if err := ch.through(c, row); err != nil {
					return err
				}
				bad[k][i] += impossible(c, truth.Rows[j]) / float64(len(t.Rows))
			}
		}
		return nil
	})
}

// cutLedger shows the chains at one place of the first text: where most is
// open.
func cutLedger(ctx context.Context, lab *Lab, r *Record, chains []chain, texts [][]argen.ID) error {
	t, err := lab.Read(ctx, lab.LM.Model, texts[0])
	if err != nil {
		return err
	}
	at, most := 0, -1.0
	c := new(argen.Candidates)
	for i, row := range t.Rows {
		if err := c.Reset(row); err != nil {
			return err
		}
		if e := c.Entropy(); e > most && i >= 4 {
			at, most = i, e
		}
	}
	row := t.Rows[at]
	r.Facts["place"] = lab.said(t.IDs[:t.Begin+at], 8)
	whole, err := argen.NewCandidates(row)
	if err != nil {
		return err
	}
	top := slices.Clone(whole.Top(truncationRows))
	cells := make([][]Cell, len(top)+1)
	rest := 1.0
	for i, id := range top {
		cells[i] = []Cell{{Text: lab.token(id)}, Number{Value: whole.Prob(id), Unit: Prob}.Cell()}
		rest -= whole.Prob(id)
	}
	cells[len(top)] = []Cell{{Text: r.Word("others")}, Number{Value: max(0, rest), Unit: Prob}.Cell()}
	for _, ch := range chains[:len(chains)-1] {
		if err := ch.through(c, row); err != nil {
			return err
		}
		rest := 1.0
		for i, id := range top {
			cell := Cell{Text: r.Word("removed")}
			if c.Has(id) {
				cell = Number{Value: c.Prob(id), Unit: Prob}.Cell()
				rest -= c.Prob(id)
			}
			cells[i] = append(cells[i], cell)
		}
		cells[len(top)] = append(cells[len(top)], Number{Value: max(0, math.Round(1e9*rest)/1e9), Unit: Prob}.Cell())
	}
	r.Table("ledger", []string{"token", "p", "top_k", "top_p", "min_p"}, cells)
	return nil
}

// exerciseTruncation asks which tokens survive top-p.
func exerciseTruncation(_ context.Context, lab *Lab) (*Exercise, error) {
	const tokens = 6
	dice := lab.Dice("truncation exercise")
	names := lab.someWords("truncation", tokens)
	var shares []float64
	// The limit lies between two sums, so that no rounding and no rule at ties decides.
	keep, sum, limit := 0, 0, 0
	for try := 0; keep == 0; try++ {
		shares = lab.someShares(fmt.Sprintf("truncation %d", try), tokens)
		limit = []int{60, 70, 75, 80, 85, 90, 95}[dice.IntN(7)]
		sum = 0
		for i := range shares {
			before := sum
			sum += int(math.Round(100 * shares[i]))
			if sum >= limit {
				if before < limit && sum > limit && i > 0 && i+1 < tokens {
					keep = i + 1
				}
				break
			}
		}
	}
	var rows [][]Cell
	var terms []string
	for i := range shares {
		rows = append(rows, []Cell{{Text: names[i]}, {Text: decimal(shares[i], 2)}})
		if i < keep {
			terms = append(terms, decimal(shares[i], 2))
		}
	}
	kept := slices.Clone(names[:keep])
	dice.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	v := words.Map{
		"p": decimal(float64(limit)/100, 2), "kept": strings.Join(kept, ", "), "terms": strings.Join(terms, " + "),
		"sum": decimal(float64(sum)/100, 2), "last": names[keep-1], "before": decimal(float64(sum)/100-shares[keep-1], 2),
	}
	columns := []string{lab.Words.Say("lessons.truncation.words.token", nil), "P"}
	e := lab.exercise("truncation", v, columns, rows, Answer{Kind: "tokens", Tokens: kept})
	e.Tokens = slices.Sorted(slices.Values(names))
	return e, nil
}
