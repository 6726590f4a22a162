package search

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/ngram"
	"argen/sampler"
	"argen/tokenizer"

	"gonum.org/v1/gonum/stat/distuv"
)

// trained is an n-gram model of a text about a, b and c, and its tokenizer.
func trained(t testing.TB, order int, text string) argen.Generator {
	t.Helper()
	vocab := []string{"<s>", "</s>", "a", "b", "c"}
	tok, err := tokenizer.NewWords(vocab)
	if err != nil {
		t.Fatal(err)
	}
	var sentences [][]argen.ID
	for line := range strings.SplitSeq(text, ".") {
		ids, err := tok.Encode(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		sentences = append(sentences, ids)
	}
	m, _, err := ngram.Train(t.Context(), func(yield func([]argen.ID, error) bool) {
		for _, s := range sentences {
			if !yield(s, nil) {
				return
			}
		}
	}, ngram.Vocab{Words: vocab, Unk: argen.NoID, BOS: 0, EOS: 1}, ngram.Options{Order: order, Smoothing: ngram.WittenBell})
	if err != nil {
		t.Fatal(err)
	}
	return argen.Generator{Model: m, Tokenizer: tok}
}

const (
	target = "a b a b c. b a a c. c c b. a b b a c. b a b"
	other  = "c a. c b a. a a a b. c b"
)

// every goes through all that dice could do, one way after the other.
type every struct {
	script []int // the option taken at each point, then 0
	points []int // how many there were
	weight float64
}

// next is the next way, false after the last.
func (e *every) next() bool {
	e.weight = 1
	for i := len(e.points) - 1; i >= 0; i-- {
		if at := e.taken(i) + 1; at < e.points[i] {
			e.script = append(e.script[:min(i, len(e.script))], make([]int, max(0, i-len(e.script)))...)
			e.script = append(e.script, at)
			e.points = e.points[:0]
			return true
		}
	}
	return false
}

func (e *every) taken(i int) int {
	if i < len(e.script) {
		return e.script[i]
	}
	return 0
}

// pick takes an option of those with these probabilities.
func (e *every) pick(probs []float64) int {
	i := e.taken(len(e.points))
	e.points = append(e.points, len(probs))
	e.weight *= probs[i]
	return i
}

func (e *every) draw(_ *argen.Run, c *argen.Candidates) argen.ID {
	ids := slices.Clone(c.Top(c.Len()))
	probs := make([]float64, len(ids))
	for i, id := range ids {
		probs[i] = c.Prob(id)
	}
	return ids[e.pick(probs)]
}

func (e *every) guess(_ int, draft *argen.Run, c *argen.Candidates) argen.ID { return e.draw(draft, c) }

func (e *every) accept(_ int, ratio float64) (float64, bool) {
	switch {
	case ratio >= 1:
		return 0, true
	case ratio <= 0:
		return 0, false
	}
	return ratio / 2, e.pick([]float64{ratio, 1 - ratio}) == 0
}

func (e *every) instead(_ int, weights []float64) (argen.ID, float64) {
	var ids []argen.ID
	var probs []float64
	sum := 0.0
	for id, w := range weights {
		if w > 0 {
			ids, probs, sum = append(ids, argen.ID(id)), append(probs, w), sum+w
		}
	}
	for i := range probs {
		probs[i] /= sum
	}
	return ids[e.pick(probs)], 0
}

// law is the probability of each text of a run, by all that dice could do.
func law(t *testing.T, g argen.Generator, picker func(*every) Picker) map[string]float64 {
	t.Helper()
	e := &every{weight: 1}
	texts := map[string]float64{}
	for n := 0; ; n++ {
		r, err := g.Start("a b")
		if err != nil {
			t.Fatal(err)
		}
		p := picker(e)
		for r.Over() == "" {
			if _, err := Next(t.Context(), r, p); err != nil {
				t.Fatal(err)
			}
		}
		texts[fmt.Sprint(r.Context())] += e.weight
		if !e.next() {
			return texts
		}
	}
}

// plainly draws from what the model predicts.
type plainly struct{ *every }

func (p plainly) Choose(ctx context.Context, r *argen.Run) (argen.ID, argen.Explanation, error) {
	c, err := r.Predict(ctx)
	if err != nil {
		return 0, nil, err
	}
	return p.draw(r, c), nil, nil
}

// Speculation gives each text the probability that the model alone gives it:
// all ways of the dice together, also where stages learn.
func TestSpeculationHasTheLawOfTheModel(t *testing.T) {
	for _, c := range []struct {
		chain  string
		tokens int
		k      int
	}{
		{"none", 3, 1},
		{"none", 3, 2},
		{"top_k=2", 5, 3},
		{"temperature=0.6,top_k=3", 4, 2},
		{"greedy", 5, 3},
		{"mirostat=2/1.2/0.9", 4, 2},
	} {
		chain, err := sampler.Parse(c.chain)
		if err != nil {
			t.Fatal(err)
		}
		g := trained(t, 3, target)
		g.Chain, g.MaxTokens = chain, c.tokens
		want := law(t, g, func(e *every) Picker { return plainly{e} })
		drafts := map[string]drafter{
			"lookup": Lookup{NGram: 2},
			"itself": &modelDrafter{model: g.Model, tokenizer: g.Tokenizer},
		}
		for order, text := range []string{other, target} {
			d := trained(t, order+1, text)
			drafts[text] = &modelDrafter{model: d.Model, tokenizer: d.Tokenizer}
		}
		for name, d := range drafts {
			got := law(t, g, func(e *every) Picker {
				if m, ok := d.(*modelDrafter); ok {
					d = &modelDrafter{model: m.model, tokenizer: m.tokenizer}
				}
				return &speculator{k: c.k, drafter: d, dice: e}
			})
			sum := 0.0
			for text, p := range want {
				if sum += p; math.Abs(p-got[text]) > 1e-12 {
					t.Errorf("%s, %d guesses by %s: P(%s) = %.15f, want %.15f", c.chain, c.k, name, text, got[text], p)
				}
			}
			for text := range got {
				if want[text] == 0 {
					t.Errorf("%s, %d guesses by %s: %s is no text of the model", c.chain, c.k, name, text)
				}
			}
			if math.Abs(sum-1) > 1e-12 || len(want) < 7 && c.chain != "greedy" {
				t.Errorf("%s: %d texts of probability %v", c.chain, len(want), sum)
			}
		}
	}
}

// The dice that are thrown give each text its probability: Pearson's
// chi-squared over many seeds, of which the expected value is the number of
// texts less 1, against its 99.99 % quantile.
func TestSpeculationDraws(t *testing.T) { checkDraws(t, 3000) }

func checkDraws(t *testing.T, n int) {
	for _, c := range []string{"none", "temperature=1.5,top_k=3", "mirostat=2/1.2/0.9"} {
		chain, err := sampler.Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		g, d := trained(t, 3, target), trained(t, 2, other)
		g.Chain, g.MaxTokens = chain, 3
		want := law(t, g, func(e *every) Picker { return plainly{e} })
		times := map[string]int{}
		for seed := range n {
			g.Seed = uint64(seed)
			times[fmt.Sprint(write(t, g, "a b", drafting(t, g, d, 2)).Context())]++
		}
		checkLaw(t, c, want, times, n)
	}
}

// checkLaw compares how often texts were written with their probabilities; want
// may leave out improbable ones.
func checkLaw(t *testing.T, name string, want map[string]float64, times map[string]int, n int) {
	t.Helper()
	chi, texts, rest, few := 0.0, 0, n, float64(n)
	add := func(times int, expected float64) {
		chi += (float64(times) - expected) * (float64(times) - expected) / expected
		texts++
	}
	for _, text := range slices.Sorted(maps.Keys(want)) {
		if e := want[text] * float64(n); e >= 5 {
			add(times[text], e)
			rest, few = rest-times[text], few-e
		}
	}
	if few >= 5 {
		add(rest, few)
	} else if rest > 30 {
		t.Errorf("%s: %d rare texts, %.2f are expected", name, rest, few)
	}
	if most := (distuv.ChiSquared{K: float64(texts - 1)}).Quantile(0.9999); chi > most || texts < 5 {
		t.Errorf("%s: χ² = %.1f over %d texts, %.1f is the limit", name, chi, texts, most)
	}
}

// With stages that throw dice themselves texts are as frequent as without
// guesses: the chi-squared of two samples against its 99.99 % quantile.
func TestSpeculationLeavesStagesTheirDice(t *testing.T) { checkSamples(t, 3000) }

func checkSamples(t *testing.T, n int) {
	for _, c := range []string{"xtc=0.5/0.2", "repetition_penalty=1.5,xtc=0.7/0.1,temperature=0.8"} {
		chain, err := sampler.Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		g, d := trained(t, 3, target), trained(t, 2, other)
		g.Chain, g.MaxTokens = chain, 3
		times := map[string][2]float64{}
		for seed := range uint64(2 * n) {
			g.Seed = seed
			var p Picker
			if seed%2 == 1 {
				p = drafting(t, g, d, 2)
			}
			text := fmt.Sprint(write(t, g, "a b", p).Context())
			pair := times[text]
			pair[seed%2]++
			times[text] = pair
		}
		chi, texts := 0.0, 0
		for _, pair := range times {
			if sum := pair[0] + pair[1]; sum >= 10 {
				chi += (pair[0] - pair[1]) * (pair[0] - pair[1]) / sum
				texts++
			}
		}
		if most := (distuv.ChiSquared{K: float64(texts)}).Quantile(0.9999); chi > most || texts < 8 {
			t.Errorf("%s: χ² = %.1f over %d texts, %.1f is the limit", c, chi, texts, most)
		}
	}
}
