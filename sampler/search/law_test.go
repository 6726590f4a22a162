package search_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/ngram"
	"argen/sampler"
	"argen/sampler/search"

	"gonum.org/v1/gonum/stat/distuv"
)

// tiny is an n-gram with few words, so that all its short texts can be listed.
func tiny(t testing.TB) argen.Generator {
	t.Helper()
	text := "a b\na b b\na c a\nb a\nb c\nc\na b c\nc c a\n"
	m, _, err := ngram.TrainText(ctx, strings.NewReader(text), ngram.Options{Order: 3, Smoothing: ngram.WittenBell})
	if err != nil {
		t.Fatal(err)
	}
	return argen.Generator{Model: m, Tokenizer: numbers(m.Info().VocabSize)}
}

// all lists the texts of a generator with their probabilities under its chain.
func all(t testing.TB, g argen.Generator) map[string]float64 {
	t.Helper()
	r, err := g.StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]float64{}
	var walk func(p float64)
	walk = func(p float64) {
		if r.Over() != "" {
			texts[key(r.Context()[len(r.Trace().Head.PromptIDs):])] = p
			return
		}
		c, err := r.Predict(ctx)
		if err != nil {
			t.Fatal(err)
		}
		probs := map[argen.ID]float64{}
		c.Each(func(id argen.ID, _ float64) { probs[id] = c.Prob(id) })
		for id := range argen.ID(c.VocabSize()) {
			if probs[id] == 0 {
				continue
			}
			if _, err := r.Predict(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Force(id); err != nil {
				t.Fatal(err)
			}
			walk(p * probs[id])
			if err := r.Back(1); err != nil {
				t.Fatal(err)
			}
		}
	}
	walk(1)
	sum := 0.0
	for _, p := range texts {
		sum += p
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Fatalf("the probabilities of all texts sum to %v", sum)
	}
	return texts
}

func key(ids []argen.ID) string { return fmt.Sprint(ids) }

// found are the texts that a procedure finds with a seed.
func found(t testing.TB, g argen.Generator, p search.Procedure, seed uint64) []search.Text {
	t.Helper()
	g.Seed = seed
	r, err := g.StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	picker := p.Picker()
	if _, _, err := picker.Choose(ctx, r); err != nil {
		t.Fatal(err)
	}
	return picker.(search.Lister).Texts()
}

// chiSquared fails t if counts of n draws differ from their probabilities by
// more than chance does once in a million.
func chiSquared(t *testing.T, what string, counts map[string]int, probs map[string]float64, n int) {
	t.Helper()
	sum, cells, rest, few := 0.0, 0, 0.0, 0
	for k, p := range probs {
		if want := p * float64(n); want >= 10 {
			sum += (float64(counts[k]) - want) * (float64(counts[k]) - want) / want
			cells++
		} else {
			rest += want
			few += counts[k]
		}
	}
	if rest >= 10 {
		sum += (float64(few) - rest) * (float64(few) - rest) / rest
		cells++
	}
	drawn := 0
	for k, c := range counts {
		if _, ok := probs[k]; !ok {
			t.Fatalf("%s: %s came, which is impossible", what, k)
		}
		drawn += c
	}
	if drawn != n || cells < 5 {
		t.Fatalf("%s: %d draws of %d in %d cells", what, drawn, n, cells)
	}
	if p := (distuv.ChiSquared{K: float64(cells - 1)}).Survival(sum); p < 1e-6 {
		t.Errorf("%s: χ² is %.1f with %d cells, P = %.2g", what, sum, cells, p)
	}
}

// Stochastic beam search draws the first text by its probability, and the pair
// of the first two as two draws without replacement.
func TestStochasticBeamsDrawWithoutReplacement(t *testing.T) {
	for _, chain := range []string{"none", "temperature=1.5,top_k=4"} {
		g := tiny(t)
		g.MaxTokens = 3
		var err error
		if g.Chain, err = sampler.Parse(chain); err != nil {
			t.Fatal(err)
		}
		probs := all(t, g)
		const n = 6000
		first, pairs := map[string]int{}, map[string]int{}
		for seed := range uint64(n) {
			texts := found(t, g, search.Stochastic{N: 3}, seed)
			if len(texts) != 3 || key(texts[0].IDs) == key(texts[1].IDs) || key(texts[1].IDs) == key(texts[2].IDs) || texts[0].Score < texts[1].Score || texts[1].Score < texts[2].Score {
				t.Fatalf("%s, seed %d: %v", chain, seed, texts)
			}
			first[key(texts[0].IDs)]++
			pairs[key(texts[0].IDs)+key(texts[1].IDs)]++
		}
		chiSquared(t, chain+", first", first, probs, n)
		two := map[string]float64{}
		for a, p := range probs {
			for b, q := range probs {
				if a != b {
					two[a+b] = p * q / (1 - p)
				}
			}
		}
		chiSquared(t, chain+", pairs", pairs, two, n)
	}
}

// As many beams as there are texts find all of them.
func TestStochasticBeamsFindAll(t *testing.T) {
	g := tiny(t)
	g.MaxTokens = 2
	probs := all(t, g)
	texts := found(t, g, search.Stochastic{N: 1000}, 1)
	if len(texts) != len(probs) {
		t.Fatalf("%d texts of %d", len(texts), len(probs))
	}
	for _, text := range texts {
		if p := probs[key(text.IDs)]; math.Abs(math.Log(p)-text.LogProb) > 1e-9 {
			t.Errorf("%v has ln P %v, want %v", text.IDs, text.LogProb, math.Log(p))
		}
	}
}

// Beam sampling with one beam and no end draws two tokens without replacement in
// each step, and takes the more probable one.
func TestBeamSampleDraws(t *testing.T) {
	g := tiny(t)
	g.MaxTokens = 2
	var err error
	if g.Chain, err = sampler.Parse("ignore_eos"); err != nil {
		t.Fatal(err)
	}
	first, rest := map[string]float64{}, map[string]map[string]float64{}
	for k, p := range all(t, g) {
		x, _, _ := strings.Cut(k, " ")
		if rest[x] == nil {
			rest[x] = map[string]float64{}
		}
		first[x] += p
		rest[x][k] = p
	}
	want := map[string]float64{}
	for x, p := range betterOfTwo(first) {
		for k := range rest[x] {
			rest[x][k] /= first[x]
		}
		for k, q := range betterOfTwo(rest[x]) {
			want[k] += p * q
		}
	}
	const n = 20000
	counts := map[string]int{}
	for seed := range uint64(n) {
		texts := found(t, g, search.Beams{N: 1, Groups: 1, Early: "false", Length: 1, Sample: true}, seed)
		counts[key(texts[0].IDs)]++
	}
	chiSquared(t, "drawn candidates", counts, want, n)
}

// betterOfTwo is the law of the more probable of two draws without replacement.
func betterOfTwo(probs map[string]float64) map[string]float64 {
	law := map[string]float64{}
	for a, p := range probs {
		for b, q := range probs {
			switch {
			case a == b:
			case p > q-1e-12: // of equal ones the first drawn
				law[a] += p * q / (1 - p)
			default:
				law[b] += p * q / (1 - p)
			}
		}
	}
	return law
}

// Beams as wide as the tree find the most probable text, and exhaustive search
// finds the same.
func TestExhaustiveIsTheMaximum(t *testing.T) {
	g := tiny(t)
	for most := 1; most <= 5; most++ {
		g.MaxTokens = most
		best, logp := "", math.Inf(-1)
		for k, p := range all(t, g) {
			if math.Log(p) > logp {
				best, logp = k, math.Log(p)
			}
		}
		text, looked, err := search.Exhaustive(ctx, g, nil, 1000)
		if err != nil || key(text.IDs) != best || math.Abs(text.LogProb-logp) > 1e-9 {
			t.Fatalf("%d tokens: %v with ln P %v after %d contexts, %v; want %s with %v", most, text.IDs, text.LogProb, looked, err, best, logp)
		}
		wide := found(t, g, search.Beams{N: 1000, Groups: 1, Early: "false"}, 0)
		if key(wide[0].IDs) != best {
			t.Errorf("%d tokens: wide beams find %v, the best is %s", most, wide[0].IDs, best)
		}
	}
}

// The best of n is the best of the n texts that as many seeds draw.
func TestBestOf(t *testing.T) {
	g := tiny(t)
	g.MaxTokens = 6
	for _, by := range []string{"mean", "total"} {
		var samples []search.Text
		for seed := uint64(5); seed < 9; seed++ {
			g.Seed = seed
			r, err := g.StartIDs(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range r.Steps(ctx) {
				if err != nil {
					t.Fatal(err)
				}
			}
			tr := r.Trace()
			s := search.Text{IDs: r.Context()[len(tr.Head.PromptIDs):], LogProb: tr.LogProb(), Score: tr.LogProb()}
			if by == "mean" {
				s.Score /= float64(len(tr.Steps))
			}
			samples = append(samples, s)
		}
		slices.SortStableFunc(samples, func(x, y search.Text) int {
			if x.Score > y.Score {
				return -1
			}
			return 1
		})
		texts := found(t, g, search.BestOf{N: 4, By: by}, 5)
		for i, s := range samples {
			if i < len(texts) && math.Abs(texts[i].Score-s.Score) > 1e-12 {
				t.Errorf("by %s, text %d: %v with %v, the draws have %v with %v", by, i, texts[i].IDs, texts[i].Score, s.IDs, s.Score)
			}
		}
		if !slices.Equal(texts[0].IDs, samples[0].IDs) {
			t.Errorf("by %s: %v, want %v", by, texts[0].IDs, samples[0].IDs)
		}
	}
}
