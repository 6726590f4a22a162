package quant

import (
	"encoding/binary"
	"fmt"
	"math"

	"argen/internal/tensor"
)

// Quantize appends numbers as one of the types of [Writable], rounded as ggml
// rounds them. They are whole blocks. Numbers that are too large for the type,
// and in Q8_0 and Q4_0 those that are none, are an error.
func Quantize(dst []byte, t Type, x []float32) ([]byte, error) {
	switch t {
	case F32:
		for _, v := range x {
			dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
		}
	case F16, BF16:
		h, exponent := make([]uint16, len(x)), uint16(0x7c00)
		if t == F16 {
			tensor.F32ToF16(h, x)
		} else {
			tensor.F32ToBF16(h, x)
			exponent = 0x7f80
		}
		for i, v := range h {
			if v&exponent == exponent && !math.IsInf(float64(x[i]), 0) && x[i] == x[i] {
				return nil, fmt.Errorf("number %d, %g, is too large for %s: F32 holds it", i, x[i], t)
			}
			dst = binary.LittleEndian.AppendUint16(dst, v)
		}
	case Q8_0, Q4_0:
		n := t.BlockLen()
		if len(x)%n != 0 {
			return nil, fmt.Errorf("%d numbers, which %s stores by %d", len(x), t, n)
		}
		for i := 0; i < len(x); i += n {
			var err error
			if dst, err = appendBlock(dst, t, x[i:i+n]); err != nil {
				return nil, fmt.Errorf("numbers %d to %d: %w", i, i+n-1, err)
			}
		}
	default:
		return nil, fmt.Errorf("argen does not write type %s", t)
	}
	return dst, nil
}

// appendBlock appends a block of Q8_0 or Q4_0. The scale d is chosen so that
// the number that is largest in size is the end of the range.
func appendBlock(dst []byte, t Type, x []float32) ([]byte, error) {
	largest := float32(0) // in size, with its sign
	for _, v := range x {
		if v != v {
			return nil, fmt.Errorf("one of them is no number")
		}
		if math.Abs(float64(v)) > math.Abs(float64(largest)) {
			largest = v
		}
	}
	d := largest / -8
	if t == Q8_0 {
		d = float32(math.Abs(float64(largest))) / 127
	}
	inverse := 1 / d
	if math.IsInf(float64(inverse), 0) { // numbers that are nothing at half precision
		d, inverse = 0, 0
	}
	var h [1]uint16
	tensor.F32ToF16(h[:], []float32{d})
	if h[0]&0x7c00 == 0x7c00 {
		return nil, fmt.Errorf("the largest is %g, too large for %s: F32 holds them", largest, t)
	}
	dst = binary.LittleEndian.AppendUint16(dst, h[0])
	if t == Q8_0 {
		for _, v := range x {
			dst = append(dst, byte(int8(math.Round(float64(v*inverse))))) // halves away from zero
		}
		return dst, nil
	}
	nibble := func(v float32) byte { return byte(min(15, int8(float32(v*inverse)+8.5))) }
	for i := range len(x) / 2 {
		dst = append(dst, nibble(x[i])|nibble(x[i+len(x)/2])<<4)
	}
	return dst, nil
}
