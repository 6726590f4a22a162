package gguf

import (
	"fmt"

	"argen/internal/quant"
)

// A Tensor is one tensor of a file.
type Tensor struct {
	Name  string
	Type  quant.Type
	Shape []int  // outermost dimension first, the reverse of the file's; rows are along the last
	Data  []byte // not to be changed if it was read
	// Make returns the bytes of a tensor that has no Data, when it is written:
	// so a file can be written that is larger than memory.
	Make func() ([]byte, error)
}

// Len is the number of numbers, the product of the shape.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Float32 returns the numbers of a tensor.
func (t *Tensor) Float32() ([]float32, error) {
	if !t.Type.Readable() {
		return nil, fmt.Errorf("tensor %q: type %s is not supported: weights may be %s", t.Name, t.Type, quant.Readable)
	}
	x := make([]float32, t.Len())
	quant.Dequantize(t.Type, x, t.Data)
	return x, nil
}

// Quantize returns a tensor with the numbers x, rounded to what the type can
// hold as ggml rounds them. Its rows must fit ([quant.Type.Fits]).
func Quantize(name string, t quant.Type, x []float32, shape ...int) (Tensor, error) {
	q := Tensor{Name: name, Type: t, Shape: shape}
	size, says := t.Bytes(shape)
	switch {
	case says != "":
		return q, fmt.Errorf("tensor %q: %s", name, says)
	case q.Len() != len(x):
		return q, fmt.Errorf("tensor %q: %d numbers for the shape %v", name, len(x), shape)
	}
	var err error
	if q.Data, err = quant.Quantize(make([]byte, 0, size), t, x); err != nil {
		return q, fmt.Errorf("tensor %q: %w", name, err)
	}
	return q, nil
}
