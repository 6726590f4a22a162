package lesson

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// otherFiles are beginnings of files that are no text, and what to do.
var otherFiles = []struct{ begins, says string }{
	{"PK\x03\x04", "this is a document of a word processor (or a ZIP), no text: save it as plain text (.txt)"},
	{"\xd0\xcf\x11\xe0", "this is a document of a word processor, no text: save it as plain text (.txt)"},
	{`{\rtf`, "this is rich text (RTF): save it as plain text (.txt)"},
	{"%PDF", "this is a PDF: hand in the text, or the answers that the page saves"},
	{"<", "this is a page (HTML): hand in the file of answers that its button saves"},
}

// decodeSheet returns the text of a sheet in UTF-8 with \n at the ends of lines,
// whichever of the encodings of editors and word processors it was saved in:
// UTF-8, UTF-16 with its mark, or Windows-1252, which is what a text is that is not
// UTF-8 at all. What it says of a file that is no text is not "".
func decodeSheet(data []byte) (text, says string) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = binary.BigEndian
	}
	if order != nil {
		units := make([]uint16, 0, len(data)/2)
		for at := 2; at+1 < len(data); at += 2 {
			units = append(units, order.Uint16(data[at:]))
		}
		data = []byte(string(utf16.Decode(units)))
	} else if !utf8.Valid(data) && !hasUTF8(data) {
		data = []byte(fromWindows(data))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for _, other := range otherFiles {
		if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte(other.begins)) {
			return "", other.says
		}
	}
	text = strings.ToValidUTF8(string(data), string(utf8.RuneError))
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n").Replace(text), ""
}

// hasUTF8 reports whether some character of more than one byte is UTF-8: then the
// text is, and a byte of it is broken.
func hasUTF8(data []byte) bool {
	for len(data) > 0 {
		_, size := utf8.DecodeRune(data)
		if size > 1 {
			return true
		}
		data = data[size:]
	}
	return false
}

// windows1252 are the characters 0x80 to 0x9f of Windows-1252; the others are those of
// Unicode.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

func fromWindows(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		if c >= 0x80 && c < 0xa0 {
			b.WriteRune(windows1252[c-0x80])
		} else {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}
