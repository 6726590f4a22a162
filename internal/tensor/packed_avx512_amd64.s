//go:build !noasm

#include "textflag.h"
#include "vector_block_amd64.h"
#include "packed_avx512_amd64.h"

// A packed matrix times one vector, groups of 16 rows, one after the other.

#define ARGUMENTS \
	MOVQ dst+0(FP), DX      \
	MOVQ data+8(FP), SI     \
	MOVQ step+24(FP), R10   \
	MOVQ blocks+32(FP), R13 \
	MOVQ groups+40(FP), R12 \
	MOVQ quants+48(FP), R8  \
	MOVQ size+56(FP), R9    \
	MOVQ flags+64(FP), R11

// ADD32 adds scale · unit · sum, and min · total, to Z3.
#define ADD32(wide, done, none) \
	VMULPS.BCST UNIT(DI), Z16, Z16  \
	SCALES32(Z6, Z7, wide, done)    \
	VMULPS      Z6, Z16, Z16        \
	VADDPS      Z16, Z3, Z3         \
	TESTQ       $2, R11             \
	JZ          none                \
	VMULPS.BCST TOTAL(DI), Z7, Z7   \
	VADDPS      Z7, Z3, Z3          \
none:

// ADD16 adds scale · unit · sum of the runs of 16, and their mins.
#define ADD16(none) \
	VBROADCASTSS UNIT(DI), Z8            \
	VMULPS       Z8, Z16, Z16            \
	VMULPS       (SI), Z16, Z16          \
	VADDPS       Z16, Z3, Z3             \
	VMULPS       Z8, Z19, Z19            \
	VMULPS       64(SI), Z19, Z19        \
	VADDPS       Z19, Z3, Z3             \
	TESTQ        $2, R11                 \
	JZ           none                    \
	VBROADCASTSS HALVES(DI), Z6          \
	VMULPS       128(SI), Z6, Z6         \
	VADDPS       Z6, Z3, Z3              \
	VBROADCASTSS (HALVES+4)(DI), Z7      \
	VMULPS       192(SI), Z7, Z7         \
	VADDPS       Z7, Z3, Z3              \
none:

// NEXT goes to the next block, then to the next group.
#define NEXT(loop, group) \
	ADDQ    R9, SI   \
	ADDQ    R10, DI  \
	DECQ    CX       \
	JNZ     loop     \
	VMOVUPS Z3, (DX) \
	ADDQ    $64, DX  \
	DECQ    R12      \
	JNZ     group    \
	VZEROUPPER       \
	RET

#define GROUP \
	MOVQ   x+16(FP), DI \
	MOVQ   R13, CX      \
	VXORPS X3, X3, X3

#define NIBBLEMASK \
	MOVL         $0x0f0f0f0f, AX \
	VPBROADCASTD AX, Z0

#define SIGNS \
	MOVL         $0x80808080, AX \
	VPBROADCASTD AX, Z0

#define CONSTANT256 \
	MOVL         $0x43800000, AX \
	VPBROADCASTD AX, Z1

// func packedN4AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int, bias int32)
TEXT ·packedN4AVX512(SB), NOSPLIT, $0-76
	ARGUMENTS
	NIBBLEMASK
	CONSTANT256
	MOVL bias+72(FP), AX
	VPBROADCASTD AX, Z2

group:
	GROUP

loop:
	BEGIN4(MINUS, Z16, Z17, Z18)
	LOW(0, Z4)
	HIGH(0, Z5)
	DOT(Z4, 0, 0, Z16, Z17, Z18)
	DOT(Z5, 0, 16, Z16, Z17, Z18)
	LOW(1, Z6)
	HIGH(1, Z7)
	DOT(Z6, 0, 4, Z16, Z17, Z18)
	DOT(Z7, 0, 20, Z16, Z17, Z18)
	LOW(2, Z4)
	HIGH(2, Z5)
	DOT(Z4, 0, 8, Z16, Z17, Z18)
	DOT(Z5, 0, 24, Z16, Z17, Z18)
	LOW(3, Z6)
	HIGH(3, Z7)
	DOT(Z6, 0, 12, Z16, Z17, Z18)
	DOT(Z7, 0, 28, Z16, Z17, Z18)
	WHOLE(Z16, Z17, Z18)
	ADD32(wide, done, none)
	NEXT(loop, group)

// func packedT4AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int, table *byte)
TEXT ·packedT4AVX512(SB), NOSPLIT, $0-80
	ARGUMENTS
	NIBBLEMASK
	CONSTANT256
	MOVQ            table+72(FP), AX
	VBROADCASTI32X4 (AX), Z2

group:
	GROUP

loop:
	BEGIN8(MINUS, Z16, Z17, Z18)
	LOWT(0, Z4)
	HIGHT(0, Z5)
	DOT(Z4, 0, 0, Z16, Z17, Z18)
	DOT(Z5, 0, 16, Z16, Z17, Z18)
	LOWT(1, Z6)
	HIGHT(1, Z7)
	DOT(Z6, 0, 4, Z16, Z17, Z18)
	DOT(Z7, 0, 20, Z16, Z17, Z18)
	LOWT(2, Z4)
	HIGHT(2, Z5)
	DOT(Z4, 0, 8, Z16, Z17, Z18)
	DOT(Z5, 0, 24, Z16, Z17, Z18)
	LOWT(3, Z6)
	HIGHT(3, Z7)
	DOT(Z6, 0, 12, Z16, Z17, Z18)
	DOT(Z7, 0, 28, Z16, Z17, Z18)
	WHOLE(Z16, Z17, Z18)
	ADD32(wide, done, none)
	NEXT(loop, group)

// func packedN8AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int)
TEXT ·packedN8AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	SIGNS
	CONSTANT256

group:
	GROUP

loop:
	BEGIN8(MINUS, Z16, Z17, Z18)
	BYTES(0, Z4)
	DOT(Z4, 0, 0, Z16, Z17, Z18)
	BYTES(1, Z5)
	DOT(Z5, 0, 4, Z16, Z17, Z18)
	BYTES(2, Z6)
	DOT(Z6, 0, 8, Z16, Z17, Z18)
	BYTES(3, Z7)
	DOT(Z7, 0, 12, Z16, Z17, Z18)
	BYTES(4, Z4)
	DOT(Z4, 0, 16, Z16, Z17, Z18)
	BYTES(5, Z5)
	DOT(Z5, 0, 20, Z16, Z17, Z18)
	BYTES(6, Z6)
	DOT(Z6, 0, 24, Z16, Z17, Z18)
	BYTES(7, Z7)
	DOT(Z7, 0, 28, Z16, Z17, Z18)
	WHOLE(Z16, Z17, Z18)
	ADD32(wide, done, none)
	NEXT(loop, group)

// func packedN4x16AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int, bias int32)
TEXT ·packedN4x16AVX512(SB), NOSPLIT, $0-76
	ARGUMENTS
	NIBBLEMASK
	CONSTANT256
	MOVL bias+72(FP), AX
	VPBROADCASTD AX, Z2

group:
	GROUP

loop:
	BEGIN4(HALVED, Z16, Z17, Z18)
	BEGIN4(HALVED+12, Z19, Z20, Z21)
	LOW(0, Z4)
	HIGH(0, Z5)
	DOT(Z4, 0, 0, Z16, Z17, Z18)
	DOT(Z5, 0, 16, Z19, Z20, Z21)
	LOW(1, Z6)
	HIGH(1, Z7)
	DOT(Z6, 0, 4, Z16, Z17, Z18)
	DOT(Z7, 0, 20, Z19, Z20, Z21)
	LOW(2, Z4)
	HIGH(2, Z5)
	DOT(Z4, 0, 8, Z16, Z17, Z18)
	DOT(Z5, 0, 24, Z19, Z20, Z21)
	LOW(3, Z6)
	HIGH(3, Z7)
	DOT(Z6, 0, 12, Z16, Z17, Z18)
	DOT(Z7, 0, 28, Z19, Z20, Z21)
	WHOLE(Z16, Z17, Z18)
	WHOLE(Z19, Z20, Z21)
	ADD16(none)
	NEXT(loop, group)

// func packedN8x16AVX512(dst *float32, data *byte, x *vectorBlock, step, blocks, groups, quants, size, flags int)
TEXT ·packedN8x16AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	SIGNS
	CONSTANT256

group:
	GROUP

loop:
	BEGIN8(HALVED, Z16, Z17, Z18)
	BEGIN8(HALVED+12, Z19, Z20, Z21)
	BYTES(0, Z4)
	DOT(Z4, 0, 0, Z16, Z17, Z18)
	BYTES(4, Z5)
	DOT(Z5, 0, 16, Z19, Z20, Z21)
	BYTES(1, Z6)
	DOT(Z6, 0, 4, Z16, Z17, Z18)
	BYTES(5, Z7)
	DOT(Z7, 0, 20, Z19, Z20, Z21)
	BYTES(2, Z4)
	DOT(Z4, 0, 8, Z16, Z17, Z18)
	BYTES(6, Z5)
	DOT(Z5, 0, 24, Z19, Z20, Z21)
	BYTES(3, Z6)
	DOT(Z6, 0, 12, Z16, Z17, Z18)
	BYTES(7, Z7)
	DOT(Z7, 0, 28, Z19, Z20, Z21)
	WHOLE(Z16, Z17, Z18)
	WHOLE(Z19, Z20, Z21)
	ADD16(none)
	NEXT(loop, group)
