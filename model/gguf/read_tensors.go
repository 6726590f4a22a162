package gguf

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"argen/internal/quant"
	"argen/internal/strict"
)

// An entry is where the parts of a tensor's entry in the list stand in the file,
// and where it says that the tensor's bytes begin.
type entry struct {
	offset int64  // where the offset stands
	place  uint64 // what it is, from the first tensor's bytes on
	size   uint64 // bytes of the tensor
}

// tensors reads the list of tensors and finds their bytes.
func (r reader) tensors(n uint64) error {
	const least = 8 + 4 + 8 + 4 + 8 // bytes of an entry: length of the name, dimensions, one of them, type, offset
	const counted = 8               // where the count stands
	if n > r.Remaining()/least {
		return r.ErrorAt(counted, "tensor count", "%d are said to be there and %d bytes are left: the file is cut short or this number is wrong", n, r.Remaining())
	}
	if n > maxTensors {
		return r.ErrorAt(counted, "tensor count", "%d, at most %d are read", n, maxTensors)
	}
	alignment, err := r.alignment()
	if err != nil {
		return err
	}
	r.file.Tensors = make([]Tensor, n)
	entries := make([]entry, n)
	for i := range r.file.Tensors {
		if entries[i], err = r.tensor(i); err != nil {
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
	for i, e := range entries {
		t := &r.file.Tensors[i]
		field := "tensor " + strict.Quote(t.Name)
		if e.place != at {
			return r.ErrorAt(e.offset, field, "its offset is %d, but the tensors before it end at %d", e.place, at)
		}
		if t.Data, err = r.Take(field, e.size); err != nil {
			return err
		}
		at += e.size
		if fill := pad(at, alignment); i+1 < len(entries) || r.Remaining() > 0 { // the last may go without
			if _, err := r.Take("padding", fill); err != nil {
				return err
			}
			at += fill
		}
	}
	if left := r.Remaining(); left > 0 {
		return r.ErrorAt(r.Offset(), "data", "%d bytes are left behind the last tensor", left)
	}
	return nil
}

func (r reader) alignment() (uint64, error) {
	if !r.file.Meta.Has(alignmentKey) {
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
func (r reader) tensor(i int) (e entry, err error) {
	t := &r.file.Tensors[i]
	field := fmt.Sprintf("tensor %d", i)
	at := r.Offset()
	name, err := r.text(field)
	if err != nil {
		return e, err
	}
	t.Name = string(name)
	if len(t.Name) > maxName || t.Name == "" || !utf8.ValidString(t.Name) || strings.ContainsRune(t.Name, 0) {
		return e, r.ErrorAt(at, field, "%s is no name of a tensor, which has 1 to %d bytes", strict.Quote(t.Name), maxName)
	}
	if _, twice := r.file.byName[t.Name]; twice {
		return e, r.ErrorAt(at, field, "%s is there twice", strict.Quote(t.Name))
	}
	r.file.byName[t.Name] = i
	field = "tensor " + strict.Quote(t.Name)
	dims, err := r.U32(field)
	if err != nil {
		return e, err
	}
	if dims < 1 || dims > maxDims {
		return e, r.Errorf(field, "%d dimensions, want 1 to %d", dims, maxDims)
	}
	at = r.Offset()
	t.Shape = make([]int, dims)
	for k := range t.Shape {
		d, err := r.U64(field)
		if err != nil {
			return e, err
		}
		if d < 1 || d > math.MaxInt64 {
			return e, r.Errorf(field, "%d as a dimension", d)
		}
		t.Shape[len(t.Shape)-1-k] = int(d)
	}
	kind, err := r.U32(field)
	if err != nil {
		return e, err
	}
	t.Type = quant.Type(kind)
	if !t.Type.Known() {
		return e, r.Errorf(field, "%s is not known", t.Type)
	}
	size, says := t.Type.Bytes(t.Shape)
	if says != "" {
		return e, r.ErrorAt(at, field, "%s", says)
	}
	e = entry{offset: r.Offset(), size: size}
	e.place, err = r.U64(field)
	return e, err
}
