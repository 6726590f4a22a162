package tokenizer

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Valid returns text with each maximal invalid subpart of it replaced by one
// U+FFFD: E2 82 is the beginning of a character and gives one, FF FF cannot
// begin any and gives two (The Unicode Standard, 3.9, U+FFFD Substitution of
// Maximal Subparts). Neither range, which gives one for each byte, nor
// strings.ToValidUTF8, which gives one for each run, does that.
func Valid(text string) string {
	valid, _ := repair(text)
	return valid
}

// A replaced place is where a U+FFFD stands for invalid bytes.
type replaced struct {
	at           int // in the valid text
	origin, size int // of the invalid bytes in the original
}

// repairs are the places of a text that were replaced, in order.
type repairs []replaced

// repair is Valid; it also says what was replaced.
func repair(text string) (string, repairs) {
	if utf8.ValidString(text) {
		return text, nil
	}
	var (
		b    strings.Builder
		done repairs
	)
	b.Grow(len(text) + utf8.UTFMax)
	for at := 0; at < len(text); {
		r, size := decodeRune(text[at:])
		if r == utf8.RuneError && text[at:at+size] != string(r) {
			done = append(done, replaced{b.Len(), at, size})
		}
		b.WriteRune(r)
		at += size
	}
	return b.String(), done
}

// original returns the bytes of the original text that the bytes from start to
// end of the valid text stand for; none for none.
func (all repairs) original(start, end int) (int, int) {
	// find returns the place of a byte, and its replacement if it is in one.
	find := func(at int) (int, *replaced) {
		i := sort.Search(len(all), func(i int) bool { return all[i].at > at }) - 1
		if i < 0 {
			return at, nil
		}
		r := &all[i]
		if at < r.at+len(string(utf8.RuneError)) {
			return r.origin, r
		}
		return at - (r.at + len(string(utf8.RuneError))) + r.origin + r.size, nil
	}
	none := start == end
	start, _ = find(start)
	if none {
		return start, start
	}
	last, r := find(end - 1)
	if r != nil {
		return start, r.origin + r.size
	}
	return start, last + 1
}

// decodeRune returns the first character of a text that is not empty, or
// U+FFFD and the length of the maximal invalid subpart.
func decodeRune(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size <= 1 {
		return r, invalidLen(s)
	}
	return r, size
}

// invalidLen returns the length of the maximal subpart of an invalid sequence:
// the longest beginning of it that is the beginning of some character, at
// least one byte.
func invalidLen(s string) int {
	more, low, high := 0, byte(0x80), byte(0xBF) // continuation bytes, and the range of the first
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		more = 1
	case c >= 0xE0 && c <= 0xEF:
		more = 2
		switch c {
		case 0xE0:
			low = 0xA0 // below it the sequence would be overlong
		case 0xED:
			high = 0x9F // above it stand the surrogates
		}
	case c >= 0xF0 && c <= 0xF4:
		more = 3
		switch c {
		case 0xF0:
			low = 0x90
		case 0xF4:
			high = 0x8F // U+10FFFF is the last character
		}
	}
	n := 1
	for ; n <= more && n < len(s) && s[n] >= low && s[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}
