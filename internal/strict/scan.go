package strict

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// space skips white space.
func (j *JSON) space() {
	for j.pos < len(j.data) {
		switch j.data[j.pos] {
		case ' ', '\t', '\n', '\r':
			j.pos++
		default:
			return
		}
	}
}

// isWord reports whether c can stand in a number, in true, false or null, or in
// what people write for one: 0x1F, NaN, +1.
func isWord(c byte) bool {
	return c == '+' || c == '-' || c == '.' || c == '_' ||
		'0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// ended reports whether no word goes on at i.
func (j *JSON) ended(i int) bool { return i == len(j.data) || !isWord(j.data[i]) }

// found describes what stands at the next byte.
func (j *JSON) found() string {
	if j.pos >= len(j.data) {
		return "the end of the data"
	}
	end := j.pos
	for !j.ended(end) && end < j.pos+60 {
		end++
	}
	if end > j.pos {
		return brief(string(j.data[j.pos:end]))
	}
	r, size := utf8.DecodeRune(j.data[j.pos:])
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("the byte 0x%02x", j.data[j.pos])
	}
	return strconv.QuoteRune(r)
}

// literal reads a word if it is next.
func (j *JSON) literal(word string) bool {
	if !j.atWord(word) {
		return false
	}
	j.pos += len(word)
	return true
}

// atWord reports whether a word is next.
func (j *JSON) atWord(word string) bool {
	end := j.pos + len(word)
	return end <= len(j.data) && string(j.data[j.pos:end]) == word && j.ended(end)
}

// number reads a number: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
// It is an integer if it has none of the optional parts but the sign.
func (j *JSON) number() (raw []byte, integer bool, err error) {
	if err := j.expect(Number); err != nil {
		return nil, false, err
	}
	i, integer := j.pos, true
	take := func(chars string) bool {
		if i < len(j.data) && strings.IndexByte(chars, j.data[i]) >= 0 {
			i++
			return true
		}
		return false
	}
	digits := func() bool {
		start := i
		for i < len(j.data) && '0' <= j.data[i] && j.data[i] <= '9' {
			i++
		}
		return i > start
	}
	take("-")
	ok := take("0") || digits()
	if ok && take(".") {
		ok, integer = digits(), false
	}
	if ok && take("eE") {
		take("+-")
		ok, integer = digits(), false
	}
	if !ok || !j.ended(i) {
		return nil, false, j.fail(j.pos, "%s is not a number as JSON writes them", j.found())
	}
	raw, j.pos = j.data[j.pos:i], i
	return raw, integer, nil
}

// String reads a string, with its escapes undone.
func (j *JSON) String() (string, error) {
	text, err := j.bytes()
	return string(text), err
}

// bytes is String with a result that is valid until the next read.
func (j *JSON) bytes() ([]byte, error) {
	raw, escaped, err := j.quoted()
	if err != nil || !escaped {
		return raw, err
	}
	j.buf = unescape(j.buf[:0], raw)
	return j.buf, nil
}

// quoted reads a string and returns what stands between its quotes, all
// checked, and whether it holds escapes.
func (j *JSON) quoted() (raw []byte, escaped bool, err error) {
	if err := j.expect(String); err != nil {
		return nil, false, err
	}
	start := j.pos + 1
	for i := start; i < len(j.data); {
		switch c := j.data[i]; {
		case c == '"':
			j.pos = i + 1
			return j.data[start:i], escaped, nil
		case c == '\\':
			size, says := escape(j.data[i:])
			if says != "" {
				return nil, false, j.fail(i, "%s", says)
			}
			escaped = true
			i += size
		case c < ' ':
			return nil, false, j.fail(i, "a control character in a string: write it as \\u%04x", c)
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(j.data[i:])
			if r == utf8.RuneError && size == 1 {
				return nil, false, j.fail(i, "the byte 0x%02x is not UTF-8", c)
			}
			i += size
		}
	}
	return nil, false, j.fail(len(j.data), "a string begins at byte %d and does not end: the data is cut short", j.pos)
}

// shorts are the escapes of one letter, then what they stand for.
const shorts, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

// escape returns the length of the escape that text begins with, or what is
// wrong with it. Half of a surrogate pair alone is wrong: it is no character.
func escape(text []byte) (size int, says string) {
	if len(text) >= 2 && strings.IndexByte(shorts, text[1]) >= 0 {
		return 2, ""
	}
	r := hex4(text)
	switch {
	case r < 0:
		return 0, fmt.Sprintf("%q is no escape; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX", text[:min(len(text), 6)])
	case !utf16.IsSurrogate(r):
		return 6, ""
	case utf16.DecodeRune(r, hex4(text[6:])) == utf8.RuneError:
		return 0, fmt.Sprintf("\\u%04x is half of a surrogate pair, and the other half does not follow", r)
	}
	return 12, ""
}

// hex4 returns the value of \uXXXX at the start of text, −1 if it is not that.
func hex4(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	r := rune(0)
	for _, c := range text[2:6] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		default:
			return -1
		}
	}
	return r
}

// unescape appends to dst what raw, which quoted has checked, stands for.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			i++
			continue
		}
		if k := strings.IndexByte(shorts, raw[i+1]); k >= 0 {
			dst = append(dst, meant[k])
			i += 2
			continue
		}
		r := hex4(raw[i:])
		i += 6
		if utf16.IsSurrogate(r) {
			r = utf16.DecodeRune(r, hex4(raw[i:]))
			i += 6
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
