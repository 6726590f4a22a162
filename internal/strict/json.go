package strict

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Kind is the kind of a JSON value.
type Kind uint8

// The kinds of values. Invalid is where no value begins.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String names the kind as it stands in a sentence: "a number".
func (k Kind) String() string {
	return [...]string{"no value", "null", "true or false", "a number", "a string", "an array", "an object"}[k]
}

// JSON reads JSON (RFC 8259) value by value, as the caller asks for them.
//
// It is stricter than encoding/json, which takes the last of two members with
// one name, puts U+FFFD in place of bytes that are not UTF-8 and of lone
// surrogates, and finds names whatever their case: all of that hides which of
// two readers is right about a file. Nesting is limited.
//
// All errors are [*Error] with the offset and the path of the value
// ("model.merges[3]"). After an error every read returns that error.
type JSON struct {
	file string
	data []byte
	pos  int    // the next byte
	mark int    // where the value read last begins
	most int    // the deepest nesting
	line int    // of data in a file of JSON Lines, 0 if it is the whole file
	path []step // the arrays and objects that are open
	sets []*names
	buf  []byte // for names with escapes
	err  error  // the first
}

// NewJSON returns a reader of data; file stands in its errors. Arrays and
// objects may be nested depth deep.
func NewJSON(file string, data []byte, depth int) *JSON {
	j := &JSON{file: file, data: data, most: depth}
	if uint64(len(data)) > math.MaxUint32 {
		j.fail(0, "JSON of %d bytes is not read, at most %d are", len(data), uint32(math.MaxUint32))
	}
	return j
}

// AtLine makes the places in errors FILE:LINE:COLUMN, where column counts bytes
// from the start of the data, from 1: data is one line of a file. It returns j.
func (j *JSON) AtLine(line int) *JSON {
	j.line = line
	return j
}

// Kind is the kind of the next value by its first byte, which is no promise
// that the rest of it is valid.
func (j *JSON) Kind() Kind {
	j.space()
	if j.err != nil || j.pos == len(j.data) {
		return Invalid
	}
	switch c := j.data[j.pos]; {
	case c == 'n':
		return Null
	case c == 't' || c == 'f':
		return Bool
	case c == '-' || '0' <= c && c <= '9':
		return Number
	case c == '"':
		return String
	case c == '[':
		return Array
	case c == '{':
		return Object
	}
	return Invalid
}

// Object reads an object. It calls member for each member, which must read (or
// skip) exactly one value, the member's. It is an error if two members have the
// same name.
func (j *JSON) Object(member func(name string) error) error {
	return j.object(func(name []byte) error { return member(string(name)) })
}

// object is Object with a name that is valid until the next read.
func (j *JSON) object(member func(name []byte) error) error {
	start, err := j.open(Object)
	if err != nil {
		return err
	}
	level := len(j.path) - 1
	for level >= len(j.sets) {
		j.sets = append(j.sets, new(names))
	}
	set := j.sets[level]
	set.reset()
	for i := 0; ; i++ {
		j.path[level].name = -1
		if more, err := j.more(Object, '}', i, start); !more {
			return err
		}
		if j.Kind() != String {
			return j.fail(j.pos, "want a name in double quotes, found %s", j.found())
		}
		at := j.pos
		name, err := j.bytes()
		if err != nil {
			return err
		}
		if first := set.add(j, at, name); first >= 0 {
			return j.fail(at, "the name %q stands twice in this object, first at byte %d", brief(string(name)), first)
		}
		j.path[level].name = at
		if j.space(); j.pos == len(j.data) || j.data[j.pos] != ':' {
			return j.fail(j.pos, "want ':' after the name, found %s", j.found())
		}
		j.pos++
		if err := j.inner(func() error { return member(name) }); err != nil {
			return err
		}
	}
}

// Array reads an array. It calls element for each element, which must read (or
// skip) exactly one value.
func (j *JSON) Array(element func(i int) error) error {
	start, err := j.open(Array)
	if err != nil {
		return err
	}
	level := len(j.path) - 1
	for i := 0; ; i++ {
		j.path[level].index = -1
		if more, err := j.more(Array, ']', i, start); !more {
			return err
		}
		j.path[level].index = i
		if err := j.inner(func() error { return element(i) }); err != nil {
			return err
		}
	}
}

// open reads the bracket that opens an array or object, and returns its offset.
func (j *JSON) open(kind Kind) (int, error) {
	if err := j.expect(kind); err != nil {
		return 0, err
	}
	if len(j.path) >= j.most {
		return 0, j.fail(j.pos, "arrays and objects are nested more than %d deep", j.most)
	}
	j.path = append(j.path, step{name: -1, index: -1})
	j.pos++
	return j.mark, nil
}

// more reports whether another member or element follows the i that were read;
// if so it reads the comma between them, otherwise the closing bracket.
func (j *JSON) more(kind Kind, closing byte, i, start int) (bool, error) {
	j.space()
	switch {
	case j.err != nil:
		return false, j.err
	case j.pos == len(j.data):
		return false, j.fail(j.pos, "%s begins at byte %d and does not end: the data is cut short", kind, start)
	case j.data[j.pos] == closing:
		j.pos++
		j.mark = start
		j.path = j.path[:len(j.path)-1]
		return false, nil
	case i == 0:
		return true, nil
	case j.data[j.pos] != ',':
		return false, j.fail(j.pos, "want ',' or '%c', found %s", closing, j.found())
	}
	comma := j.pos
	j.pos++
	if j.space(); j.pos < len(j.data) && j.data[j.pos] == closing {
		return false, j.fail(comma, "a comma stands before '%c'", closing)
	}
	return true, nil
}

// inner calls read for the value of a member or element.
func (j *JSON) inner(read func() error) error {
	j.space()
	start := j.pos
	j.mark = start
	err := read()
	switch {
	case j.err != nil:
	case err != nil:
		j.err = err
	case j.pos == start && j.Kind() == Invalid:
		return j.noValue()
	case j.pos == start:
		return j.fail(start, "the value was not read: a fault of the program, not of the data")
	}
	return j.err
}

// Int reads an integer within bounds. It is not read through a float64, so all
// its digits count; 1.0 and 1e3 are no integers.
func (j *JSON) Int(least, most int64) (int64, error) {
	raw, integer, err := j.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(string(raw), 10, 64)
	if !integer || err != nil || v < least || v > most {
		return 0, j.fail(j.mark, "want an integer from %d to %d, found %s", least, most, brief(string(raw)))
	}
	return v, nil
}

// Uint64 reads an integer from 0 to 2⁶⁴−1, as Int does.
func (j *JSON) Uint64() (uint64, error) {
	raw, integer, err := j.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseUint(string(raw), 10, 64)
	if !integer || err != nil {
		return 0, j.fail(j.mark, "want an integer from 0 to %d, found %s", uint64(math.MaxUint64), brief(string(raw)))
	}
	return v, nil
}

// Float reads a number as the float64 next to it. A number too large for a
// float64 is an error.
func (j *JSON) Float() (float64, error) {
	raw, _, err := j.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return 0, j.fail(j.mark, "the number %s is too large for a float64", brief(string(raw)))
	}
	return v, nil
}

// Bool reads true or false.
func (j *JSON) Bool() (bool, error) {
	if err := j.expect(Bool); err != nil {
		return false, err
	}
	if j.literal("true") {
		return true, nil
	}
	if j.literal("false") {
		return false, nil
	}
	return false, j.noValue()
}

// Null reads null and returns true, or reads nothing if something else is next.
func (j *JSON) Null() bool {
	if j.Kind() != Null {
		return false
	}
	j.mark = j.pos
	return j.literal("null")
}

// Skip reads the next value, checks it as strictly as the others and drops it.
func (j *JSON) Skip() error {
	switch j.Kind() {
	case Object:
		return j.object(func([]byte) error { return j.Skip() })
	case Array:
		return j.Array(func(int) error { return j.Skip() })
	case String:
		_, _, err := j.quoted()
		return err
	case Number:
		_, _, err := j.number()
		return err
	case Bool:
		_, err := j.Bool()
		return err
	}
	if j.Null() {
		return nil
	}
	return j.noValue()
}

// Raw reads the next value as Skip does and returns its bytes, not a copy.
func (j *JSON) Raw() ([]byte, error) {
	j.space()
	start := j.pos
	if err := j.Skip(); err != nil {
		return nil, err
	}
	return j.data[start:j.pos:j.pos], nil
}

// End returns an error if anything but white space is left.
func (j *JSON) End() error {
	if j.space(); j.err == nil && j.pos < len(j.data) {
		return j.fail(j.pos, "want the end of the data, found %s", j.found())
	}
	return j.err
}

// Errorf returns an [*Error] at the value read last; in a member or element
// that has read nothing, at its value.
func (j *JSON) Errorf(format string, args ...any) error {
	return j.errorAt(j.mark, format, args...)
}

func (j *JSON) errorAt(at int, format string, args ...any) *Error {
	e := &Error{File: j.file, Offset: int64(at), Field: j.field(), Msg: fmt.Sprintf(format, args...)}
	if j.line > 0 {
		e.Offset, e.Line, e.Column = -1, j.line, at+1
	}
	return e
}

// fail is errorAt for the reader's own errors, which end the reading.
func (j *JSON) fail(at int, format string, args ...any) error {
	if j.err == nil {
		j.err = j.errorAt(at, format, args...)
	}
	return j.err
}

// expect returns an error unless a value of the kind is next.
func (j *JSON) expect(want Kind) error {
	switch got := j.Kind(); {
	case j.err != nil:
		return j.err
	case got == Invalid:
		return j.noValue()
	case got != want && got == Null && !j.atWord("null"), got != want && got == Bool && !j.atWord("true") && !j.atWord("false"):
		return j.fail(j.pos, "want %v, found %s", want, j.found())
	case got != want:
		return j.fail(j.pos, "want %v, found %v", want, got)
	}
	j.mark = j.pos
	return nil
}

// noValue is the error where a value should stand and none does.
func (j *JSON) noValue() error {
	if len(j.path) == 0 && strings.Trim(string(j.data[:min(j.pos, 256)]), " \t\r\n") == "" {
		if says := Foreign(j.data); says != "" && j.err == nil {
			return j.fail(0, "%s", says)
		}
	}
	return j.fail(j.pos, "want a value, found %s", j.found())
}
