package grammar

import "unicode/utf8"

// A byteSpan is the bytes from lo to hi.
type byteSpan struct{ lo, hi byte }

// utf8Spans calls yield with the bytes of the characters of a class: sequences
// of one to four spans of bytes, each of which is all ways to take one byte of
// each (Thompson's construction for UTF-8, as in RE2).
func (c class) utf8Spans(yield func([]byteSpan)) {
	for _, s := range c {
		for _, most := range [...]rune{0x7f, 0x7ff, 0xffff, lastRune} {
			if s.lo > s.hi || s.lo > most {
				continue
			}
			utf8Span(s.lo, min(s.hi, most), yield)
			s.lo = most + 1
		}
	}
}

// utf8Span is utf8Spans of characters that all have as many bytes.
func utf8Span(lo, hi rune, yield func([]byteSpan)) {
	var a, b [utf8.UTFMax]byte
	n := utf8.EncodeRune(a[:], lo)
	utf8.EncodeRune(b[:], hi)
	// Where the first bytes differ, the last ones must be all there are. The
	// part up to the next round number, or from the last one, is cut off.
	for i := 1; i < n; i++ {
		low := rune(1)<<(6*i) - 1 // the bits of the last i bytes
		if lo&^low == hi&^low {
			continue
		}
		if lo&low != 0 {
			utf8Span(lo, lo|low, yield)
			utf8Span(lo|low+1, hi, yield)
			return
		}
		if hi&low != low {
			utf8Span(lo, hi&^low-1, yield)
			utf8Span(hi&^low, hi, yield)
			return
		}
	}
	spans := make([]byteSpan, n)
	for i := range spans {
		spans[i] = byteSpan{a[i], b[i]}
	}
	yield(spans)
}
