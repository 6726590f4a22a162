//go:build !noasm

#include "textflag.h"

// Loops over blocks of 16 elements.

// func axpyAVX512(a float32, x, y *float32, blocks int)
// y += a·x
TEXT ·axpyAVX512(SB), NOSPLIT, $0-32
	VBROADCASTSS a+0(FP), Z8
	MOVQ         x+8(FP), SI
	MOVQ         y+16(FP), DI
	MOVQ         blocks+24(FP), CX

loop:
	VMULPS  (SI), Z8, Z0
	VADDPS  (DI), Z0, Z0
	VMOVUPS Z0, (DI)
	ADDQ    $64, SI
	ADDQ    $64, DI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func axpyAVX2(a float32, x, y *float32, blocks int)
TEXT ·axpyAVX2(SB), NOSPLIT, $0-32
	VBROADCASTSS a+0(FP), Y8
	MOVQ         x+8(FP), SI
	MOVQ         y+16(FP), DI
	MOVQ         blocks+24(FP), CX

loop:
	VMULPS  (SI), Y8, Y0
	VMULPS  32(SI), Y8, Y1
	VADDPS  (DI), Y0, Y0
	VADDPS  32(DI), Y1, Y1
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ    $64, SI
	ADDQ    $64, DI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func scaleAVX512(a float32, x *float32, blocks int)
// x *= a
TEXT ·scaleAVX512(SB), NOSPLIT, $0-24
	VBROADCASTSS a+0(FP), Z8
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), CX

loop:
	VMULPS  (SI), Z8, Z0
	VMOVUPS Z0, (SI)
	ADDQ    $64, SI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func scaleAVX2(a float32, x *float32, blocks int)
TEXT ·scaleAVX2(SB), NOSPLIT, $0-24
	VBROADCASTSS a+0(FP), Y8
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), CX

loop:
	VMULPS  (SI), Y8, Y0
	VMULPS  32(SI), Y8, Y1
	VMOVUPS Y0, (SI)
	VMOVUPS Y1, 32(SI)
	ADDQ    $64, SI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func scaleMulAVX512(dst, x, weight *float32, blocks int, c float32)
// dst = x·c·weight
TEXT ·scaleMulAVX512(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         weight+16(FP), DX
	MOVQ         blocks+24(FP), CX
	VBROADCASTSS c+32(FP), Z8

loop:
	VMULPS  (SI), Z8, Z0
	VMULPS  (DX), Z0, Z0
	VMOVUPS Z0, (DI)
	ADDQ    $64, SI
	ADDQ    $64, DI
	ADDQ    $64, DX
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func scaleMulAVX2(dst, x, weight *float32, blocks int, c float32)
TEXT ·scaleMulAVX2(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         weight+16(FP), DX
	MOVQ         blocks+24(FP), CX
	VBROADCASTSS c+32(FP), Y8

loop:
	VMULPS  (SI), Y8, Y0
	VMULPS  32(SI), Y8, Y1
	VMULPS  (DX), Y0, Y0
	VMULPS  32(DX), Y1, Y1
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ    $64, SI
	ADDQ    $64, DI
	ADDQ    $64, DX
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func maximumAVX512(x *float32, blocks int, most *float32)
// Each of the 16 lanes of most becomes x if that is more, which it is not if it is
// not a number.
TEXT ·maximumAVX512(SB), NOSPLIT, $0-24
	MOVQ    x+0(FP), SI
	MOVQ    blocks+8(FP), CX
	MOVQ    most+16(FP), DX
	VMOVUPS (DX), Z0

loop:
	VMOVUPS (SI), Z1
	VMAXPS  Z0, Z1, Z0
	ADDQ    $64, SI
	DECQ    CX
	JNZ     loop
	VMOVUPS Z0, (DX)
	VZEROUPPER
	RET

// func maximumAVX2(x *float32, blocks int, most *float32)
TEXT ·maximumAVX2(SB), NOSPLIT, $0-24
	MOVQ    x+0(FP), SI
	MOVQ    blocks+8(FP), CX
	MOVQ    most+16(FP), DX
	VMOVUPS (DX), Y0
	VMOVUPS 32(DX), Y1

loop:
	VMOVUPS (SI), Y2
	VMOVUPS 32(SI), Y3
	VMAXPS  Y0, Y2, Y0
	VMAXPS  Y1, Y3, Y1
	ADDQ    $64, SI
	DECQ    CX
	JNZ     loop
	VMOVUPS Y0, (DX)
	VMOVUPS Y1, 32(DX)
	VZEROUPPER
	RET

// func sumSquaresAVX512(x *float32, blocks int, sums *float64)
// The 16 sums grow by the squares, whose products are exact in float64.
TEXT ·sumSquaresAVX512(SB), NOSPLIT, $0-24
	MOVQ    x+0(FP), SI
	MOVQ    blocks+8(FP), CX
	MOVQ    sums+16(FP), DX
	VMOVUPD (DX), Z0
	VMOVUPD 64(DX), Z1

loop:
	VCVTPS2PD   (SI), Z2
	VCVTPS2PD   32(SI), Z3
	VFMADD231PD Z2, Z2, Z0
	VFMADD231PD Z3, Z3, Z1
	ADDQ        $64, SI
	DECQ        CX
	JNZ         loop
	VMOVUPD     Z0, (DX)
	VMOVUPD     Z1, 64(DX)
	VZEROUPPER
	RET

// func sumSquaresAVX2(x *float32, blocks int, sums *float64)
TEXT ·sumSquaresAVX2(SB), NOSPLIT, $0-24
	MOVQ    x+0(FP), SI
	MOVQ    blocks+8(FP), CX
	MOVQ    sums+16(FP), DX
	VMOVUPD 0(DX), Y0
	VMOVUPD 32(DX), Y1
	VMOVUPD 64(DX), Y2
	VMOVUPD 96(DX), Y3

loop:
	VCVTPS2PD   0(SI), Y4
	VCVTPS2PD   16(SI), Y5
	VCVTPS2PD   32(SI), Y6
	VCVTPS2PD   48(SI), Y7
	VFMADD231PD Y4, Y4, Y0
	VFMADD231PD Y5, Y5, Y1
	VFMADD231PD Y6, Y6, Y2
	VFMADD231PD Y7, Y7, Y3
	ADDQ        $64, SI
	DECQ        CX
	JNZ         loop
	VMOVUPD     Y0, 0(DX)
	VMOVUPD     Y1, 32(DX)
	VMOVUPD     Y2, 64(DX)
	VMOVUPD     Y3, 96(DX)
	VZEROUPPER
	RET

// func widenF16AVX512(dst *float32, src *uint16, blocks int)
TEXT ·widenF16AVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ blocks+16(FP), CX

loop:
	VCVTPH2PS (SI), Z0
	VMOVUPS   Z0, (DI)
	ADDQ      $32, SI
	ADDQ      $64, DI
	DECQ      CX
	JNZ       loop
	VZEROUPPER
	RET

// func widenF16AVX2(dst *float32, src *uint16, blocks int)
TEXT ·widenF16AVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ blocks+16(FP), CX

loop:
	VCVTPH2PS (SI), Y0
	VCVTPH2PS 16(SI), Y1
	VMOVUPS   Y0, (DI)
	VMOVUPS   Y1, 32(DI)
	ADDQ      $32, SI
	ADDQ      $64, DI
	DECQ      CX
	JNZ       loop
	VZEROUPPER
	RET

// func widenBF16AVX512(dst *float32, src *uint16, blocks int)
TEXT ·widenBF16AVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ blocks+16(FP), CX

loop:
	VPMOVZXWD (SI), Z0
	VPSLLD    $16, Z0, Z0
	VMOVUPS   Z0, (DI)
	ADDQ      $32, SI
	ADDQ      $64, DI
	DECQ      CX
	JNZ       loop
	VZEROUPPER
	RET

// func widenBF16AVX2(dst *float32, src *uint16, blocks int)
TEXT ·widenBF16AVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ blocks+16(FP), CX

loop:
	VPMOVZXWD (SI), Y0
	VPMOVZXWD 16(SI), Y1
	VPSLLD    $16, Y0, Y0
	VPSLLD    $16, Y1, Y1
	VMOVUPS   Y0, (DI)
	VMOVUPS   Y1, 32(DI)
	ADDQ      $32, SI
	ADDQ      $64, DI
	DECQ      CX
	JNZ       loop
	VZEROUPPER
	RET
