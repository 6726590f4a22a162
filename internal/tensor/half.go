package tensor

import "math"

// F16 is one IEEE half precision number, widened.
func F16(h uint16) float32 { return f16ToF32(h) }

// F16ToF32 widens IEEE half precision numbers, which is exact.
func F16ToF32(dst []float32, src []uint16) {
	sameLen(len(dst), len(src))
	widenF16(dst, src)
}

// BF16ToF32 widens bfloat16 numbers, which is exact.
func BF16ToF32(dst []float32, src []uint16) {
	sameLen(len(dst), len(src))
	widenBF16(dst, src)
}

// F32ToF16 rounds to IEEE half precision, ties to even. What is too large
// becomes infinite.
func F32ToF16(dst []uint16, src []float32) {
	sameLen(len(dst), len(src))
	for i, v := range src {
		dst[i] = f32ToF16(v)
	}
}

// F32ToBF16 rounds to bfloat16, ties to even. What is too large becomes
// infinite.
func F32ToBF16(dst []uint16, src []float32) {
	sameLen(len(dst), len(src))
	for i, v := range src {
		dst[i] = f32ToBF16(v)
	}
}

func widenF16Go(dst []float32, src []uint16) {
	for i, v := range src {
		dst[i] = f16ToF32(v)
	}
}

func widenBF16Go(dst []float32, src []uint16) {
	for i, v := range src {
		dst[i] = bf16ToF32(v)
	}
}

// f16ToF32 widens sign, 5 bits of exponent and 10 of fraction. Shifted into the
// place of a float32's they are too small by 2¹¹², as the exponents' zeros are
// 15 and 127; the product is exact for subnormal numbers too.
func f16ToF32(h uint16) float32 {
	sign, abs := uint32(h&0x8000)<<16, uint32(h&0x7fff)<<13
	bits := math.Float32bits(math.Float32frombits(abs) * 0x1p112)
	switch {
	case abs > 0x0f800000: // not a number; the SIMD instruction makes it quiet, so do we
		bits = abs | 0x7fc00000
	case abs == 0x0f800000:
		bits = 0x7f800000
	}
	return math.Float32frombits(sign | bits)
}

func bf16ToF32(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }

func f32ToF16(f float32) uint16 {
	bits := math.Float32bits(f)
	sign, abs := uint16(bits>>16)&0x8000, bits&0x7fffffff
	switch {
	case abs > 0x7f800000:
		return sign | 0x7e00 | uint16(abs>>13)&0x1ff
	case abs >= 0x477ff000: // 65520, halfway from the largest, 65504, to 65536
		return sign | 0x7c00
	case abs < 0x38800000: // 2⁻¹⁴: adding 0.5 aligns the sum's last bit with 2⁻²⁴, and rounds
		sum := math.Float32frombits(abs) + 0.5
		return sign | uint16(math.Float32bits(sum)-math.Float32bits(0.5))
	}
	abs += 0xfff + abs>>13&1 // round to nearest, ties to even
	return sign | uint16((abs-(127-15)<<23)>>13)
}

func f32ToBF16(f float32) uint16 {
	bits := math.Float32bits(f)
	if f != f {
		return uint16(bits>>16) | 0x40 // quiet, so that a fraction cut off does not become infinity
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}
