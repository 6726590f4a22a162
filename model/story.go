package model

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"argen/model/paths"
	"argen/model/story"
	"argen/model/transformer"
	"argen/tokenizer"
)

// openStory opens the embedded transformer, or what it was after a step of its
// training.
func openStory(_ context.Context, step string, o Options) (*LM, error) {
	if step == "" {
		return embedded(story.Transformer, o)
	}
	n, err := strconv.Atoi(step)
	if err != nil || strconv.Itoa(n) != step || !slices.Contains(story.Snapshots, n) {
		return nil, fmt.Errorf("model %s: the steps of its training that were kept are %s, and story is the last", paths.Quote("story:"+step), snapshots())
	}
	return embedded(func() (*transformer.Model, error) { return story.Snapshot(n) }, o)
}

// snapshots lists the steps that were kept: "100, 500, 2000".
func snapshots() string {
	var kept []string
	for _, s := range story.Snapshots {
		kept = append(kept, strconv.Itoa(s))
	}
	return strings.Join(kept, ", ")
}

// openVerdict opens the embedded transformer that verdicts trained.
func openVerdict(_ context.Context, _ string, o Options) (*LM, error) {
	return embedded(story.VerdictTransformer, o)
}

func embedded(open func() (*transformer.Model, error), o Options) (*LM, error) {
	m, err := open()
	if err != nil {
		return nil, err
	}
	m = m.With(o.transformer())
	return &LM{Model: m, Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Size: m.Size()}, nil
}
