package tokenizer

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A preTokenizer cuts a piece of a text into words; BPE never merges across them.
// What it says of itself is in tokenizer.json, where it has the same name.
type preTokenizer interface {
	words(p piece, word func(piece))
}

// scanned calls word for each word that a scanner finds.
func (s scanner) words(p piece, word func(piece)) {
	for at := 0; at < len(p.text); {
		n := s(p.text[at:])
		word(p.cut(at, at+n))
		at += n
	}
}

// A split cuts a piece where a pattern finds something.
type split struct {
	find     pattern
	behavior string
	invert   bool // what is not found counts as found
}

// The behaviors of a split.
var behaviors = []string{"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"}

func (s split) words(p piece, word func(piece)) {
	type part struct {
		start, end int
		found      bool
	}
	var parts []part
	add := func(start, end int, found bool) {
		found = found != s.invert
		n := len(parts)
		switch before := n > 0 && parts[n-1].found; {
		case s.behavior == "Contiguous" && n > 0 && before == found,
			s.behavior == "MergedWithPrevious" && n > 0 && found && !before:
			parts[n-1].end, parts[n-1].found = end, found
			return
		case s.behavior == "MergedWithNext" && n > 0 && before && !found:
			parts[n-1].end, parts[n-1].found = end, found
			return
		}
		parts = append(parts, part{start, end, found})
		if n > 64 { // the last may still grow
			for _, q := range parts[:n] {
				if q.start < q.end && (s.behavior != "Removed" || !q.found) {
					word(p.cut(q.start, q.end))
				}
			}
			parts = append(parts[:0], parts[n])
		}
	}
	at := 0
	for start, end := range s.find.all(p) {
		if at < start {
			add(at, start, false)
		}
		add(start, end, true)
		at = end
	}
	if at < len(p.text) {
		add(at, len(p.text), false)
	}
	for _, q := range parts {
		if q.start < q.end && (s.behavior != "Removed" || !q.found) {
			word(p.cut(q.start, q.end))
		}
	}
}

// A runePattern finds single characters.
type runePattern func(r rune) bool

func (f runePattern) all(p piece) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for i, r := range p.text {
			if f(r) && !yield(i, i+utf8.RuneLen(r)) {
				return
			}
		}
	}
}

func isNumber(r rune) bool { return classOf(r) == number }

// digitsScanner cuts numbers out, each alone.
func digitsScanner(text string) int {
	class, size := classAt(text)
	if class == number {
		return size
	}
	for size < len(text) {
		class, n := classAt(text[size:])
		if class == number {
			break
		}
		size += n
	}
	return size
}

// A byteLevel is the pre-tokenizer before a model of bytes.
type byteLevel struct {
	prefix bool // a blank is put before a piece without one
	regex  bool // the pattern of GPT-2 cuts it into words
}

func (b byteLevel) words(p piece, word func(piece)) {
	if b.prefix && !strings.HasPrefix(p.text, " ") {
		w := p.rewrite()
		w.put(" ", 0)
		p = w.done()
	}
	if b.regex {
		scanner(scanGPT2).words(p, word)
	} else {
		word(p)
	}
}

// A metaspace is the pre-tokenizer of SentencePiece: it writes ▁ for blanks and
// puts one before the text.
type metaspace struct {
	with   string // "▁"
	scheme string // of what is put before: "always", "never" or "first": before the whole text
	split  bool   // a word begins at each
}

func (m metaspace) words(p piece, word func(piece)) {
	p = replace{literal(" "), m.with}.normalize(p)
	if (m.scheme == "always" || m.scheme == "first" && p.first) && !strings.HasPrefix(p.text, m.with) {
		p = prepend(m.with).normalize(p)
	}
	if !m.split {
		word(p)
		return
	}
	split{find: literal(m.with), behavior: "MergedWithNext"}.words(p, word)
}

// whitespaceSplit cuts at white space, which is left out.
func whitespaceSplit(p piece, word func(piece)) {
	split{find: runePattern(unicode.IsSpace), behavior: "Removed"}.words(p, word)
}

// whitespace finds runs of letters, marks, numbers and underlines, and runs of what
// is neither these nor white space.
func whitespace(p piece, word func(piece)) {
	kind := func(r rune) int {
		switch {
		case isWord(r):
			return 1
		case unicode.IsSpace(r):
			return 0
		}
		return 2
	}
	start, last := 0, 0
	for i, r := range p.text {
		if k := kind(r); k != last {
			if last != 0 {
				word(p.cut(start, i))
			}
			start, last = i, k
		}
	}
	if last != 0 {
		word(p.cut(start, len(p.text)))
	}
}

// isWord reports whether a character is one of a word, \w.
func isWord(r rune) bool {
	return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc, unicode.Other_Alphabetic, unicode.Nl, newLetters, newNumbers, newMarks) || r == 0x200c || r == 0x200d
}

// isPunctuation is what BERT takes for a mark: ASCII that is neither letter, number
// nor white space, and all punctuation.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r < 0x7f && asciiClass[r] == other
	}
	return unicode.Is(unicode.P, r)
}

// bertWords cuts at white space, which is left out, and sets marks apart.
func bertWords(p piece, word func(piece)) {
	whitespaceSplit(p, func(p piece) {
		split{find: runePattern(isPunctuation), behavior: "Isolated"}.words(p, word)
	})
}

// A preTokenizerFunc is a preTokenizer.
type preTokenizerFunc func(p piece, word func(piece))

func (f preTokenizerFunc) words(p piece, word func(piece)) { f(p, word) }

// preTokenizers cut what those before have cut.
type preTokenizers []preTokenizer

func (all preTokenizers) words(p piece, word func(piece)) {
	if len(all) == 0 {
		word(p)
		return
	}
	for i := len(all) - 1; i > 0; i-- {
		cut, next := all[i], word
		word = func(p piece) { cut.words(p, next) }
	}
	all[0].words(p, word)
}
