package tui

import (
	"fmt"
	"testing"

	"argen"
	"argen/sampler"
)

// BenchmarkScreen is one picture of the screen; at 20 tokens a second it has
// 50 ms.
func BenchmarkScreen(b *testing.B) {
	d := drive(b, truth(b, chain), "It was a", Options{}).size(120, 40).tokens(100).keys(".", ".")
	for b.Loop() {
		d.m.Screen()
	}
}

// large is a model of n tokens.
func large(t testing.TB, n int) argen.Generator {
	t.Helper()
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf(" word%d", i)
	}
	stages, err := sampler.Parse("top_k=40,top_p=0.95,temperature=0.8")
	if err != nil {
		t.Fatal(err)
	}
	f := fake{words: words}
	return argen.Generator{Model: f, Tokenizer: f, Chain: stages, Seed: 7, Top: 12}
}

// BenchmarkLarge shows a vocabulary of 49,152 tokens: Screen is one picture,
// Step all that a token takes beside the model: prediction, chain, record and
// the pictures of its phases.
func BenchmarkLarge(b *testing.B) {
	d := drive(b, large(b, 49152), " word1", Options{}).size(120, 40).tokens(100).keys(".", ".")
	b.Run("Screen", func(b *testing.B) {
		for b.Loop() {
			d.m.Screen()
		}
	})
	b.Run("Step", func(b *testing.B) {
		for b.Loop() {
			d.tokens(1)
			d.m.Screen()
		}
	})
}

// TestScreenAnyVocabulary allocates as little to show 49,152 tokens as 500:
// what is drawn are those that a step lists.
func TestScreenAnyVocabulary(t *testing.T) {
	measure := func(n int) float64 {
		d := drive(t, large(t, n), " word1", Options{}).size(120, 40).tokens(5).keys(".", ".")
		return testing.AllocsPerRun(20, func() { d.m.Screen() })
	}
	small, many := measure(500), measure(49152)
	if many > 1.3*small+50 {
		t.Errorf("%v allocations for 49,152 tokens, %v for 500", many, small)
	}
}
