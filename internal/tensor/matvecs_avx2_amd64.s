//go:build !noasm

#include "textflag.h"

// Two rows of a matrix times two vectors. Sums run in 16 lanes as in
// dot_amd64.s.

// REDUCE4 adds the lanes of four rows, four of each in an X register, to
// X6.
#define REDUCE4(a, b, c, d) \
	VUNPCKLPS b, a, X4   \
	VUNPCKHPS b, a, X5   \
	VADDPS    X5, X4, X4 \
	VUNPCKLPS d, c, X5   \
	VUNPCKHPS d, c, X6   \
	VADDPS    X6, X5, X5 \
	VMOVLHPS  X5, X4, X6 \
	VMOVHLPS  X4, X5, X7 \
	VADDPS    X7, X6, X6

// FOLD adds lanes 8 to 15 to lanes 0 to 7, then the upper four to the lower.
#define FOLD(lo, hi, x) \
	VADDPS       hi, lo, lo \
	VEXTRACTF128 $1, lo, X4 \
	VADDPS       X4, x, x

// TIMES4 adds the products of 8 elements of two rows and two vectors.
#define TIMES4(w0, w1, x0, x1, a, b, c, d) \
	VMOVUPS w0, Y4      \
	VMOVUPS w1, Y5      \
	VMOVUPS x0, Y6      \
	VMOVUPS x1, Y7      \
	VMULPS  Y4, Y6, Y12 \
	VMULPS  Y5, Y6, Y13 \
	VMULPS  Y4, Y7, Y14 \
	VMULPS  Y5, Y7, Y15 \
	VADDPS  Y12, a, a   \
	VADDPS  Y13, b, b   \
	VADDPS  Y14, c, c   \
	VADDPS  Y15, d, d

// func rows2x2AVX2(dst *float32, stride int, w *float32, cols int, x *float32, groups int)
// Groups of two rows times two vectors; cols is a multiple of 16.
TEXT ·rows2x2AVX2(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DX
	MOVQ stride+8(FP), R11
	MOVQ w+16(FP), SI
	MOVQ cols+24(FP), R8
	MOVQ x+32(FP), DI
	MOVQ groups+40(FP), R12
	SHLQ $2, R11
	SHLQ $2, R8

group:
	MOVQ   SI, R14
	MOVQ   DI, R10
	MOVQ   R8, CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11

loop:
	TIMES4((SI), (SI)(R8*1), (R10), (R10)(R8*1), Y0, Y1, Y2, Y3)
	TIMES4(32(SI), 32(SI)(R8*1), 32(R10), 32(R10)(R8*1), Y8, Y9, Y10, Y11)
	ADDQ $64, SI
	ADDQ $64, R10
	SUBQ $64, CX
	JNZ  loop

	FOLD(Y0, Y8, X0)
	FOLD(Y1, Y9, X1)
	FOLD(Y2, Y10, X2)
	FOLD(Y3, Y11, X3)
	REDUCE4(X0, X1, X2, X3)
	VMOVLPS X6, (DX)
	VMOVHPS X6, (DX)(R11*1)
	ADDQ    $8, DX
	LEAQ    (R14)(R8*2), SI
	DECQ    R12
	JNZ     group
	VZEROUPPER
	RET
