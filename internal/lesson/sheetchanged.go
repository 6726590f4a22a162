package lesson

import (
	"strings"
	"unicode"
)

// sheetWidth is how wide lines are broken to compare them; any width does.
const sheetWidth = 80

// gone returns the first line of an exercise as it was printed that does not
// stand on the sheet any more, "" if all do, or if nothing of the exercise is left
// but its answer. Lines may be broken elsewhere, and others, such as a student's
// working, may stand between them.
func gone(e *Exercise, body string) string {
	there := " " + gist(body) + " "
	if strings.TrimSpace(there) == "" {
		return ""
	}
	for line := range strings.Lines(e.text(sheetWidth)) {
		if g := gist(line); g != "" && !strings.Contains(there, " "+g+" ") {
			return strings.Join(strings.Fields(line), " ")
		}
	}
	return ""
}

// gist is the words and numbers of a text with a blank between them: what an editor
// or a word processor leaves as it is.
func gist(text string) string {
	list := strings.FieldsFunc(strings.ToLower(plain(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.'
	})
	kept := list[:0]
	for _, word := range list {
		if word = strings.Trim(word, "."); word != "" {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}
