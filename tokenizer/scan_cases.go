package tokenizer

import (
	"unicode"
	"unicode/utf8"
)

// A letterCase is what the pattern of o200k tells apart.
type letterCase uint8

const (
	noCase letterCase = iota // [^\p{L}\p{M}]
	upper                    // \p{Lu}\p{Lt}
	lower                    // \p{Ll}
	both                     // \p{Lm}\p{Lo}: may stand among either
	mark                     // \p{M}: so may these, which are no letters
)

// caseAt returns the case and the length of the first character of a text, 0 of
// no text.
func caseAt(text string) (letterCase, int) {
	if text == "" {
		return noCase, 0
	}
	if c := text[0]; c < utf8.RuneSelf {
		switch {
		case 'a' <= c && c <= 'z':
			return lower, 1
		case 'A' <= c && c <= 'Z':
			return upper, 1
		}
		return noCase, 1
	}
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case unicode.Is(unicode.Ll, r) || unicode.Is(newLower, r):
		return lower, size
	case unicode.Is(unicode.Lu, r) || unicode.Is(unicode.Lt, r) || unicode.Is(newUpper, r):
		return upper, size
	case unicode.IsLetter(r) || unicode.Is(newLetters, r):
		return both, size
	case isMark(r):
		return mark, size
	}
	return noCase, size
}

func isMark(r rune) bool { return unicode.Is(unicode.M, r) || unicode.Is(newMarks, r) }

// scanO200k finds words by the pattern of o200k, of GPT-4o and gpt-oss. It is
// that of Llama 3 where a word of letters may change from upper to lower case but
// not back, may hold marks, and takes a contraction with it; a slash may stand
// among the line ends behind other characters.
//
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|
//	\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
func scanO200k(text string) int {
	if n := cased(text); n > 0 {
		if n < len(text) && text[n] == '\'' {
			n += anyContraction(text[n:])
		}
		return n
	}
	return scanTail(text, 3, true)
}

// scanTekken is scanO200k without contractions and with each number alone, the
// pattern of Mistral's Tekken.
func scanTekken(text string) int {
	if n := cased(text); n > 0 {
		return n
	}
	return scanTail(text, 1, true)
}

// cased returns the length of the letters, with one character before them, that
// text begins with: the first alternative of the pattern, then the second, each
// with such a character, then without.
func cased(text string) int {
	before := 0
	if class, size := classAt(text); class != letter && class != number && text[0] != '\r' && text[0] != '\n' {
		before = size
	}
	first, _ := caseAt(text)
	for _, whole := range [...]bool{false, true} {
		if before > 0 {
			if n := casedAt(text[before:], whole); n > 0 {
				return before + n
			}
		}
		if first != noCase {
			if n := casedAt(text, whole); n > 0 {
				return n
			}
		}
	}
	return 0
}

// casedAt returns the length of upper case with lower case behind it, which there
// must be. If all is set, upper case is enough.
func casedAt(text string, all bool) int {
	end, low := 0, 0 // of what may be upper case; behind the last of it that may be lower case
	for {
		c, size := caseAt(text[end:])
		if c != upper && c != both && c != mark {
			if c == lower {
				low = end + size
				for low < len(text) {
					if c, size = caseAt(text[low:]); c == noCase || c == upper {
						break
					}
					low += size
				}
			}
			break
		}
		end += size
		if c != upper {
			low = end
		}
	}
	if all {
		return max(end, low)
	}
	return low
}
