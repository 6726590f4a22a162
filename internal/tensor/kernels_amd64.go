//go:build amd64 && !noasm

package tensor

// The kernels in assembly. Pointers stand for slices whose lengths the callers
// have checked; blocks counts blocks of 16 elements and is at least 1, but for
// dot and rows4, which may have a tail only.

//go:noescape
func dotAVX512(x, y *float32, blocks int, mask uint16) float32

//go:noescape
func dotAVX2(x, y *float32, blocks int, mask *int32) float32

//go:noescape
func rows4F32AVX512(dst *float32, w *float32, ld int, x *float32, blocks, groups int, tail *float32, step int)

//go:noescape
func rows4BF16AVX512(dst *float32, w *uint16, ld int, x *float32, blocks, groups int, tail *float32, step int)

//go:noescape
func rows4F32AVX2(dst *float32, w *float32, ld int, x *float32, blocks, groups int, tail *float32, step int)

//go:noescape
func rows4F16AVX2(dst *float32, w *uint16, ld int, x *float32, blocks, groups int, tail *float32, step int)

//go:noescape
func rows4BF16AVX2(dst *float32, w *uint16, ld int, x *float32, blocks, groups int, tail *float32, step int)

//go:noescape
func expSubAVX512(dst, x *float32, blocks int, c float32, sums *float64, table *float32)

//go:noescape
func expSubAVX2(dst, x *float32, blocks int, c float32, sums *float64, table *float32)

//go:noescape
func siluMulAVX512(dst, gate, up *float32, blocks int, table *float32)

//go:noescape
func siluMulAVX2(dst, gate, up *float32, blocks int, table *float32)

//go:noescape
func axpyAVX512(a float32, x, y *float32, blocks int)

//go:noescape
func axpyAVX2(a float32, x, y *float32, blocks int)

//go:noescape
func scaleAVX512(a float32, x *float32, blocks int)

//go:noescape
func scaleAVX2(a float32, x *float32, blocks int)

//go:noescape
func scaleMulAVX512(dst, x, weight *float32, blocks int, c float32)

//go:noescape
func scaleMulAVX2(dst, x, weight *float32, blocks int, c float32)

//go:noescape
func maximumAVX512(x *float32, blocks int, most *float32)

//go:noescape
func maximumAVX2(x *float32, blocks int, most *float32)

//go:noescape
func sumSquaresAVX512(x *float32, blocks int, sums *float64)

//go:noescape
func sumSquaresAVX2(x *float32, blocks int, sums *float64)

//go:noescape
func widenF16AVX512(dst *float32, src *uint16, blocks int)

//go:noescape
func widenF16AVX2(dst *float32, src *uint16, blocks int)

//go:noescape
func rows4x4AVX512(dst *float32, stride int, w *float32, cols int, x *float32, groups int)

//go:noescape
func addRows64AVX512(dst, x, w *float32, rows, ld int)

//go:noescape
func addRows64x4AVX512(dst *float32, stride int, x *float32, step int, w *float32, rows, ld int)

//go:noescape
func addRows16AVX512(dst, x, w *float32, rows, ld int)

//go:noescape
func addRows32AVX2(dst, x, w *float32, rows, ld int)

//go:noescape
func addRows16AVX2(dst, x, w *float32, rows, ld int)

//go:noescape
func widenBF16AVX512(dst *float32, src *uint16, blocks int)

//go:noescape
func widenBF16AVX2(dst *float32, src *uint16, blocks int)

//go:noescape
func rows2x2AVX2(dst *float32, stride int, w *float32, cols int, x *float32, groups int)

//go:noescape
func packedN4AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int, bias int32)

//go:noescape
func packedT4AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int, table *byte)

//go:noescape
func packedN8AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int)

//go:noescape
func packedN4x16AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int, bias int32)

//go:noescape
func packedN8x16AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int)

//go:noescape
func fillBlocksAVX512(dst *vectorBlock, step int, x *float32, blocks int)

//go:noescape
func packedN4AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)

//go:noescape
func packedT4AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)

//go:noescape
func packedN8AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)

//go:noescape
func packedN4x16AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)

//go:noescape
func packedN8x16AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)

//go:noescape
func fillBlocksAVX2(dst *vectorBlock, wide *wideBlock, step, wstep int, x *float32, blocks int)

//go:noescape
func packed8N4AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int, bias int32)

//go:noescape
func packed8T4AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int, table *byte)

//go:noescape
func packed8N8AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int)

//go:noescape
func packed8N4x16AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int, bias int32)

//go:noescape
func packed8N8x16AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int)
