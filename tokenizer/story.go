package tokenizer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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
		quoting bool // a “ is open
	)
	for at := 0; at < len(text); {
		word, size := storyWord(text, at, quoting)
		switch word {
		case "“", "”":
			quoting = word == "“"
		}
		if id, ok := t.ids[word]; ok {
			ids = append(ids, id)
		} else if word != "" {
			unknown = append(unknown, UnknownWord{Word: word, Offset: at})
		}
		at += size
	}
	if len(unknown) == 0 {
		return ids, nil
	}
	for i := range unknown[:min(len(unknown), maxListed)] {
		unknown[i].Nearest = t.nearest(unknown[i].Word)
	}
	return nil, &UnknownWordsError{Words: unknown}
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
	case strings.HasPrefix(rest, "'s") && !storyLetterFirst(rest[2:]):
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

func storyLetterFirst(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
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

// An UnknownWordsError lists the words of a text that a word-level vocabulary
// lacks.
type UnknownWordsError struct {
	Words []UnknownWord
}

// An UnknownWord is a word that is not in the vocabulary.
type UnknownWord struct {
	Word    string
	Offset  int      // in bytes
	Nearest []string // the most similar known words, at most three; only for the first words of a list
}

// maxListed is how many unknown words a message names.
const maxListed = 5

// Error implements error: the words, where they stand and what comes near.
func (e *UnknownWordsError) Error() string {
	var b strings.Builder
	b.WriteString("the stories do not know ")
	for i, w := range e.Words[:min(len(e.Words), maxListed)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s at byte %d", storyQuote(w.Word), w.Offset)
		if len(w.Nearest) == 0 {
			continue
		}
		nearest := strings.Join(w.Nearest, ", ")
		if len(e.Words) == 1 {
			b.WriteString("; nearest known words: " + nearest)
		} else {
			b.WriteString(" (nearest: " + nearest + ")")
		}
	}
	if more := len(e.Words) - maxListed; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

// storyQuote quotes a word for a message, cut at 40 characters.
func storyQuote(word string) string {
	if runes := []rune(word); len(runes) > 40 {
		word = string(runes[:40]) + "…"
	}
	return strconv.Quote(word)
}

// nearest returns up to three known words that differ from word in at most
// half of its letters, the most similar first, upper and lower case being
// alike.
func (t *Story) nearest(word string) []string {
	const most, longest = 3, 40
	lower := []rune(strings.ToLower(word))
	if len(lower) > longest || !storyLetterFirst(word) {
		return nil
	}
	type match struct {
		word     string
		distance int
	}
	var matches []match
	for known := range t.ids {
		if d := storyDistance(lower, []rune(strings.ToLower(known))); d <= len(lower)/2 && storyLetterFirst(known) {
			matches = append(matches, match{known, d})
		}
	}
	slices.SortFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.word, b.word))
	})
	var words []string
	for _, m := range matches[:min(len(matches), most)] {
		words = append(words, m.word)
	}
	return words
}

// storyDistance is the number of letters to insert, delete or replace to make
// b of a (Levenshtein, Binary Codes Capable of Correcting Deletions,
// Insertions and Reversals, 1966).
func storyDistance(a, b []rune) int {
	row := make([]int, len(b)+1) // distances of the letters of a so far to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			d := diagonal
			if a[i] != b[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}
