package main

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"argen"
	"argen/model/story"
	"argen/model/transformer"
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
	held [][]argen.ID
	bits float64 // −log₂ P of all of them under the grammar that wrote them
	// What each word asks for, of the first stories; none where tokens are not
	// the grammar's words.
	demands [][]story.Demand
}

// newExam samples stories and asks the grammar about them.
func newExam(ctx context.Context, kind string, tok argen.Tokenizer, bos, eos argen.ID) (*exam, error) {
	e := &exam{}
	words, err := train.Take(storySource("story", nil, story.BOS, story.EOS, heldSeed, 0), heldStories)
	if err != nil {
		return nil, err
	}
	if e.held, err = train.Take(storySource(kind, tok, bos, eos, heldSeed, 0), heldStories); err != nil {
		return nil, err
	}
	for i, s := range words {
		positions, err := story.Truth().Score(ctx, s[1:])
		if err != nil {
			return nil, err
		}
		for _, p := range positions {
			e.bits -= p.LogProb / math.Ln2
		}
		if kind == "story" && i < askedStories {
			d, err := story.Truth().Demands(ctx, s[1:])
			if err != nil {
				return nil, err
			}
			e.demands = append(e.demands, d)
		}
	}
	return e, nil
}

// floor is the entropy of the stories: bits per token that no model goes below
// on the average.
func (e *exam) floor() float64 {
	n := 0
	for _, s := range e.held {
		n += len(s) - 1
	}
	return e.bits / float64(n)
}

// A recall is the mean probability that a model gives to the words of a kind
// which what went before leaves no choice about.
type recall struct {
	Kind  string  `json:"kind"`
	Prob  number  `json:"prob"`
	Count int     `json:"count"`
	sum   float64 // of the probabilities
}

// ask asks a model for the words that it must have remembered. The kinds are in
// the order of how often they are asked for.
func (e *exam) ask(ctx context.Context, m *transformer.Model) ([]recall, error) {
	kinds := map[string]*recall{}
	for i, demands := range e.demands {
		s := e.held[i]
		rows, err := m.Start().(argen.Scorer).Score(ctx, s[:len(s)-1]...)
		if err != nil {
			return nil, err
		}
		for j, d := range demands {
			if d.Prob < story.Sure {
				continue
			}
			k := kinds[d.Kind]
			if k == nil {
				k = &recall{Kind: d.Kind}
				kinds[d.Kind] = k
			}
			k.Count++
			k.sum += softmaxAt(rows[j], d.Word)
		}
	}
	var all []recall
	for _, k := range kinds {
		k.Prob = number(k.sum / float64(k.Count))
		all = append(all, *k)
	}
	slices.SortFunc(all, func(a, b recall) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Kind, b.Kind)) })
	return all, nil
}

// softmaxAt is the probability of one token.
func softmaxAt(logits []float64, id argen.ID) float64 {
	sum := 0.0
	for _, z := range logits {
		sum += math.Exp(z - logits[id])
	}
	return 1 / sum
}

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

// storyPrompt is a beginning whose next word, Mia, has to be remembered.
const storyPrompt = "On Sunday, Mia and Omar met in the park. Mia had a red kite. " +
	"Mia left the kite under the bench and ran off to feed the ducks. “Omar, have you seen my red kite?” asked"
