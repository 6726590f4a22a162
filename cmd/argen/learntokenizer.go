package main

import (
	"context"
	"strings"
	"sync"

	"argen"
	"argen/model/story"
	"argen/tokenizer"
)

// storyTokenizer is that of the story models.
var storyTokenizer = sync.OnceValue(func() *tokenizer.Story { return tokenizer.NewStory(story.Default().Vocab()) })

// tokenizers are those that a model can be trained with. Learn reads the text
// where the tokenizer depends on it; words has none, since counting finds them.
var tokenizers = []struct {
	name  string
	learn func(ctx context.Context, text *corpusReader, size int, p *progress) (argen.Tokenizer, error)
}{
	{"words", nil},
	{"chars", func(_ context.Context, text *corpusReader, _ int, _ *progress) (argen.Tokenizer, error) {
		return learnChars(text)
	}},
	{"bytes", func(context.Context, *corpusReader, int, *progress) (argen.Tokenizer, error) {
		return tokenizer.NewBytes(), nil
	}},
	{"story", func(context.Context, *corpusReader, int, *progress) (argen.Tokenizer, error) {
		return storyTokenizer(), nil
	}},
	{"bpe", func(ctx context.Context, text *corpusReader, size int, p *progress) (argen.Tokenizer, error) {
		t, err := learnBPE(ctx, text, size, p)
		if err != nil {
			return nil, err // not a nil *BPE in an interface
		}
		return t, nil
	}},
}

// trainable are the names of tokenizers.
func trainable() []string {
	var names []string
	for _, t := range tokenizers {
		names = append(names, t.name)
	}
	return names
}

// learnTokenizer makes the tokenizer of a text.
func learnTokenizer(ctx context.Context, kind string, text *corpusReader, size int, p *progress) (argen.Tokenizer, error) {
	for _, t := range tokenizers {
		if t.name == kind && t.learn != nil {
			return t.learn(ctx, text, size, p)
		}
	}
	return nil, usagef("--tokenizer %q: choose one of %s", kind, strings.Join(trainable(), ", "))
}

// learnChars finds the characters of a text.
func learnChars(text *corpusReader) (argen.Tokenizer, error) {
	seen := map[rune]bool{}
	for line, err := range text.lines() {
		if err != nil {
			return nil, err
		}
		for _, r := range tokenizer.Valid(string(line)) {
			seen[r] = true
		}
	}
	var all []rune
	for r := range seen {
		all = append(all, r)
	}
	return tokenizer.NewChars(string(all)), nil // in the order of code points, whatever theirs
}
