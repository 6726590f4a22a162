package lesson

import (
	"context"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/model/ngram"
	"argen/model/story"
	"argen/viz"
)

// smoothing: most of what a new text holds was counted, but in every text
// something was not, and a model that has only counted calls all of that text
// impossible. Smoothing takes a little from what was counted. How it is given to
// the rest matters: as much to each word, or to those that follow shorter
// contexts.
var smoothing = &Lesson{Name: "smoothing", Run: runSmoothing}

// Of the lesson: stories that are counted, stories that are not, the longest
// n-grams, and the order in which smoothings are compared.
const (
	smoothingLearnt  = 500
	smoothingHeld    = 500
	smoothingLongest = 5
	smoothingOrder   = 3
)

func runSmoothing(ctx context.Context, lab *Lab, r *Record) error {
	learnt, err := lab.Stories(ctx, "smoothing learnt", smoothingLearnt)
	if err != nil {
		return err
	}
	held, err := lab.Stories(ctx, "smoothing held out", smoothingHeld)
	if err != nil {
		return err
	}
	seen := viz.Series{Name: r.Word("never")}
	for n := 1; n <= smoothingLongest; n++ {
		grams := gramsOf(learnt, n)
		point(&seen, float64(n), lab.Mean(neverSeen(grams, held, n)))
		if n == smoothingLongest {
			known := neverSeen(grams, learnt, n)
			r.Estimate("unseen", lab.Mean(neverSeen(grams, held, n)), len(held), Share)
			r.Exact("unseen_learnt", slices.Max(known), Share)
		}
	}
	r.Exact("learnt", smoothingLearnt, Count)
	r.Exact("longest", smoothingLongest, Count)
	r.Exact("order", smoothingOrder, Count)
	r.Chart("curves", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("unseen_chart"), Caption: r.Word("unseen_caption")},
		X:     viz.Axis{Label: r.Word("x")}, Y: viz.Axis{Label: r.Word("unseen_y"), Unit: "share"},
		Series: []viz.Series{seen},
	})
	if err := compareSmoothings(ctx, lab, r, learnt, held); err != nil {
		return err
	}
	if err := showBackOff(ctx, r, learnt, held); err != nil {
		return err
	}
	r.Verdict("unseen", "unseen", ">=", .02)
	r.Verdict("impossible", "impossible", ">=", .5)
	r.Verdict("better", "gain", ">=", .3)
	r.Verdict("product", "product_off", "<=", 1e-6)
	r.Verdict("control", "unseen_learnt", "<=", 0)
	switch unseen, _ := r.Number("unseen"); {
	case unseen.Value < .02:
		r.Answer = 0
	case unseen.Value < .4:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	return nil
}

// A gram is an n-gram, the tokens after it argen.NoID.
type gram [smoothingLongest]argen.ID

// windows calls f for each n-gram of a story with <s> before it: those that end
// with a token of the story and have n−1 before it.
func windows(ids []argen.ID, n int, f func(g gram)) {
	ids = append([]argen.ID{story.BOS}, ids...)
	for end := max(n, 2); end <= len(ids); end++ {
		g := gram{argen.NoID, argen.NoID, argen.NoID, argen.NoID, argen.NoID}
		copy(g[:], ids[end-n:end])
		f(g)
	}
}

// gramsOf are all n-grams of stories.
func gramsOf(stories [][]argen.ID, n int) map[gram]bool {
	all := map[gram]bool{}
	for _, ids := range stories {
		windows(ids, n, func(g gram) { all[g] = true })
	}
	return all
}

// neverSeen is for each story the share of its n-grams that are not among those.
func neverSeen(seen map[gram]bool, stories [][]argen.ID, n int) []float64 {
	shares := make([]float64, len(stories))
	for i, ids := range stories {
		all, never := 0, 0
		windows(ids, n, func(g gram) {
			all++
			if !seen[g] {
				never++
			}
		})
		shares[i] = float64(never) / float64(all)
	}
	return shares
}

// storyBits are the bits a token that n-grams need for each story, its end
// counted; infinite where they call it impossible.
func storyBits(m *ngram.Model, stories [][]argen.ID) []float64 {
	list := make([]float64, len(stories))
	for i, ids := range stories {
		list[i] = countedBits(m, ids) / float64(len(ids))
	}
	return list
}

// compareSmoothings measures models with the same counts on stories that were
// not counted.
func compareSmoothings(ctx context.Context, lab *Lab, r *Record, learnt, held [][]argen.ID) error {
	kinds := []struct {
		name string
		kind ngram.Smoothing
	}{{"kneser_ney", ngram.KneserNey}, {"witten_bell", ngram.WittenBell}, {"add_one", ngram.AddK}}
	bits := make([][]float64, len(kinds)*smoothingLongest) // by kind, order, story
	err := lab.each(ctx, len(bits), func(i int) error {
		m, err := countedModel(ctx, learnt, i%smoothingLongest+1, kinds[i/smoothingLongest].kind)
		if err == nil {
			bits[i] = storyBits(m, held)
		}
		return err
	})
	if err != nil {
		return err
	}
	unsmoothed, err := countedModel(ctx, learnt, smoothingOrder, ngram.MaximumLikelihood)
	if err != nil {
		return err
	}
	impossible := 0
	for _, b := range storyBits(unsmoothed, held) {
		if math.IsInf(b, 1) {
			impossible++
		}
	}
	r.Estimate("impossible", ShareOf(impossible, len(held)), len(held), Share)
	var curves []viz.Series
	for k, kind := range kinds {
		s := viz.Series{Name: r.Word(kind.name)}
		for n := range smoothingLongest {
			point(&s, float64(n+1), lab.Mean(bits[k*smoothingLongest+n]))
		}
		curves = append(curves, s)
		r.Estimate(kind.name, lab.Mean(bits[k*smoothingLongest+smoothingOrder-1]), len(held), Bits)
	}
	own, one := bits[smoothingOrder-1], bits[2*smoothingLongest+smoothingOrder-1]
	gain := make([]float64, len(held))
	for i := range gain {
		gain[i] = one[i] - own[i]
	}
	r.Estimate("gain", lab.Mean(gain), len(held), Bits)
	floor := 0.0
	for _, ids := range held {
		positions, err := story.Truth().Score(ctx, ids)
		if err != nil {
			return err
		}
		sum := 0.0
		for _, p := range positions {
			sum -= p.LogProb / math.Ln2
		}
		floor += sum / float64(len(ids)) / float64(len(held))
	}
	r.Chart("curves", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("bits_chart"), Caption: r.Word("bits_caption")},
		X:     viz.Axis{Label: r.Word("x")}, Y: viz.Axis{Label: r.Word("bits_y"), Unit: "bits"},
		Series: curves, Levels: []viz.Level{{Name: r.Word("truth"), Y: floor}},
	})
	return nil
}

// showBackOff shows where the probability of one continuation comes from that
// was never counted: the first in the stories for which the model goes back to
// two words, or to fewer where there is none.
func showBackOff(ctx context.Context, r *Record, learnt, held [][]argen.ID) error {
	m, err := countedModel(ctx, learnt, smoothingLongest, ngram.KneserNey)
	if err != nil {
		return err
	}
	var found ngram.Explanation
	var before []argen.ID
	best := math.MaxInt
	for _, ids := range held {
		state := m.Start()
		if _, err := state.Extend(ctx, story.BOS); err != nil {
			return err
		}
		for i, id := range ids {
			e, err := state.(argen.Explainer).Explain(id)
			if err != nil {
				return err
			}
			x, ok := e.(ngram.Explanation)
			far := x.Order - 2
			if far < 0 {
				far = 10 - far
			}
			if ok && i >= smoothingLongest && far < best {
				best, found, before = far, x, ids[:i]
			}
			if _, err := state.Extend(ctx, id); err != nil {
				return err
			}
		}
		if best == 0 {
			break
		}
	}
	words := story.Default().Words(before[max(0, len(before)-smoothingLongest+1):])
	r.Facts["word"], r.Facts["before"] = found.Word, strings.Join(words, " ")
	product := 1.0
	var rows [][]Cell
	for _, l := range found.Orders {
		row := []Cell{{Text: strings.Join(append(slices.Clone(l.Context), found.Word), " ")}, {Text: "0"}, {Text: "–"}, {Text: "–"}}
		if l.Count != nil {
			row[1] = Number{Value: float64(*l.Count), Unit: Count}.Cell()
		}
		if l.Used {
			product *= l.Prob
			row[3] = Number{Value: l.Prob, Unit: Prob}.Cell()
		} else {
			product *= l.Backoff
			row[2] = Number{Value: l.Backoff, Unit: Prob}.Cell()
		}
		rows = append(rows, row)
	}
	rows = append(rows, []Cell{{Text: r.Word("product")}, {}, {}, Number{Value: product, Unit: Prob}.Cell()})
	r.Table("table", []string{"gram", "times", "weight", "prob"}, rows)
	r.Exact("prob", found.Prob, Prob)
	r.Exact("used", float64(found.Order), Count)
	r.Exact("product_off", math.Abs(product-found.Prob), Error)
	return nil
}
