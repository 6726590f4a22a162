package tokenizer

import (
	"fmt"
	"iter"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A pattern finds places in a text, from left to right, of which none overlap.
type pattern interface {
	all(p piece) iter.Seq2[int, int]
}

// A literal finds a text as it stands.
type literal string

func (l literal) all(p piece) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		if l == "" {
			return
		}
		for at := 0; ; {
			i := strings.Index(p.text[at:], string(l))
			if i < 0 || !yield(at+i, at+i+len(l)) {
				return
			}
			at += i + len(l)
		}
	}
}

// A scanner is a pattern that finds one word behind the other: all of the text.
func (s scanner) all(p piece) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for at := 0; at < len(p.text); {
			n := s(p.text[at:])
			if !yield(at, at+n) {
				return
			}
			at += n
		}
	}
}

// An expression is a regular expression of a tokenizer.json, which is one of
// Oniguruma, as Go has it. Of what looks ahead it can only have \s+(?!\S)|\s+ at
// its end. Go's regular expressions take time in proportion to what they read;
// how much that may be for a text is limited.
type expression struct {
	source string
	first  *regexp.Regexp // from the beginning of a text
	next   *regexp.Regexp // behind one character, which may be what ^ looks at
	blanks int            // the group that is \s+(?!\S)|\s+, 0 if there is none
}

// How much an expression may read of a text: so many times its length, and some
// more for short ones.
const (
	readings      = 64
	readingsShort = 1 << 20
)

// blanksAhead is what expressions for words end with.
const blanksAhead = `\s+(?!\S)|\s+`

// newPattern returns the pattern of an expression.
func newPattern(source string) (pattern, error) {
	e := &expression{source: source}
	rest, blanks := strings.CutSuffix(source, blanksAhead)
	if blanks && rest != "" && !strings.HasSuffix(rest, "|") || len(source) > 1<<14 {
		return nil, fmt.Errorf("the pattern %s is not supported", quoteWord(source))
	}
	body, err := rewriteExpression(rest)
	if err != nil {
		return nil, fmt.Errorf("the pattern %s is not supported: %w", quoteWord(source), err)
	}
	if blanks {
		body += `([\p{Z}\t-\r\x{85}]+)`
	}
	if e.first, err = regexp.Compile("(?m:(?:" + body + "))"); err != nil {
		return nil, fmt.Errorf("the pattern %s is not supported: %w", quoteWord(source), err)
	}
	e.next, err = regexp.Compile("(?m:\\A(?s:..*?)((?:" + body + ")))")
	if err != nil {
		return nil, fmt.Errorf("the pattern %s is not supported: %w", quoteWord(source), err)
	}
	if blanks {
		e.blanks = e.first.NumSubexp()
	}
	return e, nil
}

// A countingReader reads a text and counts.
type countingReader struct {
	strings.Reader
	n int
}

func (r *countingReader) ReadRune() (rune, int, error) {
	r.n++
	return r.Reader.ReadRune()
}

func (e *expression) all(p piece) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		left := readings*len(p.text) + readingsShort
		last := -1 // where the last match ended
		for at := 0; at <= len(p.text); {
			start, end, read := e.find(p.text, at)
			if left -= read; left < 0 {
				p.run.fail(fmt.Errorf("the pattern %s of the tokenizer takes too long to find the words of this text", quoteWord(e.source)))
				return
			}
			if start < 0 {
				return
			}
			if start == end && start == last { // nothing, right behind a match
				_, n := utf8.DecodeRuneInString(p.text[at:])
				at += max(1, n)
				continue
			}
			if !yield(start, end) {
				return
			}
			at, last = end, end
			if start == end {
				_, n := utf8.DecodeRuneInString(p.text[at:])
				at += max(1, n)
			}
		}
	}
}

// find returns the first place from at on, and how much was read for it.
func (e *expression) find(text string, at int) (start, end, read int) {
	r := &countingReader{}
	var m []int
	group := 0
	if at == 0 {
		r.Reset(text)
		m = e.first.FindReaderSubmatchIndex(r)
	} else {
		_, n := utf8.DecodeLastRuneInString(text[:at])
		at -= n
		r.Reset(text[at:])
		m, group = e.next.FindReaderSubmatchIndex(r), 1
	}
	if m == nil {
		return -1, -1, r.n
	}
	start, end = at+m[2*group], at+m[2*group+1]
	if g := e.blanks + group; e.blanks > 0 && m[2*g] >= 0 && end < len(text) {
		// White space, all but its last character if something follows.
		if _, n := utf8.DecodeLastRuneInString(text[start:end]); end-n > start {
			end -= n
		}
	}
	return start, end, r.n
}

// rewriteExpression turns an expression of Oniguruma into one of Go.
func rewriteExpression(source string) (string, error) {
	var b strings.Builder
	inClass := false
	for i := 0; i < len(source); i++ {
		c := source[i]
		rest := source[i:]
		switch {
		case c == '\\' && i+1 < len(source):
			n, err := rewriteEscape(&b, rest, inClass)
			if err != nil {
				return "", err
			}
			i += n - 1
			continue
		case inClass && (strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, "&&")):
			return "", fmt.Errorf("%q in a class", rest[:1])
		case c == '[' && !inClass:
			inClass = true
			if strings.HasPrefix(rest, "[^]") || strings.HasPrefix(rest, "[]") {
				return "", fmt.Errorf("an empty class")
			}
		case c == ']':
			inClass = false
		case strings.HasPrefix(rest, "(?m"), strings.HasPrefix(rest, "(?x"), strings.HasPrefix(rest, "(?s"):
			return "", fmt.Errorf("%q", rest[:3])
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}

// classes are those of Oniguruma that are more, or written otherwise, in Go: as
// parts of a class.
var classes = sync.OnceValue(func() map[string]string {
	return map[string]string{
		`\s`: `\p{Z}\t-\r\x{85}`, `\d`: `\p{Nd}` + ranges(newNumbers), `\h`: `0-9a-fA-F`,
		`\w`: `\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{b2}\x{b3}\x{b9}\x{bc}-\x{be}` + ranges(unicode.Other_Alphabetic) +
			ranges(newLetters) + ranges(newNumbers) + ranges(newMarks),
		`\p{L}`: `\p{L}` + ranges(newLetters), `\p{N}`: `\p{N}` + ranges(newNumbers), `\p{M}`: `\p{M}` + ranges(newMarks),
		`\p{Lu}`: `\p{Lu}` + ranges(newUpper), `\p{Ll}`: `\p{Ll}` + ranges(newLower),
		`\p{Lm}`: `\p{Lm}\x{10d4e}\x{10d6f}\x{16d40}-\x{16d42}\x{16d6b}-\x{16d6c}`,
		`\p{Lo}`: `\p{Lo}\x{105c0}-\x{105f3}\x{10d4a}-\x{10d4d}\x{10d4f}\x{10ec2}-\x{10ec4}\x{11380}-\x{11389}\x{1138b}\x{1138e}\x{11390}-\x{113b5}\x{113b7}\x{113d1}\x{113d3}` +
			`\x{11bc0}-\x{11be0}\x{13460}-\x{143fa}\x{16100}-\x{1611d}\x{16d43}-\x{16d6a}\x{18cff}\x{1e5d0}-\x{1e5ed}\x{1e5f0}\x{2ebf0}-\x{2ee5d}`,
		`\p{P}`: `\p{P}` + ranges(newPunctuation), `\p{S}`: `\p{S}` + ranges(newSymbols),
	}
})

// rewriteEscape writes what begins with a backslash, and returns its length.
func rewriteEscape(b *strings.Builder, rest string, inClass bool) (int, error) {
	name := rest[:2]
	if end := strings.IndexByte(rest, '}'); (rest[1] == 'p' || rest[1] == 'P') && end > 0 {
		name = rest[:end+1]
	}
	if class, ok := classes()[name]; ok {
		if inClass {
			b.WriteString(class)
		} else {
			b.WriteString("[" + class + "]")
		}
		return len(name), nil
	}
	if class, ok := classes()[strings.ToLower(name[:2])+name[2:]]; ok {
		if inClass {
			return 0, fmt.Errorf("%s in a class", name)
		}
		b.WriteString("[^" + class + "]")
		return len(name), nil
	}
	if strings.ContainsRune("bBGKRXZyYkg", rune(rest[1])) || rest[1] >= '1' && rest[1] <= '9' {
		return 0, fmt.Errorf("%s", name)
	}
	b.WriteString(name)
	return len(name), nil
}
