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
	return blanks(text)
}

// blanks returns the length of the white space that text begins with, at least
// one character, without the last of several if something follows.
func blanks(text string) int {
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

// scanLlama3 finds words by the pattern of Llama 3,
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// that is: a contraction in any case; letters with any one character before
// them that is no line end, letter or number; up to three numbers; other
// characters with a blank before and line ends behind; white space up to its
// last line end; or else as in [scanGPT2].
func scanLlama3(text string) int { return scanLines(text, 3) }

// scanQwen2 is scanLlama3 with each number alone, the pattern of Qwen 2.
func scanQwen2(text string) int { return scanLines(text, 1) }

func scanLines(text string, numbers int) int {
	if text[0] == '\'' {
		if n := anyContraction(text); n > 0 {
			return n
		}
	}
	class, size := classAt(text)
	if class == letter {
		return size + run(text[size:], letter)
	}
	if class != number && size < len(text) && text[0] != '\r' && text[0] != '\n' {
		if next, n := classAt(text[size:]); next == letter {
			return size + n + run(text[size+n:], letter)
		}
	}
	return scanTail(text, numbers, false)
}

// scanTail is what the patterns of Llama 3 and its kind have for texts that do not
// begin with letters: so many numbers; other characters with a blank before and
// line ends behind, among which there may be slashes; white space up to its last
// line end; or else as in [scanGPT2].
func scanTail(text string, numbers int, slashes bool) int {
	class, size := classAt(text)
	if class == number {
		for n := 1; n < numbers && size < len(text); n++ {
			next, more := classAt(text[size:])
			if next != number {
				break
			}
			size += more
		}
		return size
	}
	at := 0
	if text[0] == ' ' && len(text) > 1 {
		if next, _ := classAt(text[1:]); next == other {
			at = 1
		}
	}
	if at == 1 || class == other {
		at += run(text[at:], other)
		return at + lineEnds(text[at:], slashes)
	}
	return spaces(text)
}

// spaces returns the length of white space up to its last line end, or else as
// [blanks] does.
func spaces(text string) int {
	white := run(text, space)
	if end := strings.LastIndexAny(text[:white], "\r\n"); end >= 0 {
		return end + 1
	}
	return blanks(text)
}

// lineEnds returns the length of the line ends, and slashes, that text begins with.
func lineEnds(text string, slashes bool) int {
	n := 0
	for n < len(text) && (text[n] == '\r' || text[n] == '\n' || slashes && text[n] == '/') {
		n++
	}
	return n
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

// anyContraction is contraction in any case. U+017F is an s there, since it
// becomes an S in upper case.
func anyContraction(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] | 0x20 {
	case 's', 't', 'm', 'd':
		return 2
	}
	if strings.HasPrefix(text[1:], "\u017f") {
		return 3
	}
	if len(text) < 3 {
		return 0
	}
	switch string([]byte{text[1] | 0x20, text[2] | 0x20}) {
	case "re", "ve", "ll":
		return 3
	}
	return 0
}
