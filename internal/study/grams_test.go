package study

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"argen"
)

// letters are texts of one token a word.
func letters(all ...string) *texts {
	t := &texts{}
	ids := map[string]argen.ID{}
	x := index{map[[2]int32]int32{}}
	for _, text := range all {
		var words []argen.ID
		for _, w := range strings.Fields(text) {
			if _, ok := ids[w]; !ok {
				ids[w] = argen.ID(len(ids))
			}
			words = append(words, ids[w])
		}
		t.samples = append(t.samples, Sample{IDs: words})
		t.words = append(t.words, words)
		t.grams = append(t.grams, x.of(words))
	}
	t.types = int32(len(x.numbers))
	return t
}

// without is the texts but one.
func (t *texts) without(i int) *texts {
	rest := &texts{}
	x := index{map[[2]int32]int32{}}
	for j := range t.words {
		if j != i {
			rest.samples = append(rest.samples, t.samples[j])
			rest.words = append(rest.words, t.words[j])
			rest.grams = append(rest.grams, x.of(t.words[j]))
		}
	}
	rest.types = int32(len(x.numbers))
	return rest
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestDistinct(t *testing.T) {
	x := letters("a b a b", "a b c")
	// 1-grams: a b c of 7; without the first text 3 of 3, without the second 2 of 4.
	one := x.distinct(1)
	near(t, "distinct-1", one.measure, 3./7)
	near(t, "influence of the first", one.values[0], 3./7+(1+.5)/2-1)
	near(t, "influence of the second", one.values[1], 3./7+(1+.5)/2-.5)
	near(t, "distinct-2", x.distinct(2).measure, 3./5) // ab ba bc of ab ba ab ab bc
	near(t, "distinct-3", x.distinct(3).measure, 3./3) // aba bab abc
	near(t, "distinct-4", x.distinct(4).measure, 1./1) // abab
	if of := letters("a", "b").distinct(2).measure; !math.IsNaN(of) {
		t.Errorf("of no 2-gram: %v", of)
	}
	near(t, "vocabulary", x.vocab().measure, 3)
	near(t, "vocabulary, influence of the second", x.vocab().values[1], 3+(3+2)/2.-2)
}

func TestRep(t *testing.T) {
	x := letters("a b a b", "a b c", "")
	for n, want := range [][]float64{{.5, 0, 0}, {1. / 3, 0, 0}, {0, 0, 0}, {0, 0, 0}} {
		for i, got := range x.rep(n + 1) {
			near(t, "rep", got, want[i])
		}
	}
}

func TestLoops(t *testing.T) {
	for text, want := range map[string]bool{
		"":                              false,
		"a a a a a a a a a a a":         false, // 11
		"a a a a a a a a a a a a":       true,
		"x y a b c d a b c d a b c d":   true,
		"x y a b c d a b c d a b c":     false, // not three times
		"x a b c d a b c d a b c d a":   true,  // cut short in the fourth
		"a b c d a b c d a b c d x":     false, // goes on
		"a b c d e f g h i j k l m n o": false,
		"a b c a b c a b c":             false, // too short to be one
	} {
		if got := letters(text).loops()[0]; got != number(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// The zeroth harmonic numbers are of exponent 1: 12/1, 12/2, 12/3, 12/4.
func TestZipf(t *testing.T) {
	text := strings.Repeat("a ", 12) + strings.Repeat("b ", 6) + strings.Repeat("c ", 4) + strings.Repeat("d ", 3)
	near(t, "exponent", letters(text).zipf().measure, 1)
	near(t, "of equal frequencies", letters("a b c").zipf().measure, 0)
	if !math.IsNaN(letters("a a").zipf().measure) {
		t.Error("one token has an exponent")
	}
}

// The values are nltk 3.9's: sentence_bleu with SmoothingFunction().method1.
func TestSelfBLEU(t *testing.T) {
	x := letters("a b c d e", "a b c d f g", "a b x d e", "x y", "q r s t u v")
	b := newBLEU(x)
	for i, want := range []float64{0.7598356856515925, 0.5081327481546147, 0.16990442448471224, 0.03336574130316504, 0} {
		near(t, "BLEU", b.of(i, make([]float64, 5)), want)
	}
	near(t, "self-BLEU of equal texts", letters("a b c d e", "a b c d e").selfBLEU().measure, 1)
	if !math.IsNaN(letters("a b c d e", "a b c").selfBLEU().values[0]) {
		t.Error("without one of two texts the other resembles itself")
	}
	if !math.IsNaN(letters("a b c d e").selfBLEU().measure) {
		t.Error("a single text resembles itself")
	}
}

// naive is the BLEU of text j straight from the definition.
func naive(x *texts, j int) float64 {
	var matches [mostGram]float64
	for n := range mostGram {
		count := func(i int) map[int32]int {
			c := map[int32]int{}
			for _, g := range x.grams[i][n] {
				c[g]++
			}
			return c
		}
		for g, own := range count(j) {
			most := 0
			for i := range x.grams {
				if i != j {
					most = max(most, count(i)[g])
				}
			}
			matches[n] += float64(min(own, most))
		}
	}
	length := len(x.words[j])
	best := -1
	for i := range x.words {
		if l := len(x.words[i]); i != j {
			far, before := max(l-length, length-l), max(best-length, length-best)
			if best < 0 || far < before || far == before && l < best {
				best = l
			}
		}
	}
	return score(matches, length, best)
}

// What a measure is without a text is what it is of the others.
func TestInfluence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 7).Draw(t, "texts")
		var all []string
		for range n {
			all = append(all, strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 9).Draw(t, "text"), " "))
		}
		x := letters(all...)
		bleu := 0.0
		for j := range n {
			bleu += naive(x, j) / float64(n)
		}
		if got := x.selfBLEU().measure; math.Abs(got-bleu) > 1e-12 {
			t.Fatalf("self-BLEU %v, want %v", got, bleu)
		}
		for name, of := range map[string]func(*texts) series{
			"self-BLEU": (*texts).selfBLEU, "zipf": (*texts).zipf, "vocab": (*texts).vocab,
			"distinct-2": func(t *texts) series { return t.distinct(2) },
		} {
			s := of(x)
			var without []float64
			for i := range n {
				without = append(without, of(x.without(i)).measure)
			}
			want := influence(s.measure, without)
			for i := range n {
				if d := math.Abs(s.values[i] - want.values[i]); d > 1e-9 {
					t.Fatalf("%s of %q: influence of %d is %v, want %v", name, all, i, s.values[i], want.values[i])
				}
			}
		}
	})
}
