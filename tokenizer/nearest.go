package tokenizer

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"argen/internal/edits"
)

// An UnknownWordsError lists the words of a text that a word-level vocabulary
// lacks.
type UnknownWordsError struct {
	Words []UnknownWord

	who string // who does not know them, with its verb: "the stories do"
}

// An UnknownWord is a word that is not in the vocabulary.
type UnknownWord struct {
	Word    string
	Offset  int      // in bytes
	Nearest []string // the most similar known words, at most three; only for the first words of a list
}

// maxListed is how many unknown words a message names.
const maxListed = 5

// unknownWords returns the error of words that are not among the known ones.
func unknownWords(who string, unknown []UnknownWord, known iter.Seq[string]) error {
	for i := range unknown[:min(len(unknown), maxListed)] {
		unknown[i].Nearest = nearest(unknown[i].Word, known)
	}
	return &UnknownWordsError{Words: unknown, who: who}
}

// Error implements error: the words, where they stand and what comes near.
func (e *UnknownWordsError) Error() string {
	var b strings.Builder
	b.WriteString(e.who + " not know ")
	for i, w := range e.Words[:min(len(e.Words), maxListed)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s at byte %d", quoteWord(w.Word), w.Offset)
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

// quoteWord quotes a word for a message, cut at 40 characters.
func quoteWord(word string) string {
	if runes := []rune(word); len(runes) > 40 {
		word = string(runes[:40]) + "…"
	}
	return strconv.Quote(word)
}

// nearest returns up to three known words that differ from word in at most
// half of its letters, the most similar first, upper and lower case being
// alike.
func nearest(word string, known iter.Seq[string]) []string {
	const most, longest = 3, 40
	lower := strings.ToLower(word)
	letters := utf8.RuneCountInString(lower)
	if letters > longest || !letterFirst(word) {
		return nil
	}
	type match struct {
		word     string
		distance int
	}
	var matches []match
	for w := range known {
		// A word of another length differs in at least the letters it has more
		// or fewer; its bytes tell of most such words without further work.
		if len(w) > utf8.UTFMax*(letters+letters/2) || len(w) < letters-letters/2 || !letterFirst(w) {
			continue
		}
		if d := edits.Distance(lower, strings.ToLower(w)); d <= letters/2 {
			matches = append(matches, match{w, d})
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

// letterFirst reports whether a text begins with a letter.
func letterFirst(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}
