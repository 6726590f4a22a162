package model

import (
	"context"
	"fmt"

	"argen"
	"argen/model/paths"
	"argen/model/story"
	"argen/tokenizer"
)

// openTruth opens the exact model of a story grammar, the embedded one if no
// file is given.
func openTruth(_ context.Context, path string, _ Options) (*LM, error) {
	g := story.Default()
	lm := &LM{}
	if path != "" {
		text, err := paths.Read(path, story.MaxSize)
		if err != nil {
			return nil, fmt.Errorf("story grammar: %w", err)
		}
		if g, err = story.Parse(argen.Visible(path), text); err != nil {
			return nil, err
		}
		lm.Path, lm.Size = path, int64(len(text))
	}
	lm.Model, lm.Tokenizer = story.NewModel(g), tokenizer.NewStory(g.Vocab())
	return lm, nil
}
