package gguf

import (
	"encoding/binary"
	"math"
	"strings"
)

// A KV is one entry of the metadata. Value is of one of the types uint8, int8,
// uint16, int16, uint32, int32, uint64, int64, float32, float64, bool, string,
// or a slice of one of them; where it was read, strings and slices are still the
// bytes of the file, and [KV.Plain] is what they are.
type KV struct {
	Key   string
	Value any
}

// Plain returns the value as one of the types that [KV] names.
func (kv KV) Plain() any {
	if r, ok := kv.Value.(raw); ok {
		return r.plain()
	}
	return kv.Value
}

// A Meta is the metadata of a file, in its order.
type Meta []KV

// Value returns the plain value of a key, nil if there is none.
func (m Meta) Value(key string) any { return m.kv(key).Plain() }

func (m Meta) kv(key string) KV {
	for _, kv := range m {
		if kv.Key == key {
			return kv
		}
	}
	return KV{}
}

// Has reports whether a key is there.
func (m Meta) Has(key string) bool { return m.kv(key).Value != nil }

// Without returns the metadata without some keys; one that ends in a dot stands
// for all that begin so.
func (m Meta) Without(keys ...string) Meta {
	var rest Meta
	for _, kv := range m {
		keep := true
		for _, key := range keys {
			keep = keep && kv.Key != key && !(strings.HasSuffix(key, ".") && strings.HasPrefix(kv.Key, key))
		}
		if keep {
			rest = append(rest, kv)
		}
	}
	return rest
}

// Len returns how many values the array of a key has, 0 if it is none. It
// decodes nothing.
func (m Meta) Len(key string) int {
	v := m.kv(key).Value
	if r, ok := v.(raw); ok {
		return r.n
	}
	_, n, _ := kindOf(v)
	return max(n, 0)
}

// String returns the value of a key if it is a string.
func (m Meta) String(key string) (s string, ok bool) {
	s, ok = m.Value(key).(string)
	return s, ok
}

// Int returns the value of a key if it is a whole number of any width that is
// not negative and fits into an int.
func (m Meta) Int(key string) (n int, ok bool) {
	var u uint64
	switch v := m.kv(key).Value.(type) {
	case uint8:
		u = uint64(v)
	case uint16:
		u = uint64(v)
	case uint32:
		u = uint64(v)
	case uint64:
		u = v
	case int8:
		u = uint64(v)
	case int16:
		u = uint64(v)
	case int32:
		u = uint64(v)
	case int64:
		u = uint64(v)
	default:
		return 0, false
	}
	return int(u), u <= math.MaxInt
}

// Float returns the value of a key if it is a float32 or a float64.
func (m Meta) Float(key string) (x float64, ok bool) {
	switch v := m.kv(key).Value.(type) {
	case float32:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// A raw is a string or an array as its bytes in the file, which were found to be
// whole. A vocabulary of a quarter of a million tokens costs nothing until
// somebody asks for it.
type raw struct {
	kind uint32 // of a string, or of an array's values
	n    int    // values of an array, notArray for a string
	data []byte
}

const notArray = -1

// plain copies the value out of the file.
func (r raw) plain() any {
	if r.n == notArray {
		return string(r.data)
	}
	switch r.kind {
	case kindString:
		return r.texts()
	case kindUint8:
		return decode[uint8](r)
	case kindInt8:
		return decode[int8](r)
	case kindUint16:
		return decode[uint16](r)
	case kindInt16:
		return decode[int16](r)
	case kindUint32:
		return decode[uint32](r)
	case kindInt32:
		return decode[int32](r)
	case kindUint64:
		return decode[uint64](r)
	case kindInt64:
		return decode[int64](r)
	case kindFloat32:
		return decode[float32](r)
	case kindFloat64:
		return decode[float64](r)
	}
	return decode[bool](r)
}

// first is the only value of an array.
func (r raw) first() any {
	switch v := r.plain().(type) {
	case []uint8:
		return v[0]
	case []int8:
		return v[0]
	case []uint16:
		return v[0]
	case []int16:
		return v[0]
	case []uint32:
		return v[0]
	case []int32:
		return v[0]
	case []uint64:
		return v[0]
	case []int64:
		return v[0]
	case []float32:
		return v[0]
	case []float64:
		return v[0]
	case []bool:
		return v[0]
	}
	return nil
}

// texts are the strings of an array, all parts of one copy.
func (r raw) texts() []string {
	list, all := make([]string, r.n), string(r.data)
	at := 0
	for i := range list {
		n := int(binary.LittleEndian.Uint64(r.data[at:]))
		list[i] = all[at+8 : at+8+n]
		at += 8 + n
	}
	return list
}

func decode[T any](r raw) []T {
	x := make([]T, r.n)
	_, _ = binary.Decode(r.data, binary.LittleEndian, x) // the bytes are there
	return x
}
