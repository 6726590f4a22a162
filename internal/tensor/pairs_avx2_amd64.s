//go:build !noasm

#include "textflag.h"

// Sixteen lanes of pairs of int16 times a vector, as in pairs_avx512_amd64.s.

// SUMS makes Y8 and Y9 the sums of the vector at DI with CX pairs of the lanes at SI,
// which are R9 bytes apart.
#define SUMS(loop) \
	VPXOR        Y8, Y8, Y8     \
	VPXOR        Y9, Y9, Y9     \
loop:                           \
	VPBROADCASTD (DI), Y0       \
	VPMADDWD     (SI), Y0, Y1   \
	VPMADDWD     32(SI), Y0, Y2 \
	VPADDD       Y1, Y8, Y8     \
	VPADDD       Y2, Y9, Y9     \
	ADDQ         R9, SI         \
	ADDQ         $4, DI         \
	DECQ         CX             \
	JNZ          loop           \
	VCVTDQ2PS    Y8, Y8         \
	VCVTDQ2PS    Y9, Y9

// func pairScoresAVX2(dst *float32, w, q *int16, pairs int, units *float32, vector float32, groups int)
TEXT ·pairScoresAVX2(SB), NOSPLIT, $0-56
	MOVQ         dst+0(FP), DX
	MOVQ         units+32(FP), AX
	VBROADCASTSS vector+40(FP), Y5
	MOVQ         $128, R9
	XORQ         R14, R14

group:
	MOVQ    w+8(FP), SI
	ADDQ    R14, SI
	MOVQ    q+16(FP), DI
	MOVQ    pairs+24(FP), CX
	SUMS(loop)
	VMULPS  (AX)(R14*1), Y8, Y8
	VMULPS  32(AX)(R14*1), Y9, Y9
	VMULPS  Y5, Y8, Y8
	VMULPS  Y5, Y9, Y9
	VMOVUPS Y8, (DX)(R14*1)
	VMOVUPS Y9, 32(DX)(R14*1)
	ADDQ    $64, R14
	DECQ    groups+48(FP)
	JNZ     group
	VZEROUPPER
	RET

// func pairSumsAVX2(dst *float32, w *int16, cols int, x *int16, pairs int, unit float32)
TEXT ·pairSumsAVX2(SB), NOSPLIT, $0-44
	MOVQ         dst+0(FP), DX
	MOVQ         w+8(FP), AX
	MOVQ         cols+16(FP), R9
	VBROADCASTSS unit+40(FP), Y5
	MOVQ         R9, R14
	SHRQ         $4, R14
	SHLQ         $2, R9

group:
	MOVQ    AX, SI
	MOVQ    x+24(FP), DI
	MOVQ    pairs+32(FP), CX
	SUMS(loop)
	VMULPS  Y5, Y8, Y8
	VMULPS  Y5, Y9, Y9
	VADDPS  (DX), Y8, Y8
	VADDPS  32(DX), Y9, Y9
	VMOVUPS Y8, (DX)
	VMOVUPS Y9, 32(DX)
	ADDQ    $64, DX
	ADDQ    $64, AX
	DECQ    R14
	JNZ     group
	VZEROUPPER
	RET

// func roundInt16AVX2(q *int16, x *float32, blocks int, most float32) float32
TEXT ·roundInt16AVX2(SB), NOSPLIT, $0-36
	MOVQ     q+0(FP), DI
	MOVQ     x+8(FP), SI
	MOVQ     blocks+16(FP), CX
	VMOVSS   most+24(FP), X5
	VPCMPEQD Y6, Y6, Y6
	VPSRLD   $1, Y6, Y6
	VPXOR    Y2, Y2, Y2
	XORQ     BX, BX

greatest:
	VPAND        (SI)(BX*1), Y6, Y0
	VPAND        32(SI)(BX*1), Y6, Y1
	VPMAXUD      Y0, Y2, Y2
	VPMAXUD      Y1, Y2, Y2
	ADDQ         $64, BX
	DECQ         CX
	JNZ          greatest
	VEXTRACTI128 $1, Y2, X3
	VPMAXUD      X3, X2, X2
	VPSHUFD      $0x4e, X2, X3
	VPMAXUD      X3, X2, X2
	VPSHUFD      $0xb1, X2, X3
	VPMAXUD      X3, X2, X2
	MOVQ         blocks+16(FP), CX
	VMOVD        X2, AX
	SUBL         $0x0d800000, AX
	CMPL         AX, $0x72000000
	JAE          odd
	VDIVSS       X2, X5, X3
	VDIVSS       X5, X2, X2
	VMOVSS       X2, ret+32(FP)
	VBROADCASTSS X3, Y3

round:
	VMULPS    (SI), Y3, Y0
	VMULPS    32(SI), Y3, Y1
	VCVTPS2DQ Y0, Y0
	VCVTPS2DQ Y1, Y1
	VPACKSSDW Y1, Y0, Y0
	VPERMQ    $0xd8, Y0, Y0
	VMOVDQU   Y0, (DI)
	ADDQ      $64, SI
	ADDQ      $32, DI
	DECQ      CX
	JNZ       round
	VZEROUPPER
	RET

odd:
	ADDL $0x0d800000, AX
	MOVL $0x7fc00000, BX
	CMPL AX, $0x7f800000
	JAE  nan
	XORL BX, BX

nan:
	MOVL  BX, ret+32(FP)
	VPXOR Y0, Y0, Y0

zeros:
	VMOVDQU Y0, (DI)
	ADDQ    $32, DI
	DECQ    CX
	JNZ     zeros
	VZEROUPPER
	RET

// func scaleInt16AVX2(q *int16, x, units, scales *float32, blocks int)
TEXT ·scaleInt16AVX2(SB), NOSPLIT, $0-40
	MOVQ q+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ units+16(FP), DX
	MOVQ scales+24(FP), BX
	MOVQ blocks+32(FP), CX
	ADDQ CX, CX

loop:
	VBROADCASTSS (BX), Y2
	VMOVUPS      (SI), Y0
	VMOVUPS      32(SI), Y1
	VMULPS       (DX), Y0, Y0
	VMULPS       32(DX), Y1, Y1
	VMULPS       Y2, Y0, Y0
	VMULPS       Y2, Y1, Y1
	VCVTPS2DQ    Y0, Y0
	VCVTPS2DQ    Y1, Y1
	VPACKSSDW    Y1, Y0, Y0
	VPERMQ       $0xd8, Y0, Y0
	VMOVDQU      Y0, (DI)
	ADDQ         $64, SI
	ADDQ         $64, DX
	ADDQ         $32, DI
	MOVQ         CX, AX
	ANDQ         $1, AX
	LEAQ         (BX)(AX*4), BX
	DECQ         CX
	JNZ          loop
	VZEROUPPER
	RET
