package main

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// A check tells text from other files: text has no zero byte, and at most a
// tenth of it is not UTF-8; a few bytes at most if no other is beyond ASCII, as
// in a text in Latin-1.
type check struct {
	begin   []byte // of the file, a few bytes
	offset  int64  // bytes looked at
	line    int64  // lines that ended
	tail    []byte
	invalid int64 // bytes
	first   place // of the first of them
	beyond  bool  // there are characters beyond ASCII
}

type place struct{ line, offset int64 }

// A textError says where a file is no text.
type textError struct{ error }

func textErrorf(format string, args ...any) error { return textError{fmt.Errorf(format, args...)} }

// checkText finds out whether a whole file is text.
func checkText(name string, data []byte) error {
	var c check
	if err := c.look(name, data); err != nil {
		return err
	}
	return c.end(name)
}

// look looks at the next bytes of a file.
func (c *check) look(name string, b []byte) error {
	if len(c.begin) < 2 {
		c.begin = append(c.begin, b[:min(len(b), 2)]...)
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		hint := "this is no text: name a text file"
		switch {
		case bytes.HasPrefix(c.begin, []byte("\x1f\x8b")):
			hint = "this is a gzip, unpack it"
		case bytes.HasPrefix(c.begin, []byte("\xff\xfe")), bytes.HasPrefix(c.begin, []byte("\xfe\xff")):
			hint = "this is UTF-16, save it as UTF-8"
		}
		return textErrorf("%s: line %d, byte %d: a zero byte: %s", name, c.line+1+int64(bytes.Count(b[:i], []byte("\n"))), c.offset+int64(i), hint)
	}
	text := b
	if len(c.tail) > 0 {
		text = append(c.tail, b...)
	}
	start := c.offset - int64(len(c.tail))
	c.offset += int64(len(b))
	c.tail = nil
	switch {
	case !utf8.Valid(text):
		c.count(text, start)
	case !c.beyond:
		c.beyond = utf8.RuneCount(text) < len(text)
	}
	c.line += int64(bytes.Count(b, []byte("\n")))
	if c.offset >= 1<<16 {
		return c.verdict(name)
	}
	return nil
}

// count counts the bytes that are not UTF-8; a character that is not whole is
// kept for later.
func (c *check) count(text []byte, start int64) {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(text[i:]) {
				c.tail = bytes.Clone(text[i:])
				return
			}
			if c.invalid == 0 {
				c.first = place{c.line + 1 + int64(bytes.Count(text[:i], []byte("\n"))), start + int64(i)}
			}
			c.invalid++
		} else {
			c.beyond = true
		}
		i += size
	}
}

// fewInvalid is how many bytes that are not UTF-8 say nothing of a file.
const fewInvalid = 8

func (c *check) verdict(name string) error {
	if c.invalid <= fewInvalid || c.invalid*10 < c.offset {
		return nil
	}
	return c.refuse(name)
}

func (c *check) refuse(name string) error {
	return textErrorf("%s: line %d, byte %d: not UTF-8 text, as are %d of the first %d bytes: convert it (iconv -f LATIN1 -t UTF-8, if it is that) or, if it is no text, leave it out", name, c.first.line, c.first.offset, c.invalid, c.offset)
}

// end is called when the file was read.
func (c *check) end(name string) error {
	c.invalid += int64(len(c.tail))
	if c.invalid > fewInvalid && !c.beyond {
		return c.refuse(name)
	}
	return c.verdict(name)
}
