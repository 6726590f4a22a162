package lesson

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"argen"
)

// prose is a text that no model can have been trained on, since it was written
// for argen: the report of how a clock was repaired, about 1,270 words.
//
//go:embed prose.txt
var prose string

// Text returns n texts of the model's world that it was not trained on, without
// a token that begins them: fresh stories for a model of stories, each with its
// end, by dice of a name; for any other model the pieces of one English text, cut
// where sentences end into parts of about the same length, fewer where it has not
// so many sentences, and of several none longer than the model can read. Lessons
// whose numbers come from that text say in their caveat that it is one.
func (l *Lab) Text(ctx context.Context, name string, n int) ([][]argen.ID, error) {
	if l.Story() {
		return l.Stories(ctx, name, n)
	}
	var texts [][]argen.ID
	for _, piece := range pieces(prose, n) {
		ids, err := l.LM.Tokenizer.Encode(piece)
		if err != nil {
			return nil, fmt.Errorf("the text that models are measured on: %w", err)
		}
		if most := l.LM.Model.Info().ContextLength; most > 0 && n > 1 && len(ids) >= most {
			ids = ids[:most-1] // with the token that begins a text
		}
		texts = append(texts, ids)
	}
	return texts, nil
}

// pieces cuts a text after sentences into n parts of about the same length, or
// into its sentences if these are fewer.
func pieces(text string, n int) []string {
	var parts []string
	from := 0
	for i := 1; i <= n && from < len(text); i++ {
		to := max(len(text)*i/n, from+1)
		for to < len(text) && !sentenceEnds(text, to) {
			to++
		}
		if part := strings.TrimSpace(text[from:to]); part != "" {
			parts = append(parts, part)
		}
		from = to
	}
	return parts
}

// sentenceEnds reports whether a sentence has ended before text[at:].
func sentenceEnds(text string, at int) bool {
	return strings.ContainsRune(".!?", rune(text[at-1])) && (text[at] == ' ' || text[at] == '\n')
}

// firstLike are, of each text, the number of the first one that begins with the same
// n tokens.
func firstLike(texts [][]argen.ID, n int) []int {
	list := make([]int, len(texts))
	for i, ids := range texts {
		begin := ids[:min(n, len(ids))]
		list[i] = slices.IndexFunc(texts, func(other []argen.ID) bool { return slices.Equal(other[:min(n, len(other))], begin) })
	}
	return list
}
