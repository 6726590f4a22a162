//go:build !noasm

#include "textflag.h"

// Four rows of a matrix times four vectors. Sums run in 16 lanes as in
// dot_amd64.s.

// The lanes of 16 registers are added pairwise, i and i + 8, i and i + 4, and so on,
// two registers at a time: each step leaves half as many, with the sums of both.

// MERGE8 adds lanes i and i + 8: a has 8 sums of a, then 8 of b.
#define MERGE8(a, b, t) \
	VSHUFF64X2 $0x44, b, a, t \
	VSHUFF64X2 $0xee, b, a, a \
	VADDPS     a, t, a

// MERGE4 adds lanes i and i + 4 of each 8: the first quarter of a is of its own first
// 8, then come its other 8, and those of b.
#define MERGE4(a, b, t) \
	VSHUFF64X2 $0x88, b, a, t \
	VSHUFF64X2 $0xdd, b, a, a \
	VADDPS     a, t, a

// MERGE2 adds lanes i and i + 2 of each quarter, 2 sums of a and 2 of b.
#define MERGE2(a, b, t) \
	VUNPCKLPD b, a, t \
	VUNPCKHPD b, a, a \
	VADDPS    a, t, a

// MERGE1 adds neighbours in each quarter.
#define MERGE1(a, b, t) \
	VSHUFPS $0x88, b, a, t \
	VSHUFPS $0xdd, b, a, a \
	VADDPS  a, t, a

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
	LEAQ (R11)(R11*2), BX

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

	// Register 16 + 4v + r is row r and vector v. In the end quarter v of Z16 has its
	// four rows.
	MERGE8(Z16, Z20, Z0)
	MERGE8(Z24, Z28, Z1)
	MERGE8(Z17, Z21, Z2)
	MERGE8(Z25, Z29, Z3)
	MERGE8(Z18, Z22, Z4)
	MERGE8(Z26, Z30, Z5)
	MERGE8(Z19, Z23, Z6)
	MERGE8(Z27, Z31, Z7)
	MERGE4(Z16, Z24, Z0)
	MERGE4(Z17, Z25, Z1)
	MERGE4(Z18, Z26, Z2)
	MERGE4(Z19, Z27, Z3)
	MERGE2(Z16, Z17, Z0)
	MERGE2(Z18, Z19, Z1)
	MERGE1(Z16, Z18, Z0)
	VEXTRACTF32X4 $0, Z16, (DX)
	VEXTRACTF32X4 $1, Z16, (DX)(R11*1)
	VEXTRACTF32X4 $2, Z16, (DX)(R11*2)
	VEXTRACTF32X4 $3, Z16, (DX)(BX*1)
	ADDQ          $16, DX
	LEAQ          (R14)(R8*4), SI
	DECQ          R12
	JNZ           group
	VZEROUPPER
	RET
