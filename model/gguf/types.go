package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strings"

	"argen/internal/tensor"
)

// A Type is how the numbers of a tensor are stored, by its number in ggml.
type Type uint32

// The types that can be converted to float32 and from it.
const (
	F32  Type = 0
	F16  Type = 1
	Q4_0 Type = 2 // blocks of 32: a half d, 16 bytes; x = d·(q−8)
	Q8_0 Type = 8 // blocks of 32: a half d, 32 int8; x = d·q
	BF16 Type = 30
)

// block is how many numbers a block of the types Q4_0 and Q8_0 has.
const block = 32

// types are all that ggml has: how many numbers make a block, and its bytes.
var types = map[Type]struct {
	name        string
	block, size uint64
}{
	F32: {"F32", 1, 4}, F16: {"F16", 1, 2}, Q4_0: {"Q4_0", 32, 18}, 3: {"Q4_1", 32, 20},
	6: {"Q5_0", 32, 22}, 7: {"Q5_1", 32, 24}, Q8_0: {"Q8_0", 32, 34}, 9: {"Q8_1", 32, 36},
	10: {"Q2_K", 256, 84}, 11: {"Q3_K", 256, 110}, 12: {"Q4_K", 256, 144}, 13: {"Q5_K", 256, 176}, 14: {"Q6_K", 256, 210}, 15: {"Q8_K", 256, 292},
	16: {"IQ2_XXS", 256, 66}, 17: {"IQ2_XS", 256, 74}, 18: {"IQ3_XXS", 256, 98}, 19: {"IQ1_S", 256, 50}, 20: {"IQ4_NL", 32, 18},
	21: {"IQ3_S", 256, 110}, 22: {"IQ2_S", 256, 82}, 23: {"IQ4_XS", 256, 136},
	24: {"I8", 1, 1}, 25: {"I16", 1, 2}, 26: {"I32", 1, 4}, 27: {"I64", 1, 8}, 28: {"F64", 1, 8}, 29: {"IQ1_M", 256, 56}, BF16: {"BF16", 1, 2},
	34: {"TQ1_0", 256, 54}, 35: {"TQ2_0", 256, 66}, 39: {"MXFP4", 32, 17},
}

// String is the type's name in ggml: "Q8_0".
func (t Type) String() string {
	if about, ok := types[t]; ok {
		return about.name
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// TypeOf returns the type of a name, upper or lower case, that [Quantize] makes.
func TypeOf(name string) (Type, bool) {
	for _, t := range []Type{F32, F16, BF16, Q8_0, Q4_0} {
		if strings.EqualFold(t.String(), name) {
			return t, true
		}
	}
	return 0, false
}

// bytesOf returns how many bytes a tensor needs; says is why it cannot be.
func bytesOf(t Type, shape []int) (size uint64, says string) {
	about, ok := types[t]
	if !ok {
		return 0, fmt.Sprintf("%s is not known", t)
	}
	n := uint64(1)
	for _, d := range shape {
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt64/16 {
			return 0, fmt.Sprintf("the shape %v is too large", shape)
		}
		n = lo
	}
	if row := shape[len(shape)-1]; uint64(row)%about.block != 0 {
		return 0, fmt.Sprintf("rows of %d numbers, which %s stores by %d", row, t, about.block)
	}
	return n / about.block * about.size, ""
}

// Fits reports whether rows of n numbers can be stored as a type, which stores
// them by blocks.
func Fits(t Type, n int) bool { return uint64(n)%types[t].block == 0 }

// Float32 returns the numbers of a tensor of F32, F16, BF16, Q8_0 or Q4_0.
func (t *Tensor) Float32() ([]float32, error) {
	if _, ok := TypeOf(t.Type.String()); !ok {
		return nil, fmt.Errorf("tensor %q: type %s is not supported: weights may be F32, F16, BF16, Q8_0 or Q4_0", t.Name, t.Type)
	}
	x := make([]float32, t.Len())
	switch t.Type {
	case F32:
		for i := range x {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		}
	case F16:
		tensor.F16ToF32(x, halves(t.Data))
	case BF16:
		tensor.BF16ToF32(x, halves(t.Data))
	case Q8_0:
		for i := range x {
			b := t.Data[i/block*(2+block):]
			x[i] = half(b) * float32(int8(b[2+i%block]))
		}
	case Q4_0:
		for i := range x {
			b, at := t.Data[i/block*(2+block/2):], i%block
			q := b[2+at%(block/2)] // numbers 0 to 15 are the lower halves of the bytes, 16 to 31 the upper
			if at >= block/2 {
				q >>= 4
			}
			x[i] = half(b) * float32(int(q&15)-8)
		}
	}
	return x, nil
}

func halves(data []byte) []uint16 {
	h := make([]uint16, len(data)/2)
	for i := range h {
		h[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return h
}

func half(data []byte) float32 {
	var x [1]float32
	tensor.F16ToF32(x[:], []uint16{binary.LittleEndian.Uint16(data)})
	return x[0]
}

// Quantize returns a tensor with the numbers x, rounded to what the type can
// hold as ggml rounds them. Its rows must fit ([Fits]).
func Quantize(name string, t Type, x []float32, shape ...int) (Tensor, error) {
	q := Tensor{Name: name, Type: t, Shape: shape}
	size, says := bytesOf(t, shape)
	switch {
	case says != "":
		return q, fmt.Errorf("tensor %q: %s", name, says)
	case q.Len() != len(x):
		return q, fmt.Errorf("tensor %q: %d numbers for the shape %v", name, len(x), shape)
	}
	q.Data = make([]byte, 0, size)
	switch t {
	case F32:
		for _, v := range x {
			q.Data = binary.LittleEndian.AppendUint32(q.Data, math.Float32bits(v))
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
				return q, fmt.Errorf("tensor %q: its number %d, %g, is too large for %s: F32 holds it", name, i, x[i], t)
			}
			q.Data = binary.LittleEndian.AppendUint16(q.Data, v)
		}
	case Q8_0, Q4_0:
		for i := 0; i < len(x); i += block {
			var err error
			if q.Data, err = appendBlock(q.Data, t, x[i:i+block]); err != nil {
				return q, fmt.Errorf("tensor %q: numbers %d to %d: %w", name, i, i+block-1, err)
			}
		}
	default:
		return q, fmt.Errorf("tensor %q: argen does not write type %s", name, t)
	}
	return q, nil
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
	for i := range block / 2 {
		dst = append(dst, nibble(x[i])|nibble(x[i+block/2])<<4)
	}
	return dst, nil
}
