package tokenizer

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"argen"
)

// kinds are the tokenizers that a model file can hold, by the name under which
// it does. marshal reports false for a tokenizer of another kind.
var kinds = []struct {
	name      string
	marshal   func(argen.Tokenizer) (data []byte, ok bool)
	unmarshal func(data []byte) (argen.Tokenizer, error)
}{
	{"bytes", marshalBytes, unmarshalBytes},
	{"chars", marshalChars, unmarshalChars},
	{"words", marshalWords, unmarshalWords},
	{"story", marshalStory, unmarshalStory},
	{"bpe", marshalBPE, unmarshalBPE},
}

// Marshal returns a tokenizer as its kind and the data from which [Unmarshal]
// makes it again: nothing for "bytes", the alphabet for "chars", a word a line
// for "words" and "story", a tokenizer.json for "bpe".
func Marshal(tok argen.Tokenizer) (kind string, data []byte, err error) {
	for _, k := range kinds {
		if data, ok := k.marshal(tok); ok {
			return k.name, data, nil
		}
	}
	return "", nil, fmt.Errorf("a tokenizer of type %T cannot be kept in a file", tok)
}

// Unmarshal returns the tokenizer of a kind and of data as [Marshal] returned
// them.
func Unmarshal(kind string, data []byte) (argen.Tokenizer, error) {
	var names []string
	for _, k := range kinds {
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

func marshalBytes(tok argen.Tokenizer) ([]byte, bool) {
	_, ok := tok.(*Bytes)
	return nil, ok
}

func unmarshalBytes(data []byte) (argen.Tokenizer, error) {
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes of data, want none", len(data))
	}
	return NewBytes(), nil
}

func marshalChars(tok argen.Tokenizer) ([]byte, bool) {
	t, ok := tok.(*Chars)
	if !ok {
		return nil, false
	}
	return []byte(string(t.alphabet)), true
}

func unmarshalChars(data []byte) (argen.Tokenizer, error) {
	prev := rune(-1)
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, fmt.Errorf("byte %d of the alphabet is not UTF-8", at)
		}
		if r <= prev {
			return nil, fmt.Errorf("byte %d: %q does not come after %q in the order of the alphabet", at, r, prev)
		}
		prev = r
		at += size
	}
	return NewChars(string(data)), nil
}

func marshalWords(tok argen.Tokenizer) ([]byte, bool) {
	t, ok := tok.(*Words)
	if !ok {
		return nil, false
	}
	return joinLines(t.vocab), true
}

func unmarshalWords(data []byte) (argen.Tokenizer, error) {
	vocab, err := splitLines(data)
	if err != nil {
		return nil, err
	}
	t, err := NewWords(vocab)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func marshalStory(tok argen.Tokenizer) ([]byte, bool) {
	t, ok := tok.(*Story)
	if !ok {
		return nil, false
	}
	return joinLines(t.vocab), true
}

func unmarshalStory(data []byte) (argen.Tokenizer, error) {
	vocab, err := splitLines(data)
	if err != nil {
		return nil, err
	}
	return NewStory(vocab), nil
}

func marshalBPE(tok argen.Tokenizer) ([]byte, bool) {
	t, ok := tok.(*BPE)
	if !ok {
		return nil, false
	}
	var b bytes.Buffer
	_ = t.WriteJSON(&b) // a buffer takes everything
	return b.Bytes(), true
}

func unmarshalBPE(data []byte) (argen.Tokenizer, error) {
	t, err := ReadBPE("tokenizer.json", data)
	if err != nil {
		return nil, err
	}
	return t, nil
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
