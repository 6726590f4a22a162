package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/model/story"
	"argen/viz"
)

// attention: where a name must come back, some head of a transformer attends to
// where the name stood before, and to nobody else's. The head is found on some
// texts and measured on others, since the best of many looks good by chance. That
// it is no accident shows what is done to the name: taken away, the model does
// not know it; replaced by another, the model says the other.
var attention = &Lesson{Name: "attention", Run: runAttention}

// Of the lesson: stories, or sentences for a model that writes none, how many of
// them choose the head, from how far back on a name counts, and from where on it
// is far.
const (
	attentionStories   = 120
	attentionSentences = 80
	attentionChoosing  = 20
	attentionBack      = 5
	attentionFar       = 30
)

// A nameText is a text in which names must be known.
type nameText struct {
	ids  []argen.ID
	asks []nameAsk
}

// A nameAsk is a place where a name must be known.
type nameAsk struct {
	at     int // ids[at] is predicted
	back   int // how many tokens before it the name stood last
	word   argen.ID
	others []argen.ID // names of other people in the text
	swap   argen.ID   // one that is not in the text
}

// far is how many of the names were said far back.
func (t *nameText) far() int {
	n := 0
	for _, a := range t.asks {
		if a.back >= attentionFar {
			n++
		}
	}
	return n
}

// places are where ids before the place are one of some.
func (t *nameText) places(at int, of ...argen.ID) []int {
	var list []int
	for i, id := range t.ids[:at] {
		if slices.Contains(of, id) {
			list = append(list, i)
		}
	}
	return list
}

// A looked is what was measured in one text: means over its names.
type looked struct {
	name    [][]float64 // attention to where the name stood, by layer and head
	far     [][]float64 // the same of names that are far back, nil if there are none
	others  [][]float64 // attention to where other names stood
	uniform float64     // what the name would get if all tokens got the same
	// P of the name at the last of the places, as the text is, without the name
	// before, and of another name in its place.
	known, without, follows float64
}

func runAttention(ctx context.Context, lab *Lab, r *Record) error {
	if _, ok := lab.LM.Model.Start().(argen.Inspector); !ok {
		return fmt.Errorf("%s has no attention: transformers have, such as story, story-verdict or smollm2", argen.Visible(lab.LM.Ref))
	}
	texts, err := nameTexts(ctx, lab)
	if err != nil {
		return err
	}
	found := make([]*looked, len(texts))
	err = lab.each(ctx, len(texts), func(i int) (err error) {
		found[i], err = lookAt(ctx, lab, texts[i])
		return err
	})
	if err != nil {
		return err
	}
	choosing, rest := found[:attentionChoosing], found[attentionChoosing:]
	layer, head, heads := bestHead(choosing)
	pick := func(of func(f *looked) float64) Interval {
		list := make([]float64, len(rest))
		for i, f := range rest {
			list[i] = of(f)
		}
		return lab.Mean(list)
	}
	n := len(rest)
	names, distant := 0, 0
	for _, t := range texts[attentionChoosing:] {
		names += len(t.asks)
		distant += t.far()
	}
	var far []float64
	for _, f := range rest {
		if f.far != nil {
			far = append(far, f.far[layer][head])
		}
	}
	r.Estimate("weight", pick(func(f *looked) float64 { return f.name[layer][head] }), n, Share)
	r.Estimate("uniform", pick(func(f *looked) float64 { return f.uniform }), n, Share)
	r.Estimate("over", pick(func(f *looked) float64 { return f.name[layer][head] - f.uniform }), n, Share)
	r.Estimate("far", lab.Mean(far), len(far), Share)
	r.Estimate("others", pick(func(f *looked) float64 { return f.others[layer][head] }), n, Share)
	r.Estimate("apart", pick(func(f *looked) float64 { return f.name[layer][head] - f.others[layer][head] }), n, Share)
	r.Estimate("known", pick(func(f *looked) float64 { return f.known }), n, Share)
	r.Estimate("without", pick(func(f *looked) float64 { return f.without }), n, Share)
	r.Estimate("lost", pick(func(f *looked) float64 { return f.known - f.without }), n, Share)
	r.Estimate("follows", pick(func(f *looked) float64 { return f.follows }), n, Share)
	r.Exact("choosing", attentionChoosing, Count)
	r.Exact("layer", float64(layer+1), Count)
	r.Exact("head", float64(head+1), Count)
	r.Exact("layers", float64(len(heads)), Count)
	r.Exact("heads", float64(len(heads[0])), Count)
	r.Exact("names", float64(names), Count)
	r.Exact("distant", float64(distant), Count)
	r.Exact("back", attentionFar, Count)
	r.Verdict("finds", "over", ">=", .15)
	r.Verdict("far", "far", ">=", .2)
	r.Verdict("whose", "apart", ">=", .1)
	r.Verdict("needs", "lost", ">=", .15)
	r.Verdict("follows", "follows", ">=", .2)
	switch weight, _ := r.Number("weight"); {
	case weight.Value < .1:
		r.Answer = 0
	case weight.Value < .2:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	headsChart(r, heads)
	return exampleChart(ctx, lab, r, texts, layer, head)
}

// nameTexts are stories with names that the grammar is sure of, or sentences.
func nameTexts(ctx context.Context, lab *Lab) ([]*nameText, error) {
	if lab.Story() {
		return nameStories(ctx, lab)
	}
	return nameSentences(lab)
}

// nameStories are stories with at least one name that was last said long before.
func nameStories(ctx context.Context, lab *Lab) ([]*nameText, error) {
	stories, err := lab.Stories(ctx, "attention", 2*attentionStories)
	if err != nil {
		return nil, err
	}
	all := make([][]asked, len(stories))
	if err := lab.each(ctx, len(stories), func(i int) (err error) {
		all[i], err = askedOf(ctx, stories[i])
		return err
	}); err != nil {
		return nil, err
	}
	var names []argen.ID
	for _, list := range all {
		for _, a := range list {
			if a.kind == "name" && !slices.Contains(names, a.word) {
				names = append(names, a.word)
			}
		}
	}
	dice := lab.Dice("attention names")
	var texts []*nameText
	for i, ids := range stories {
		t := &nameText{ids: append([]argen.ID{story.BOS}, ids...)}
		var here, away []argen.ID
		for _, name := range names {
			if slices.Contains(ids, name) {
				here = append(here, name)
			} else {
				away = append(away, name)
			}
		}
		for _, a := range all[i] {
			if a.kind == "name" && a.back >= attentionBack && len(here) > 1 {
				others := slices.DeleteFunc(slices.Clone(here), func(id argen.ID) bool { return id == a.word })
				t.asks = append(t.asks, nameAsk{a.at + 1, a.back, a.word, others, away[dice.IntN(len(away))]})
			}
		}
		if len(t.asks) > 0 && len(texts) < attentionStories {
			texts = append(texts, t)
		}
	}
	return texts, nil
}

// nameSentences are sentences that end where the name of one of two people must
// come: the one who was named once. (Wang et al., Interpretability in the Wild,
// 2022, who call it indirect object identification.) In every other one something
// stands between that makes the way back to the name long.
func nameSentences(lab *Lab) ([]*nameText, error) {
	patterns := []string{
		"When %[1]s and %[2]s went to the shop,%[3]s %[2]s gave a bottle of milk to",
		"Then %[2]s and %[1]s had a long talk,%[3]s and afterwards %[2]s said to",
		"While %[1]s and %[2]s were working at the garden,%[3]s %[2]s handed a basket to",
		"After %[2]s and %[1]s had lunch,%[3]s %[2]s sold the old bicycle to",
	}
	between := []string{"", " which on that day took much longer than usual, because the street was full of people and carts and the rain had not stopped since the early morning,"}
	known := map[string]argen.ID{}
	var names []string
	for _, name := range strings.Fields("Mary John Tom Anna Paul Sarah Peter Emma David Laura Mark Susan James Alice Robert Kate") {
		if ids, err := lab.LM.Tokenizer.Encode(" " + name); err == nil && len(ids) == 1 {
			known[name] = ids[0]
			names = append(names, name)
		}
	}
	if len(names) < 6 {
		return nil, fmt.Errorf("this lesson asks for names, and in the vocabulary of %s they are no single tokens; -m story and -m smollm2 have such", argen.Visible(lab.LM.Ref))
	}
	dice := lab.Dice("attention names")
	var texts []*nameText
	for i := range attentionSentences {
		dice.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		text := fmt.Sprintf(patterns[i%len(patterns)], names[0], names[1], between[i/len(patterns)%len(between)])
		gen := argen.Generator{Model: lab.LM.Model, Tokenizer: lab.LM.Tokenizer, NoHash: true}
		run, err := gen.Start(text)
		if err != nil {
			return nil, err
		}
		name := known[names[0]]
		ids := append(slices.Clone(run.Context()), name)
		at := len(ids) - 1
		back := 1
		for back < at && ids[at-back] != name {
			back++
		}
		texts = append(texts, &nameText{ids, []nameAsk{{at, back, name, []argen.ID{known[names[1]]}, known[names[2]]}}})
	}
	return texts, nil
}

// lookAt measures where the heads look in one text.
func lookAt(ctx context.Context, lab *Lab, t *nameText) (*looked, error) {
	last := t.asks[len(t.asks)-1]
	from := t.asks[0].at - 1 // the first place that predicts a name
	state := lab.LM.Model.Start()
	if _, err := state.Extend(ctx, t.ids[:last.at]...); err != nil {
		return nil, err
	}
	layers := state.(argen.Inspector)
	f := &looked{}
	for _, a := range t.asks {
		f.uniform += float64(len(t.places(a.at, a.word))) / float64(a.at) / float64(len(t.asks))
	}
	distant := float64(t.far())
	for layer := range layers.Layers() {
		weights, err := layers.Attention(ctx, layer, from)
		if err != nil {
			return nil, err
		}
		name, far, others := make([]float64, len(weights)), make([]float64, len(weights)), make([]float64, len(weights))
		for _, a := range t.asks {
			own, foreign := t.places(a.at, a.word), t.places(a.at, a.others...)
			for h := range weights {
				row := weights[h][a.at-1-from]
				for _, i := range own {
					name[h] += row[i] / float64(len(t.asks))
					if a.back >= attentionFar {
						far[h] += row[i] / distant
					}
				}
				for _, i := range foreign {
					others[h] += row[i] / float64(len(t.asks))
				}
			}
		}
		f.name, f.others = append(f.name, name), append(f.others, others)
		if distant > 0 {
			f.far = append(f.far, far)
		}
	}
	var err error
	if f.known, err = lab.probOf(ctx, t.ids[:last.at], last.word); err != nil {
		return nil, err
	}
	var away, swapped []argen.ID
	for _, id := range t.ids[:last.at] {
		switch id {
		case last.word:
			swapped = append(swapped, last.swap)
		default:
			away, swapped = append(away, id), append(swapped, id)
		}
	}
	if f.without, err = lab.probOf(ctx, away, last.word); err != nil {
		return nil, err
	}
	f.follows, err = lab.probOf(ctx, swapped, last.swap)
	return f, err
}

// probOf is P(next | context) under the lab's model.
func (l *Lab) probOf(ctx context.Context, ids []argen.ID, next argen.ID) (float64, error) {
	logits, err := l.LM.Model.Start().Extend(ctx, ids...)
	if err != nil {
		return 0, err
	}
	p, err := argen.LogProb(logits, next)
	return math.Exp(p), err
}

// bestHead is the one that looks most at names in some texts, and what all look.
func bestHead(list []*looked) (layer, head int, heads [][]float64) {
	for l := range list[0].name {
		heads = append(heads, make([]float64, len(list[0].name[l])))
		for h := range heads[l] {
			for _, f := range list {
				heads[l][h] += f.name[l][h] / float64(len(list))
			}
			if heads[l][h] > heads[layer][head] {
				layer, head = l, h
			}
		}
	}
	return layer, head, heads
}

// headsChart shows which of all heads look at names.
func headsChart(r *Record, heads [][]float64) {
	d := &viz.MatrixData{
		Words: viz.Words{Title: r.Word("heads_chart"), Caption: r.Word("heads_caption")},
		Row:   r.Word("layer"), Col: r.Word("head"), Unit: "share", Panels: []viz.Panel{{}},
	}
	for l := range heads {
		d.Rows = append(d.Rows, fmt.Sprintf("%s %d", d.Row, l+1))
		d.Panels[0].Cells = append(d.Panels[0].Cells, heads[l])
	}
	for h := range heads[0] {
		d.Cols = append(d.Cols, fmt.Sprintf("%s %d", d.Col, h+1))
	}
	r.Chart("matrix", d)
}

// exampleChart shows where the best head looks from each token of the shortest
// of the texts, up to the first name that must be known.
func exampleChart(ctx context.Context, lab *Lab, r *Record, texts []*nameText, layer, head int) error {
	t := slices.MinFunc(texts[attentionChoosing:], func(a, b *nameText) int { return a.asks[0].at - b.asks[0].at })
	ids := t.ids[:t.asks[0].at]
	state := lab.LM.Model.Start()
	if _, err := state.Extend(ctx, ids...); err != nil {
		return err
	}
	weights, err := state.(argen.Inspector).Attention(ctx, layer, 0)
	if err != nil {
		return err
	}
	r.Facts["name"] = lab.token(t.asks[0].word)
	r.Facts["example"] = argen.Visible(lab.LM.Tokenizer.Decode(ids))
	d := &viz.MatrixData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Row:   r.Word("from"), Col: r.Word("to"), Unit: "share", Most: 1, Panels: []viz.Panel{{}},
	}
	for i, id := range ids {
		d.Rows, d.Cols = append(d.Rows, lab.token(id)), append(d.Cols, lab.token(id))
		row := make(viz.Values, len(ids))
		for j := range row {
			if row[j] = math.NaN(); j <= i {
				row[j] = weights[head][i][j]
			}
		}
		d.Panels[0].Cells = append(d.Panels[0].Cells, row)
	}
	r.Chart("attention", d)
	return nil
}
