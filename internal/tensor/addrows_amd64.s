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
