package tokenizer

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A normalForm is one of the four normal forms of Unicode (The Unicode Standard,
// 3.11). The package norm does not give them for more than 30 marks one behind
// the other: it puts a U+034F between them. Such runs are composed here.
type normalForm norm.Form

func (f normalForm) normalize(p piece) piece {
	form := norm.Form(f)
	if form.IsNormalString(p.text) {
		return p
	}
	if form == norm.NFKC { // what is taken apart may be put together with what stands before
		return normalForm(norm.NFC).normalize(normalForm(norm.NFKD).normalize(p))
	}
	w := p.rewrite()
	for at := 0; at < len(p.text); {
		// A segment is what can change together: a starter with what follows it.
		n := f.segment(p.text[at:])
		segment := p.text[at : at+n]
		if len(segment) > 30 { // bytes, so 15 marks at most where norm is asked
			w.keep(at)
			w.put(f.long(segment), at+n)
		} else if form.IsNormalString(segment) {
			w.keep(at + n)
		} else {
			w.keep(at)
			w.put(form.String(segment), at+n)
		}
		at += n
	}
	return w.done()
}

// segment returns the length of what a text begins with up to a character before
// which nothing changes, at least one character.
func (f normalForm) segment(text string) int {
	_, n := utf8.DecodeRuneInString(text)
	for n < len(text) {
		p := norm.Form(f).PropertiesString(text[n:])
		if p.BoundaryBefore() {
			return n
		}
		n += max(1, p.Size())
	}
	return n
}

// long normalizes a segment of any length: it decomposes each character, orders
// the marks between two starters by their classes, and puts together what has one
// character.
func (f normalForm) long(segment string) string {
	decompose, compose := norm.NFD, norm.Form(f) == norm.NFC
	if norm.Form(f) == norm.NFKD {
		decompose = norm.NFKD
	}
	type mark struct {
		r   rune
		ccc uint8
	}
	var all []mark
	for _, r := range segment {
		for _, d := range decompose.String(string(r)) {
			all = append(all, mark{d, decompose.PropertiesString(string(d)).CCC()})
		}
	}
	for from := 0; from < len(all); from++ {
		to := from
		for to < len(all) && all[to].ccc != 0 {
			to++
		}
		slices.SortStableFunc(all[from:to], func(a, b mark) int { return cmp.Compare(a.ccc, b.ccc) })
		from = to
	}
	var out []rune
	starter, last := -1, uint8(0) // in out; the class of what was written last behind it
	for _, m := range all {
		if compose && starter >= 0 && (last < m.ccc || last == 0 && len(out) == starter+1) {
			if r, ok := composed(out[starter], m.r); ok {
				out[starter] = r
				continue
			}
		}
		if m.ccc == 0 {
			starter = len(out)
		}
		last = m.ccc
		out = append(out, m.r)
	}
	return string(out)
}

// composed returns the one character that two are.
func composed(a, b rune) (rune, bool) {
	s := norm.NFC.String(string([]rune{a, b}))
	r, size := utf8.DecodeRuneInString(s)
	return r, size == len(s)
}
