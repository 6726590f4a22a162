// Package safe stands between a program's text and a terminal. What a terminal
// acts on (escape sequences, marks that turn the direction of writing, bytes
// that are not UTF-8) becomes visible text, wherever it came from: a token, a
// file name, an error of a server.
package safe

import (
	"io"
	"unicode/utf8"
)

// A Writer passes text on with Escape applied. A character whose bytes are
// spread over several Writes is seen whole: the first bytes are held until the
// rest comes. Each Write is one Write below, so that a line stays a line when
// the process is killed.
type Writer struct {
	W      io.Writer
	Escape func(string) string // of whole characters; nil passes all as it is

	held [utf8.UTFMax]byte // the first bytes of a character
	n    int               // how many
	err  error             // the first error of W
}

// Write implements io.Writer. It counts bytes of p, not those they became.
// After an error of W nothing more is written.
func (w *Writer) Write(p []byte) (int, error) {
	if w.Escape == nil {
		if err := w.Flush(); err != nil {
			return 0, err
		}
		return len(p), w.put(p)
	}
	text := p
	if w.n > 0 {
		text = append(append(make([]byte, 0, w.n+len(p)), w.held[:w.n]...), p...)
	}
	end := len(text) - begun(text)
	w.n = copy(w.held[:], text[end:])
	if end == 0 {
		return len(p), w.err
	}
	if plain(text[:end]) {
		return len(p), w.put(text[:end])
	}
	return len(p), w.put([]byte(w.Escape(string(text[:end]))))
}

// Flush writes the bytes held back: those of a character that did not come to
// an end.
func (w *Writer) Flush() error {
	if w.n == 0 {
		return w.err
	}
	held := string(w.held[:w.n])
	w.n = 0
	if w.Escape != nil {
		held = w.Escape(held)
	}
	return w.put([]byte(held))
}

// Err is the first error of W, nil if all was written.
func (w *Writer) Err() error { return w.err }

func (w *Writer) put(p []byte) error {
	if w.err == nil {
		_, w.err = w.W.Write(p)
	}
	return w.err
}

// plain reports whether text is ASCII that needs no escape.
func plain(text []byte) bool {
	for _, b := range text {
		if (b < 0x20 || b > 0x7e) && b != '\n' && b != '\t' {
			return false
		}
	}
	return true
}

// begun returns how many bytes at the end of b may become a character with
// more bytes.
func begun(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		tail := b[len(b)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
