package main

import (
	"context"
	"math"
	"strings"
	"testing"

	"argen/model/story"
	"argen/model/transformer/train"
	"argen/tokenizer"
)

// In whatever tokens, the stories are those of the same numbers, and what is
// held out has the same entropy.
func TestStoriesInOtherTokens(t *testing.T) {
	ctx := context.Background()
	byteTok := tokenizer.NewBytes()
	words, err := newExam(ctx, "story", storyTokenizer(), story.BOS, story.EOS)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := newExam(ctx, "bytes", byteTok, byteTok.BOS(), byteTok.EOS())
	if err != nil {
		t.Fatal(err)
	}
	if words.Bits() != bytes.Bits() || bytes.asks || !words.asks {
		t.Errorf("%v bits in words, %v in bytes; asks of words: %v, of bytes: %v", words.Bits(), bytes.Bits(), words.asks, bytes.asks)
	}
	if f := words.floor(); math.Abs(f-0.57) > 0.01 { // the entropy rate that the grammar was measured to have
		t.Errorf("a floor of %v bits per token", f)
	}
	for i := range 20 {
		if got, want := byteTok.Decode(bytes.held[i]), storyTokenizer().Decode(words.held[i]); got != want {
			t.Fatalf("story %d is %q, want %q", i, got, want)
		}
		if s := bytes.held[i]; s[0] != byteTok.BOS() || s[len(s)-1] != byteTok.EOS() {
			t.Errorf("story %d is not between <s> and </s>", i)
		}
	}
	if err := words.fits(256); err != nil {
		t.Error(err)
	}
	if err := bytes.fits(256); err == nil || !strings.Contains(err.Error(), "--context 256: the stories have up to about") {
		t.Errorf("error %v", err)
	}
	if n := storySource("story", nil, story.BOS, story.EOS, 1, 3); n.Fingerprint() == storySource("story", nil, story.BOS, story.EOS, 1, 0).Fingerprint() {
		t.Error("three stories are all of them")
	}
}

// Random weights recall nothing; a few hundred steps teach them what often
// comes.
func TestExamAsks(t *testing.T) {
	e, err := newExam(context.Background(), "story", storyTokenizer(), story.BOS, story.EOS)
	if err != nil {
		t.Fatal(err)
	}
	c := train.Config{VocabSize: storyTokenizer().VocabSize(), Hidden: 16, Layers: 1, Heads: 2, FF: 32, Context: 256}
	tr, err := train.New(c, train.Options{Steps: 100, Pool: 8, Warmup: 5, AdamRate: 0.02, Seed: 1}, storySource("story", nil, story.BOS, story.EOS, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() (kinds map[string]float64, asked int) {
		m, err := train.Model(tr.Config().Export(story.BOS, story.EOS), tr.Weights())
		if err != nil {
			t.Fatal(err)
		}
		all, err := e.Recall(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		kinds = map[string]float64{}
		for i, r := range all {
			if i > 0 && r.Count > all[i-1].Count {
				t.Errorf("%s is asked for more often than %s", r.Kind, all[i-1].Kind)
			}
			kinds[r.Kind] = float64(r.Prob)
			asked += r.Count
		}
		return kinds, asked
	}
	before, asked := ask()
	tokens := 0
	for _, s := range e.held[:askedStories] {
		tokens += len(s) - 1
	}
	if asked < tokens/2 || asked >= tokens {
		t.Errorf("%d of %d words are asked for", asked, tokens)
	}
	for range 100 {
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	}
	after, _ := ask()
	for _, kind := range []string{"name", "closing quote", "container", "object"} {
		if p, ok := before[kind]; !ok || p > 0.05 {
			t.Errorf("%s: %v of random weights", kind, p)
		}
	}
	if before, after := before["closing quote"], after["closing quote"]; after < before+0.05 {
		t.Errorf("closing quotes: %v, and %v before", after, before)
	}
}
