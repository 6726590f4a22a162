//go:build !noasm

#include "textflag.h"

// Sums run in 16 lanes, one Z register or two Y registers, and products are
// rounded before they are added: the bits are those of dotGo.

// REDUCE1 adds lanes i and i+8 (in lo and hi of Y0 and Y1), then i+4, i+2, i+1.
#define REDUCE1 \
	VADDPS       Y1, Y0, Y0 \
	VEXTRACTF128 $1, Y0, X1 \
	VADDPS       X1, X0, X0 \
	VMOVHLPS     X0, X0, X1 \
	VADDPS       X1, X0, X0 \
	VMOVSHDUP    X0, X1     \
	VADDSS       X1, X0, X0

// func dotAVX512(x, y *float32, blocks int, mask uint16) float32
// blocks of 16 elements, then those of mask.
TEXT ·dotAVX512(SB), NOSPLIT, $0-36
	MOVQ    x+0(FP), SI
	MOVQ    y+8(FP), DI
	MOVQ    blocks+16(FP), CX
	MOVWLZX mask+24(FP), AX
	VXORPS  X0, X0, X0
	TESTQ   CX, CX
	JZ      tail

loop:
	VMOVUPS (SI), Z1
	VMULPS  (DI), Z1, Z1
	VADDPS  Z1, Z0, Z0
	ADDQ    $64, SI
	ADDQ    $64, DI
	DECQ    CX
	JNZ     loop

tail:
	TESTL     AX, AX
	JZ        sum
	KMOVW     AX, K1
	VMOVUPS.Z (SI), K1, Z1
	VMOVUPS.Z (DI), K1, Z2
	VMULPS    Z2, Z1, Z1
	VADDPS    Z1, Z0, Z0

sum:
	VEXTRACTF64X4 $1, Z0, Y1
	REDUCE1
	VMOVSS        X0, ret+32(FP)
	VZEROUPPER
	RET

// func dotAVX2(x, y *float32, blocks int, mask *int32) float32
// blocks of 16 elements, then those of the 16 masks, if there are any.
TEXT ·dotAVX2(SB), NOSPLIT, $0-36
	MOVQ   x+0(FP), SI
	MOVQ   y+8(FP), DI
	MOVQ   blocks+16(FP), CX
	MOVQ   mask+24(FP), AX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	TESTQ  CX, CX
	JZ     tail

loop:
	VMOVUPS (SI), Y2
	VMOVUPS 32(SI), Y3
	VMULPS  (DI), Y2, Y2
	VMULPS  32(DI), Y3, Y3
	VADDPS  Y2, Y0, Y0
	VADDPS  Y3, Y1, Y1
	ADDQ    $64, SI
	ADDQ    $64, DI
	DECQ    CX
	JNZ     loop

tail:
	TESTQ      AX, AX
	JZ         sum
	VMOVUPS    (AX), Y4
	VMOVUPS    32(AX), Y5
	VMASKMOVPS (SI), Y4, Y2
	VMASKMOVPS (DI), Y4, Y6
	VMASKMOVPS 32(SI), Y5, Y3
	VMASKMOVPS 32(DI), Y5, Y7
	VMULPS     Y6, Y2, Y2
	VMULPS     Y7, Y3, Y3
	VADDPS     Y2, Y0, Y0
	VADDPS     Y3, Y1, Y1

sum:
	REDUCE1
	VMOVSS X0, ret+32(FP)
	VZEROUPPER
	RET
