package tokenizer

import (
	"errors"
	"fmt"
	"strings"

	"argen"
)

// A kind is a kind of tokenizers.
type kind struct {
	name string
	is   func(argen.Tokenizer) bool
	// Of those that a model's file can hold: the data that it holds, and the
	// tokenizer of such data.
	marshal   func(argen.Tokenizer) []byte
	unmarshal func(data []byte) (argen.Tokenizer, error)
}

// kinds are all kinds.
var kinds = []kind{
	kept("bytes", (*Bytes).marshal, unmarshalBytes),
	kept("chars", (*Chars).marshal, unmarshalChars),
	kept("words", (*Words).marshal, unmarshalWords),
	kept("story", (*Story).marshal, unmarshalStory),
	kept("bpe", (*BPE).marshal, unmarshalBPE),
	{name: "unigram", is: is[*Unigram]},
	{name: "wordpiece", is: is[*WordPiece]},
}

// kept is a kind that a model's file can hold.
func kept[T argen.Tokenizer](name string, marshal func(T) []byte, unmarshal func([]byte) (T, error)) kind {
	return kind{
		name, is[T],
		func(tok argen.Tokenizer) []byte { return marshal(tok.(T)) },
		func(data []byte) (argen.Tokenizer, error) {
			tok, err := unmarshal(data)
			if err != nil {
				return nil, err // not a nil pointer in an interface
			}
			return tok, nil
		},
	}
}

func is[T argen.Tokenizer](tok argen.Tokenizer) bool {
	_, ok := tok.(T)
	return ok
}

// Kind names the kind of a tokenizer: "bytes", "chars", "words", "story", "bpe",
// "unigram" or "wordpiece"; "unknown" where it is none of this package.
func Kind(tok argen.Tokenizer) string {
	for _, k := range kinds {
		if k.is(tok) {
			return k.name
		}
	}
	return "unknown"
}

// Marshal returns a tokenizer as its kind and the data from which [Unmarshal]
// makes it again: nothing for "bytes", the alphabet for "chars", a word a line
// for "words" and "story", a tokenizer.json for "bpe". Others cannot be kept.
func Marshal(tok argen.Tokenizer) (kind string, data []byte, err error) {
	for _, k := range kinds {
		if k.marshal != nil && k.is(tok) {
			return k.name, k.marshal(tok), nil
		}
	}
	return "", nil, fmt.Errorf("a tokenizer of type %T cannot be kept in a file", tok)
}

// Unmarshal returns the tokenizer of a kind and of data as [Marshal] returned
// them.
func Unmarshal(kind string, data []byte) (argen.Tokenizer, error) {
	var names []string
	for _, k := range kinds {
		if k.unmarshal == nil {
			continue
		}
		if k.name == kind {
			tok, err := k.unmarshal(data)
			if err != nil {
				return nil, fmt.Errorf("tokenizer of kind %q: %w", kind, err)
			}
			return tok, nil
		}
		names = append(names, k.name)
	}
	return nil, fmt.Errorf("no tokenizer of kind %q: there are %s", kind, strings.Join(names, ", "))
}

// joinLines returns words as lines; none of them holds a line feed.
func joinLines(words []string) []byte {
	if len(words) == 0 {
		return nil
	}
	return []byte(strings.Join(words, "\n") + "\n")
}

func splitLines(data []byte) ([]string, error) {
	if len(data) == 0 {
		return nil, nil
	}
	text, ok := strings.CutSuffix(string(data), "\n")
	if !ok {
		return nil, errors.New("the last word has no line end: the data is cut short")
	}
	return strings.Split(text, "\n"), nil
}
