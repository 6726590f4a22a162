//go:build !noasm

#include "textflag.h"

// A tile of C stays in registers. For each step of k the rows of B are loaded,
// and each element of a column of A is broadcast and multiplied with them.

// LOADC loads or STOREC stores a row of the tile and goes to the next row of C.
#define LOADC512(lo, hi) \
	VMOVUPS (R9), lo   \
	VMOVUPS 64(R9), hi \
	ADDQ    R8, R9

#define STOREC512(lo, hi) \
	VMOVUPS lo, (DX)   \
	VMOVUPS hi, 64(DX) \
	ADDQ    R8, DX

// ROW512 adds an element of A times a row of B, in Z24 and Z25.
#define ROW512(off, t, lo, hi) \
	VBROADCASTSS off(SI), t \
	VFMADD231PS  Z24, t, lo \
	VFMADD231PS  Z25, t, hi

// func tile12x32(k int, a, b, c *float32, ldc int)
TEXT ·tile12x32(SB), NOSPLIT, $0-40
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DI
	MOVQ c+24(FP), DX
	MOVQ ldc+32(FP), R8
	SHLQ $2, R8
	MOVQ DX, R9
	LOADC512(Z0, Z1)
	LOADC512(Z2, Z3)
	LOADC512(Z4, Z5)
	LOADC512(Z6, Z7)
	LOADC512(Z8, Z9)
	LOADC512(Z10, Z11)
	LOADC512(Z12, Z13)
	LOADC512(Z14, Z15)
	LOADC512(Z16, Z17)
	LOADC512(Z18, Z19)
	LOADC512(Z20, Z21)
	LOADC512(Z22, Z23)

step:
	VMOVUPS (DI), Z24
	VMOVUPS 64(DI), Z25
	ROW512(0, Z26, Z0, Z1)
	ROW512(4, Z27, Z2, Z3)
	ROW512(8, Z28, Z4, Z5)
	ROW512(12, Z29, Z6, Z7)
	ROW512(16, Z30, Z8, Z9)
	ROW512(20, Z31, Z10, Z11)
	ROW512(24, Z26, Z12, Z13)
	ROW512(28, Z27, Z14, Z15)
	ROW512(32, Z28, Z16, Z17)
	ROW512(36, Z29, Z18, Z19)
	ROW512(40, Z30, Z20, Z21)
	ROW512(44, Z31, Z22, Z23)
	ADDQ    $48, SI
	ADDQ    $128, DI
	DECQ    CX
	JNZ     step

	STOREC512(Z0, Z1)
	STOREC512(Z2, Z3)
	STOREC512(Z4, Z5)
	STOREC512(Z6, Z7)
	STOREC512(Z8, Z9)
	STOREC512(Z10, Z11)
	STOREC512(Z12, Z13)
	STOREC512(Z14, Z15)
	STOREC512(Z16, Z17)
	STOREC512(Z18, Z19)
	STOREC512(Z20, Z21)
	STOREC512(Z22, Z23)
	VZEROUPPER
	RET

#define LOADC256(lo, hi) \
	VMOVUPS (R9), lo   \
	VMOVUPS 32(R9), hi \
	ADDQ    R8, R9

#define STOREC256(lo, hi) \
	VMOVUPS lo, (DX)   \
	VMOVUPS hi, 32(DX) \
	ADDQ    R8, DX

// ROW256 adds an element of A times a row of B, in Y12 and Y13.
#define ROW256(off, t, lo, hi) \
	VBROADCASTSS off(SI), t \
	VFMADD231PS  Y12, t, lo \
	VFMADD231PS  Y13, t, hi

// func tile6x16(k int, a, b, c *float32, ldc int)
TEXT ·tile6x16(SB), NOSPLIT, $0-40
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DI
	MOVQ c+24(FP), DX
	MOVQ ldc+32(FP), R8
	SHLQ $2, R8
	MOVQ DX, R9
	LOADC256(Y0, Y1)
	LOADC256(Y2, Y3)
	LOADC256(Y4, Y5)
	LOADC256(Y6, Y7)
	LOADC256(Y8, Y9)
	LOADC256(Y10, Y11)

step:
	VMOVUPS (DI), Y12
	VMOVUPS 32(DI), Y13
	ROW256(0, Y14, Y0, Y1)
	ROW256(4, Y15, Y2, Y3)
	ROW256(8, Y14, Y4, Y5)
	ROW256(12, Y15, Y6, Y7)
	ROW256(16, Y14, Y8, Y9)
	ROW256(20, Y15, Y10, Y11)
	ADDQ    $24, SI
	ADDQ    $64, DI
	DECQ    CX
	JNZ     step

	STOREC256(Y0, Y1)
	STOREC256(Y2, Y3)
	STOREC256(Y4, Y5)
	STOREC256(Y6, Y7)
	STOREC256(Y8, Y9)
	STOREC256(Y10, Y11)
	VZEROUPPER
	RET
