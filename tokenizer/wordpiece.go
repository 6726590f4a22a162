package tokenizer

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"argen"
)

// WordPiece is the tokenizer of BERT: of a word it takes the longest token that it
// begins with, then the longest that goes on with it, spelt with ## before it. A
// word that cannot be cut so, or is too long, is the unknown token. WordLevel has
// whole words only.
//
// (Wu et al., Google's Neural Machine Translation System, 2016; Devlin et al.,
// BERT, 2019.)
type WordPiece struct {
	Pipeline
	wordOptions
}

type wordOptions struct {
	level   bool   // of whole words only, a WordLevel
	unk     string // the unknown token
	prefix  string // of tokens that go on with a word
	longest int    // words of more characters are unknown
}

func newWordPiece(names []string, added []AddedToken, o wordOptions, c hfComponents) (*WordPiece, error) {
	t := &WordPiece{wordOptions: o}
	t.names, t.added = names, slices.Clone(added)
	if err := t.build(c); err != nil {
		return nil, err
	}
	t.model = t
	t.ids = make(map[string]argen.ID, len(names))
	for id, name := range names {
		if name != "" {
			t.ids[name] = argen.ID(id)
		}
	}
	return t, t.init()
}

// appendWord implements model.
func (t *WordPiece) appendWord(ids []argen.ID, word string) ([]argen.ID, error) {
	from := len(ids)
	err := t.cut(word, func(id argen.ID, _ place) { ids = append(ids, id) }, func() { ids = ids[:from] })
	return ids, err
}

// spread implements model.
func (t *WordPiece) spread(word string, _ []argen.ID) (places []place) {
	_ = t.cut(word, func(_ argen.ID, at place) { places = append(places, at) }, func() { places = nil })
	return places
}

// cut yields the tokens of a word. Undo takes those back that were yielded.
func (t *WordPiece) cut(word string, yield func(id argen.ID, at place), undo func()) error {
	if t.level {
		if id, ok := t.ids[word]; ok {
			yield(id, place{0, len(word)})
			return nil
		}
		return t.unknown(word, yield)
	}
	if utf8.RuneCountInString(word) > t.longest {
		return t.unknown(word, yield)
	}
	for at := 0; at < len(word); {
		prefix := ""
		if at > 0 {
			prefix = t.prefix
		}
		end := len(word)
		for end > at {
			if id, ok := t.ids[prefix+word[at:end]]; ok {
				yield(id, place{at, end})
				break
			}
			_, size := utf8.DecodeLastRuneInString(word[at:end])
			end -= size
		}
		if end == at {
			undo()
			return t.unknown(word, yield)
		}
		at = end
	}
	return nil
}

func (t *WordPiece) unknown(word string, yield func(id argen.ID, at place)) error {
	id, ok := t.ids[t.unk]
	if !ok {
		return fmt.Errorf("%s is not in the vocabulary, nor is unk_token, %s", quoteWord(word), quoteWord(t.unk))
	}
	yield(id, place{0, len(word)})
	return nil
}
