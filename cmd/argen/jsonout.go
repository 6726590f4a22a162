package main

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"argen"
)

// printJSON prints a value as one line of JSON. What a terminal could act on
// stands in it as \u escapes, and so passes stdout's writer as it is.
func (a *app) printJSON(v any) error {
	line, err := jsonLine(v)
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(line)
	return err
}

func jsonLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	text := b.Bytes()
	safe := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r < utf8.RuneSelf && r != 0x7f || argen.Visible(string(r)) == string(r) {
			safe = append(safe, text[i:i+size]...)
		} else { // outside of strings JSON is ASCII
			safe = appendEscape(safe, r)
		}
		i += size
	}
	return safe, nil
}

// appendEscape appends a character as \u escapes, two beyond the basic plane.
func appendEscape(b []byte, r rune) []byte {
	if r >= 0x10000 {
		r -= 0x10000
		return appendEscape(appendEscape(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
