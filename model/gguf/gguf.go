// Package gguf reads and writes GGUF, the single file that llama.cpp and what
// is built on it load: metadata by key, the list of the tensors, and then their
// numbers, each at a multiple of the alignment.
//
//	f, err := gguf.Open("model.gguf")
//	defer f.Close()
//	arch, ok := f.Meta.String("general.architecture")
//	t, ok := f.Tensor("token_embd.weight")
//	t.Shape, t.Type, t.Float32()
//
// Reading is strict. Nothing is allocated by a number from the file before the
// bytes for it are known to be there; no key or tensor stands twice; the
// tensors lie one behind the other in the order of their list, as llama.cpp
// asks too; the bytes of the tensors are where the file was mapped, not copies.
//
// (https://github.com/ggml-org/ggml, docs/gguf.md, versions 2 and 3.)
package gguf

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"path/filepath"

	"argen/internal/mapped"
)

const (
	// Magic are the first bytes of a file.
	Magic = "GGUF"

	version          = 3
	alignmentKey     = "general.alignment"
	defaultAlignment = 32
	maxAlignment     = 1 << 16
	maxDims          = 4
	maxName          = 63 // bytes of a tensor's name, as ggml has it
)

// A KV is one entry of the metadata. Value is of one of the types uint8, int8,
// uint16, int16, uint32, int32, uint64, int64, float32, float64, bool, string,
// or a slice of one of them.
type KV struct {
	Key   string
	Value any
}

// A Meta is the metadata of a file, in its order.
type Meta []KV

// Value returns the value of a key, nil if there is none.
func (m Meta) Value(key string) any {
	for _, kv := range m {
		if kv.Key == key {
			return kv.Value
		}
	}
	return nil
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
	switch v := m.Value(key).(type) {
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
	switch v := m.Value(key).(type) {
	case float32:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// A File is a file that was opened. Many goroutines may read it. Close it after
// the last use of its tensors.
type File struct {
	Version uint32
	Meta    Meta
	Tensors []Tensor // in the order of the file; not to be changed
	byName  map[string]int
	data    []byte
	unmap   func() error
}

// Tensor returns the tensor of a name.
func (f *File) Tensor(name string) (t *Tensor, ok bool) {
	i, ok := f.byName[name]
	if !ok {
		return nil, false
	}
	return &f.Tensors[i], true
}

// SHA256 returns the hash of the file in hex.
func (f *File) SHA256() string {
	sum := sha256.Sum256(f.data)
	return hex.EncodeToString(sum[:])
}

// Size is the number of bytes of the file.
func (f *File) Size() int64 { return int64(len(f.data)) }

// Close gives a mapped file back; the tensors must not be used after that.
func (f *File) Close() error {
	if f.unmap == nil {
		return nil
	}
	unmap := f.unmap
	f.unmap = nil
	return unmap()
}

// Open opens a file. It is mapped into memory, not read.
func Open(path string) (*File, error) {
	data, unmap, err := mapped.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := Read(filepath.Base(path), data)
	if err != nil {
		return nil, errors.Join(err, unmap())
	}
	f.unmap = unmap
	return f, nil
}
