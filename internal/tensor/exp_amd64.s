//go:build !noasm

#include "textflag.h"

// The steps of expf, in its order and with its roundings, on 16 or 8 numbers at
// once. AX points to its constants, 8 of each: expTable.

// CONSTANTS loads the constants of EXP512 into Z16 to Z28.
#define CONSTANTS \
	VBROADCASTSS 0(AX), Z16   \
	VBROADCASTSS 32(AX), Z17  \
	VBROADCASTSS 64(AX), Z18  \
	VBROADCASTSS 96(AX), Z19  \
	VBROADCASTSS 128(AX), Z20 \
	VBROADCASTSS 160(AX), Z21 \
	VBROADCASTSS 192(AX), Z22 \
	VBROADCASTSS 224(AX), Z23 \
	VBROADCASTSS 256(AX), Z24 \
	VBROADCASTSS 288(AX), Z25 \
	VBROADCASTSS 320(AX), Z26 \
	VBROADCASTSS 352(AX), Z27 \
	VBROADCASTSS 384(AX), Z28

// EXP512 replaces x by exp x; its last step multiplies by a power of two at once.
// VMINPS and VMAXPS keep x if it is not a number.
#define EXP512(x, a, b, d) \
	VMINPS    x, Z16, x \
	VMAXPS    x, Z17, x \
	VMULPS    Z18, x, a \
	VADDPS    Z19, a, a \
	VSUBPS    Z19, a, b \
	VMULPS    Z20, b, d \
	VSUBPS    d, x, x   \
	VMULPS    Z21, b, d \
	VSUBPS    d, x, x   \
	VMULPS    Z22, x, a \
	VADDPS    Z23, a, a \
	VMULPS    x, a, a   \
	VADDPS    Z24, a, a \
	VMULPS    x, a, a   \
	VADDPS    Z25, a, a \
	VMULPS    x, a, a   \
	VADDPS    Z26, a, a \
	VMULPS    x, a, a   \
	VADDPS    Z27, a, a \
	VMULPS    x, x, d   \
	VMULPS    d, a, a   \
	VADDPS    x, a, a   \
	VADDPS    Z28, a, a \
	VSCALEFPS b, a, x

// EXP256 is EXP512 with the constants in memory.
#define EXP256(x, a, b, d) \
	VMOVUPS 0(AX), a      \
	VMINPS  x, a, x       \
	VMOVUPS 32(AX), a     \
	VMAXPS  x, a, x       \
	VMULPS  64(AX), x, a  \
	VADDPS  96(AX), a, a  \
	VPSUBD  96(AX), a, b  \
	VSUBPS  96(AX), a, a  \
	VMULPS  128(AX), a, d \
	VSUBPS  d, x, x       \
	VMULPS  160(AX), a, d \
	VSUBPS  d, x, x       \
	VMULPS  192(AX), x, a \
	VADDPS  224(AX), a, a \
	VMULPS  x, a, a       \
	VADDPS  256(AX), a, a \
	VMULPS  x, a, a       \
	VADDPS  288(AX), a, a \
	VMULPS  x, a, a       \
	VADDPS  320(AX), a, a \
	VMULPS  x, a, a       \
	VADDPS  352(AX), a, a \
	VMULPS  x, x, d       \
	VMULPS  d, a, a       \
	VADDPS  x, a, a       \
	VADDPS  384(AX), a, a \
	VPSRAD  $1, b, d      \
	VPSUBD  d, b, b       \
	VPADDD  416(AX), d, d \
	VPSLLD  $23, d, d     \
	VMULPS  d, a, a       \
	VPADDD  416(AX), b, b \
	VPSLLD  $23, b, b     \
	VMULPS  b, a, x

// func expSubAVX512(dst, x *float32, blocks int, c float32, sums *float64, table *float32)
// dst = exp(x − c); the 16 sums grow by what is written.
TEXT ·expSubAVX512(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), CX
	VBROADCASTSS c+24(FP), Z8
	MOVQ         sums+32(FP), DX
	MOVQ         table+40(FP), AX
	CONSTANTS
	VMOVUPD      (DX), Z9
	VMOVUPD      64(DX), Z10

loop:
	VMOVUPS       (SI), Z0
	VSUBPS        Z8, Z0, Z0
	EXP512(Z0, Z1, Z2, Z3)
	VMOVUPS       Z0, (DI)
	VEXTRACTF64X4 $1, Z0, Y1
	VCVTPS2PD     Y0, Z2
	VCVTPS2PD     Y1, Z3
	VADDPD        Z2, Z9, Z9
	VADDPD        Z3, Z10, Z10
	ADDQ          $64, SI
	ADDQ          $64, DI
	DECQ          CX
	JNZ           loop
	VMOVUPD       Z9, (DX)
	VMOVUPD       Z10, 64(DX)
	VZEROUPPER
	RET

// func expSubAVX2(dst, x *float32, blocks int, c float32, sums *float64, table *float32)
TEXT ·expSubAVX2(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), CX
	VBROADCASTSS c+24(FP), Y8
	MOVQ         sums+32(FP), DX
	MOVQ         table+40(FP), AX
	VMOVUPD      (DX), Y9
	VMOVUPD      32(DX), Y10
	VMOVUPD      64(DX), Y11
	VMOVUPD      96(DX), Y12

loop:
	VMOVUPS      (SI), Y0
	VMOVUPS      32(SI), Y4
	VSUBPS       Y8, Y0, Y0
	VSUBPS       Y8, Y4, Y4
	EXP256(Y0, Y1, Y2, Y3)
	EXP256(Y4, Y5, Y6, Y7)
	VMOVUPS      Y0, (DI)
	VMOVUPS      Y4, 32(DI)
	VEXTRACTF128 $1, Y0, X1
	VEXTRACTF128 $1, Y4, X5
	VCVTPS2PD    X0, Y0
	VCVTPS2PD    X1, Y1
	VCVTPS2PD    X4, Y4
	VCVTPS2PD    X5, Y5
	VADDPD       Y0, Y9, Y9
	VADDPD       Y1, Y10, Y10
	VADDPD       Y4, Y11, Y11
	VADDPD       Y5, Y12, Y12
	ADDQ         $64, SI
	ADDQ         $64, DI
	DECQ         CX
	JNZ          loop
	VMOVUPD      Y9, (DX)
	VMOVUPD      Y10, 32(DX)
	VMOVUPD      Y11, 64(DX)
	VMOVUPD      Y12, 96(DX)
	VZEROUPPER
	RET

// func siluMulAVX512(dst, gate, up *float32, blocks int, table *float32)
// dst = gate / (1 + exp(−gate)) · up
TEXT ·siluMulAVX512(SB), NOSPLIT, $0-40
	MOVQ   dst+0(FP), DI
	MOVQ   gate+8(FP), SI
	MOVQ   up+16(FP), DX
	MOVQ   blocks+24(FP), CX
	MOVQ   table+32(FP), AX
	CONSTANTS
	VPXORD Z8, Z8, Z8

loop:
	VMOVUPS (SI), Z4
	VSUBPS  Z4, Z8, Z0
	EXP512(Z0, Z1, Z2, Z3)
	VADDPS  Z28, Z0, Z0
	VDIVPS  Z0, Z4, Z0
	VMULPS  (DX), Z0, Z0
	VMOVUPS Z0, (DI)
	ADDQ    $64, SI
	ADDQ    $64, DI
	ADDQ    $64, DX
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func siluMulAVX2(dst, gate, up *float32, blocks int, table *float32)
TEXT ·siluMulAVX2(SB), NOSPLIT, $0-40
	MOVQ   dst+0(FP), DI
	MOVQ   gate+8(FP), SI
	MOVQ   up+16(FP), DX
	MOVQ   blocks+24(FP), CX
	MOVQ   table+32(FP), AX
	ADDQ   CX, CX
	VXORPS Y8, Y8, Y8

loop:
	VMOVUPS (SI), Y4
	VSUBPS  Y4, Y8, Y0
	EXP256(Y0, Y1, Y2, Y3)
	VADDPS  384(AX), Y0, Y0
	VDIVPS  Y0, Y4, Y0
	VMULPS  (DX), Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ    $32, SI
	ADDQ    $32, DI
	ADDQ    $32, DX
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET
