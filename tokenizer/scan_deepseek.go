package tokenizer

import (
	"unicode"
	"unicode/utf8"
)

// scanNumbers cuts numbers out, up to three together: \p{N}{1,3}.
func scanNumbers(text string) int {
	class, size := classAt(text)
	if class != number {
		return digitsScanner(text)
	}
	for range 2 {
		if size == len(text) {
			break
		}
		class, n := classAt(text[size:])
		if class != number {
			break
		}
		size += n
	}
	return size
}

// scanChinese cuts runs of Chinese characters and kana out: [一-龥぀-ゟ゠-ヿ]+.
func scanChinese(text string) int {
	first := false
	for i, r := range text {
		in := r >= 0x4e00 && r <= 0x9fa5 || r >= 0x3040 && r <= 0x30ff
		if i == 0 {
			first = in
		} else if in != first {
			return i
		}
	}
	return len(text)
}

// scanDeepSeek is the last pattern of DeepSeek V3,
//
//	[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// and what stands between its words.
func scanDeepSeek(text string) int {
	if n := deepSeekWord(text); n > 0 {
		return n
	}
	for i := range text {
		if i > 0 && deepSeekWord(text[i:]) > 0 {
			return i
		}
	}
	return len(text)
}

// deepSeekWord returns the length of the word that text begins with, 0 if it
// begins with none.
func deepSeekWord(text string) int {
	if isPunctuation(rune(text[0])) && text[0] < utf8.RuneSelf && len(text) > 1 && isASCIILetter(text[1]) {
		n := 1
		for n < len(text) && isASCIILetter(text[n]) {
			n++
		}
		return n
	}
	r, size := utf8.DecodeRuneInString(text)
	isLine, isLetters, isSigns := r == '\r' || r == '\n', isLetterOrMark(r), isSign(r)
	next := rune(-1)
	if size < len(text) {
		next, _ = utf8.DecodeRuneInString(text[size:])
	}
	letterFirst := isLetters && !isMark(r)
	switch {
	case !isLine && !letterFirst && !isSigns && isLetterOrMark(next), isLetters:
		return size + runOf(text[size:], isLetterOrMark)
	case isSigns:
		return size + signs(text[size:])
	case r == ' ' && isSign(next):
		return 1 + signs(text[1:])
	case unicode.IsSpace(r):
		return spaces(text)
	}
	return 0
}

func signs(text string) int {
	n := runOf(text, isSign)
	return n + lineEnds(text[n:], false)
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isLetterOrMark(r rune) bool { return r >= 0 && (classOf(r) == letter || isMark(r)) }

// isSign reports whether a character is punctuation or a symbol, \p{P} or \p{S}.
func isSign(r rune) bool {
	return r >= 0 && (unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.Is(newPunctuation, r) || unicode.Is(newSymbols, r))
}

// runOf returns the length of the characters for which is holds that text begins
// with.
func runOf(text string, is func(rune) bool) int {
	for i, r := range text {
		if !is(r) {
			return i
		}
	}
	return len(text)
}
