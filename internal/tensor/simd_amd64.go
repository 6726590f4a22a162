//go:build amd64 && !noasm

package tensor

import (
	"math"

	"golang.org/x/sys/cpu"
)

// best returns the best kernel that processor and operating system can run.
// Every processor with AVX2 and FMA has F16C.
func best() kernel {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return plain
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL:
		return avx512
	}
	return avx2
}

// tailMask selects the first n of 16 elements: tailMask[16-n:].
var tailMask = func() (m [2 * lanes]int32) {
	for i := range lanes {
		m[i] = -1
	}
	return m
}()

func dot(x, y []float32) float32 {
	blocks, rest := len(x)/lanes, len(x)%lanes
	switch {
	case active == plain || len(x) == 0:
		return dotGo(x, y)
	case active == avx512:
		return dotAVX512(&x[0], &y[0], blocks, 1<<rest-1)
	case rest > 0:
		return dotAVX2(&x[0], &y[0], blocks, &tailMask[lanes-rest])
	}
	return dotAVX2(&x[0], &y[0], blocks, nil)
}

func axpy(a float32, x, y []float32) {
	n := len(x) / lanes * lanes
	switch {
	case active == plain || n == 0:
		n = 0
	case active == avx512:
		axpyAVX512(a, &x[0], &y[0], n/lanes)
	default:
		axpyAVX2(a, &x[0], &y[0], n/lanes)
	}
	axpyGo(a, x[n:], y[n:])
}

func scale(a float32, x []float32) {
	n := len(x) / lanes * lanes
	switch {
	case active == plain || n == 0:
		n = 0
	case active == avx512:
		scaleAVX512(a, &x[0], n/lanes)
	default:
		scaleAVX2(a, &x[0], n/lanes)
	}
	scaleGo(a, x[n:])
}

func scaleMul(dst, x, weight []float32, c float32) {
	n := len(x) / lanes * lanes
	switch {
	case active == plain || n == 0:
		n = 0
	case active == avx512:
		scaleMulAVX512(&dst[0], &x[0], &weight[0], n/lanes, c)
	default:
		scaleMulAVX2(&dst[0], &x[0], &weight[0], n/lanes, c)
	}
	scaleMulGo(dst[n:], x[n:], weight[n:], c)
}

func widenF16(dst []float32, src []uint16) {
	n := len(src) / lanes * lanes
	switch {
	case active == plain || n == 0:
		n = 0
	case active == avx512:
		widenF16AVX512(&dst[0], &src[0], n/lanes)
	default:
		widenF16AVX2(&dst[0], &src[0], n/lanes)
	}
	widenF16Go(dst[n:], src[n:])
}

func widenBF16(dst []float32, src []uint16) {
	n := len(src) / lanes * lanes
	switch {
	case active == plain || n == 0:
		n = 0
	case active == avx512:
		widenBF16AVX512(&dst[0], &src[0], n/lanes)
	default:
		widenBF16AVX2(&dst[0], &src[0], n/lanes)
	}
	widenBF16Go(dst[n:], src[n:])
}

func maximum(x []float32) float32 {
	n := len(x) / lanes * lanes
	if active == plain || n == 0 {
		return maximumGo(x)
	}
	var most [lanes]float32
	for i := range most {
		most[i] = float32(math.Inf(-1))
	}
	if active == avx512 {
		maximumAVX512(&x[0], n/lanes, &most[0])
	} else {
		maximumAVX2(&x[0], n/lanes, &most[0])
	}
	if n < len(x) { // the last 16, some of them once more
		x = x[len(x)-lanes:]
		if active == avx512 {
			maximumAVX512(&x[0], 1, &most[0])
		} else {
			maximumAVX2(&x[0], 1, &most[0])
		}
	}
	return maximumGo(most[:])
}

func sumSquares(x []float32) float64 {
	n := len(x) / lanes * lanes
	if active == plain || n == 0 {
		return sumSquaresGo(x)
	}
	var sums [lanes]float64
	if active == avx512 {
		sumSquaresAVX512(&x[0], n/lanes, &sums[0])
	} else {
		sumSquaresAVX2(&x[0], n/lanes, &sums[0])
	}
	for i, v := range x[n:] {
		sums[i] += float64(v) * float64(v)
	}
	return reduce64(&sums)
}

// expTable holds the constants of expf for its SIMD twins.
var expTable = func() (table [14][8]float32) {
	for i, c := range append([]float32{expMost, expLeast, log2e, toInt, ln2Hi, ln2Lo},
		expPoly[0], expPoly[1], expPoly[2], expPoly[3], expPoly[4], expPoly[5],
		1, math.Float32frombits(127)) {
		for j := range table[i] {
			table[i][j] = c
		}
	}
	return table
}()

func expSub(dst, x []float32, c float32) float64 {
	if active == plain || len(x) == 0 {
		return expSubGo(dst, x, c)
	}
	var sums [lanes]float64
	n := len(x) / lanes * lanes
	if n > 0 {
		expSubBlocks(dst[:n], x, c, &sums)
	}
	if n < len(x) { // the rest in a block of its own, where exp −∞ = 0 adds nothing
		var block [lanes]float32
		for i := copy(block[:], x[n:]); i < lanes; i++ {
			block[i] = float32(math.Inf(-1))
		}
		expSubBlocks(block[:], block[:], c, &sums)
		copy(dst[n:], block[:])
	}
	return reduce64(&sums)
}

func expSubBlocks(dst, x []float32, c float32, sums *[lanes]float64) {
	if active == avx512 {
		expSubAVX512(&dst[0], &x[0], len(dst)/lanes, c, &sums[0], &expTable[0][0])
	} else {
		expSubAVX2(&dst[0], &x[0], len(dst)/lanes, c, &sums[0], &expTable[0][0])
	}
}

func siluMul(dst, gate, up []float32) {
	if active == plain || len(gate) == 0 {
		siluMulGo(dst, gate, up)
		return
	}
	n := len(gate) / lanes * lanes
	if n > 0 {
		siluMulBlocks(dst[:n], gate, up)
	}
	if n < len(gate) {
		var g, u [lanes]float32
		copy(g[:], gate[n:])
		copy(u[:], up[n:])
		siluMulBlocks(g[:], g[:], u[:])
		copy(dst[n:], g[:])
	}
}

func siluMulBlocks(dst, gate, up []float32) {
	if active == avx512 {
		siluMulAVX512(&dst[0], &gate[0], &up[0], len(dst)/lanes, &expTable[0][0])
	} else {
		siluMulAVX2(&dst[0], &gate[0], &up[0], len(dst)/lanes, &expTable[0][0])
	}
}
