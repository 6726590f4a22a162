//go:build !noasm

#include "textflag.h"

// Loops over blocks of 16 float64, the lanes of SumExp. The steps of Exp are
// taken in its order and with its roundings; VSCALEFPD multiplies by 2^k, with
// k the whole part of n/32. CX points to the constants.

#define FACTOR 0
#define HALF 64
#define HIGH 128
#define LOW 192
#define THIRD 256
#define FOURTH 320
#define FIFTH 384
#define SIXTH 448
#define LEAST 512
#define INFINITY 576
#define BIAS 640
#define STEP 704
#define ROOTS 768

// SUM512 adds 8 logits at an offset to three sums: x in Z6, e in Z12.
#define SUM512(at, sum, lost, dot) \
	VMOVUPD    at(SI), Z6        \
	VSUBPD     Z31, Z6, Z6       \
	VCMPPD     $30, Z30, Z6, K1  \
	VMOVAPD.Z  Z6, K1, Z6        \
	VMULPD     Z29, Z6, Z7       \
	VSUBPD     Z28, Z7, Z7       \
	VCVTTPD2QQ Z7, Z8            \
	VCVTQQ2PD  Z8, Z9            \
	VMULPD     Z27, Z9, Z10      \
	VSUBPD     Z10, Z6, Z10      \
	VMULPD     Z26, Z9, Z11      \
	VSUBPD     Z11, Z10, Z10     \
	VMULPD     Z10, Z10, Z11     \
	VMULPD     Z22, Z11, Z12     \
	VMULPD     Z23, Z10, Z13     \
	VADDPD     Z13, Z24, Z13     \
	VADDPD     Z12, Z13, Z12     \
	VMULPD     Z12, Z11, Z12     \
	VMULPD     Z25, Z10, Z13     \
	VADDPD     Z13, Z28, Z13     \
	VADDPD     Z12, Z13, Z12     \
	VMULPD     Z12, Z11, Z12     \
	VADDPD     Z12, Z10, Z12     \
	VMOVDQA64  Z8, Z14           \
	VPERMI2PD  Z17, Z16, Z14     \
	VPTESTMQ   Z21, Z8, K2       \
	VPERMI2PD  Z19, Z18, Z8      \
	VMOVAPD    Z8, K2, Z14       \
	VMULPD     Z12, Z14, Z12     \
	VADDPD     Z12, Z14, Z12     \
	VMULPD     Z20, Z9, Z13      \
	VSCALEFPD.Z Z13, Z12, K1, Z12 \
	VMULPD     Z6, Z12, Z15      \
	VADDPD     Z15, dot, dot     \
	VSUBPD     lost, Z12, Z12    \
	VMOVAPD    sum, Z13          \
	VADDPD     Z12, sum, sum     \
	VSUBPD     Z13, sum, Z14     \
	VSUBPD     Z12, Z14, lost

// func sumLanesAVX512(s *sums, logits *float64, blocks int, most float64, c *constants)
TEXT ·sumLanesAVX512(SB), NOSPLIT, $0-40
	MOVQ         s+0(FP), DI
	MOVQ         logits+8(FP), SI
	MOVQ         blocks+16(FP), BX
	VBROADCASTSD most+24(FP), Z31
	MOVQ         c+32(FP), CX
	VMOVUPD      LEAST(CX), Z30
	VMOVUPD      FACTOR(CX), Z29
	VMOVUPD      HALF(CX), Z28
	VMOVUPD      HIGH(CX), Z27
	VMOVUPD      LOW(CX), Z26
	VMOVUPD      THIRD(CX), Z25
	VMOVUPD      FOURTH(CX), Z24
	VMOVUPD      FIFTH(CX), Z23
	VMOVUPD      SIXTH(CX), Z22
	VMOVUPD      STEP(CX), Z20
	VMOVUPD      ROOTS(CX), Z16
	VMOVUPD      ROOTS+64(CX), Z17
	VMOVUPD      ROOTS+128(CX), Z18
	VMOVUPD      ROOTS+192(CX), Z19
	MOVQ         $16, AX
	VPBROADCASTQ AX, Z21
	VMOVUPD      0(DI), Z0
	VMOVUPD      64(DI), Z1
	VMOVUPD      128(DI), Z2
	VMOVUPD      192(DI), Z3
	VMOVUPD      256(DI), Z4
	VMOVUPD      320(DI), Z5

loop:
	SUM512(0, Z0, Z2, Z4)
	SUM512(64, Z1, Z3, Z5)
	ADDQ $128, SI
	DECQ BX
	JNZ  loop

	VMOVUPD Z0, 0(DI)
	VMOVUPD Z1, 64(DI)
	VMOVUPD Z2, 128(DI)
	VMOVUPD Z3, 192(DI)
	VMOVUPD Z4, 256(DI)
	VMOVUPD Z5, 320(DI)
	VZEROUPPER
	RET

// SUM256 is SUM512 for 4 logits, with constants and sums in memory; at is their
// offset there too.
#define SUM256(at) \
	VMOVUPD     at(SI), Y6           \
	VSUBPD      Y0, Y6, Y6           \
	VCMPPD      $30, LEAST(CX), Y6, Y1 \
	VANDPD      Y1, Y6, Y6           \
	VMULPD      FACTOR(CX), Y6, Y7   \
	VSUBPD      HALF(CX), Y7, Y7     \
	VCVTTPD2DQY Y7, X8               \
	VCVTDQ2PD   X8, Y9               \
	VMULPD      HIGH(CX), Y9, Y10    \
	VSUBPD      Y10, Y6, Y10         \
	VMULPD      LOW(CX), Y9, Y11     \
	VSUBPD      Y11, Y10, Y10        \
	VMULPD      Y10, Y10, Y11        \
	VMULPD      SIXTH(CX), Y11, Y12  \
	VMULPD      FIFTH(CX), Y10, Y13  \
	VADDPD      FOURTH(CX), Y13, Y13 \
	VADDPD      Y12, Y13, Y12        \
	VMULPD      Y12, Y11, Y12        \
	VMULPD      THIRD(CX), Y10, Y13  \
	VADDPD      HALF(CX), Y13, Y13   \
	VADDPD      Y12, Y13, Y12        \
	VMULPD      Y12, Y11, Y12        \
	VADDPD      Y12, Y10, Y12        \
	VPSRAD      $5, X8, X9           \
	VPMOVSXDQ   X9, Y9               \
	VPADDQ      BIAS(CX), Y9, Y9     \
	VPSLLQ      $52, Y9, Y9          \
	VPAND       X3, X8, X8           \
	VPCMPEQD    Y13, Y13, Y13        \
	VGATHERDPD  Y13, ROOTS(CX)(X8*8), Y14 \
	VMULPD      Y12, Y14, Y12        \
	VADDPD      Y12, Y14, Y12        \
	VMULPD      Y9, Y12, Y12         \
	VANDPD      Y1, Y12, Y12         \
	VMULPD      Y6, Y12, Y15         \
	VADDPD      256+at(DI), Y15, Y15 \
	VMOVUPD     Y15, 256+at(DI)      \
	VSUBPD      128+at(DI), Y12, Y12 \
	VMOVUPD     at(DI), Y2           \
	VADDPD      Y12, Y2, Y13         \
	VSUBPD      Y2, Y13, Y14         \
	VSUBPD      Y12, Y14, Y14        \
	VMOVUPD     Y14, 128+at(DI)      \
	VMOVUPD     Y13, at(DI)

// func sumLanesAVX2(s *sums, logits *float64, blocks int, most float64, c *constants)
TEXT ·sumLanesAVX2(SB), NOSPLIT, $0-40
	MOVQ         s+0(FP), DI
	MOVQ         logits+8(FP), SI
	MOVQ         blocks+16(FP), BX
	VBROADCASTSD most+24(FP), Y0
	MOVQ         c+32(FP), CX
	MOVL         $31, AX
	VMOVD        AX, X3
	VPBROADCASTD X3, X3

loop:
	SUM256(0)
	SUM256(32)
	SUM256(64)
	SUM256(96)
	ADDQ $128, SI
	DECQ BX
	JNZ  loop
	VZEROUPPER
	RET

// OVER512 divides 8 numbers: K3 gathers which quotients of finite numbers are
// infinite.
#define OVER512(at) \
	VMOVUPD at(SI), Z2         \
	VDIVPD  Z0, Z2, Z3         \
	VMOVUPD Z3, at(DI)         \
	VPANDQ  Z5, Z3, Z3         \
	VPANDQ  Z5, Z2, Z2         \
	VCMPPD  $0, Z1, Z3, K1     \
	VCMPPD  $4, Z1, Z2, K1, K1 \
	KORW    K1, K3, K3

// func divideAVX512(dst, x *float64, blocks int, by float64, c *constants) (overflow int)
TEXT ·divideAVX512(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), BX
	VBROADCASTSD by+24(FP), Z0
	MOVQ         c+32(FP), CX
	VMOVUPD      INFINITY(CX), Z1
	MOVQ         $0x7fffffffffffffff, AX
	VPBROADCASTQ AX, Z5
	KXORW        K3, K3, K3

loop:
	OVER512(0)
	OVER512(64)
	ADDQ  $128, SI
	ADDQ  $128, DI
	DECQ  BX
	JNZ   loop
	KMOVW K3, AX
	MOVQ  AX, overflow+40(FP)
	VZEROUPPER
	RET

#define OVER256(at) \
	VMOVUPD at(SI), Y2     \
	VDIVPD  Y0, Y2, Y3     \
	VMOVUPD Y3, at(DI)     \
	VANDPD  Y5, Y3, Y3     \
	VANDPD  Y5, Y2, Y2     \
	VCMPPD  $0, Y1, Y3, Y3 \
	VCMPPD  $4, Y1, Y2, Y2 \
	VANDPD  Y2, Y3, Y3     \
	VORPD   Y3, Y4, Y4

// func divideAVX2(dst, x *float64, blocks int, by float64, c *constants) (overflow int)
TEXT ·divideAVX2(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), BX
	VBROADCASTSD by+24(FP), Y0
	MOVQ         c+32(FP), CX
	VMOVUPD      INFINITY(CX), Y1
	VPCMPEQD     Y5, Y5, Y5
	VPSRLQ       $1, Y5, Y5
	VXORPD       Y4, Y4, Y4

loop:
	OVER256(0)
	OVER256(32)
	OVER256(64)
	OVER256(96)
	ADDQ      $128, SI
	ADDQ      $128, DI
	DECQ      BX
	JNZ       loop
	VMOVMSKPD Y4, AX
	MOVQ      AX, overflow+40(FP)
	VZEROUPPER
	RET

// func countAboveAVX512(x *float64, blocks int, limit float64) (above, equal int)
TEXT ·countAboveAVX512(SB), NOSPLIT, $0-40
	MOVQ         x+0(FP), SI
	MOVQ         blocks+8(FP), BX
	VBROADCASTSD limit+16(FP), Z0
	XORQ         AX, AX
	XORQ         DX, DX

loop:
	VMOVUPD   0(SI), Z1
	VMOVUPD   64(SI), Z2
	VCMPPD    $30, Z0, Z1, K1
	VCMPPD    $30, Z0, Z2, K2
	VCMPPD    $0, Z0, Z1, K3
	VCMPPD    $0, Z0, Z2, K4
	KUNPCKBW  K1, K2, K1
	KUNPCKBW  K3, K4, K3
	KMOVW     K1, R8
	KMOVW     K3, R9
	POPCNTL   R8, R8
	POPCNTL   R9, R9
	ADDQ      R8, AX
	ADDQ      R9, DX
	ADDQ      $128, SI
	DECQ      BX
	JNZ       loop
	MOVQ      AX, above+24(FP)
	MOVQ      DX, equal+32(FP)
	VZEROUPPER
	RET

// COUNT256 subtracts the masks, −1 where it holds, from two counts.
#define COUNT256(at) \
	VMOVUPD at(SI), Y1      \
	VCMPPD  $30, Y0, Y1, Y2 \
	VCMPPD  $0, Y0, Y1, Y3  \
	VPSUBQ  Y2, Y4, Y4      \
	VPSUBQ  Y3, Y5, Y5

// func countAboveAVX2(x *float64, blocks int, limit float64) (above, equal int)
TEXT ·countAboveAVX2(SB), NOSPLIT, $0-40
	MOVQ         x+0(FP), SI
	MOVQ         blocks+8(FP), BX
	VBROADCASTSD limit+16(FP), Y0
	VPXOR        Y4, Y4, Y4
	VPXOR        Y5, Y5, Y5

loop:
	COUNT256(0)
	COUNT256(32)
	COUNT256(64)
	COUNT256(96)
	ADDQ $128, SI
	DECQ BX
	JNZ  loop

	VEXTRACTI128 $1, Y4, X6
	VPADDQ       X6, X4, X4
	VPSRLDQ      $8, X4, X6
	VPADDQ       X6, X4, X4
	MOVQ         X4, AX
	VEXTRACTI128 $1, Y5, X6
	VPADDQ       X6, X5, X5
	VPSRLDQ      $8, X5, X6
	VPADDQ       X6, X5, X5
	MOVQ         X5, DX
	MOVQ         AX, above+24(FP)
	MOVQ         DX, equal+32(FP)
	VZEROUPPER
	RET

// func firstAboveAVX512(x *float64, blocks int, limit float64) int
TEXT ·firstAboveAVX512(SB), NOSPLIT, $0-32
	MOVQ         x+0(FP), SI
	MOVQ         blocks+8(FP), BX
	VBROADCASTSD limit+16(FP), Z0
	XORQ         AX, AX

loop:
	VMOVUPD  0(SI), Z1
	VMOVUPD  64(SI), Z2
	VCMPPD   $30, Z0, Z1, K1
	VCMPPD   $30, Z0, Z2, K2
	KORTESTB K1, K2
	JNZ      found
	ADDQ     $128, SI
	INCQ     AX
	CMPQ     AX, BX
	JNE      loop

found:
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET

// func firstAboveAVX2(x *float64, blocks int, limit float64) int
TEXT ·firstAboveAVX2(SB), NOSPLIT, $0-32
	MOVQ         x+0(FP), SI
	MOVQ         blocks+8(FP), BX
	VBROADCASTSD limit+16(FP), Y0
	XORQ         AX, AX

loop:
	VMOVUPD   0(SI), Y1
	VMOVUPD   32(SI), Y2
	VMOVUPD   64(SI), Y3
	VMOVUPD   96(SI), Y4
	VCMPPD    $30, Y0, Y1, Y1
	VCMPPD    $30, Y0, Y2, Y2
	VCMPPD    $30, Y0, Y3, Y3
	VCMPPD    $30, Y0, Y4, Y4
	VORPD     Y2, Y1, Y1
	VORPD     Y4, Y3, Y3
	VORPD     Y3, Y1, Y1
	VMOVMSKPD Y1, DX
	TESTL     DX, DX
	JNZ       found
	ADDQ      $128, SI
	INCQ      AX
	CMPQ      AX, BX
	JNE       loop

found:
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET

// func finiteAVX512(x *float64, blocks int) (odd int)
TEXT ·finiteAVX512(SB), NOSPLIT, $0-24
	MOVQ  x+0(FP), SI
	MOVQ  blocks+8(FP), BX
	VPXOR X0, X0, X0
	VPXOR X1, X1, X1
	VPXOR X2, X2, X2

loop:
	VMULPD 0(SI), Z0, Z3
	VMULPD 64(SI), Z0, Z4
	VADDPD Z3, Z1, Z1
	VADDPD Z4, Z2, Z2
	ADDQ   $128, SI
	DECQ   BX
	JNZ    loop
	VADDPD Z2, Z1, Z1
	VCMPPD $4, Z0, Z1, K1
	KMOVW  K1, AX
	MOVQ   AX, odd+16(FP)
	VZEROUPPER
	RET

// func finiteAVX2(x *float64, blocks int) (odd int)
TEXT ·finiteAVX2(SB), NOSPLIT, $0-24
	MOVQ  x+0(FP), SI
	MOVQ  blocks+8(FP), BX
	VPXOR X0, X0, X0
	VPXOR X1, X1, X1
	VPXOR X2, X2, X2

loop:
	VMULPD    0(SI), Y0, Y3
	VMULPD    32(SI), Y0, Y4
	VADDPD    Y3, Y1, Y1
	VADDPD    Y4, Y2, Y2
	VMULPD    64(SI), Y0, Y3
	VMULPD    96(SI), Y0, Y4
	VADDPD    Y3, Y1, Y1
	VADDPD    Y4, Y2, Y2
	ADDQ      $128, SI
	DECQ      BX
	JNZ       loop
	VADDPD    Y2, Y1, Y1
	VCMPPD    $4, Y0, Y1, Y1
	VMOVMSKPD Y1, AX
	MOVQ      AX, odd+16(FP)
	VZEROUPPER
	RET
