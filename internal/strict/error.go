// Package strict reads JSON and binary data from files that nobody has checked.
//
// [JSON] and [Bytes] take the whole input as a slice and hand out its values
// one by one. What a format does not allow is refused, never repaired: a name
// that stands twice, a number cut short, a length beyond the end. No input
// makes them panic or take memory beyond a small multiple of its size, and
// every error says where it is.
package strict

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An Error says where an input is wrong and how. It prints as
//
//	FILE:3:14: field: msg       if it has a Line
//	FILE: byte 120: field: msg  if it has an Offset
//	FILE: field: msg            otherwise
type Error struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"`           // bytes before it, −1 if not known
	Line   int    `json:"line,omitempty"`   // from 1, 0 if not known
	Column int    `json:"column,omitempty"` // byte of the line, from 1; 0 if not known
	Field  string `json:"field,omitempty"`  // "model.vocab", "tensor 3 offset"; may be ""
	Msg    string `json:"msg"`
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	switch {
	case e.Line > 0 && e.Column > 0:
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	case e.Line > 0:
		fmt.Fprintf(&b, ":%d", e.Line)
	case e.Offset >= 0:
		fmt.Fprintf(&b, ": byte %d", e.Offset)
	}
	if e.Field != "" {
		b.WriteString(": " + e.Field)
	}
	b.WriteString(": " + e.Msg)
	return b.String()
}

// Foreign says what else than a model's file data is, by its first bytes, and
// what to do about it: an empty file, a web page or a Git LFS pointer saved
// under the model's name, packed data. It returns "" if it knows none. A reader
// asks it when data does not begin as its format does.
func Foreign(data []byte) string {
	if len(data) == 0 {
		return "the file is empty: fetch it again"
	}
	for _, f := range foreign {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return f.says
		}
	}
	head := strings.ToLower(string(bytes.TrimLeft(data[:min(len(data), 256)], " \t\r\n")))
	if strings.HasPrefix(head, "<!doctype") || strings.HasPrefix(head, "<html") {
		return "this is a web page (HTML), not the file: fetch the file itself, not the page about it"
	}
	return ""
}

var foreign = []struct{ magic, says string }{
	{"version https://git-lfs", "this is a Git LFS pointer, not the file: fetch the file itself with git lfs pull"},
	{"\x1f\x8b", "this is gzip data: unpack it first with gunzip"},
	{"PK\x03\x04", "this is a zip archive: unpack it first"},
	{"\xef\xbb\xbf", "the file begins with a byte order mark: save it as UTF-8 without one"},
	{"\xff\xfe", "this is UTF-16 text: save it as UTF-8"},
	{"\xfe\xff", "this is UTF-16 text: save it as UTF-8"},
}

// brief cuts a text from a file to what a message can show.
func brief(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// Quote is a text from a file as an error has it: in quotes, with escapes for
// what cannot be shown, and cut where it is long.
func Quote(s string) string {
	const most = 80 // bytes
	if len(s) > most {
		return strconv.Quote(strings.ToValidUTF8(s[:most], "")) + "…"
	}
	return strconv.Quote(s)
}
