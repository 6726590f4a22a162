package tokenizer

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"argen"
)

// Story is the word-level tokenizer of the story models: a token is a word of
// letters, a mark of punctuation or ’s, by the regular expression of the
// story grammar
//
//	’s|[A-Za-z]+|[.,!?:;()“”]
//
// Text is written with a blank between tokens, except before . , ! ? : ; ” )
// ’s and after “ (. Encode undoes Decode on every story.
//
// Encode also takes the quotes of a keyboard: 's is ’s, and a straight " opens
// a quote where a blank stands before it and none after it, closes one where
// it is the other way round, and otherwise closes the quote that is open.
type Story struct {
	vocab   []string
	pieces  [][]byte // vocab as bytes
	ids     map[string]argen.ID
	control []bool
}

// NewStory returns the tokenizer of a vocabulary, given by ID. Names in angle
// brackets, such as <s> and </s>, are control tokens.
func NewStory(vocab []string) *Story {
	t := &Story{
		vocab:   slices.Clone(vocab),
		ids:     make(map[string]argen.ID, len(vocab)),
		pieces:  make([][]byte, len(vocab)),
		control: make([]bool, len(vocab)),
	}
	for i, w := range t.vocab {
		t.pieces[i] = []byte(w)
		t.control[i] = strings.HasPrefix(w, "<") && strings.HasSuffix(w, ">")
		if _, twice := t.ids[w]; !twice && !t.control[i] {
			t.ids[w] = argen.ID(i)
		}
	}
	return t
}

// Encode implements argen.Tokenizer. Words that the vocabulary lacks are an
// [UnknownWordsError] that lists all of them.
func (t *Story) Encode(text string) ([]argen.ID, error) {
	var (
		ids     []argen.ID
		unknown []UnknownWord
	)
	for word, at := range storySpans(text) {
		if id, ok := t.ids[word.token]; ok {
			ids = append(ids, id)
		} else {
			unknown = append(unknown, UnknownWord{Word: word.token, Offset: at})
		}
	}
	if len(unknown) > 0 {
		return nil, unknownWords("the stories do", unknown, maps.Keys(t.ids))
	}
	return ids, nil
}

// Tokens returns the tokens of text with their places.
func (t *Story) Tokens(text string) ([]Token, error) {
	ids, err := t.Encode(text)
	if err != nil {
		return nil, err
	}
	tokens := make([]Token, 0, len(ids))
	for word, at := range storySpans(text) {
		i := len(tokens)
		tokens = append(tokens, Token{ID: ids[i], Piece: t.pieces[ids[i]], Start: at, End: at + word.size, Word: i})
	}
	return tokens, nil
}

// A storySpan is a token and the bytes of the text that say it: "’s" may be
// written 's.
type storySpan struct {
	token string
	size  int
}

// storySpans yields the tokens of a text, known or not, and where they begin.
func storySpans(text string) iter.Seq2[storySpan, int] {
	return func(yield func(storySpan, int) bool) {
		quoting := false // a “ is open
		for at := 0; at < len(text); {
			word, size := storyWord(text, at, quoting)
			switch word {
			case "“", "”":
				quoting = word == "“"
			}
			if word != "" && !yield(storySpan{word, size}, at) {
				return
			}
			at += size
		}
	}
}

// storyWord returns the token that begins at a byte of the text and how many
// bytes it takes; "" for blanks.
func storyWord(text string, at int, quoting bool) (word string, size int) {
	rest := text[at:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case unicode.IsSpace(r):
		return "", size
	case r == '"':
		if storyOpens(text[:at], rest[1:], quoting) {
			return "“", 1
		}
		return "”", 1
	case strings.HasPrefix(rest, "’s"):
		return "’s", len("’s")
	case strings.HasPrefix(rest, "'s") && !letterFirst(rest[2:]):
		return "’s", len("'s")
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return rest[:size], size
	}
	// A word goes on over all letters, accents and digits, so that one that
	// the stories cannot spell is reported whole.
	size = strings.IndexFunc(rest, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
	if size < 0 {
		size = len(rest)
	}
	return rest[:size], size
}

// storyOpens reports whether a straight quote between two texts opens a quote.
func storyOpens(before, after string, quoting bool) bool {
	prev, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	blankBefore := before == "" || unicode.IsSpace(prev) || prev == '('
	blankAfter := after == "" || unicode.IsSpace(next) || strings.ContainsRune(".,!?:;)", next)
	if blankBefore == blankAfter {
		return !quoting
	}
	return blankBefore
}

// Decode implements argen.Tokenizer. Ids outside the vocabulary are left out.
func (t *Story) Decode(ids []argen.ID) string {
	var b strings.Builder
	prev := argen.NoID
	for _, id := range ids {
		if !t.valid(id) || t.control[id] {
			continue
		}
		b.WriteString(t.Join(prev, id))
		b.WriteString(t.vocab[id])
		prev = id
	}
	return b.String()
}

// Join implements argen.Joiner. Beside a control token stands nothing.
func (t *Story) Join(prev, next argen.ID) string {
	if !t.valid(prev) || !t.valid(next) || t.control[prev] || t.control[next] {
		return ""
	}
	switch t.vocab[next] {
	case ".", ",", "!", "?", ":", ";", "”", ")", "’s":
		return ""
	}
	switch t.vocab[prev] {
	case "“", "(":
		return ""
	}
	return " "
}

// Piece implements argen.Tokenizer. It is nil for an id outside the vocabulary.
func (t *Story) Piece(id argen.ID) []byte {
	if !t.valid(id) {
		return nil
	}
	return t.pieces[id]
}

// Control implements argen.Tokenizer.
func (t *Story) Control(id argen.ID) bool { return t.valid(id) && t.control[id] }

// VocabSize implements argen.Tokenizer.
func (t *Story) VocabSize() int { return len(t.vocab) }

func (t *Story) valid(id argen.ID) bool { return id >= 0 && int(id) < len(t.vocab) }

func (t *Story) marshal() []byte { return joinLines(t.vocab) }

func unmarshalStory(data []byte) (*Story, error) {
	vocab, err := splitLines(data)
	if err != nil {
		return nil, err
	}
	return NewStory(vocab), nil
}
