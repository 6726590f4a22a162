package quant

import (
	"encoding/binary"
	"math"

	"argen/internal/tensor"
)

// A Block is a block decoded: number i of it is
//
//	Scale[r]·Q[i] + Min[r],  r = i/RunLen
//
// where the product is rounded to float32 before Min is added, and Min is left
// out for types that have none: these are the bits of ggml and of the Python
// package gguf. What lies behind a type's BlockLen and its runs is not used.
type Block struct {
	Scale, Min [16]float32
	Q          [256]int8
}

// Levels are the q of a type that stores half a byte a number, by that half
// byte; ok is false for other types. The half bytes of a run are in 16 bytes: the
// lower ones are numbers 0 to 15, the upper ones 16 to 31. (Q4_K has the lower
// ones of 32 bytes as one run, the upper ones as the next.)
func (t Type) Levels() (levels *[16]int8, ok bool) {
	switch t {
	case Q4_0:
		return &around, true
	case Q4_1, Q4_K:
		return &upward, true
	case IQ4_NL, IQ4_XS:
		return &nonlinear, true
	case MXFP4:
		return &fp4, true
	}
	return nil, false
}

var (
	around    = [16]int8{-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7}
	upward    = [16]int8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	nonlinear = [16]int8{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}
	fp4       = [16]int8{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12} // twice the numbers of E2M1
)

// Decode decodes the block of a quantised type at the start of src, which has
// BlockBytes bytes or more.
func (b *Block) Decode(t Type, src []byte) {
	switch t {
	case Q4_0:
		b.Scale[0] = half(src)
		b.levels(0, &around, src[2:18])
	case IQ4_NL:
		b.Scale[0] = half(src)
		b.levels(0, &nonlinear, src[2:18])
	case MXFP4:
		b.Scale[0] = halfPowerOf2(src[0])
		b.levels(0, &fp4, src[1:17])
	case Q4_1:
		b.Scale[0], b.Min[0] = half(src), half(src[2:])
		b.levels(0, &upward, src[4:20])
	case Q5_0:
		b.Scale[0] = half(src)
		b.fives(src[2:22], 16)
	case Q5_1:
		b.Scale[0], b.Min[0] = half(src), half(src[2:])
		b.fives(src[4:24], 0)
	case Q8_0:
		b.Scale[0] = half(src)
		for i, v := range src[2:34] {
			b.Q[i] = int8(v)
		}
	case Q8_F32:
		b.Scale[0] = math.Float32frombits(binary.LittleEndian.Uint32(src))
		for i, v := range src[4:36] {
			b.Q[i] = int8(v)
		}
	case Q2_K:
		b.q2K(src)
	case Q3_K:
		b.q3K(src)
	case Q4_K:
		b.q4K(src)
	case Q5_K:
		b.q5K(src)
	case Q6_K:
		b.q6K(src)
	case IQ4_XS:
		b.iq4XS(src)
	default:
		panic("quant: " + t.String() + " has no blocks that are read")
	}
}

// levels sets the 32 numbers from i on to the levels that 16 bytes name.
func (b *Block) levels(i int, levels *[16]int8, src []byte) {
	q, src := b.Q[i:i+32], src[:16]
	for j, v := range src {
		q[j], q[j+16] = levels[v&15], levels[v>>4]
	}
}

// fives sets the 32 numbers of Q5_0 and Q5_1: their fifth bits are those of the
// first 4 bytes, their others half a byte each.
func (b *Block) fives(src []byte, less int8) {
	fifth := binary.LittleEndian.Uint32(src)
	for j, v := range src[4:20] {
		b.Q[j] = int8(v&15|byte(fifth>>j<<4)&16) - less
		b.Q[j+16] = int8(v>>4|byte(fifth>>(j+16)<<4)&16) - less
	}
}

// half is the half precision number at the start of src.
func half(src []byte) float32 { return tensor.F16(binary.LittleEndian.Uint16(src)) }

// halfPowerOf2 is 2ᵉ⁻¹²⁸, half of what e stands for as a number of the type E8M0.
func halfPowerOf2(e byte) float32 {
	if e < 2 {
		return math.Float32frombits(0x00200000 << e) // subnormal: 2⁻¹²⁸, 2⁻¹²⁷
	}
	return math.Float32frombits(uint32(e-1) << 23)
}
