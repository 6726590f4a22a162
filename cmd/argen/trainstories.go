package main

import (
	"context"
	"math/rand/v2"

	"argen"
	"argen/model/story"
	"argen/model/transformer/train"
)

// heldStories is how many stories the loss is measured on, and askedStories on
// how many of them the recall.
const (
	heldStories  = 200
	askedStories = 100
)

// heldSeed sets the stories that are held out apart from those of any training.
const heldSeed = 0x68656c64 // "held"

// storySource makes stories in the tokens of tok up, n of them or, if that is
// 0, new ones all the time.
func storySource(kind string, tok argen.Tokenizer, bos, eos argen.ID, seed, n uint64) train.Source {
	g := story.Default()
	stories := train.Stories{Name: g.SHA256(), Seed: seed, BOS: bos, Sample: g.Sample}
	if kind != "story" {
		stories.Name += " as " + kind
		stories.Sample = func(rng *rand.Rand) ([]argen.ID, error) {
			words, err := g.Sample(rng)
			if err != nil {
				return nil, err
			}
			ids, err := tok.Encode(storyTokenizer().Decode(words))
			return append(ids, eos), err
		}
	}
	if n > 0 {
		return train.Epochs{Source: stories, N: n, Seed: seed}
	}
	return stories
}

// An exam is what is known of the stories that are held out.
type exam struct {
	*story.Exam
	held   [][]argen.ID // in the tokens of the model
	tokens int          // to predict in held
	asks   bool         // for words: tokens are the grammar's
}

// newExam samples stories and asks the grammar about them.
func newExam(ctx context.Context, kind string, tok argen.Tokenizer, bos, eos argen.ID) (*exam, error) {
	e := &exam{asks: kind == "story"}
	words, err := train.Take(storySource("story", nil, story.BOS, story.EOS, heldSeed, 0), heldStories)
	if err != nil {
		return nil, err
	}
	if e.held, err = train.Take(storySource(kind, tok, bos, eos, heldSeed, 0), heldStories); err != nil {
		return nil, err
	}
	for i := range words {
		words[i] = words[i][1:] // without <s>
		e.tokens += len(e.held[i]) - 1
	}
	asked := 0
	if e.asks {
		asked = askedStories
	}
	e.Exam, err = story.NewExam(ctx, words, asked)
	return e, err
}

// floor is the entropy of the stories: bits per token of the model that no model
// goes below on the average.
func (e *exam) floor() float64 { return e.Bits() / float64(e.tokens) }

// fits says how long a context must be to hold every story, as far as those
// that are held out tell.
func (e *exam) fits(context int) error {
	longest := 0
	for _, s := range e.held {
		longest = max(longest, len(s)-1)
	}
	if context < longest {
		return usagef("--context %d: the stories have up to about %d tokens: choose %d", context, longest, (longest*5/4+31)/32*32)
	}
	return nil
}

// storyPrompt is a beginning after which the next word is certain, hay, to whom
// remembers the farm. It fits on a line.
const storyPrompt = "Mia and Sam were walking to the farm. The air smelled of"
