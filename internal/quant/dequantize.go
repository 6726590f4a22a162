package quant

import (
	"encoding/binary"
	"math"
	"unsafe"

	"argen/internal/mapped"
	"argen/internal/tensor"
)

// Dequantize widens the numbers of src, which are of a readable type, to
// float32; dst has as many as they are, whole blocks. It allocates nothing.
func Dequantize(t Type, dst []float32, src []byte) {
	switch t {
	case F32:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
	case F16:
		if h, ok := halves(src, len(dst)); ok {
			tensor.F16ToF32(dst, h)
			return
		}
		for i := range dst {
			dst[i] = half(src[2*i:])
		}
	case BF16:
		if h, ok := halves(src, len(dst)); ok {
			tensor.BF16ToF32(dst, h)
			return
		}
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
		}
	default:
		numbers, size, run, least := t.BlockLen(), t.BlockBytes(), t.RunLen(), t.HasMin()
		var b Block
		for ; len(dst) > 0; dst, src = dst[numbers:], src[size:] {
			b.Decode(t, src)
			for r, i := 0, 0; i < numbers; r, i = r+1, i+run {
				x, q, scale := dst[i:i+run], b.Q[i:i+run], b.Scale[r]
				for k := range x {
					x[k] = scale * float32(q[k])
				}
				if !least {
					continue
				}
				for k := range x { // on its own, so that no platform fuses product and sum
					x[k] += b.Min[r]
				}
			}
		}
	}
}

// halves are the numbers of 16 bits of src, in place; ok is false where they are
// not aligned or the platform's order of bytes is not the file's.
func halves(src []byte, n int) (h []uint16, ok bool) {
	if n == 0 {
		return nil, true
	}
	src = src[:2*n]
	if !mapped.LittleEndian || uintptr(unsafe.Pointer(&src[0]))%2 != 0 {
		return nil, false
	}
	return unsafe.Slice((*uint16)(unsafe.Pointer(&src[0])), n), true
}
