//go:build !noasm

#include "textflag.h"

// The steps of expf, in its order and with its roundings, on 16 or 8 numbers at
// once. expTable holds its constants, 8 of each.

// CONSTANTS loads the constants of EXP512 into Z16 to Z29.
#define CONSTANTS \
	VBROADCASTSS ·expTable+0(SB), Z16   \
	VBROADCASTSS ·expTable+32(SB), Z17  \
	VBROADCASTSS ·expTable+64(SB), Z18  \
	VBROADCASTSS ·expTable+96(SB), Z19  \
	VBROADCASTSS ·expTable+128(SB), Z20 \
	VBROADCASTSS ·expTable+160(SB), Z21 \
	VBROADCASTSS ·expTable+192(SB), Z22 \
	VBROADCASTSS ·expTable+224(SB), Z23 \
	VBROADCASTSS ·expTable+256(SB), Z24 \
	VBROADCASTSS ·expTable+288(SB), Z25 \
	VBROADCASTSS ·expTable+320(SB), Z26 \
	VBROADCASTSS ·expTable+352(SB), Z27 \
	VBROADCASTSS ·expTable+384(SB), Z28 \
	VBROADCASTSS ·expTable+416(SB), Z29

// EXP512 replaces x by exp x. VMINPS and VMAXPS keep x if it is not a number.
#define EXP512(x, a, b, d) \
	VMINPS x, Z16, x \
	VMAXPS x, Z17, x \
	VMULPS Z18, x, a \
	VADDPS Z19, a, a \
	VPSUBD Z19, a, b \
	VSUBPS Z19, a, a \
	VMULPS Z20, a, d \
	VSUBPS d, x, x   \
	VMULPS Z21, a, d \
	VSUBPS d, x, x   \
	VMULPS Z22, x, a \
	VADDPS Z23, a, a \
	VMULPS x, a, a   \
	VADDPS Z24, a, a \
	VMULPS x, a, a   \
	VADDPS Z25, a, a \
	VMULPS x, a, a   \
	VADDPS Z26, a, a \
	VMULPS x, a, a   \
	VADDPS Z27, a, a \
	VMULPS x, x, d   \
	VMULPS d, a, a   \
	VADDPS x, a, a   \
	VADDPS Z28, a, a \
	VPSRAD $1, b, d  \
	VPSUBD d, b, b   \
	VPADDD Z29, d, d \
	VPSLLD $23, d, d \
	VMULPS d, a, a   \
	VPADDD Z29, b, b \
	VPSLLD $23, b, b \
	VMULPS b, a, x

// EXP256 is EXP512 with the constants in memory.
#define EXP256(x, a, b, d) \
	VMOVUPS ·expTable+0(SB), a      \
	VMINPS  x, a, x                 \
	VMOVUPS ·expTable+32(SB), a     \
	VMAXPS  x, a, x                 \
	VMULPS  ·expTable+64(SB), x, a  \
	VADDPS  ·expTable+96(SB), a, a  \
	VPSUBD  ·expTable+96(SB), a, b  \
	VSUBPS  ·expTable+96(SB), a, a  \
	VMULPS  ·expTable+128(SB), a, d \
	VSUBPS  d, x, x                 \
	VMULPS  ·expTable+160(SB), a, d \
	VSUBPS  d, x, x                 \
	VMULPS  ·expTable+192(SB), x, a \
	VADDPS  ·expTable+224(SB), a, a \
	VMULPS  x, a, a                 \
	VADDPS  ·expTable+256(SB), a, a \
	VMULPS  x, a, a                 \
	VADDPS  ·expTable+288(SB), a, a \
	VMULPS  x, a, a                 \
	VADDPS  ·expTable+320(SB), a, a \
	VMULPS  x, a, a                 \
	VADDPS  ·expTable+352(SB), a, a \
	VMULPS  x, x, d                 \
	VMULPS  d, a, a                 \
	VADDPS  x, a, a                 \
	VADDPS  ·expTable+384(SB), a, a \
	VPSRAD  $1, b, d                \
	VPSUBD  d, b, b                 \
	VPADDD  ·expTable+416(SB), d, d \
	VPSLLD  $23, d, d               \
	VMULPS  d, a, a                 \
	VPADDD  ·expTable+416(SB), b, b \
	VPSLLD  $23, b, b               \
	VMULPS  b, a, x

// func expSubAVX512(dst, x *float32, blocks int, c float32, sums *float64)
// dst = exp(x − c); the 16 sums grow by what is written.
TEXT ·expSubAVX512(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), CX
	VBROADCASTSS c+24(FP), Z8
	MOVQ         sums+32(FP), DX
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

// func expSubAVX2(dst, x *float32, blocks int, c float32, sums *float64)
TEXT ·expSubAVX2(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         blocks+16(FP), CX
	VBROADCASTSS c+24(FP), Y8
	MOVQ         sums+32(FP), DX
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

// func siluMulAVX512(dst, gate, up *float32, blocks int)
// dst = gate / (1 + exp(−gate)) · up
TEXT ·siluMulAVX512(SB), NOSPLIT, $0-32
	MOVQ   dst+0(FP), DI
	MOVQ   gate+8(FP), SI
	MOVQ   up+16(FP), DX
	MOVQ   blocks+24(FP), CX
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

// func siluMulAVX2(dst, gate, up *float32, blocks int)
TEXT ·siluMulAVX2(SB), NOSPLIT, $0-32
	MOVQ   dst+0(FP), DI
	MOVQ   gate+8(FP), SI
	MOVQ   up+16(FP), DX
	MOVQ   blocks+24(FP), CX
	ADDQ   CX, CX
	VXORPS Y8, Y8, Y8

loop:
	VMOVUPS (SI), Y4
	VSUBPS  Y4, Y8, Y0
	EXP256(Y0, Y1, Y2, Y3)
	VADDPS  ·expTable+384(SB), Y0, Y0
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
