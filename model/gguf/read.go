package gguf

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf8"

	"argen/internal/strict"
)

// The types of values, by their numbers in the file.
const (
	kindUint8 uint32 = iota
	kindInt8
	kindUint16
	kindInt16
	kindUint32
	kindInt32
	kindFloat32
	kindBool
	kindString
	kindArray
	kindUint64
	kindInt64
	kindFloat64
)

// A reader reads one file.
type reader struct {
	*strict.Bytes
	file *File
}

// Read reads a file that is in memory; name stands in its errors, which are
// [*strict.Error]. The tensors are parts of data.
func Read(name string, data []byte) (*File, error) {
	if says := strict.Foreign(data); says != "" {
		return nil, &strict.Error{File: name, Offset: 0, Field: "magic", Msg: says}
	}
	r := reader{strict.NewBytes(name, data), &File{Parts: 1, byName: map[string]int{}}}
	r.file.files.Add(data)
	tensors, keys, err := r.header()
	if err == nil {
		err = r.metadata(keys)
	}
	if err == nil {
		err = r.tensors(tensors)
	}
	if err != nil {
		return nil, err
	}
	return r.file, nil
}

// header reads magic, version and the two counts.
func (r reader) header() (tensors, keys uint64, err error) {
	magic, err := r.Take("magic", uint64(len(Magic)))
	if err != nil {
		return 0, 0, err
	}
	if string(magic) != Magic {
		return 0, 0, r.Errorf("magic", "%q, want %q: this is no GGUF file", magic, Magic)
	}
	if r.file.Version, err = r.U32("version"); err != nil {
		return 0, 0, err
	}
	switch v := r.file.Version; {
	case v == 2 || v == version:
	case v&0xffff == 0:
		return 0, 0, r.Errorf("version", "the file is big-endian, argen reads little-endian ones")
	default:
		return 0, 0, r.Errorf("version", "%d is not supported: argen reads 2 and 3", v)
	}
	if tensors, err = r.U64("tensor count"); err != nil {
		return 0, 0, err
	}
	keys, err = r.U64("key count")
	return tensors, keys, err
}

// count reports whether n things of at least size bytes each can be left.
func (r reader) count(field string, n, size uint64) error {
	if left := r.Remaining(); n > left/size {
		return r.Errorf(field, "%d are said to be there and %d bytes are left: the file is cut short or this number is wrong", n, left)
	}
	return nil
}

// text reads a string.
func (r reader) text(field string) ([]byte, error) {
	n, err := r.U64(field)
	if err != nil {
		return nil, err
	}
	return r.Take(field, n)
}

func (r reader) metadata(n uint64) error {
	const least = 8 + 4 + 1 // bytes of an entry: length of the key, type, value
	if err := r.count("key count", n, least); err != nil {
		return err
	}
	if n > maxKeys {
		return r.Errorf("key count", "%d, at most %d are read", n, maxKeys)
	}
	seen := make(map[string]bool, n)
	r.file.Meta = make(Meta, 0, n)
	for i := range n {
		field := "key " + strconv.FormatUint(i, 10)
		at := r.Offset()
		text, err := r.text(field)
		key := string(text)
		switch {
		case err != nil:
			return err
		case key == "" || len(key) > maxKey || !utf8.ValidString(key) || strings.ContainsRune(key, 0):
			return r.ErrorAt(at, field, "%s is no key", strict.Quote(key))
		case seen[key]:
			return r.ErrorAt(at, field, "%s is there twice", strict.Quote(key))
		}
		seen[key] = true
		value, err := r.value(key)
		if err != nil {
			return err
		}
		r.file.Meta = append(r.file.Meta, KV{key, value})
	}
	return nil
}

// value reads the type of a value and the value.
func (r reader) value(key string) (any, error) {
	field := "value of " + strict.Quote(key)
	kind, err := r.U32(field)
	if err != nil {
		return nil, err
	}
	switch kind {
	case kindString:
		text, err := r.text(field)
		return raw{kindString, notArray, text}, err
	case kindArray:
		return r.array(field)
	}
	one, err := r.numbers(field, kind, 1)
	if err != nil {
		return nil, err
	}
	return one.first(), nil
}

// array reads the type of an array's values, how many there are, and finds
// their bytes.
func (r reader) array(field string) (raw, error) {
	kind, err := r.U32(field)
	if err != nil {
		return raw{}, err
	}
	if kind == kindArray {
		return raw{}, r.Errorf(field, "an array of arrays is not supported")
	}
	n, err := r.U64(field)
	if err != nil {
		return raw{}, err
	}
	if kind != kindString {
		return r.numbers(field, kind, n)
	}
	if err := r.count(field, n, 8); err != nil {
		return raw{}, err
	}
	rest := r.Rest()
	at := uint64(0)
	for range n {
		left := uint64(len(rest)) - at
		if left >= 8 {
			left -= 8
			if size := binary.LittleEndian.Uint64(rest[at:]); size <= left {
				at += 8 + size
				continue
			}
		}
		_, err := r.Take(field, at) // to where the string begins that is not whole
		if err == nil {
			_, err = r.text(field)
		}
		return raw{}, err
	}
	data, err := r.Take(field, at)
	return raw{kindString, int(n), data}, err
}

// widths are the bytes of a value by its type, 0 where they differ.
var widths = [...]uint64{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8}

// numbers finds the bytes of n numbers or truth values.
func (r reader) numbers(field string, kind uint32, n uint64) (raw, error) {
	if kind >= uint32(len(widths)) || widths[kind] == 0 {
		return raw{}, r.Errorf(field, "type %d is not known", kind)
	}
	if err := r.count(field, n, widths[kind]); err != nil {
		return raw{}, err
	}
	data, err := r.Take(field, n*widths[kind])
	if err != nil {
		return raw{}, err
	}
	if kind == kindBool {
		for _, b := range data {
			if b > 1 {
				return raw{}, r.Errorf(field, "%d is neither true nor false", b)
			}
		}
	}
	return raw{kind, int(n), data}, nil
}
