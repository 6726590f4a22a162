//go:build !noasm

#include "textflag.h"

// Four rows of a matrix times four vectors. Sums run in 16 lanes as in
// dot_amd64.s.

// REDUCE4 adds the lanes of four rows, four of each in an X register, and stores
// the four sums.
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
	VMOVUPS   X6, (DX)

// FOLD adds the upper half of a register of 16 lanes to the lower, twice.
#define FOLD(z, y, x) \
	VEXTRACTF64X4 $1, z, Y4 \
	VADDPS        Y4, y, y  \
	VEXTRACTF128  $1, y, X4 \
	VADDPS        X4, x, x

// TIMES4 adds the products of 16 elements of a vector with those of four rows, in
// Z0 to Z3.
#define TIMES4(x, a, b, c, d) \
	VMOVUPS x, Z4      \
	VMULPS  Z4, Z0, Z5 \
	VMULPS  Z4, Z1, Z6 \
	VMULPS  Z4, Z2, Z7 \
	VMULPS  Z4, Z3, Z8 \
	VADDPS  Z5, a, a   \
	VADDPS  Z6, b, b   \
	VADDPS  Z7, c, c   \
	VADDPS  Z8, d, d

// SUM4 adds the lanes of four rows and stores the sums.
#define SUM4(a, b, c, d) \
	VMOVAPS a, Z0    \
	VMOVAPS b, Z1    \
	VMOVAPS c, Z2    \
	VMOVAPS d, Z3    \
	FOLD(Z0, Y0, X0) \
	FOLD(Z1, Y1, X1) \
	FOLD(Z2, Y2, X2) \
	FOLD(Z3, Y3, X3) \
	REDUCE4(X0, X1, X2, X3)

// func rows4x4AVX512(dst *float32, stride int, w *float32, cols int, x *float32, groups int)
// Groups of four rows times four vectors; cols is a multiple of 16.
TEXT ·rows4x4AVX512(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DX
	MOVQ stride+8(FP), R11
	MOVQ w+16(FP), SI
	MOVQ cols+24(FP), R8
	MOVQ x+32(FP), DI
	MOVQ groups+40(FP), R12
	SHLQ $2, R11
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R9
	MOVQ DX, R13

group:
	MOVQ   SI, R14
	MOVQ   DI, R10
	MOVQ   R8, CX
	VPXORD Z16, Z16, Z16
	VPXORD Z17, Z17, Z17
	VPXORD Z18, Z18, Z18
	VPXORD Z19, Z19, Z19
	VPXORD Z20, Z20, Z20
	VPXORD Z21, Z21, Z21
	VPXORD Z22, Z22, Z22
	VPXORD Z23, Z23, Z23
	VPXORD Z24, Z24, Z24
	VPXORD Z25, Z25, Z25
	VPXORD Z26, Z26, Z26
	VPXORD Z27, Z27, Z27
	VPXORD Z28, Z28, Z28
	VPXORD Z29, Z29, Z29
	VPXORD Z30, Z30, Z30
	VPXORD Z31, Z31, Z31

loop:
	VMOVUPS (SI), Z0
	VMOVUPS (SI)(R8*1), Z1
	VMOVUPS (SI)(R8*2), Z2
	VMOVUPS (SI)(R9*1), Z3
	TIMES4((R10), Z16, Z17, Z18, Z19)
	TIMES4((R10)(R8*1), Z20, Z21, Z22, Z23)
	TIMES4((R10)(R8*2), Z24, Z25, Z26, Z27)
	TIMES4((R10)(R9*1), Z28, Z29, Z30, Z31)
	ADDQ    $64, SI
	ADDQ    $64, R10
	SUBQ    $64, CX
	JNZ     loop

	SUM4(Z16, Z17, Z18, Z19)
	ADDQ R11, DX
	SUM4(Z20, Z21, Z22, Z23)
	ADDQ R11, DX
	SUM4(Z24, Z25, Z26, Z27)
	ADDQ R11, DX
	SUM4(Z28, Z29, Z30, Z31)
	ADDQ $16, R13
	MOVQ R13, DX
	LEAQ (R14)(R8*4), SI
	DECQ R12
	JNZ  group
	VZEROUPPER
	RET
