package tokenizer

import (
	"errors"
	"unicode/utf8"
)

// A piece is a part of a text on its way to tokens: as it stands there, or as a
// normalizer or pre-tokenizer has rewritten it.
type piece struct {
	text string
	// begin is where it begins in the text, if it stands there as it is.
	begin int
	// places are of each byte the bytes of the text that it stands for. nil if
	// the piece stands in the text as it is, or nobody asks.
	places []place
	first  bool // it begins the whole text
	run    *encoding
}

// An encoding is one call of Encode, on its way through the pipeline.
type encoding struct {
	traced bool  // the places of tokens are asked for
	left   int   // how many bytes may still be written in place of others
	err    error // the first
}

// How much a tokenizer may write in place of what stands in a text: so many times its
// length, and some more for short ones. A few that write a thousand letters for one,
// one after the other, would fill all memory.
const (
	writings      = 64
	writingsShort = 1 << 16
)

var errGrows = errors.New("the tokenizer makes this text far too long")

func newEncoding(text string, traced bool) *encoding {
	return &encoding{traced: traced, left: writings*len(text) + writingsShort}
}

// fail keeps the first error.
func (e *encoding) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// A place is a range of bytes.
type place struct{ start, end int }

// cut returns a part of a piece.
func (p piece) cut(start, end int) piece {
	q := p
	q.text = p.text[start:end]
	q.begin += start
	q.first = p.first && start == 0
	if p.places != nil {
		q.places = p.places[start:end]
	}
	return q
}

// rewritten reports whether the piece does not stand in the text as it is.
func (p piece) rewritten() bool { return p.places != nil }

// place returns which bytes of the text some bytes of a piece stand for. Between
// them there may be none: inserted text stands for no bytes.
func (p piece) place(start, end int) (from, to int) {
	if p.places == nil {
		return p.begin + start, p.begin + end
	}
	switch {
	case start < end:
		from, to = p.places[start].start, p.places[start].end
		for _, at := range p.places[start+1 : end] {
			from, to = min(from, at.start), max(to, at.end)
		}
		return from, to
	case start < len(p.places):
		return p.places[start].start, p.places[start].start
	case start > 0:
		return p.places[start-1].end, p.places[start-1].end
	}
	return p.begin, p.begin
}

// A rewriter writes a piece anew.
type rewriter struct {
	from   piece
	text   []byte
	places []place
	kept   int // of from
}

func (p piece) rewrite() *rewriter { return &rewriter{from: p, text: make([]byte, 0, len(p.text)+16)} }

// keep copies the piece up to a byte.
func (r *rewriter) keep(end int) {
	if end <= r.kept {
		return
	}
	r.text = append(r.text, r.from.text[r.kept:end]...)
	if r.from.run.traced {
		for i := r.kept; i < end; i++ {
			from, to := r.from.place(i, i+1)
			r.places = append(r.places, place{from, to})
		}
	}
	r.kept = end
}

// put writes s in place of the piece from where it was kept up to a byte.
func (r *rewriter) put(s string, end int) {
	if r.from.run.left -= len(s); r.from.run.left < 0 {
		r.from.run.fail(errGrows)
		s = ""
	}
	r.text = append(r.text, s...)
	if r.from.run.traced {
		from, to := r.from.place(r.kept, end)
		for range len(s) {
			r.places = append(r.places, place{from, to})
		}
	}
	r.kept = end
}

// done returns the piece as it was written.
func (r *rewriter) done() piece {
	r.keep(len(r.from.text))
	q := r.from
	q.text = string(r.text)
	if q.run.traced {
		if q.places = r.places; q.places == nil {
			q.places = []place{}
		}
	}
	return q
}

// mapped returns the piece with each character that f maps to something else
// replaced by that.
func (p piece) mapped(f func(r rune) (s string, changed bool)) piece {
	var w *rewriter
	for i, r := range p.text {
		s, changed := f(r)
		if !changed {
			continue
		}
		if w == nil {
			w = p.rewrite()
		}
		w.keep(i)
		w.put(s, i+utf8.RuneLen(r))
	}
	if w == nil {
		return p
	}
	return w.done()
}
