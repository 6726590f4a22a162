//go:build !noasm

#include "textflag.h"

// Sums of rows: a strip of dst stays in registers while all rows are added to it.

// func addRows64AVX512(dst, x, w *float32, rows, ld int)
TEXT ·addRows64AVX512(SB), NOSPLIT, $0-40
	MOVQ    dst+0(FP), DI
	MOVQ    x+8(FP), SI
	MOVQ    w+16(FP), DX
	MOVQ    rows+24(FP), CX
	MOVQ    ld+32(FP), R8
	SHLQ    $2, R8
	VMOVUPS 0(DI), Z0
	VMOVUPS 64(DI), Z1
	VMOVUPS 128(DI), Z2
	VMOVUPS 192(DI), Z3

loop:
	VBROADCASTSS (SI), Z8
	VMULPS       0(DX), Z8, Z9
	VMULPS       64(DX), Z8, Z10
	VMULPS       128(DX), Z8, Z11
	VMULPS       192(DX), Z8, Z12
	VADDPS       Z9, Z0, Z0
	VADDPS       Z10, Z1, Z1
	VADDPS       Z11, Z2, Z2
	VADDPS       Z12, Z3, Z3
	ADDQ         $4, SI
	ADDQ         R8, DX
	DECQ         CX
	JNZ          loop
	VMOVUPS      Z0, 0(DI)
	VMOVUPS      Z1, 64(DI)
	VMOVUPS      Z2, 128(DI)
	VMOVUPS      Z3, 192(DI)
	VZEROUPPER
	RET

// ROW4 adds to four registers 64 elements of a row, Z0 to Z3, times an element of a
// vector.
#define ROW4(x, a, b, c, d) \
	VBROADCASTSS x, Z4     \
	VMULPS       Z0, Z4, Z5 \
	VMULPS       Z1, Z4, Z6 \
	VMULPS       Z2, Z4, Z7 \
	VMULPS       Z3, Z4, Z8 \
	VADDPS       Z5, a, a  \
	VADDPS       Z6, b, b  \
	VADDPS       Z7, c, c  \
	VADDPS       Z8, d, d

// func addRows64x4AVX512(dst *float32, stride int, x *float32, step int, w *float32, rows, ld int)
// addRows64 for four vectors x, step apart, whose sums are stride apart.
TEXT ·addRows64x4AVX512(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ stride+8(FP), R9
	MOVQ x+16(FP), SI
	MOVQ step+24(FP), R10
	MOVQ w+32(FP), DX
	MOVQ rows+40(FP), CX
	MOVQ ld+48(FP), R8
	SHLQ $2, R8
	SHLQ $2, R9
	SHLQ $2, R10
	LEAQ (R9)(R9*2), R11
	LEAQ (R10)(R10*2), R12
	VMOVUPS (DI), Z16
	VMOVUPS 64(DI), Z17
	VMOVUPS 128(DI), Z18
	VMOVUPS 192(DI), Z19
	VMOVUPS (DI)(R9*1), Z20
	VMOVUPS 64(DI)(R9*1), Z21
	VMOVUPS 128(DI)(R9*1), Z22
	VMOVUPS 192(DI)(R9*1), Z23
	VMOVUPS (DI)(R9*2), Z24
	VMOVUPS 64(DI)(R9*2), Z25
	VMOVUPS 128(DI)(R9*2), Z26
	VMOVUPS 192(DI)(R9*2), Z27
	VMOVUPS (DI)(R11*1), Z28
	VMOVUPS 64(DI)(R11*1), Z29
	VMOVUPS 128(DI)(R11*1), Z30
	VMOVUPS 192(DI)(R11*1), Z31

loop:
	VMOVUPS (DX), Z0
	VMOVUPS 64(DX), Z1
	VMOVUPS 128(DX), Z2
	VMOVUPS 192(DX), Z3
	ROW4((SI), Z16, Z17, Z18, Z19)
	ROW4((SI)(R10*1), Z20, Z21, Z22, Z23)
	ROW4((SI)(R10*2), Z24, Z25, Z26, Z27)
	ROW4((SI)(R12*1), Z28, Z29, Z30, Z31)
	ADDQ    $4, SI
	ADDQ    R8, DX
	DECQ    CX
	JNZ     loop
	VMOVUPS Z16, (DI)
	VMOVUPS Z17, 64(DI)
	VMOVUPS Z18, 128(DI)
	VMOVUPS Z19, 192(DI)
	VMOVUPS Z20, (DI)(R9*1)
	VMOVUPS Z21, 64(DI)(R9*1)
	VMOVUPS Z22, 128(DI)(R9*1)
	VMOVUPS Z23, 192(DI)(R9*1)
	VMOVUPS Z24, (DI)(R9*2)
	VMOVUPS Z25, 64(DI)(R9*2)
	VMOVUPS Z26, 128(DI)(R9*2)
	VMOVUPS Z27, 192(DI)(R9*2)
	VMOVUPS Z28, (DI)(R11*1)
	VMOVUPS Z29, 64(DI)(R11*1)
	VMOVUPS Z30, 128(DI)(R11*1)
	VMOVUPS Z31, 192(DI)(R11*1)
	VZEROUPPER
	RET

// func addRows16AVX512(dst, x, w *float32, rows, ld int)
TEXT ·addRows16AVX512(SB), NOSPLIT, $0-40
	MOVQ    dst+0(FP), DI
	MOVQ    x+8(FP), SI
	MOVQ    w+16(FP), DX
	MOVQ    rows+24(FP), CX
	MOVQ    ld+32(FP), R8
	SHLQ    $2, R8
	VMOVUPS 0(DI), Z0

loop:
	VBROADCASTSS (SI), Z8
	VMULPS       0(DX), Z8, Z9
	VADDPS       Z9, Z0, Z0
	ADDQ         $4, SI
	ADDQ         R8, DX
	DECQ         CX
	JNZ          loop
	VMOVUPS      Z0, 0(DI)
	VZEROUPPER
	RET

// func addRows32AVX2(dst, x, w *float32, rows, ld int)
TEXT ·addRows32AVX2(SB), NOSPLIT, $0-40
	MOVQ    dst+0(FP), DI
	MOVQ    x+8(FP), SI
	MOVQ    w+16(FP), DX
	MOVQ    rows+24(FP), CX
	MOVQ    ld+32(FP), R8
	SHLQ    $2, R8
	VMOVUPS 0(DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3

loop:
	VBROADCASTSS (SI), Y8
	VMULPS       0(DX), Y8, Y9
	VMULPS       32(DX), Y8, Y10
	VMULPS       64(DX), Y8, Y11
	VMULPS       96(DX), Y8, Y12
	VADDPS       Y9, Y0, Y0
	VADDPS       Y10, Y1, Y1
	VADDPS       Y11, Y2, Y2
	VADDPS       Y12, Y3, Y3
	ADDQ         $4, SI
	ADDQ         R8, DX
	DECQ         CX
	JNZ          loop
	VMOVUPS      Y0, 0(DI)
	VMOVUPS      Y1, 32(DI)
	VMOVUPS      Y2, 64(DI)
	VMOVUPS      Y3, 96(DI)
	VZEROUPPER
	RET

// func addRows16AVX2(dst, x, w *float32, rows, ld int)
TEXT ·addRows16AVX2(SB), NOSPLIT, $0-40
	MOVQ    dst+0(FP), DI
	MOVQ    x+8(FP), SI
	MOVQ    w+16(FP), DX
	MOVQ    rows+24(FP), CX
	MOVQ    ld+32(FP), R8
	SHLQ    $2, R8
	VMOVUPS 0(DI), Y0
	VMOVUPS 32(DI), Y1

loop:
	VBROADCASTSS (SI), Y8
	VMULPS       0(DX), Y8, Y9
	VMULPS       32(DX), Y8, Y10
	VADDPS       Y9, Y0, Y0
	VADDPS       Y10, Y1, Y1
	ADDQ         $4, SI
	ADDQ         R8, DX
	DECQ         CX
	JNZ          loop
	VMOVUPS      Y0, 0(DI)
	VMOVUPS      Y1, 32(DI)
	VZEROUPPER
	RET
