//go:build !noasm

#include "textflag.h"
#include "vector_block_amd64.h"

// LARGEST makes AX the bits of the largest |x| of Z0 and Z1; Z28 is 0x7fffffff.
#define LARGEST \
	VPANDD        Z28, Z0, Z2   \
	VPANDD        Z28, Z1, Z3   \
	VPMAXUD       Z3, Z2, Z2    \
	VEXTRACTI64X4 $1, Z2, Y3    \
	VPMAXUD       Y3, Y2, Y2    \
	VEXTRACTI128  $1, Y2, X3    \
	VPMAXUD       X3, X2, X2    \
	VPSHUFD       $0x4e, X2, X3 \
	VPMAXUD       X3, X2, X2    \
	VPSHUFD       $0xb1, X2, X3 \
	VPMAXUD       X3, X2, X2    \
	VMOVD         X2, AX

// FOLD adds the lanes of z to four.
#define FOLD(z, y, x) \
	VEXTRACTI64X4 $1, z, Y7 \
	VPADDD        Y7, y, y  \
	VEXTRACTI128  $1, y, X7 \
	VPADDD        X7, x, x

// DIGITS stores the last digits of 32 whole numbers, 16 in Z0 and 16 in Z1, and
// goes on to the next, as z + 128 over 256 rounded down: Z29 is 128. Their sums
// of 8, each digit 128 more, are left in a and b.
#define DIGITS(at, a, b) \
	VPMOVDB Z0, a           \
	VPMOVDB Z1, b           \
	VMOVDQU a, (at)(DX)     \
	VMOVDQU b, (at+16)(DX)  \
	VPADDD  Z29, Z0, Z0     \
	VPADDD  Z29, Z1, Z1     \
	VPSRAD  $8, Z0, Z0      \
	VPSRAD  $8, Z1, Z1      \
	VPXORD  X30, a, a       \
	VPXORD  X30, b, b       \
	VPSADBW X15, a, a       \
	VPSADBW X15, b, b

// PAIR makes a the sums of the two quadwords of a and of b.
#define PAIR(a, b) \
	VPUNPCKLQDQ b, a, X4 \
	VPUNPCKHQDQ b, a, X5 \
	VPADDD      X5, X4, a

// func fillBlocksAVX512(dst *vectorBlock, step int, x *float32, blocks int)
// See vectorBlock.set.
TEXT ·fillBlocksAVX512(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DX
	MOVQ         step+8(FP), R10
	MOVQ         x+16(FP), SI
	MOVQ         blocks+24(FP), CX
	MOVL         $0x7fffffff, AX
	VPBROADCASTD AX, Z28
	MOVL         $128, AX
	VPBROADCASTD AX, Z29
	MOVL         $0x80808080, AX
	VPBROADCASTD AX, X30
	MOVL         $2048, AX              // 16 digits are so much too large
	VPBROADCASTD AX, X31
	VPXOR        X15, X15, X15
	MOVL         $23, R8

loop:
	VMOVUPS (SI), Z0
	VMOVUPS 64(SI), Z1
	LARGEST
	LEAL    0x10101(AX), BX // 2²³ − 0x7efeff
	SHRL    $23, BX
	CMPL    BX, R8
	CMOVLCS R8, BX
	MOVL    $276, R9        // 2·127 + 22
	SUBL    BX, R9
	SHLL    $23, R9
	SUBL    $22, BX
	SHLL    $23, BX
	MOVL    $0x7fc00000, R11
	CMPL    AX, $0x7f800000
	CMOVLCC R11, BX
	MOVL    BX, UNIT(DX)

	VPBROADCASTD R9, Z2
	VMULPS       Z2, Z0, Z0
	VMULPS       Z2, Z1, Z1
	VCVTPS2DQ    Z0, Z0
	VCVTPS2DQ    Z1, Z1

	VMOVDQA64   Z0, Z2
	VMOVDQA64   Z1, Z3
	FOLD(Z2, Y2, X2)
	FOLD(Z3, Y3, X3)
	VPHADDD     X3, X2, X2
	VPHADDD     X2, X2, X2
	VPHADDD     X2, X2, X3
	VCVTDQ2PS   X2, X2
	VCVTDQ2PS   X3, X3
	VBROADCASTSS UNIT(DX), X4
	VMULPS      X4, X2, X2
	VMULPS      X4, X3, X3
	VMOVSS      X3, TOTAL(DX)
	VMOVLPS     X2, HALVES(DX)

	DIGITS(64, X8, X11)
	DIGITS(32, X9, X12)
	DIGITS(0, X10, X13)
	PAIR(X10, X9)
	PAIR(X8, X13)
	PAIR(X12, X11)
	VSHUFPS  $0x88, X8, X10, X2 // the first 16's, and the second's first digit
	VPSHUFD  $0x08, X12, X3
	VPSUBD   X2, X31, X2
	VPSUBD   X3, X31, X3
	VPSLLD   $3, X2, X2
	VPSLLD   $3, X3, X3
	VPALIGNR $12, X2, X3, X4    // the second 16's
	VPADDD   X4, X2, X4
	VMOVDQU  X4, MINUS(DX)
	VMOVDQU  X2, HALVED(DX)
	VMOVQ    X3, (HALVED+16)(DX)

	ADDQ $128, SI
	ADDQ R10, DX
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
