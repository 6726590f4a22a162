//go:build !noasm

#include "textflag.h"

// Sixteen lanes of pairs of int16 times eight vectors, or one. A sum of whole numbers
// is exact in any order.

// SUMS8 makes Z8 to Z15 the sums of eight vectors, R8 bytes apart from DI on, with
// CX pairs of the lanes at SI, which are R9 bytes apart. R12 is 3·R8.
#define SUMS8(loop) \
	LEAQ          (DI)(R8*4), BX         \
	VPXORD        Z8, Z8, Z8             \
	VPXORD        Z9, Z9, Z9             \
	VPXORD        Z10, Z10, Z10          \
	VPXORD        Z11, Z11, Z11          \
	VPXORD        Z12, Z12, Z12          \
	VPXORD        Z13, Z13, Z13          \
	VPXORD        Z14, Z14, Z14          \
	VPXORD        Z15, Z15, Z15          \
loop:                                    \
	VMOVDQU64     (SI), Z0               \
	VPDPWSSD.BCST (DI), Z0, Z8           \
	VPDPWSSD.BCST (DI)(R8*1), Z0, Z9     \
	VPDPWSSD.BCST (DI)(R8*2), Z0, Z10    \
	VPDPWSSD.BCST (DI)(R12*1), Z0, Z11   \
	VPDPWSSD.BCST (BX), Z0, Z12          \
	VPDPWSSD.BCST (BX)(R8*1), Z0, Z13    \
	VPDPWSSD.BCST (BX)(R8*2), Z0, Z14    \
	VPDPWSSD.BCST (BX)(R12*1), Z0, Z15   \
	ADDQ          R9, SI                 \
	ADDQ          $4, DI                 \
	ADDQ          $4, BX                 \
	DECQ          CX                     \
	JNZ           loop

// SUMS1 makes Z8 the sums of the vector at DI, of CX times four pairs.
#define SUMS1(loop) \
	VPXORD        Z8, Z8, Z8             \
	VPXORD        Z9, Z9, Z9             \
	VPXORD        Z10, Z10, Z10          \
	VPXORD        Z11, Z11, Z11          \
loop:                                    \
	VMOVDQU64     (SI), Z0               \
	VMOVDQU64     (SI)(R9*1), Z1         \
	VMOVDQU64     (SI)(R9*2), Z2         \
	VMOVDQU64     (SI)(R12*1), Z3        \
	VPDPWSSD.BCST (DI), Z0, Z8           \
	VPDPWSSD.BCST 4(DI), Z1, Z9          \
	VPDPWSSD.BCST 8(DI), Z2, Z10         \
	VPDPWSSD.BCST 12(DI), Z3, Z11        \
	LEAQ          (SI)(R9*4), SI         \
	ADDQ          $16, DI                \
	DECQ          CX                     \
	JNZ           loop                   \
	VPADDD        Z9, Z8, Z8             \
	VPADDD        Z11, Z10, Z10          \
	VPADDD        Z10, Z8, Z8

// EACH does a thing to the sums of each vector: where its result is, which it is.
#define EACH(thing) \
	thing(Z8, (DX), 0)            \
	thing(Z9, (DX)(R10*1), 4)     \
	thing(Z10, (DX)(R10*2), 8)    \
	thing(Z11, (DX)(R13*1), 12)   \
	thing(Z12, (R15), 16)         \
	thing(Z13, (R15)(R10*1), 20)  \
	thing(Z14, (R15)(R10*2), 24)  \
	thing(Z15, (R15)(R13*1), 28)

#define SCORE(sum, to, i) \
	VCVTDQ2PS   sum, sum        \
	VMULPS      Z1, sum, sum    \
	VMULPS.BCST i(R11), sum, sum \
	VMOVUPS     sum, to

#define PLUS(sum, to, i) \
	VCVTDQ2PS   sum, sum        \
	VMULPS.BCST i(R11), sum, sum \
	VADDPS      to, sum, sum    \
	VMOVUPS     sum, to

// func pairScores8AVX512(dst *float32, stride int, w, q *int16, pairs int, units, vectors *float32, groups int)
TEXT ·pairScores8AVX512(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DX
	MOVQ stride+8(FP), R10
	MOVQ pairs+32(FP), R8
	MOVQ units+40(FP), AX
	MOVQ vectors+48(FP), R11
	SHLQ $2, R10
	LEAQ (R10)(R10*2), R13
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R12
	MOVQ $128, R9
	XORQ R14, R14

group:
	MOVQ    w+16(FP), SI
	ADDQ    R14, SI
	MOVQ    q+24(FP), DI
	MOVQ    pairs+32(FP), CX
	SUMS8(loop)
	VMOVUPS (AX)(R14*1), Z1
	LEAQ    (DX)(R10*4), R15
	EACH(SCORE)
	ADDQ    $64, DX
	ADDQ    $64, R14
	DECQ    groups+56(FP)
	JNZ     group
	VZEROUPPER
	RET

// func pairScoresAVX512(dst *float32, w, q *int16, pairs int, units *float32, vector float32, groups int)
TEXT ·pairScoresAVX512(SB), NOSPLIT, $0-56
	MOVQ         dst+0(FP), DX
	MOVQ         units+32(FP), AX
	VBROADCASTSS vector+40(FP), Z5
	MOVQ         $128, R9
	MOVQ         $384, R12
	XORQ         R14, R14

group:
	MOVQ      w+8(FP), SI
	ADDQ      R14, SI
	MOVQ      q+16(FP), DI
	MOVQ      pairs+24(FP), CX
	SHRQ      $2, CX
	SUMS1(loop)
	VCVTDQ2PS Z8, Z8
	VMULPS    (AX)(R14*1), Z8, Z8
	VMULPS    Z5, Z8, Z8
	VMOVUPS   Z8, (DX)(R14*1)
	ADDQ      $64, R14
	DECQ      groups+48(FP)
	JNZ       group
	VZEROUPPER
	RET

// func pairSums8AVX512(dst *float32, stride int, w *int16, cols int, x *int16, step, pairs int, units *float32)
TEXT ·pairSums8AVX512(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DX
	MOVQ stride+8(FP), R10
	MOVQ cols+24(FP), R9
	MOVQ step+40(FP), R8
	MOVQ units+56(FP), R11
	MOVQ R9, R14
	SHRQ $4, R14
	SHLQ $2, R10
	LEAQ (R10)(R10*2), R13
	SHLQ $1, R8
	LEAQ (R8)(R8*2), R12
	SHLQ $2, R9
	MOVQ w+16(FP), AX

group:
	MOVQ AX, SI
	MOVQ x+32(FP), DI
	MOVQ pairs+48(FP), CX
	SUMS8(loop)
	LEAQ (DX)(R10*4), R15
	EACH(PLUS)
	ADDQ $64, DX
	ADDQ $64, AX
	DECQ R14
	JNZ  group
	VZEROUPPER
	RET

// func pairSumsAVX512(dst *float32, w *int16, cols int, x *int16, unit float32)
// Of all 16 pairs.
TEXT ·pairSumsAVX512(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DX
	MOVQ         w+8(FP), AX
	MOVQ         cols+16(FP), R9
	VBROADCASTSS unit+32(FP), Z5
	MOVQ         R9, R14
	SHRQ         $4, R14
	SHLQ         $2, R9
	LEAQ         (R9)(R9*2), R12

group:
	MOVQ      AX, SI
	MOVQ      x+24(FP), DI
	MOVQ      $4, CX
	SUMS1(loop)
	VCVTDQ2PS Z8, Z8
	VMULPS    Z5, Z8, Z8
	VADDPS    (DX), Z8, Z8
	VMOVUPS   Z8, (DX)
	ADDQ      $64, DX
	ADDQ      $64, AX
	DECQ      R14
	JNZ       group
	VZEROUPPER
	RET

// func roundInt16AVX512(q *int16, x *float32, blocks int, most float32) float32
TEXT ·roundInt16AVX512(SB), NOSPLIT, $0-36
	MOVQ         q+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), CX
	VMOVSS       most+24(FP), X5
	MOVL         $0x7fffffff, AX
	VPBROADCASTD AX, Z6
	VPXORD       Z2, Z2, Z2
	XORQ         BX, BX

greatest:
	VPANDD        (SI)(BX*1), Z6, Z0
	VPMAXUD       Z0, Z2, Z2
	ADDQ          $64, BX
	DECQ          CX
	JNZ           greatest
	VEXTRACTI64X4 $1, Z2, Y3
	VPMAXUD       Y3, Y2, Y2
	VEXTRACTI128  $1, Y2, X3
	VPMAXUD       X3, X2, X2
	VPSHUFD       $0x4e, X2, X3
	VPMAXUD       X3, X2, X2
	VPSHUFD       $0xb1, X2, X3
	VPMAXUD       X3, X2, X2
	MOVQ          blocks+16(FP), CX
	VMOVD         X2, AX
	SUBL          $0x0d800000, AX
	CMPL          AX, $0x72000000
	JAE           odd
	VDIVSS        X2, X5, X3
	VDIVSS        X5, X2, X2
	VMOVSS        X2, ret+32(FP)
	VBROADCASTSS  X3, Z3

round:
	VMULPS    (SI), Z3, Z0
	VCVTPS2DQ Z0, Z0
	VPMOVSDW  Z0, (DI)
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
	MOVL   BX, ret+32(FP)
	VPXORD Y0, Y0, Y0

zeros:
	VMOVDQU Y0, (DI)
	ADDQ    $32, DI
	DECQ    CX
	JNZ     zeros
	VZEROUPPER
	RET

// func scaleInt16AVX512(q *int16, x, units, scales *float32, blocks int)
TEXT ·scaleInt16AVX512(SB), NOSPLIT, $0-40
	MOVQ q+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ units+16(FP), DX
	MOVQ scales+24(FP), BX
	MOVQ blocks+32(FP), CX

loop:
	VBROADCASTSS (BX), Z2
	VMOVUPS      (SI), Z0
	VMOVUPS      64(SI), Z1
	VMULPS       (DX), Z0, Z0
	VMULPS       64(DX), Z1, Z1
	VMULPS       Z2, Z0, Z0
	VMULPS       Z2, Z1, Z1
	VCVTPS2DQ    Z0, Z0
	VCVTPS2DQ    Z1, Z1
	VPMOVSDW     Z0, (DI)
	VPMOVSDW     Z1, 32(DI)
	ADDQ         $128, SI
	ADDQ         $128, DX
	ADDQ         $64, DI
	ADDQ         $4, BX
	DECQ         CX
	JNZ          loop
	VZEROUPPER
	RET
