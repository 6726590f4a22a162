package lesson

import (
	"context"
	"math"
	"slices"

	"argen"
	"argen/model/story"
	"argen/viz"
)

// memory: some words of a story are forced by what stood long before them, as
// who it is about. A model that sees the last words only cannot know them,
// however much it has counted; one that sees all can. The words are those of
// which the grammar itself is sure, and models are asked how probable they think
// them.
var memory = &Lesson{Name: "memory", Run: runMemory}

// Of the lesson: stories that are asked about, and from how far back on a word is
// out of sight for the embedded n-grams, which see four.
const (
	memoryStories = 150
	memoryWindow  = 4
	memoryFewest  = 12 // words that a kind must have to be shown
)

// memoryKinds are the kinds of memory that are shown, as the grammar names them.
var memoryKinds = []string{"wording", "closing quote", "agreement", "pronoun", "container", "number", "color", "food", "object", "name"}

// memoryReaches are how far back a name may stand: up to so many tokens.
var memoryReaches = []int{memoryWindow, 10, 20, 40, math.MaxInt}

// An asked is a word that one story forces.
type asked struct {
	kind string
	at   int // the place in the story
	back int // how many tokens before it it stood last; 0: never
	word argen.ID
}

// askedOf are the forced words of a story.
func askedOf(ctx context.Context, ids []argen.ID) ([]asked, error) {
	demands, err := story.Truth().Demands(ctx, ids)
	if err != nil {
		return nil, err
	}
	var list []asked
	for i, d := range demands {
		if d.Prob < story.Sure {
			continue
		}
		a := asked{kind: d.Kind, at: i, word: d.Word}
		for j := i - 1; j >= 0 && a.back == 0; j-- {
			if ids[j] == d.Word {
				a.back = i - j
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// A recall is what the models give to the words of one kind: by model, one mean
// for each story that has such words.
type recall struct {
	words int
	means [][]float64
}

// recallOf picks the words that count and takes the means of each story.
func recallOf(list [][]asked, given [][][]float64, models int, counts func(a asked) bool) recall {
	r := recall{means: make([][]float64, models)}
	for i, words := range list {
		n, sums := 0, make([]float64, models)
		for j, a := range words {
			if !counts(a) {
				continue
			}
			n++
			for m := range sums {
				sums[m] += given[i][j][m]
			}
		}
		if n == 0 {
			continue
		}
		r.words += n
		for m := range sums {
			r.means[m] = append(r.means[m], sums[m]/float64(n))
		}
	}
	return r
}

func runMemory(ctx context.Context, lab *Lab, r *Record) error {
	names, models, err := memoryModels(ctx, lab)
	if err != nil {
		return err
	}
	stories, err := lab.Stories(ctx, "memory", memoryStories)
	if err != nil {
		return err
	}
	list := make([][]asked, len(stories))
	given := make([][][]float64, len(stories)) // by story, word, model
	err = lab.each(ctx, len(stories), func(i int) error {
		var err error
		if list[i], err = askedOf(ctx, stories[i]); err != nil {
			return err
		}
		given[i] = make([][]float64, len(list[i]))
		for _, m := range models {
			t, err := lab.Read(ctx, m, stories[i])
			if err != nil {
				return err
			}
			for j, a := range list[i] {
				l, err := argen.LogProb(t.Rows[a.at], a.word)
				if err != nil {
					return err
				}
				given[i][j] = append(given[i][j], math.Exp(l))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	of := func(counts func(a asked) bool) recall { return recallOf(list, given, len(models), counts) }
	far := of(func(a asked) bool { return a.kind == "name" && a.back > memoryWindow })
	wording := of(func(a asked) bool { return a.kind == "wording" })
	r.Estimate("ngram", lab.Mean(far.means[0]), len(far.means[0]), Share)
	r.Estimate("transformer", lab.Mean(far.means[1]), len(far.means[1]), Share)
	r.Estimate("wording", lab.Mean(wording.means[0]), len(wording.means[0]), Share)
	r.Exact("names", float64(far.words), Count)
	r.Exact("stories", memoryStories, Count)
	r.Exact("window", memoryWindow, Count)
	r.Verdict("forgets", "ngram", "<=", .2)
	r.Verdict("knows", "transformer", ">=", .8)
	r.Verdict("control", "wording", ">=", .8)
	switch ngram, _ := r.Number("ngram"); {
	case ngram.Value > .8:
		r.Answer = 0
	case ngram.Value > .2:
		r.Answer = 2
	default:
		r.Answer = 1
	}
	var kinds, reaches []recall
	var kindNames, reachNames []string
	for _, kind := range memoryKinds {
		if k := of(func(a asked) bool { return a.kind == kind }); k.words >= memoryFewest {
			kinds, kindNames = append(kinds, k), append(kindNames, r.Word(kind))
		}
	}
	least := 1
	for _, most := range memoryReaches {
		k := of(func(a asked) bool { return a.kind == "name" && a.back >= least && a.back <= most })
		if k.words >= memoryFewest {
			reaches, reachNames = append(reaches, k), append(reachNames, reachName(r, least, most))
		}
		least = most + 1
	}
	memoryTable(lab, r, "table", "kind", names, kindNames, kinds)
	memoryTable(lab, r, "by_reach", "reach", names, reachNames, reaches)
	memoryChart(lab, r, "kinds", names, kindNames, kinds)
	memoryChart(lab, r, "reaches", names, reachNames, reaches)
	return nil
}

// memoryModels are the n-grams, the transformer, the lab's model if it is
// another one of stories, and the truth.
func memoryModels(ctx context.Context, lab *Lab) (names []string, models []argen.Model, err error) {
	refs := []string{"story-ngram", "story"}
	for _, ref := range refs {
		lm, err := lab.Open(ctx, ref)
		if err != nil {
			return nil, nil, err
		}
		models = append(models, lm.Model)
	}
	if lab.Story() && !slices.Contains(append(refs, "truth"), lab.LM.Ref) {
		refs, models = append(refs, argen.Visible(lab.LM.Ref)), append(models, lab.LM.Model)
	}
	return append(refs, "truth"), append(models, story.Truth()), nil
}

// reachName says how far back words stand.
func reachName(r *Record, least, most int) string {
	r.Facts["least"], r.Facts["most"] = thousands(least), thousands(most)
	defer delete(r.Facts, "least")
	defer delete(r.Facts, "most")
	if most == math.MaxInt {
		return r.Word("beyond")
	}
	return r.Word("between")
}

// memoryTable has a row a kind and a column a model.
func memoryTable(lab *Lab, r *Record, name, first string, models, groups []string, kinds []recall) {
	var rows [][]Cell
	for i, k := range kinds {
		row := []Cell{{Text: groups[i]}, Number{Value: float64(k.words), Unit: Count}.Cell()}
		for _, means := range k.means {
			row = append(row, lab.Mean(means).number("", len(means), Share).Cell())
		}
		rows = append(rows, row)
	}
	r.Table(name, []string{first, "asked"}, rows)
	t := &r.Tables[len(r.Tables)-1]
	t.Columns = append(t.Columns, models...)
}

// memoryChart has a group a kind and a bar a model.
func memoryChart(lab *Lab, r *Record, name string, models, groups []string, kinds []recall) {
	series := make([]viz.Series, len(models))
	for m, model := range models {
		series[m].Name = model
		for _, k := range kinds {
			bar(&series[m], lab.Mean(k.means[m]))
		}
	}
	r.Chart("kinds", &viz.BarsData{
		Words: viz.Words{Title: r.Word(name + "_chart"), Caption: r.Word(name + "_caption")},
		Y:     viz.Axis{Label: r.Word("y"), Unit: "share"}, Groups: groups, Series: series,
	})
}
