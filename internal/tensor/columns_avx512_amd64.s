//go:build !noasm

#include "textflag.h"

// Sixteen rows of a matrix times four vectors, one lane a row. The matrix lies in
// columns. Each lane adds up products as the lanes of dot_amd64.s do, one sum after
// the other of the 16 that a Dot has, and adds those in its order: i and i + 8, then
// i and i + 4, and so on. A sum is begun with its first product and not with 0, which
// is the same but for the sign of a zero; the last addition, of 0, takes that.

// PRODUCTS makes four registers the products of a column and a number of each vector.
#define PRODUCTS(a, b, c, d) \
	VMOVUPS     (R13), Z0               \
	VMULPS.BCST (R10), Z0, a            \
	VMULPS.BCST (R10)(R8*1), Z0, b      \
	VMULPS.BCST (R10)(R8*2), Z0, c      \
	VMULPS.BCST (R10)(R12*1), Z0, d

// SUM makes four registers sum i of each vector: of columns i, i + 16, i + 32, …
// R11 is the columns in blocks of 16.
#define SUM(i, more, done, a, b, c, d) \
	LEAQ        (i*128)(SI), R13 \
	LEAQ        (i*4)(DI), R10   \
	MOVQ        R11, CX          \
	PRODUCTS(a, b, c, d)         \
	JMP         done             \
more:                            \
	ADDQ        $2048, R13       \
	ADDQ        $64, R10         \
	PRODUCTS(Z4, Z5, Z6, Z7)     \
	VADDPS      Z4, a, a         \
	VADDPS      Z5, b, b         \
	VADDPS      Z6, c, c         \
	VADDPS      Z7, d, d         \
done:                            \
	DECQ        CX               \
	JNZ         more

// PLUS adds four registers to those that come before them.
#define PLUS(a, b, c, d, e, f, g, h) \
	VADDPS e, a, a \
	VADDPS f, b, b \
	VADDPS g, c, c \
	VADDPS h, d, d

// func columns16x4AVX512(dst *float32, stride int, w *float32, cols int, x *float32, groups int)
// Groups of 16 rows times four vectors; columns are 32 numbers apart, and as many
// as a multiple of 16.
TEXT ·columns16x4AVX512(SB), NOSPLIT, $0-48
	MOVQ   dst+0(FP), DX
	MOVQ   stride+8(FP), R9
	MOVQ   w+16(FP), SI
	MOVQ   cols+24(FP), R8
	MOVQ   x+32(FP), DI
	MOVQ   groups+40(FP), R14
	MOVQ   R8, R11
	SHRQ   $4, R11
	SHLQ   $2, R8
	SHLQ   $2, R9
	LEAQ   (R8)(R8*2), R12
	LEAQ   (R9)(R9*2), BX
	VPXORD Z1, Z1, Z1

group:
	SUM(0, more0, done0, Z12, Z13, Z14, Z15)
	SUM(8, more8, done8, Z16, Z17, Z18, Z19)
	PLUS(Z12, Z13, Z14, Z15, Z16, Z17, Z18, Z19)
	SUM(4, more4, done4, Z16, Z17, Z18, Z19)
	SUM(12, more12, done12, Z20, Z21, Z22, Z23)
	PLUS(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)
	PLUS(Z12, Z13, Z14, Z15, Z16, Z17, Z18, Z19)
	SUM(2, more2, done2, Z16, Z17, Z18, Z19)
	SUM(10, more10, done10, Z20, Z21, Z22, Z23)
	PLUS(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)
	SUM(6, more6, done6, Z20, Z21, Z22, Z23)
	SUM(14, more14, done14, Z24, Z25, Z26, Z27)
	PLUS(Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27)
	PLUS(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)
	PLUS(Z12, Z13, Z14, Z15, Z16, Z17, Z18, Z19)
	SUM(1, more1, done1, Z16, Z17, Z18, Z19)
	SUM(9, more9, done9, Z20, Z21, Z22, Z23)
	PLUS(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)
	SUM(5, more5, done5, Z20, Z21, Z22, Z23)
	SUM(13, more13, done13, Z24, Z25, Z26, Z27)
	PLUS(Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27)
	PLUS(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)
	SUM(3, more3, done3, Z20, Z21, Z22, Z23)
	SUM(11, more11, done11, Z24, Z25, Z26, Z27)
	PLUS(Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27)
	SUM(7, more7, done7, Z24, Z25, Z26, Z27)
	SUM(15, more15, done15, Z28, Z29, Z30, Z31)
	PLUS(Z24, Z25, Z26, Z27, Z28, Z29, Z30, Z31)
	PLUS(Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27)
	PLUS(Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)
	PLUS(Z12, Z13, Z14, Z15, Z16, Z17, Z18, Z19)
	VADDPS  Z1, Z12, Z12
	VADDPS  Z1, Z13, Z13
	VADDPS  Z1, Z14, Z14
	VADDPS  Z1, Z15, Z15
	VMOVUPS Z12, (DX)
	VMOVUPS Z13, (DX)(R9*1)
	VMOVUPS Z14, (DX)(R9*2)
	VMOVUPS Z15, (DX)(BX*1)
	ADDQ    $64, DX
	ADDQ    $64, SI
	DECQ    R14
	JNZ     group
	VZEROUPPER
	RET
