package lesson

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/model"
	"argen/model/ngram"
	"argen/model/story"
	"argen/tokenizer"
	"argen/viz"
)

// counting: the table count(a b) / count(a) is a language model, the one under
// which the counted text is most probable. It needs no loss and no gradient.
// It is counted here by hand and compared with what package ngram makes of the
// same text, and with tables that are a little different.
var counting = &Lesson{Name: "counting", Run: runCounting, Exercise: exerciseCounting}

// Of the lesson: stories that are counted, tables tried against theirs, and how
// many words may follow the one that is shown.
const (
	countingStories = 40
	countingTables  = 500
	countingFewest  = 4
	countingMost    = 7
)

// A pair is two neighbours: a word and the one before it.
type pair struct{ before, word argen.ID }

// pairs are the counts of a text.
type pairs struct {
	count  map[pair]int
	before map[argen.ID]int // how often a word has one after it
	words  int              // that have one before them
}

// countPairs counts the neighbours in stories, each after <s> and with its end.
func countPairs(stories [][]argen.ID) *pairs {
	p := &pairs{count: map[pair]int{}, before: map[argen.ID]int{}}
	for _, ids := range stories {
		last := story.BOS
		for _, id := range ids {
			p.count[pair{last, id}]++
			p.before[last]++
			p.words++
			last = id
		}
	}
	return p
}

// after are the words that follow one, the most frequent first.
func (p *pairs) after(before argen.ID) []argen.ID {
	var list []argen.ID
	for x := range p.count {
		if x.before == before {
			list = append(list, x.word)
		}
	}
	slices.SortFunc(list, func(a, b argen.ID) int {
		return cmp.Or(p.count[pair{before, b}]-p.count[pair{before, a}], cmp.Compare(a, b))
	})
	return list
}

// share is count(before word) / count(before).
func (p *pairs) share(x pair) float64 { return float64(p.count[x]) / float64(p.before[x.before]) }

// sorted are all pairs in order, so that sums run in the same one each time.
func (p *pairs) sorted() []pair {
	var list []pair
	for x := range p.count {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b pair) int { return cmp.Or(cmp.Compare(a.before, b.before), cmp.Compare(a.word, b.word)) })
	return list
}

// shown is the most frequent word that some few words follow.
func (p *pairs) shown() argen.ID {
	different := map[argen.ID]int{}
	for x := range p.count {
		different[x.before]++
	}
	best := argen.NoID
	for id, n := range different {
		if id != story.BOS && n >= countingFewest && n <= countingMost &&
			(best == argen.NoID || p.before[id] > p.before[best] || p.before[id] == p.before[best] && id < best) {
			best = id
		}
	}
	return best
}

func runCounting(ctx context.Context, lab *Lab, r *Record) error {
	stories, err := lab.Stories(ctx, "counting", countingStories)
	if err != nil {
		return err
	}
	p := countPairs(stories)
	m, err := countedModel(ctx, stories, 2, ngram.MaximumLikelihood)
	if err != nil {
		return err
	}
	off := 0.0
	list := p.sorted()
	for _, x := range list {
		off = max(off, math.Abs(p.share(x)-probAfter(m, x)))
	}
	better, nearest := p.otherTables(lab, list)
	shown := p.shown()
	vocab := story.Default().Vocab()
	r.Facts["word"] = vocab[shown]
	r.Exact("off", off, Error)
	r.Exact("pairs", float64(len(list)), Count)
	r.Exact("stories", countingStories, Count)
	r.Exact("words", float64(p.words), Count)
	r.Exact("times", float64(p.before[shown]), Count)
	r.Exact("better", float64(better), Count)
	r.Exact("tables", countingTables, Count)
	r.Exact("bits", p.bits(list, p.share), Bits)
	r.Exact("nearest", nearest, Bits)
	r.Verdict("same", "off", "<=", 1e-6)
	r.Verdict("best", "better", "<=", 0)
	r.Answer = 0
	var rows [][]Cell
	counted, made := viz.Series{Name: r.Word("share")}, viz.Series{Name: r.Word("model")}
	var groups []string
	for _, id := range p.after(shown) {
		x := pair{shown, id}
		rows = append(rows, []Cell{
			{Text: vocab[shown] + " " + vocab[id]},
			Number{Value: float64(p.count[x]), Unit: Count}.Cell(),
			Number{Value: float64(p.before[shown]), Unit: Count}.Cell(), Number{Value: p.share(x), Unit: Prob}.Cell(),
			Number{Value: probAfter(m, x), Unit: Prob}.Cell(),
		})
		groups = append(groups, vocab[id])
		counted.Y, made.Y = append(counted.Y, p.share(x)), append(made.Y, probAfter(m, x))
	}
	r.Table("table", []string{"pair", "count", "total", "share", "model"}, rows)
	r.Chart("bars", &viz.BarsData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Y:     viz.Axis{Label: r.Word("y"), Unit: "share"}, Groups: groups, Series: []viz.Series{counted, made},
	})
	return nil
}

// bits is −log₂ P a word of the counted text under a table.
func (p *pairs) bits(list []pair, prob func(x pair) float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum -= float64(float64(p.count[x]) * math.Log2(prob(x)))
	}
	return sum / float64(p.words)
}

// otherTables makes tables by multiplying each share with a number near 1, from
// 0.8 to 1.25, and dividing so that those of a word sum to 1 again. It returns
// under how many of them the counted text is more probable, and by how many bits
// a word the nearest of them is worse.
func (p *pairs) otherTables(lab *Lab, list []pair) (better int, nearest float64) {
	dice := lab.Dice("counting tables")
	least := p.bits(list, p.share)
	nearest = math.Inf(1)
	for range countingTables {
		table, sums := make(map[pair]float64, len(list)), map[argen.ID]float64{}
		for _, x := range list {
			table[x] = p.share(x) * math.Exp((2*dice.Float64()-1)*math.Log(1.25))
			sums[x.before] += table[x]
		}
		more := p.bits(list, func(x pair) float64 { return table[x] / sums[x.before] }) - least
		if more < 0 {
			better++
		}
		nearest = min(nearest, more)
	}
	return better, nearest
}

// countedModel counts a model of n-grams from stories without <s>, with their
// ends.
func countedModel(ctx context.Context, stories [][]argen.ID, order int, s ngram.Smoothing) (*ngram.Model, error) {
	vocab, err := model.NGramVocab(tokenizer.NewStory(story.Default().Vocab()))
	if err != nil {
		return nil, err
	}
	m, _, err := ngram.Train(ctx, func(yield func([]argen.ID, error) bool) {
		for _, ids := range stories {
			if !yield(ids[:len(ids)-1], nil) {
				return
			}
		}
	}, vocab, ngram.Options{Order: order, Smoothing: s, KeepCounts: true})
	return m, err
}

// probAfter is P(word | the one before) of a model.
func probAfter(m *ngram.Model, x pair) float64 {
	var c ngram.Context
	if x.before == story.BOS {
		c = m.Begin()
	} else {
		m.Advance(&c, x.before)
	}
	return math.Pow(10, m.Advance(&c, x.word))
}

// exerciseCounting asks for P(b | a) from counts.
func exerciseCounting(_ context.Context, lab *Lab) (*Exercise, error) {
	const followers = 4
	list, dice := lab.someWords("counting", followers+1), lab.Dice("counting counts")
	a := list[0]
	total, counts := 0, make([]int, followers)
	var rows [][]Cell
	for i := range counts {
		counts[i] = 1 + dice.IntN(12)
		total += counts[i]
		rows = append(rows, []Cell{{Text: a + " " + list[i+1]}, Number{Value: float64(counts[i]), Unit: Count}.Cell()})
	}
	pick := dice.IntN(followers)
	p := float64(counts[pick]) / float64(total)
	v := words.Map{
		"a": a, "b": list[pick+1], "count": strconv.Itoa(counts[pick]), "total": strconv.Itoa(total), "p": decimal(p, 4),
	}
	sum := make([]string, followers)
	for i, c := range counts {
		sum[i] = strconv.Itoa(c)
	}
	v["sum"] = strings.Join(sum, " + ")
	columns := []string{lab.Words.Say("lessons.counting.words.pair", nil), lab.Words.Say("lessons.counting.words.count", nil)}
	return lab.exercise("counting", v, columns, rows, Answer{Kind: "number", Number: p, Tolerance: .005}), nil
}
