package model

import (
	"fmt"
	"io"
	"strings"

	"argen/internal/quant"
	"argen/model/gguf"
)

// fileTypes are the numbers that llama.cpp gives to files by their matrices.
var fileTypes = map[quant.Type]uint32{quant.F32: 0, quant.F16: 1, quant.Q4_0: 2, quant.Q8_0: 7, quant.BF16: 32}

// The keys of a GGUF that say how its matrices are stored.
const (
	keyFileType     = "general.file_type"
	keyQuantVersion = "general.quantization_version"
)

// typeKeys are what they say for matrices of a type.
func typeKeys(as quant.Type) gguf.Meta {
	return gguf.Meta{{Key: keyFileType, Value: fileTypes[as]}, {Key: keyQuantVersion, Value: uint32(2)}}
}

// rounding chooses the type of each tensor of a GGUF, and counts those that
// could not have the one asked for.
type rounding struct {
	as         quant.Type
	odd, total int
	again      int // of those that the file has rounded to blocks already
}

// of returns the type for a tensor of that name in a GGUF. As llama.cpp has it,
// vectors stay F32, and so do tables of positions and what chooses experts; and
// the head, which an embedding may be too, is rounded less than other matrices,
// since its errors are those of the logits.
func (r *rounding) of(name string, shape []int) quant.Type {
	r.total++
	rows := strings.TrimSuffix(name, ".weight")
	switch {
	case len(shape) < 2, strings.HasSuffix(rows, "_norm"), rows == "position_embd", rows == "token_types", strings.HasSuffix(rows, "ffn_gate_inp"):
		return quant.F32
	case r.as == quant.Q4_0 && (rows == "token_embd" || rows == "output") && quant.Q8_0.Fits(shape[len(shape)-1]):
		return quant.Q8_0
	case !r.as.Fits(shape[len(shape)-1]):
		r.odd++
		return quant.F16
	}
	return r.as
}

// notes says what is not of the type asked for.
func (r *rounding) notes() []string {
	var notes []string
	if r.odd > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d tensors are F16: their rows are no multiple of 32, as %s needs", r.odd, r.total, r.as))
	}
	if r.again > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d tensors were quantised already: rounded again they lose more than the original would", r.again, r.total))
	}
	return notes
}

// IsGGUF reports whether a path is that of a GGUF.
func IsGGUF(path string) bool {
	head, err := readHead(path)
	return err == nil && isGGUF(head.raw, path)
}

// CopyGGUF writes a GGUF with the metadata and the tensors of another, the
// matrices as one of the types of [quant.Writable]; nil leaves them as they are.
// The model need not be one that argen computes.
func CopyGGUF(w io.Writer, f *gguf.File, as *quant.Type) (notes []string, err error) {
	if as == nil {
		return nil, gguf.Write(w, f.Meta.Without("split."), f.Tensors)
	}
	r := rounding{as: *as}
	meta := append(f.Meta.Without("split.", keyFileType, keyQuantVersion), typeKeys(*as)...)
	tensors := make([]gguf.Tensor, len(f.Tensors))
	for i := range f.Tensors {
		t := &f.Tensors[i]
		tensors[i] = gguf.Tensor{Name: t.Name, Shape: t.Shape, Type: r.of(t.Name, t.Shape)}
		if tensors[i].Type == t.Type || !t.Type.Known() {
			tensors[i] = *t
			continue
		}
		if !t.Type.Readable() {
			_, err := t.Float32()
			return nil, err
		}
		if t.Type.Quantized() && as.Quantized() {
			r.again++
		}
		tensors[i].Make = func() ([]byte, error) {
			x, err := t.Float32()
			if err != nil {
				return nil, err
			}
			q, err := gguf.Quantize(t.Name, tensors[i].Type, x, t.Shape...)
			return q.Data, err
		}
	}
	return r.notes(), gguf.Write(w, meta, tensors)
}
