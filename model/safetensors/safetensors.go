// Package safetensors reads and writes safetensors, the files that hold the
// weights of most published models: the length of a header, the header as JSON
// with name, type, shape and place of every tensor, and then the numbers.
//
//	f, err := safetensors.OpenFolder("SmolLM2-135M")
//	defer f.Close()
//	t, ok := f.Tensor("model.norm.weight")
//	t.Shape, t.DType, t.Float32()
//
// The reader holds files to the format's own rules and to one that its
// reference program does not keep: no name stands twice. Nothing is allocated
// by a number from the file before the bytes for it are known to be there, and
// the bytes of the tensors are where the file was mapped, not copies.
//
// (https://github.com/huggingface/safetensors, README, "Format".)
package safetensors

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"argen/internal/mapped"
)

// A Tensor is one tensor of a file.
type Tensor struct {
	Name  string
	DType DType
	Shape []int  // outermost dimension first; none for a single number
	Data  []byte // its numbers, little-endian; not to be changed if it was read
}

// Len is the number of numbers, the product of the shape.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Tensors are tensors in memory by name.
type Tensors map[string]*Tensor

// ByName returns the tensors of a list by name; of two of one name, the later.
func ByName(list []Tensor) Tensors {
	ts := make(Tensors, len(list))
	for i := range list {
		ts[list[i].Name] = &list[i]
	}
	return ts
}

// Tensor returns the tensor of a name.
func (ts Tensors) Tensor(name string) (t *Tensor, ok bool) {
	t, ok = ts[name]
	return t, ok
}

// A File is a file that was opened, or the several that a model is cut into.
// Many goroutines may read it. Close it after the last use of its tensors.
type File struct {
	Metadata map[string]string // what its writer noted, nil if nothing
	tensors  []Tensor          // by name
	files    mapped.Files
}

// Tensor returns the tensor of a name.
func (f *File) Tensor(name string) (t *Tensor, ok bool) {
	i, ok := f.find(name)
	if !ok {
		return nil, false
	}
	return &f.tensors[i], true
}

func (f *File) find(name string) (int, bool) {
	return slices.BinarySearchFunc(f.tensors, name, func(t Tensor, name string) int {
		return strings.Compare(t.Name, name)
	})
}

// Tensors returns all tensors in order of name. They are not to be changed.
func (f *File) Tensors() []Tensor { return f.tensors }

// SHA256 returns the hash of the file in hex, or of its several files one
// after the other in order of name.
func (f *File) SHA256() string { return f.files.SHA256() }

// Size is the number of bytes of the file or files.
func (f *File) Size() int64 { return f.files.Size() }

// Close gives the mapped files back; the tensors must not be used after
// that.
func (f *File) Close() error { return f.files.Close() }

// Open opens a file. It is mapped into memory, not read.
func Open(path string) (*File, error) {
	data, unmap, err := mapped.Open(path)
	if err != nil {
		return nil, err
	}
	return read(filepath.Base(path), data, unmap)
}

// read reads what was mapped.
func read(name string, data []byte, unmap func() error) (*File, error) {
	f, err := Read(name, data)
	if err != nil {
		return nil, errors.Join(err, unmap())
	}
	f.files.OnClose(unmap)
	return f, nil
}
