package argen

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Decoder turns tokens into text one at a time. A character whose bytes are
// spread over several tokens comes out with the last of them, so what has come
// out so far never ends in the middle of one. It is a value: a copy goes its
// own way.
type Decoder struct {
	tok  Tokenizer
	prev ID
	on   bool              // a token has said something
	held [utf8.UTFMax]byte // the first bytes of a character
	n    int               // how many
}

// NewDecoder returns the decoder of text that follows context.
func NewDecoder(tok Tokenizer, context []ID) Decoder {
	d := Decoder{tok: tok, prev: NoID}
	for _, id := range context {
		d.Add(id)
	}
	return d
}

// Add returns the text that the token completes, "" for a control token.
// Bytes that are part of no character come out as they are.
func (d *Decoder) Add(id ID) string {
	prev := d.prev
	d.prev = id
	if d.tok.Control(id) {
		return ""
	}
	join, piece := "", d.tok.Piece(id)
	if j, ok := d.tok.(Joiner); ok {
		join = j.Join(prev, id)
	}
	if o, ok := d.tok.(Opener); ok && !d.on {
		piece = o.First(id)
	}
	d.on = true
	if d.n == 0 && utf8.Valid(piece) {
		return join + string(piece)
	}
	bytes := append(append([]byte(nil), d.held[:d.n]...), piece...)
	d.n = copy(d.held[:], bytes[len(bytes)-partial(bytes):])
	return join + string(bytes[:len(bytes)-d.n])
}

// Flush returns the bytes held back: the beginning of a character that no
// token completed.
func (d *Decoder) Flush() string {
	s := string(d.held[:d.n])
	d.n = 0
	return s
}

// partial returns how many bytes at the end of b may become a character with
// more bytes.
func partial(b []byte) int {
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

// Visible returns s as it can be shown anywhere: control characters, marks
// that turn the direction of writing, invisible separators and invalid UTF-8
// become escapes, \n or \x1b or \u202e; a backslash that could be mistaken for
// the beginning of one is doubled. What it returns holds no byte that a
// terminal acts on.
func Visible(s string) string {
	safe := true
	for _, r := range s {
		if r == utf8.RuneError || r == '\\' || !shown(r) {
			safe = false
			break
		}
	}
	if safe {
		return s
	}
	return escaped(s, func(b *strings.Builder, r rune, rest string) {
		switch {
		case r != '\\':
			escape(b, r)
		case rest != "" && strings.IndexByte(`\nrtxuU`, rest[0]) >= 0:
			b.WriteString(`\\`)
		default:
			b.WriteByte('\\')
		}
	})
}

// Printable returns s with the same escapes as [Visible], but for line ends,
// tabs and backslashes, which stay: text to be read as text.
func Printable(s string) string {
	return escaped(s, func(b *strings.Builder, r rune, _ string) {
		if r == '\n' || r == '\t' {
			b.WriteRune(r)
		} else {
			escape(b, r)
		}
	})
}

// escaped puts a text together from what write makes of its characters, before
// the rest of it; bytes that are not UTF-8 become escapes.
func escaped(s string, write func(b *strings.Builder, r rune, rest string)) string {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			write(&b, r, s[size:])
		}
		s = s[size:]
	}
	return b.String()
}

// escape writes a character as it can be shown.
func escape(b *strings.Builder, r rune) {
	switch {
	case shown(r):
		b.WriteRune(r)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r < 0x100:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// shown reports whether a character is printed as itself. Characters newer
// than the Unicode tables of Go count as shown unless they are of the blocks
// for control.
func shown(r rune) bool {
	switch {
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return false // C0, DEL, C1
	case r == '\u00ad', r == '\u061c', r == '\u180e', r == '\ufeff':
		return false // soft hyphen, Arabic letter mark, Mongolian vowel separator, BOM
	case r >= 0x200b && r <= 0x200f && r != '\u200d' && r != '\u200c':
		return false // zero width space, marks of direction
	case r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return false // separators, embeddings and isolates of direction, invisible operators
	case r >= 0xfff0 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return false // annotations, tags
	}
	return true
}
