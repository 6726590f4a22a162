package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A normalizer rewrites a text before words are looked for. What it says of
// itself is in tokenizer.json, where it has the same name.
type normalizer interface {
	normalize(p piece) piece
}

// A normalizerFunc is a normalizer.
type normalizerFunc func(p piece) piece

func (f normalizerFunc) normalize(p piece) piece { return f(p) }

// normalizers are normalizers one after the other.
type normalizers []normalizer

func (all normalizers) normalize(p piece) piece {
	for _, n := range all {
		p = n.normalize(p)
	}
	return p
}

// prepend puts a text before every piece that is not empty.
type prepend string

func (s prepend) normalize(p piece) piece {
	if p.text == "" {
		return p
	}
	w := p.rewrite()
	w.put(string(s), 0)
	return w.done()
}

// replace puts a text in the place of whatever a pattern finds.
type replace struct {
	find pattern
	with string
}

func (n replace) normalize(p piece) piece {
	var w *rewriter
	for start, end := range n.find.all(p) {
		if w == nil {
			w = p.rewrite()
		}
		w.keep(start)
		w.put(n.with, end)
	}
	if w == nil {
		return p
	}
	return w.done()
}

// strip takes white space off the ends.
type strip struct{ left, right bool }

func (n strip) normalize(p piece) piece {
	start, end := 0, len(p.text)
	if n.left {
		start = end - len(strings.TrimLeftFunc(p.text, unicode.IsSpace))
	}
	if n.right {
		end = max(start, len(strings.TrimRightFunc(p.text, unicode.IsSpace)))
	}
	first := p.first
	p = p.cut(start, end)
	p.first = first
	return p
}

// lowercase writes each character in lower case.
func lowercase(p piece) piece {
	return p.mapped(func(r rune) (string, bool) {
		if r == 'İ' {
			return "i\u0307", true
		}
		low := toLower(r)
		return string(low), low != r
	})
}

// toLower is unicode.ToLower with what came in Unicode 16 and 17.
func toLower(r rune) rune {
	switch {
	case r == 0x1c89, r == 0xa7ce, r == 0xa7d2, r == 0xa7d4, r == 0xa7da:
		return r + 1
	case r == 0xa7cb:
		return 0x264
	case r == 0xa7cc:
		return 0xa7cd
	case r == 0xa7dc:
		return 0x19b
	case r >= 0x10d50 && r <= 0x10d65:
		return r + 0x20
	case r >= 0x16ea0 && r <= 0x16eb8:
		return r + 0x1b
	}
	return unicode.ToLower(r)
}

// stripAccents takes combining marks away.
func stripAccents(p piece) piece {
	return p.mapped(func(r rune) (string, bool) { return "", r >= 0x300 && unicode.Is(unicode.M, r) })
}

// bertNormalizer is what BERT does with a text: it cleans it, puts blanks around
// Chinese characters, takes accents away and writes it in lower case.
type bertNormalizer struct{ clean, chinese, strip, lower bool }

func (n bertNormalizer) normalize(p piece) piece {
	if n.clean {
		p = p.mapped(cleaned)
	}
	if n.chinese {
		p = p.mapped(func(r rune) (string, bool) {
			if isChinese(r) {
				return " " + string(r) + " ", true
			}
			return "", false
		})
	}
	if n.strip {
		p = normalForm(norm.NFD).normalize(p).mapped(func(r rune) (string, bool) { return "", r >= 0x300 && unicode.Is(unicode.Mn, r) })
	}
	if n.lower {
		p = lowercase(p)
	}
	return p
}

// cleaned makes blanks of white space and nothing of control characters.
func cleaned(r rune) (string, bool) {
	switch {
	case unicode.IsSpace(r) && !(r < ' ' && r != '\t' && r != '\n' && r != '\r') && r != 0x85:
		return " ", r != ' '
	case r < utf8.RuneSelf:
		return "", r < ' ' || r == 0x7f
	}
	return "", r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
}

// isChinese reports whether BERT takes a character for a word of its own.
func isChinese(r rune) bool {
	switch {
	case r < 0x3400:
		return false
	case r <= 0x4dbf, r >= 0x4e00 && r <= 0x9fff, r >= 0xf900 && r <= 0xfaff:
		return true
	}
	return r >= 0x20000 && r <= 0x2a6df || r >= 0x2a700 && r <= 0x2b73f || r >= 0x2b740 && r <= 0x2b81f ||
		r >= 0x2b920 && r <= 0x2ceaf || r >= 0x2f800 && r <= 0x2fa1f
}
