package lesson

import (
	"context"
	"slices"

	"argen"
	"argen/sampler"
	"argen/viz"
)

// loops: whoever always takes what is most probable comes back to what was there
// before. On a model that copies from its context each repetition makes the next
// one more probable, which is how loops close; a model of stories, which come to an
// end, writes the same story again and again instead. Sampling at temperature 1 is
// the control; what forbids repetition is a cure that costs bits.
var loops = &Lesson{Name: "loops", Run: runLoops}

// gramTokens is how many tokens in a row count as repeated where they come again.
const gramTokens = 4

// loopsGiven is how many tokens of a text are given.
const loopsGiven = 5

// ways are those of writing that are compared: the words' key of each, its chain, and
// whether dice decide; where none do, the same beginning becomes the same text. The
// first is what the lesson is about, the second its control.
var ways = []struct {
	name, chain string
	dice        bool
}{
	{"greedy", "top_k=1", false},
	{"sampled", "temperature=1", true},
	{"half", "temperature=0.5", true},
	{"penalty", "repetition_penalty=1.3,top_k=1", false},
	{"forbidden", "no_repeat_ngram=4,top_k=1", false},
}

// A written text, its tokens with the beginning that was given.
type written struct {
	ids   []argen.ID
	begin int
	probs []float64 // of the tokens behind it, under the model
	bits  float64   // mean surprisal of them
}

// storyGroup is how many stories are held against each other: among more of them
// more comes again by chance.
const storyGroup = 40

// loopsWithin is how much of a story may come again within it without a loop.
const loopsWithin = .15

// mostSeen is up to how many times before a repetition is counted apart.
const mostSeen = 6

func runLoops(ctx context.Context, lab *Lab, r *Record) error {
	n, group, long := 13*storyGroup, storyGroup, 110
	if !lab.Story() {
		n, group, long = 24, 24, 90
	}
	beginnings, err := lab.Text(ctx, "loops", n)
	if err != nil {
		return err
	}
	texts := make([][]written, len(ways))
	for w := range texts {
		texts[w] = make([]written, len(beginnings))
	}
	first := firstLike(beginnings, loopsGiven)
	err = lab.each(ctx, len(ways)*len(beginnings), func(i int) error {
		w, at := i%len(ways), i/len(ways)
		if ways[w].dice || first[at] == at {
			return texts[w][at].write(ctx, lab, ways[w].chain, beginnings[at], long, uint64(at))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for w := range ways {
		for at, k := range first {
			if !ways[w].dice {
				texts[w][at] = texts[w][k]
			}
		}
	}
	var within, shared, bits [][]float64
	for _, list := range texts {
		in, any := repeatedIn(list, group)
		within, shared = append(within, in), append(shared, any)
		var b []float64
		for _, t := range list {
			b = append(b, t.bits)
		}
		bits = append(bits, b)
	}
	r.Estimate("more", lab.Mean(minus(shared[0], shared[1])), n, Share)
	r.Estimate("greedy", lab.Mean(shared[0]), n, Share)
	r.Estimate("sampled", lab.Mean(shared[1]), n, Share)
	r.Estimate("greedy_in", lab.Mean(within[0]), n, Share)
	r.Estimate("sampled_in", lab.Mean(within[1]), n, Share)
	r.Estimate("forbidden_in", lab.Mean(within[4]), n, Share)
	r.Estimate("less", lab.Mean(minus(within[0], within[4])), n, Share)
	r.Estimate("cost", lab.Mean(minus(bits[4], bits[0])), n, Bits)
	r.Exact("texts", float64(len(beginnings)), Count)
	r.Exact("group", float64(group), Count)
	r.Verdict("more", "more", ">=", .05)
	if within := lab.Mean(within[0]); within.Lo >= .02 { // else there is nothing to cure
		r.Verdict("cure", "less", ">", 0)
		r.Verdict("cost", "cost", ">", 0)
	}
	seen, began := seenBefore(texts[0])
	r.Estimate("p_new", seen[0].pooled(lab), seen[0].places(), Prob)
	if more, _ := r.Number("more"); more.Value > 0 {
		r.Answer = 2
	} else {
		r.Answer = 0
	}
	often := 0
	for k := range seen {
		if seen[k].enough() {
			often = k
		}
	}
	r.Exact("often", float64(often), Count)
	r.Estimate("p_often", seen[often].pooled(lab), seen[often].places(), Prob)
	if lab.Story() {
		r.Facts["kind"] = r.Word("kind_within")
		if in, _ := r.Number("greedy_in"); in.Value < loopsWithin {
			r.Facts["kind"] = r.Word("kind_story")
		}
	} else {
		r.Estimate("p_first", began[often].pooled(lab), began[often].places(), Prob)
		r.Estimate("rise", seen[often].minus(began[often]).pooled(lab), began[often].places(), Prob)
		r.Facts["kind"] = r.Word("kind_loop")
		r.Verdict("rise", "rise", ">", 0)
	}
	showLoops(lab, r, texts, within, shared, bits)
	drawSeen(lab, r, seen)
	return nil
}

// write writes a text by a chain after the first tokens of another.
func (t *written) write(ctx context.Context, lab *Lab, chain string, ids []argen.ID, n int, seed uint64) error {
	stages, err := sampler.Parse(chain)
	if err != nil {
		return err
	}
	gen := argen.Generator{
		Model: lab.LM.Model, Tokenizer: lab.LM.Tokenizer, Chain: stages, Seed: lab.Dice("loops").Uint64() + seed,
		MaxTokens: n, NoStop: !lab.Story(), NoHash: true,
	}
	run, err := gen.StartIDs(ids[:min(loopsGiven, len(ids))])
	if err != nil {
		return err
	}
	trace, err := toEnd(ctx, run)
	if err != nil {
		return err
	}
	t.ids, t.begin = run.Context(), len(trace.Head.PromptIDs)
	for _, s := range trace.Steps {
		t.probs = append(t.probs, s.Prob)
		t.bits += s.Surprisal / float64(len(trace.Steps))
	}
	return nil
}

// grams are the runs of tokens that end with each written one, in order.
func (t *written) grams() (list [][gramTokens]argen.ID) {
	for end := max(t.begin+1, gramTokens); end <= len(t.ids); end++ {
		list = append(list, [gramTokens]argen.ID(t.ids[end-gramTokens:end]))
	}
	return list
}

// repeatedIn are the shares of repeated, within each text and shared in each group
// of some of them: texts of a group are measured against each other, so it is the
// groups that have nothing to do with each other. Of a single group there are those
// of its texts.
func repeatedIn(texts []written, group int) (within, shared []float64) {
	for list := range slices.Chunk(texts, group) {
		in, any := repeated(list)
		within = append(within, in...)
		if group < len(texts) {
			any = []float64{mean(any)}
		}
		shared = append(shared, any...)
	}
	return within, shared
}

// repeated are, of each text, the share of its runs of four tokens that stood in it
// before, and of those that did or stand in another of the texts.
func repeated(texts []written) (within, shared []float64) {
	holders := map[[gramTokens]argen.ID]map[int]bool{}
	for i := range texts {
		for _, g := range texts[i].grams() {
			if holders[g] == nil {
				holders[g] = map[int]bool{}
			}
			holders[g][i] = true
		}
	}
	for i := range texts {
		seen := map[[gramTokens]argen.ID]bool{}
		in, any, all := 0.0, 0.0, 0.0
		for _, g := range texts[i].grams() {
			all++
			if seen[g] {
				in++
			}
			if seen[g] || len(holders[g]) > 1 {
				any++
			}
			seen[g] = true
		}
		within, shared = append(within, in/max(1, all)), append(shared, any/max(1, all))
	}
	return within, shared
}

// seenBefore are the probabilities of tokens by how many times they and the three
// before them stood in the text before, up to mostSeen; and beside each what the
// same token had the first time.
func seenBefore(texts []written) (seen, first []byText) {
	seen, first = make([]byText, mostSeen+1), make([]byText, mostSeen+1)
	for i := range texts {
		for k := range seen {
			seen[k].next()
			first[k].next()
		}
		t := &texts[i]
		times, began := map[[gramTokens]argen.ID]int{}, map[[gramTokens]argen.ID]float64{}
		grams := t.grams()
		for k, g := range grams {
			p := t.probs[len(t.probs)-len(grams)+k]
			if times[g] == 0 {
				began[g] = p
			}
			n := min(times[g], mostSeen)
			seen[n].add(p)
			first[n].add(began[g])
			times[g]++
		}
	}
	return seen, first
}

// showLoops shows the ways beside each other, and the greedy text that repeats most
// with what the others made of its beginning.
func showLoops(lab *Lab, r *Record, texts [][]written, within, shared, bits [][]float64) {
	var rows [][]Cell
	for w, way := range ways {
		n := len(texts[w])
		rows = append(rows, []Cell{
			{Text: r.Word(way.name)},
			lab.Mean(within[w]).number("", n, Share).Cell(),
			lab.Mean(shared[w]).number("", n, Share).Cell(), lab.Mean(bits[w]).number("", n, Bits).Cell(),
		})
	}
	r.Table("ways", []string{"way", "within", "shared", "bits"}, rows)
	in, any := viz.Series{Name: r.Word("within")}, viz.Series{Name: r.Word("shared")}
	var groups []string
	for w, way := range ways {
		groups = append(groups, r.Word(way.name))
		bar(&in, within01(lab.Mean(within[w])))
		bar(&any, within01(lab.Mean(shared[w])))
	}
	r.Chart("bars", &viz.BarsData{
		Words:  viz.Words{Title: r.Word("ways"), Caption: r.Word("ways_caption")},
		Y:      viz.Axis{Label: r.Word("repeated"), Unit: "share"},
		Groups: groups, Series: []viz.Series{in, any},
	})
	most := 0
	for i, x := range within[0] {
		if x > within[0][most] {
			most = i
		}
	}
	rows = nil
	for w, way := range ways {
		if way.name != "half" {
			rows = append(rows, []Cell{{Text: r.Word(way.name)}, {Text: lab.said(texts[w][most].ids, 45)}})
		}
	}
	r.Table("example", []string{"way", "text"}, rows)
}

// within01 is an interval of a share, cut where a share ends.
func within01(e Interval) Interval { return Interval{e.Mean, max(0, e.Lo), min(1, e.Hi)} }

// drawSeen draws P of a token over how often it stood there before.
func drawSeen(lab *Lab, r *Record, seen []byText) {
	c := viz.Series{Name: r.Facts["model"]}
	for k, p := range seen {
		if p.enough() {
			point(&c, float64(k), within01(p.pooled(lab)))
		}
	}
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:      viz.Axis{Label: r.Word("x")},
		Y:      viz.Axis{Label: r.Word("y"), Unit: "prob"},
		Series: []viz.Series{c},
	})
}
