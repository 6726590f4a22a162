//go:build !noasm

#include "textflag.h"
#include "vector_block_amd64.h"

DATA sign<>+0(SB)/4, $0x7fffffff
GLOBL sign<>(SB), RODATA|NOPTR, $4

DATA half<>+0(SB)/4, $128
GLOBL half<>(SB), RODATA|NOPTR, $4

DATA bias<>+0(SB)/4, $0x80808080
GLOBL bias<>(SB), RODATA|NOPTR, $4

DATA order<>+0(SB)/8, $0x0000000400000000
DATA order<>+8(SB)/8, $0x0000000500000001
DATA order<>+16(SB)/8, $0x0000000600000002
DATA order<>+24(SB)/8, $0x0000000700000003
GLOBL order<>(SB), RODATA|NOPTR, $32

// SHIFT goes to the next digit of 8 whole numbers: z + 128 over 256, rounded
// down. Y11 is 128.
#define SHIFT(z) \
	VPADDD Y11, z, z \
	VPSRAD $8, z, z

// LAST takes the last digit of 8 whole numbers.
#define LAST(z, to) \
	VPSLLD $24, z, to  \
	VPSRAD $24, to, to

// WIDE stores 16 numbers of 16 bits, of which a register has the first, third,
// second and fourth four: of each four the first and third, then the others.
#define WIDE(y, at) \
	VPERMQ   $0xd8, y, Y4   \
	VPSHUFLW $0xd8, Y4, Y4  \
	VPSHUFHW $0xd8, Y4, Y4  \
	VMOVDQU  Y4, (at)(BX)

// BYTES stores the digits of which Y5 and Y6 have 16 each, of 16 bits, and leaves
// their sums of 8, each digit 128 more, in y. Y12 is 0, Y13 is 0x80 in each
// byte, Y14 the order in which they are packed.
#define BYTES(at, y) \
	VPACKSSWB Y6, Y5, y    \
	VPERMD    y, Y14, y    \
	VMOVDQU   y, (at)(DX)  \
	VPXOR     Y13, y, y    \
	VPSADBW   Y12, y, y

// SUMS stores −8 times the sums of a digit: of the first 16, the others, and all.
#define SUMS(y, x, at) \
	VPSHUFD      $0x4e, y, Y4              \
	VPADDD       Y4, y, y                  \
	VEXTRACTI128 $1, y, X4                 \
	VMOVD        x, AX                     \
	VMOVD        X4, R9                    \
	NEGL         AX                        \
	NEGL         R9                        \
	LEAL         16384(AX*8), AX           \
	LEAL         16384(R9*8), R9           \
	MOVL         AX, (HALVED+at)(DX)       \
	MOVL         R9, (HALVED+12+at)(DX)    \
	ADDL         R9, AX                    \
	MOVL         AX, (MINUS+at)(DX)

// func fillBlocksAVX2(dst *vectorBlock, wide *wideBlock, step, wstep int, x *float32, blocks int)
// See vectorBlock.set.
TEXT ·fillBlocksAVX2(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DX
	MOVQ         wide+8(FP), BX
	MOVQ         step+16(FP), R10
	MOVQ         wstep+24(FP), R12
	MOVQ         x+32(FP), SI
	MOVQ         blocks+40(FP), CX
	VPBROADCASTD sign<>(SB), Y15
	VPBROADCASTD half<>(SB), Y11
	VPBROADCASTD bias<>(SB), Y13
	VMOVDQU      order<>(SB), Y14
	VPXOR        Y12, Y12, Y12
	MOVL         $23, R8

loop:
	VMOVUPS      (SI), Y0
	VMOVUPS      32(SI), Y1
	VMOVUPS      64(SI), Y2
	VMOVUPS      96(SI), Y3
	VPAND        Y15, Y0, Y4
	VPAND        Y15, Y1, Y5
	VPAND        Y15, Y2, Y6
	VPAND        Y15, Y3, Y7
	VPMAXUD      Y5, Y4, Y4
	VPMAXUD      Y7, Y6, Y6
	VPMAXUD      Y6, Y4, Y4
	VEXTRACTI128 $1, Y4, X5
	VPMAXUD      X5, X4, X4
	VPSHUFD      $0x4e, X4, X5
	VPMAXUD      X5, X4, X4
	VPSHUFD      $0xb1, X4, X5
	VPMAXUD      X5, X4, X4
	VMOVD        X4, AX
	LEAL         0x10101(AX), R13 // 2²³ − 0x7efeff
	SHRL         $23, R13
	CMPL         R13, R8
	CMOVLCS      R8, R13
	MOVL         $276, R9         // 2·127 + 22
	SUBL         R13, R9
	SHLL         $23, R9
	SUBL         $22, R13
	SHLL         $23, R13
	MOVL         $0x7fc00000, R11
	CMPL         AX, $0x7f800000
	CMOVLCC      R11, R13
	MOVL         R13, UNIT(DX)

	VMOVD        R9, X4
	VPBROADCASTD X4, Y4
	VMULPS       Y4, Y0, Y0
	VMULPS       Y4, Y1, Y1
	VMULPS       Y4, Y2, Y2
	VMULPS       Y4, Y3, Y3
	VCVTPS2DQ    Y0, Y0
	VCVTPS2DQ    Y1, Y1
	VCVTPS2DQ    Y2, Y2
	VCVTPS2DQ    Y3, Y3

	VPADDD       Y0, Y1, Y4
	VPADDD       Y2, Y3, Y5
	VEXTRACTI128 $1, Y4, X6
	VEXTRACTI128 $1, Y5, X7
	VPADDD       X6, X4, X4
	VPADDD       X7, X5, X5
	VPHADDD      X5, X4, X4
	VPHADDD      X4, X4, X4
	VPHADDD      X4, X4, X5
	VCVTDQ2PS    X4, X4
	VCVTDQ2PS    X5, X5
	VBROADCASTSS UNIT(DX), X6
	VMULPS       X6, X4, X4
	VMULPS       X6, X5, X5
	VMOVSS       X5, TOTAL(DX)
	VMOVLPS      X4, HALVES(DX)

	LAST(Y0, Y4)
	LAST(Y1, Y5)
	LAST(Y2, Y6)
	LAST(Y3, Y7)
	VPACKSSDW Y5, Y4, Y5
	VPACKSSDW Y7, Y6, Y6
	WIDE(Y5, 64)
	WIDE(Y6, 96)
	BYTES(64, Y10)
	SHIFT(Y0)
	SHIFT(Y1)
	SHIFT(Y2)
	SHIFT(Y3)
	VPACKSSDW Y1, Y0, Y5
	VPACKSSDW Y3, Y2, Y6
	WIDE(Y5, 0)
	WIDE(Y6, 32)
	LAST(Y0, Y4)
	LAST(Y1, Y5)
	LAST(Y2, Y6)
	LAST(Y3, Y7)
	VPACKSSDW Y5, Y4, Y5
	VPACKSSDW Y7, Y6, Y6
	BYTES(32, Y9)
	SHIFT(Y0)
	SHIFT(Y1)
	SHIFT(Y2)
	SHIFT(Y3)
	VPACKSSDW Y1, Y0, Y5
	VPACKSSDW Y3, Y2, Y6
	BYTES(0, Y8)
	SUMS(Y8, X8, 0)
	SUMS(Y9, X9, 4)
	SUMS(Y10, X10, 8)

	ADDQ $128, SI
	ADDQ R10, DX
	ADDQ R12, BX
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
