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
// asks too; the bytes of tensors, strings and arrays are where the file was mapped,
// not copies.
//
// (https://github.com/ggml-org/ggml, docs/gguf.md, versions 2 and 3.)
package gguf

import (
	"errors"
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
	maxKey           = 65535   // bytes of a key, as the format has it
	maxName          = 63      // bytes of a tensor's name, as ggml has it
	maxKeys          = 1 << 16 // entries of the metadata; models have some dozens
	maxTensors       = 1 << 18 // models of many experts have some ten thousand
)

// A File is a file that was opened, or the several parts that a model is split
// into. Many goroutines may read it. Close it after the last use of its tensors
// and of its metadata.
type File struct {
	Version uint32
	Meta    Meta
	Tensors []Tensor // in the order of the file; not to be changed
	Parts   int      // files that it is read from
	byName  map[string]int
	files   mapped.Files
}

// Tensor returns the tensor of a name.
func (f *File) Tensor(name string) (t *Tensor, ok bool) {
	i, ok := f.byName[name]
	if !ok {
		return nil, false
	}
	return &f.Tensors[i], true
}

// SHA256 returns the hash of the file in hex, or of its parts one after the
// other.
func (f *File) SHA256() string { return f.files.SHA256() }

// Size is the number of bytes of the file or its parts.
func (f *File) Size() int64 { return f.files.Size() }

// Close gives the mapped files back; tensors and metadata must not be used after
// that.
func (f *File) Close() error { return f.files.Close() }

// Open opens a file, or all parts of a model that it is one of (see split.go).
// They are mapped into memory, not read.
func Open(path string) (*File, error) {
	f, err := openOne(path)
	if err != nil {
		return nil, err
	}
	return f.whole(path)
}

// openOne opens one file.
func openOne(path string) (*File, error) {
	data, unmap, err := mapped.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := Read(filepath.Base(path), data)
	if err != nil {
		return nil, errors.Join(err, unmap())
	}
	f.files.OnClose(unmap)
	return f, nil
}
