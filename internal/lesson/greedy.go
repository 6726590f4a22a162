package lesson

import (
	"context"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/sampler"
	"argen/sampler/search"
	"argen/viz"
)

// greedy: the most probable token at each step does not make the most probable
// text. A search that proves what the best one is shows how often; beams look
// further and find better ones; and the most probable text is not a typical one. The
// control is a text of one token, where there is no trap.
var greedy = &Lesson{Name: "greedy", Run: runGreedy, Exercise: exerciseGreedy}

// Of the lesson: beams, and places that a search looks at for a proof.
const (
	greedyBeams = 4
	greedyProof = 400
)

// An ahead is what follows a context: as greedy decoding writes it, and the most
// probable text of the same length that searches find.
type ahead struct {
	context      []argen.ID
	greedy, best search.Text
	trapped      bool
	beams        bool // the beams have found a better one than greedy
	settled      bool // that best is the best is proved
}

func runGreedy(ctx context.Context, lab *Lab, r *Record) error {
	lengths, places, proof := []int{1, 2, 4, 6}, 500, greedyProof
	if !lab.Story() {
		lengths, places, proof = []int{1, 2, 4}, 32, 0
	}
	contexts, err := lab.contexts(ctx, "greedy", places)
	if err != nil {
		return err
	}
	curve := viz.Series{Name: argen.Visible(lab.LM.Ref)}
	var last []ahead
	var rows [][]Cell
	first := 0.0
	for _, n := range lengths {
		list, err := lab.lookAhead(ctx, contexts, n, proof)
		if err != nil {
			return err
		}
		trapped := count(list, func(a *ahead) bool { return a.trapped })
		if n == 1 {
			first = float64(trapped)
		}
		share := ShareOf(trapped, len(list))
		point(&curve, float64(n), share)
		rows = append(rows, []Cell{
			Number{Value: float64(n), Unit: Count}.Cell(), share.number("", len(list), Share).Cell(),
			Number{Value: float64(count(list, func(a *ahead) bool { return a.settled })), Unit: Count}.Cell(),
		})
		last = list
	}
	trapped := count(last, func(a *ahead) bool { return a.trapped })
	r.Estimate("trapped", ShareOf(trapped, len(last)), len(last), Share)
	r.Exact("control", first, Count)
	r.Exact("k", greedyBeams, Count)
	r.Exact("places", float64(len(last)), Count)
	r.Exact("length", float64(lengths[len(lengths)-1]), Count)
	r.Exact("settled", float64(count(last, func(a *ahead) bool { return a.settled })), Count)
	r.Estimate("beams", ShareOf(count(last, func(a *ahead) bool { return a.trapped && a.beams }), max(1, trapped)), trapped, Share)
	if r.Facts["search"] = r.Word("beams_search"); proof > 0 {
		r.Facts["search"] = r.Word("proved_search")
	}
	r.Verdict("trapped", "trapped", ">=", .03)
	r.Verdict("control", "control", "<=", 0)
	if err := lab.dull(ctx, r); err != nil {
		return err
	}
	if r.Answer = 0; trapped > 0 {
		r.Answer = 1
	}
	showTrap(lab, r, last)
	r.Table("lengths", []string{"tokens", "share", "proved"}, rows)
	r.Chart("curves", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:      viz.Axis{Label: r.Word("tokens")},
		Y:      viz.Axis{Label: r.Word("share"), Unit: "share"},
		Series: []viz.Series{curve},
	})
	return nil
}

// showTrap shows the trap in which the texts are furthest apart.
func showTrap(lab *Lab, r *Record, list []ahead) {
	var worst *ahead
	for i := range list {
		if a := &list[i]; a.trapped && (worst == nil || a.best.Score-a.greedy.Score > worst.best.Score-worst.greedy.Score) {
			worst = a
		}
	}
	if worst == nil {
		return
	}
	row := func(name string, t search.Text) []Cell {
		return []Cell{{Text: r.Word(name)}, {Text: argen.Visible(lab.LM.Tokenizer.Decode(t.IDs))}, Number{Value: math.Exp(t.Score), Unit: Prob}.Cell()}
	}
	r.Facts["context"] = lab.said(worst.context, 10)
	r.Table("trap", []string{"which", "text", "p"}, [][]Cell{row("by_greedy", worst.greedy), row("by_search", worst.best)})
}

// count counts those of which something is true.
func count(list []ahead, is func(*ahead) bool) int {
	n := 0
	for i := range list {
		if is(&list[i]) {
			n++
		}
	}
	return n
}

// lookAhead says what follows each context in n tokens.
func (l *Lab) lookAhead(ctx context.Context, contexts [][]argen.ID, n, proof int) ([]ahead, error) {
	list := make([]ahead, len(contexts))
	err := l.each(ctx, len(contexts), func(i int) error {
		gen := argen.Generator{Model: l.LM.Model, Tokenizer: l.LM.Tokenizer, MaxTokens: n, NoHash: true}
		run, err := gen.StartIDs(contexts[i])
		if err != nil {
			return err
		}
		t, err := search.NewTree(ctx, run, search.TreeOptions{Depth: n, Branch: 1, MinProb: 1, Beams: greedyBeams, Most: proof})
		if err != nil {
			return err
		}
		a := ahead{context: contexts[i], greedy: t.Greedy, best: t.Greedy}
		if len(t.Found) > 0 && len(t.Found[0].IDs) == len(a.greedy.IDs) && t.Found[0].Score > t.Greedy.Score+argen.Tolerance {
			a.best, a.trapped, a.beams = t.Found[0], true, true
		}
		if t.Best != nil {
			a.settled = true
			if len(t.Best.IDs) == len(a.greedy.IDs) && t.Best.Score > a.best.Score+argen.Tolerance {
				a.best, a.trapped = *t.Best, true
			}
		}
		list[i] = a
		return nil
	})
	return list, err
}

// contexts are beginnings of texts that the model was not trained on, one of each,
// cut at places that dice choose.
func (l *Lab) contexts(ctx context.Context, name string, n int) ([][]argen.ID, error) {
	texts, err := l.Text(ctx, name, n)
	if err != nil {
		return nil, err
	}
	dice := l.Dice(name + " places")
	var list [][]argen.ID
	for _, ids := range texts {
		at := 1 + dice.IntN(max(1, min(60, len(ids)-12)))
		list = append(list, slices.Clone(ids[:at]))
	}
	return list, nil
}

// dull compares greedy texts with real ones after the same beginnings.
func (l *Lab) dull(ctx context.Context, r *Record) error {
	n, begin, long := 500, 5, 60
	if !l.Story() {
		n, begin, long = 24, 8, 20
	}
	texts, err := l.Text(ctx, "greedy texts", n)
	if err != nil {
		return err
	}
	real, made := make([]float64, len(texts)), make([]float64, len(texts))
	err = l.each(ctx, len(texts), func(i int) error {
		ids := texts[i]
		gen := argen.Generator{
			Model: l.LM.Model, Tokenizer: l.LM.Tokenizer, Chain: []argen.Transform{sampler.Greedy{}},
			MaxTokens: min(long, len(ids)-begin), NoHash: true,
		}
		run, err := gen.StartIDs(ids[:begin])
		if err != nil {
			return err
		}
		trace, err := toEnd(ctx, run)
		if err != nil {
			return err
		}
		for _, s := range trace.Steps {
			made[i] += s.Surprisal / float64(len(trace.Steps))
		}
		bits, err := l.Surprisals(ctx, l.LM.Model, ids[:begin+gen.MaxTokens], begin)
		if err != nil {
			return err
		}
		for _, b := range bits {
			real[i] += b / float64(len(bits))
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Estimate("greedy_bits", l.Mean(made), len(texts), Bits)
	r.Estimate("real_bits", l.Mean(real), len(texts), Bits)
	r.Estimate("dull", l.Mean(minus(real, made)), len(texts), Bits)
	below := 0
	for i, bits := range real {
		if bits <= made[i] {
			below++
		}
	}
	r.Estimate("below", ShareOf(below, len(texts)), len(texts), Share)
	r.Verdict("dull", "dull", ">=", .05)
	return nil
}

// exerciseGreedy: of a small tree, which text of two tokens is the most probable?
// Mostly it is not the one that greedy decoding takes.
func exerciseGreedy(_ context.Context, lab *Lab) (*Exercise, error) {
	dice := lab.Dice("greedy exercise")
	words := lab.someWords("greedy", 6)
	for {
		first := 52 + dice.IntN(10)
		flat, steep := 36+dice.IntN(12), 70+dice.IntN(28)
		shares := []int{first, 100 - first}
		next := [][]int{{flat, 100 - flat}, {steep, 100 - steep}}
		for _, pair := range next { // no option is the right one more often than others
			dice.Shuffle(2, func(i, j int) { pair[i], pair[j] = pair[j], pair[i] })
		}
		dice.Shuffle(2, func(i, j int) { shares[i], shares[j], next[i], next[j] = shares[j], shares[i], next[j], next[i] })
		products, texts := []int{}, []string{}
		var rows [][]Cell
		for i, p := range shares {
			rows = append(rows, []Cell{{Text: "–"}, {Text: words[i]}, {Text: decimal(float64(p)/100, 2)}})
		}
		for i, p := range shares {
			for j, q := range next[i] {
				word := words[2+2*i+j]
				products, texts = append(products, p*q), append(texts, words[i]+" "+word)
				rows = append(rows, []Cell{{Text: words[i]}, {Text: word}, {Text: decimal(float64(q)/100, 2)}})
			}
		}
		best := slices.Index(products, slices.Max(products))
		sorted := slices.Sorted(slices.Values(products))
		if sorted[3]-sorted[2] < 50 {
			continue // too close to be told apart by hand
		}
		var terms []string
		for i, text := range texts {
			terms = append(terms, text+": "+decimal(float64(shares[i/2])/100, 2)+" · "+decimal(float64(next[i/2][i%2])/100, 2)+" = "+decimal(float64(products[i])/1e4, 4))
		}
		greedy := slices.Index(shares, slices.Max(shares))
		greedy = 2*greedy + slices.Index(next[greedy], slices.Max(next[greedy]))
		word := func(key string) string { return lab.Words.Say("lessons.greedy.words."+key, nil) }
		e := lab.exercise("greedy", map[string]string{"terms": strings.Join(terms, "; "), "best": texts[best], "greedy": texts[greedy]},
			[]string{word("before"), word("next"), "P"}, rows, Answer{Kind: "option", Option: best})
		e.Options = texts
		return e, nil
	}
}
