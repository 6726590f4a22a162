package safetensors

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"argen/internal/mapped"
	"argen/internal/quant"
	"argen/internal/tensor"
)

// A DType is the type of a tensor's numbers, by its name in the file.
type DType string

// The types of weights that can be computed with.
const (
	F32  DType = "F32"
	F16  DType = "F16"  // IEEE 754 half precision
	BF16 DType = "BF16" // the upper half of an F32
)

// widths are the sizes of one number of all types of the format, in bits.
var widths = map[DType]uint64{
	"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
	"I16": 16, "U16": 16, F16: 16, BF16: 16,
	"I32": 32, "U32": 32, F32: 32,
	"I64": 64, "U64": 64, "F64": 64, "C64": 64,
	"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}

// Quantized returns the type of a tensor whose numbers are blocks of ggml's, as
// that of a GGUF may be; its DType is the type's name there.
func (t *Tensor) Quantized() (q quant.Type, ok bool) {
	q, ok = quant.TypeOf(string(t.DType))
	return q, ok && q.Quantized()
}

// Float32 returns the numbers of a tensor as float32: those of an F32 where they
// lie, unless the file has them at an odd place.
func (t *Tensor) Float32() ([]float32, error) {
	switch t.DType {
	case F32:
		if mapped.LittleEndian && aligned(t.Data, 4) {
			return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(t.Data))), len(t.Data)/4), nil
		}
		x := make([]float32, len(t.Data)/4)
		_, err := binary.Decode(t.Data, binary.LittleEndian, x)
		return x, err
	case F16, BF16:
		half, err := t.Half()
		if err != nil {
			return nil, err
		}
		x := make([]float32, len(half))
		if t.DType == F16 {
			tensor.F16ToF32(x, half)
		} else {
			tensor.BF16ToF32(x, half)
		}
		return x, nil
	}
	if q, ok := t.Quantized(); ok {
		x := make([]float32, t.Len())
		quant.Dequantize(q, x, t.Data)
		return x, nil
	}
	return nil, fmt.Errorf("tensor %q: dtype %s is not supported: weights may be F32, F16 or BF16", t.Name, t.DType)
}

// Half returns the numbers of a tensor of F16 or BF16 as their bits, where they
// lie unless the file has them at an odd place.
func (t *Tensor) Half() ([]uint16, error) {
	if t.DType != F16 && t.DType != BF16 {
		return nil, fmt.Errorf("tensor %q: dtype %s, want F16 or BF16", t.Name, t.DType)
	}
	if mapped.LittleEndian && aligned(t.Data, 2) {
		return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(t.Data))), len(t.Data)/2), nil
	}
	x := make([]uint16, len(t.Data)/2)
	_, err := binary.Decode(t.Data, binary.LittleEndian, x)
	return x, err
}

func aligned(data []byte, to uintptr) bool {
	return uintptr(unsafe.Pointer(unsafe.SliceData(data)))%to == 0
}
