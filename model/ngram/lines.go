package ngram

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"argen/internal/strict"
)

// maxARPALine is the longest line of an ARPA file, in bytes.
const maxARPALine = 1 << 20

// A lineReader hands out the lines of a text and says where it is.
type lineReader struct {
	name string
	in   *bufio.Reader
	line int    // number of the line read last, from 1
	text []byte // that line without its end; valid until the next
}

func newLineReader(name string, r io.Reader) *lineReader {
	return &lineReader{name: name, in: bufio.NewReaderSize(r, maxARPALine+1)}
}

// next reads a line, with LF or CRLF at its end or none before the end of the
// file. It returns io.EOF after the last.
func (l *lineReader) next() error {
	text, err := l.in.ReadSlice('\n')
	l.text = nil
	l.line++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return l.errorf(0, "", "the line is longer than %d bytes", maxARPALine)
	case errors.Is(err, io.EOF) && len(text) == 0:
		l.line--
		return io.EOF
	case err != nil && !errors.Is(err, io.EOF):
		return fmt.Errorf("%s:%d: reading: %w", l.name, l.line, err)
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	l.text = bytes.TrimSuffix(text, []byte("\r"))
	return nil
}

// errorf is an error in the line read last; column 0 is all of it.
func (l *lineReader) errorf(column int, field, format string, args ...any) error {
	return l.errorAt(l.line, column, field, format, args...)
}

func (l *lineReader) errorAt(line, column int, field, format string, args ...any) error {
	return &strict.Error{File: l.name, Offset: -1, Line: line, Column: column, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// blank reports whether the line read last holds nothing.
func (l *lineReader) blank() bool { return len(bytes.Trim(l.text, " \t")) == 0 }

// show quotes a piece of a file for a message.
func show(text []byte) string {
	most := 40
	if len(text) <= most {
		return strconv.Quote(string(text))
	}
	for most > 36 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strconv.Quote(string(text[:most])) + "…"
}
