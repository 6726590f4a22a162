package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A scanner returns the length of the first word of a text that is not empty
// and is valid UTF-8, at least 1. BPE never merges across words.
type scanner func(text string) int

// A charClass is what the patterns of pre-tokenizers tell apart.
type charClass uint8

const (
	other  charClass = iota // [^\s\p{L}\p{N}]
	letter                  // \p{L}
	number                  // \p{N}
	space                   // \s, the 25 characters of White_Space
)

var asciiClass = func() (class [utf8.RuneSelf]charClass) {
	for c := range class {
		class[c] = classOf(rune(c))
	}
	return class
}()

// classAt returns the class and the length of the first character of a text
// that is not empty.
func classAt(text string) (charClass, int) {
	if c := text[0]; c < utf8.RuneSelf {
		return asciiClass[c], 1
	}
	r, size := utf8.DecodeRuneInString(text)
	return classOf(r), size
}

func classOf(r rune) charClass {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.IsLetter(r) || unicode.Is(newLetters, r):
		return letter
	case unicode.IsNumber(r) || unicode.Is(newNumbers, r):
		return number
	}
	return other
}

// scanGPT2 finds words by the pattern of GPT-2,
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// that is: an English contraction; letters, numbers or other characters with
// a blank before them; or white space, of which the last character is left to
// the next word, if there is one, and begins it if it is a blank.
func scanGPT2(text string) int {
	if text[0] == '\'' {
		if n := contraction(text); n > 0 {
			return n
		}
	}
	at := 0
	if text[0] == ' ' {
		at = 1
	}
	if at < len(text) {
		if class, size := classAt(text[at:]); class != space {
			return at + size + run(text[at+size:], class)
		}
	}
	// White space, at least one character.
	end, last := 0, 0
	for end < len(text) {
		class, size := classAt(text[end:])
		if class != space {
			if end > last { // more than one
				return end - last
			}
			return end
		}
		end, last = end+size, size
	}
	return end
}

// run returns the length of the characters of a class that text begins with.
func run(text string, class charClass) int {
	for at := 0; at < len(text); {
		c, size := classAt(text[at:])
		if c != class {
			return at
		}
		at += size
	}
	return len(text)
}

// contraction returns the length of 's, 't, 're, 've, 'm, 'll or 'd at the
// beginning of text, else 0.
func contraction(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	for _, c := range [...]string{"'re", "'ve", "'ll"} {
		if strings.HasPrefix(text, c) {
			return len(c)
		}
	}
	return 0
}
