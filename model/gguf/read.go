package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"argen/internal/quant"
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
	r := reader{strict.NewBytes(name, data), &File{data: data, byName: map[string]int{}}}
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
func (r reader) text(field string) (string, error) {
	n, err := r.U64(field)
	if err != nil {
		return "", err
	}
	b, err := r.Take(field, n)
	return string(b), err
}

func (r reader) metadata(n uint64) error {
	const least = 8 + 4 + 1 // bytes of an entry: length of the key, type, value
	if err := r.count("key count", n, least); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range n {
		field := "key " + strconv.FormatUint(i, 10)
		key, err := r.text(field)
		switch {
		case err != nil:
			return err
		case key == "" || !utf8.ValidString(key) || strings.ContainsRune(key, 0):
			return r.Errorf(field, "%s is no key", quote(key))
		case seen[key]:
			return r.Errorf(field, "%s is there twice", quote(key))
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
	field := "value of " + quote(key)
	kind, err := r.U32(field)
	if err != nil {
		return nil, err
	}
	switch kind {
	case kindString:
		return r.text(field)
	case kindArray:
		return r.array(field)
	}
	one, err := r.numbers(field, kind, 1)
	if err != nil {
		return nil, err
	}
	switch v := one.(type) {
	case []uint8:
		return v[0], nil
	case []int8:
		return v[0], nil
	case []uint16:
		return v[0], nil
	case []int16:
		return v[0], nil
	case []uint32:
		return v[0], nil
	case []int32:
		return v[0], nil
	case []uint64:
		return v[0], nil
	case []int64:
		return v[0], nil
	case []float32:
		return v[0], nil
	case []float64:
		return v[0], nil
	}
	return one.([]bool)[0], nil
}

func (r reader) array(field string) (any, error) {
	kind, err := r.U32(field)
	if err != nil {
		return nil, err
	}
	n, err := r.U64(field)
	if err != nil {
		return nil, err
	}
	switch kind {
	case kindString:
		if err := r.count(field, n, 8); err != nil {
			return nil, err
		}
		list := make([]string, n)
		for i := range list {
			if list[i], err = r.text(field); err != nil {
				return nil, err
			}
		}
		return list, nil
	case kindArray:
		return nil, r.Errorf(field, "an array of arrays is not supported")
	}
	return r.numbers(field, kind, n)
}

// widths are the bytes of a value by its type, 0 where they differ.
var widths = [...]uint64{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8}

// numbers reads n numbers or truth values.
func (r reader) numbers(field string, kind uint32, n uint64) (any, error) {
	if kind >= uint32(len(widths)) || widths[kind] == 0 {
		return nil, r.Errorf(field, "type %d is not known", kind)
	}
	if err := r.count(field, n, widths[kind]); err != nil {
		return nil, err
	}
	data, err := r.Take(field, n*widths[kind])
	if err != nil {
		return nil, err
	}
	switch kind {
	case kindUint8:
		return slices.Clone(data), nil
	case kindInt8:
		return decode[int8](data, n), nil
	case kindUint16:
		return decode[uint16](data, n), nil
	case kindInt16:
		return decode[int16](data, n), nil
	case kindUint32:
		return decode[uint32](data, n), nil
	case kindInt32:
		return decode[int32](data, n), nil
	case kindUint64:
		return decode[uint64](data, n), nil
	case kindInt64:
		return decode[int64](data, n), nil
	case kindFloat32:
		return decode[float32](data, n), nil
	case kindFloat64:
		return decode[float64](data, n), nil
	}
	truths := make([]bool, n)
	for i, b := range data {
		if b > 1 {
			return nil, r.Errorf(field, "%d is neither true nor false", b)
		}
		truths[i] = b == 1
	}
	return truths, nil
}

// decode returns n numbers, for which the bytes are there.
func decode[T any](data []byte, n uint64) []T {
	x := make([]T, n)
	_, _ = binary.Decode(data, binary.LittleEndian, x)
	return x
}

// tensors reads the list of tensors and finds their bytes.
func (r reader) tensors(n uint64) error {
	const least = 8 + 4 + 8 + 4 + 8 // bytes of an entry: length of the name, dimensions, one of them, type, offset
	if err := r.count("tensor count", n, least); err != nil {
		return err
	}
	alignment, err := r.alignment()
	if err != nil {
		return err
	}
	r.file.Tensors = make([]Tensor, n)
	places := make([]uint64, n)
	for i := range r.file.Tensors {
		if places[i], err = r.tensor(i); err != nil {
			return err
		}
	}
	if n == 0 && r.Remaining() == 0 {
		return nil
	}
	if _, err := r.Take("padding", pad(uint64(r.Offset()), alignment)); err != nil {
		return err
	}
	at := uint64(0) // in the tensors' bytes
	for i := range r.file.Tensors {
		t := &r.file.Tensors[i]
		field := "tensor " + quote(t.Name)
		size, says := t.Type.Bytes(t.Shape)
		switch {
		case says != "":
			return r.Errorf(field, "%s", says)
		case places[i] != at:
			return r.Errorf(field, "its offset is %d, but the tensors before it end at %d", places[i], at)
		}
		if t.Data, err = r.Take(field, size); err != nil {
			return err
		}
		at += size
		if fill := pad(at, alignment); i+1 < len(r.file.Tensors) || r.Remaining() > 0 { // the last may go without
			if _, err := r.Take("padding", fill); err != nil {
				return err
			}
			at += fill
		}
	}
	if left := r.Remaining(); left > 0 {
		return r.Errorf("data", "%d bytes are left behind the last tensor", left)
	}
	return nil
}

func (r reader) alignment() (uint64, error) {
	if r.file.Meta.Value(alignmentKey) == nil {
		return defaultAlignment, nil
	}
	a, ok := r.file.Meta.Int(alignmentKey)
	if !ok || a < 1 || a > maxAlignment || a&(a-1) != 0 {
		return 0, r.Errorf(alignmentKey, "%v, want a power of two up to %d", r.file.Meta.Value(alignmentKey), maxAlignment)
	}
	return uint64(a), nil
}

// pad is how many bytes there are from a place to the next multiple of the
// alignment.
func pad(at, alignment uint64) uint64 { return -at & (alignment - 1) }

// tensor reads the entry of a tensor.
func (r reader) tensor(i int) (place uint64, err error) {
	t := &r.file.Tensors[i]
	field := fmt.Sprintf("tensor %d", i)
	if t.Name, err = r.text(field); err != nil {
		return 0, err
	}
	if len(t.Name) > maxName || t.Name == "" || !utf8.ValidString(t.Name) || strings.ContainsRune(t.Name, 0) {
		return 0, r.Errorf(field, "%s is no name of a tensor, which has 1 to %d bytes", quote(t.Name), maxName)
	}
	if _, twice := r.file.byName[t.Name]; twice {
		return 0, r.Errorf(field, "%s is there twice", quote(t.Name))
	}
	r.file.byName[t.Name] = i
	field = "tensor " + quote(t.Name)
	dims, err := r.U32(field)
	if err != nil {
		return 0, err
	}
	if dims < 1 || dims > maxDims {
		return 0, r.Errorf(field, "%d dimensions, want 1 to %d", dims, maxDims)
	}
	t.Shape = make([]int, dims)
	for k := range t.Shape {
		d, err := r.U64(field)
		if err != nil {
			return 0, err
		}
		if d < 1 || d > math.MaxInt64 {
			return 0, r.Errorf(field, "%d as a dimension", d)
		}
		t.Shape[len(t.Shape)-1-k] = int(d)
	}
	kind, err := r.U32(field)
	if err != nil {
		return 0, err
	}
	t.Type = quant.Type(kind)
	return r.U64(field)
}

// quote is a name from a file, cut to what a message can show.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		return strconv.Quote(strings.ToValidUTF8(s[:most], "")) + "…"
	}
	return strconv.Quote(s)
}
