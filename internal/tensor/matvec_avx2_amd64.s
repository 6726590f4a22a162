//go:build !noasm

#include "textflag.h"

// Four rows of a matrix times a vector, groups times, each group a row further.
// The four rows are ld elements apart, which is step rows. Sums run in 16 lanes
// as in dot_amd64.s. The last columns, fewer than 16, come in tail: 16 elements
// of x, then 16 of each row, filled up with zeros; then there is one group only.

// AHEAD has the next of the four rows fetched into the nearest cache: the processor
// itself fetches far ahead, but into the one behind that. Past the end of the matrix
// it does nothing. 512 bytes were the best of 256 to 16384.
#define AHEAD \
	LEAQ       512(SI), AX   \
	PREFETCHT0 (AX)          \
	PREFETCHT0 (AX)(R8*1)    \
	PREFETCHT0 (AX)(R8*2)    \
	PREFETCHT0 (AX)(R9*1)

// REDUCE4 adds the lanes of four rows, four of each in an X register, and stores
// the four sums, R14 bytes apart.
#define REDUCE4(a, b, c, d) \
	VUNPCKLPS b, a, X4   \
	VUNPCKHPS b, a, X5   \
	VADDPS    X5, X4, X4 \
	VUNPCKLPS d, c, X5   \
	VUNPCKHPS d, c, X6   \
	VADDPS    X6, X5, X5 \
	VMOVLHPS  X5, X4, X6 \
	VMOVHLPS  X4, X5, X7 \
	VADDPS    X7, X6, X6 \
	VMOVSS     X6, (DX)            \
	VEXTRACTPS $1, X6, (DX)(R14*1) \
	VEXTRACTPS $2, X6, (DX)(R14*2) \
	VEXTRACTPS $3, X6, (DX)(BX*1)

// FOLD adds lanes 8 to 15 to lanes 0 to 7, then the upper four to the lower.
#define FOLD(lo, hi, x) \
	VADDPS       hi, lo, lo \
	VEXTRACTF128 $1, lo, X4 \
	VADDPS       X4, x, x

// func rows4F32AVX2(dst *float32, w *float32, ld int, x *float32, blocks, groups int, tail *float32, step int)
TEXT ·rows4F32AVX2(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DX
	MOVQ w+8(FP), SI
	MOVQ ld+16(FP), R8
	MOVQ x+24(FP), DI
	MOVQ blocks+32(FP), R11
	MOVQ groups+40(FP), R12
	MOVQ tail+48(FP), R13
	MOVQ step+56(FP), R14
	SHLQ $2, R14
	LEAQ (R14)(R14*2), BX
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R9

group:
	MOVQ   DI, R10
	MOVQ   R11, CX
	VXORPS Y0, Y0, Y0
	VXORPS Y8, Y8, Y8
	VXORPS Y1, Y1, Y1
	VXORPS Y9, Y9, Y9
	VXORPS Y2, Y2, Y2
	VXORPS Y10, Y10, Y10
	VXORPS Y3, Y3, Y3
	VXORPS Y11, Y11, Y11
	TESTQ  CX, CX
	JZ     tail

loop:
	VMOVUPS (R10), Y12
	VMOVUPS 32(R10), Y13
	VMULPS  (SI), Y12, Y14
	VADDPS  Y14, Y0, Y0
	VMULPS  32(SI), Y13, Y15
	VADDPS  Y15, Y8, Y8
	VMULPS  (SI)(R8*1), Y12, Y14
	VADDPS  Y14, Y1, Y1
	VMULPS  32(SI)(R8*1), Y13, Y15
	VADDPS  Y15, Y9, Y9
	VMULPS  (SI)(R8*2), Y12, Y14
	VADDPS  Y14, Y2, Y2
	VMULPS  32(SI)(R8*2), Y13, Y15
	VADDPS  Y15, Y10, Y10
	VMULPS  (SI)(R9*1), Y12, Y14
	VADDPS  Y14, Y3, Y3
	VMULPS  32(SI)(R9*1), Y13, Y15
	VADDPS  Y15, Y11, Y11
	ADDQ    $64, SI
	ADDQ    $64, R10
	DECQ    CX
	JNZ     loop

tail:
	TESTQ   R13, R13
	JZ      sum
	VMOVUPS (R13), Y12
	VMOVUPS 32(R13), Y13
	VMULPS  64(R13), Y12, Y14
	VMULPS  96(R13), Y13, Y15
	VADDPS  Y14, Y0, Y0
	VADDPS  Y15, Y8, Y8
	VMULPS  128(R13), Y12, Y14
	VMULPS  160(R13), Y13, Y15
	VADDPS  Y14, Y1, Y1
	VADDPS  Y15, Y9, Y9
	VMULPS  192(R13), Y12, Y14
	VMULPS  224(R13), Y13, Y15
	VADDPS  Y14, Y2, Y2
	VADDPS  Y15, Y10, Y10
	VMULPS  256(R13), Y12, Y14
	VMULPS  288(R13), Y13, Y15
	VADDPS  Y14, Y3, Y3
	VADDPS  Y15, Y11, Y11

sum:
	FOLD(Y0, Y8, X0)
	FOLD(Y1, Y9, X1)
	FOLD(Y2, Y10, X2)
	FOLD(Y3, Y11, X3)
	REDUCE4(X0, X1, X2, X3)
	ADDQ $4, DX
	DECQ R12
	JNZ  group
	VZEROUPPER
	RET

// func rows4F16AVX2(dst *float32, w *uint16, ld int, x *float32, blocks, groups int, tail *float32, step int)
TEXT ·rows4F16AVX2(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DX
	MOVQ w+8(FP), SI
	MOVQ ld+16(FP), R8
	MOVQ x+24(FP), DI
	MOVQ blocks+32(FP), R11
	MOVQ groups+40(FP), R12
	MOVQ tail+48(FP), R13
	MOVQ step+56(FP), R14
	SHLQ $2, R14
	LEAQ (R14)(R14*2), BX
	SHLQ $1, R8
	LEAQ (R8)(R8*2), R9

group:
	MOVQ   DI, R10
	MOVQ   R11, CX
	VXORPS Y0, Y0, Y0
	VXORPS Y8, Y8, Y8
	VXORPS Y1, Y1, Y1
	VXORPS Y9, Y9, Y9
	VXORPS Y2, Y2, Y2
	VXORPS Y10, Y10, Y10
	VXORPS Y3, Y3, Y3
	VXORPS Y11, Y11, Y11
	TESTQ  CX, CX
	JZ     tail

loop:
	AHEAD
	VMOVUPS   (R10), Y12
	VMOVUPS   32(R10), Y13
	VCVTPH2PS (SI), Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y0, Y0
	VCVTPH2PS 16(SI), Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y8, Y8
	VCVTPH2PS (SI)(R8*1), Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y1, Y1
	VCVTPH2PS 16(SI)(R8*1), Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y9, Y9
	VCVTPH2PS (SI)(R8*2), Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y2, Y2
	VCVTPH2PS 16(SI)(R8*2), Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y10, Y10
	VCVTPH2PS (SI)(R9*1), Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y3, Y3
	VCVTPH2PS 16(SI)(R9*1), Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y11, Y11
	ADDQ      $32, SI
	ADDQ      $64, R10
	DECQ      CX
	JNZ       loop

tail:
	TESTQ   R13, R13
	JZ      sum
	VMOVUPS (R13), Y12
	VMOVUPS 32(R13), Y13
	VMULPS  64(R13), Y12, Y14
	VMULPS  96(R13), Y13, Y15
	VADDPS  Y14, Y0, Y0
	VADDPS  Y15, Y8, Y8
	VMULPS  128(R13), Y12, Y14
	VMULPS  160(R13), Y13, Y15
	VADDPS  Y14, Y1, Y1
	VADDPS  Y15, Y9, Y9
	VMULPS  192(R13), Y12, Y14
	VMULPS  224(R13), Y13, Y15
	VADDPS  Y14, Y2, Y2
	VADDPS  Y15, Y10, Y10
	VMULPS  256(R13), Y12, Y14
	VMULPS  288(R13), Y13, Y15
	VADDPS  Y14, Y3, Y3
	VADDPS  Y15, Y11, Y11

sum:
	FOLD(Y0, Y8, X0)
	FOLD(Y1, Y9, X1)
	FOLD(Y2, Y10, X2)
	FOLD(Y3, Y11, X3)
	REDUCE4(X0, X1, X2, X3)
	ADDQ $4, DX
	DECQ R12
	JNZ  group
	VZEROUPPER
	RET

// func rows4BF16AVX2(dst *float32, w *uint16, ld int, x *float32, blocks, groups int, tail *float32, step int)
TEXT ·rows4BF16AVX2(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DX
	MOVQ w+8(FP), SI
	MOVQ ld+16(FP), R8
	MOVQ x+24(FP), DI
	MOVQ blocks+32(FP), R11
	MOVQ groups+40(FP), R12
	MOVQ tail+48(FP), R13
	MOVQ step+56(FP), R14
	SHLQ $2, R14
	LEAQ (R14)(R14*2), BX
	SHLQ $1, R8
	LEAQ (R8)(R8*2), R9

group:
	MOVQ   DI, R10
	MOVQ   R11, CX
	VXORPS Y0, Y0, Y0
	VXORPS Y8, Y8, Y8
	VXORPS Y1, Y1, Y1
	VXORPS Y9, Y9, Y9
	VXORPS Y2, Y2, Y2
	VXORPS Y10, Y10, Y10
	VXORPS Y3, Y3, Y3
	VXORPS Y11, Y11, Y11
	TESTQ  CX, CX
	JZ     tail

loop:
	VMOVUPS   (R10), Y12
	VMOVUPS   32(R10), Y13
	VPMOVZXWD (SI), Y14
	VPSLLD    $16, Y14, Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y0, Y0
	VPMOVZXWD 16(SI), Y15
	VPSLLD    $16, Y15, Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y8, Y8
	VPMOVZXWD (SI)(R8*1), Y14
	VPSLLD    $16, Y14, Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y1, Y1
	VPMOVZXWD 16(SI)(R8*1), Y15
	VPSLLD    $16, Y15, Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y9, Y9
	VPMOVZXWD (SI)(R8*2), Y14
	VPSLLD    $16, Y14, Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y2, Y2
	VPMOVZXWD 16(SI)(R8*2), Y15
	VPSLLD    $16, Y15, Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y10, Y10
	VPMOVZXWD (SI)(R9*1), Y14
	VPSLLD    $16, Y14, Y14
	VMULPS    Y12, Y14, Y14
	VADDPS    Y14, Y3, Y3
	VPMOVZXWD 16(SI)(R9*1), Y15
	VPSLLD    $16, Y15, Y15
	VMULPS    Y13, Y15, Y15
	VADDPS    Y15, Y11, Y11
	ADDQ      $32, SI
	ADDQ      $64, R10
	DECQ      CX
	JNZ       loop

tail:
	TESTQ   R13, R13
	JZ      sum
	VMOVUPS (R13), Y12
	VMOVUPS 32(R13), Y13
	VMULPS  64(R13), Y12, Y14
	VMULPS  96(R13), Y13, Y15
	VADDPS  Y14, Y0, Y0
	VADDPS  Y15, Y8, Y8
	VMULPS  128(R13), Y12, Y14
	VMULPS  160(R13), Y13, Y15
	VADDPS  Y14, Y1, Y1
	VADDPS  Y15, Y9, Y9
	VMULPS  192(R13), Y12, Y14
	VMULPS  224(R13), Y13, Y15
	VADDPS  Y14, Y2, Y2
	VADDPS  Y15, Y10, Y10
	VMULPS  256(R13), Y12, Y14
	VMULPS  288(R13), Y13, Y15
	VADDPS  Y14, Y3, Y3
	VADDPS  Y15, Y11, Y11

sum:
	FOLD(Y0, Y8, X0)
	FOLD(Y1, Y9, X1)
	FOLD(Y2, Y10, X2)
	FOLD(Y3, Y11, X3)
	REDUCE4(X0, X1, X2, X3)
	ADDQ $4, DX
	DECQ R12
	JNZ  group
	VZEROUPPER
	RET
