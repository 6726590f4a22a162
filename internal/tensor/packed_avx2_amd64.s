//go:build !noasm

#include "textflag.h"
#include "vector_block_amd64.h"

// A packed matrix times one vector, groups of 16 rows, one after the other, 8
// rows in a register: Y2 and Y3 are the sums. AX is the table of nibbles, or the
// mask of what is to be subtracted from them: ones for 8, zeros for nothing.

DATA ones16<>+0(SB)/4, $0x00010001
GLOBL ones16<>(SB), RODATA|NOPTR, $4

DATA f256<>+0(SB)/4, $0x43800000
GLOBL f256<>(SB), RODATA|NOPTR, $4

DATA nibbles<>+0(SB)/4, $0x0f0f0f0f
GLOBL nibbles<>(SB), RODATA|NOPTR, $4

#define ARGUMENTS \
	MOVQ dst+0(FP), DX      \
	MOVQ data+8(FP), SI     \
	MOVQ step+32(FP), R10   \
	MOVQ wstep+40(FP), R14  \
	MOVQ blocks+48(FP), R13 \
	MOVQ groups+56(FP), R12 \
	MOVQ quants+64(FP), R8  \
	MOVQ size+72(FP), R9    \
	MOVQ flags+80(FP), R11  \
	MOVQ table+88(FP), AX   \
	VPBROADCASTD nibbles<>(SB), Y0

#define GROUP \
	MOVQ   x+16(FP), DI    \
	MOVQ   wide+24(FP), BX \
	MOVQ   R13, CX         \
	VXORPS Y2, Y2, Y2      \
	VXORPS Y3, Y3, Y3

#define NEXT(loop, group) \
	ADDQ    R9, SI     \
	ADDQ    R10, DI    \
	ADDQ    R14, BX    \
	DECQ    CX         \
	JNZ     loop       \
	VMOVUPS Y2, (DX)   \
	VMOVUPS Y3, 32(DX) \
	ADDQ    $64, DX    \
	DECQ    R12        \
	JNZ     group      \
	VZEROUPPER         \
	RET

// ZERO6 clears the sums of digits.
#define ZERO6 \
	VPXOR Y4, Y4, Y4 \
	VPXOR Y5, Y5, Y5 \
	VPXOR Y6, Y6, Y6 \
	VPXOR Y7, Y7, Y7 \
	VPXOR Y8, Y8, Y8 \
	VPXOR Y9, Y9, Y9

// DOT1 adds the products of 4 columns, those of c, with a digit, in pairs: 8
// rows of nibbles are in Y12, 8 in Y13. Of 32 columns a sum is at most 8·2·15·128,
// which 16 bits hold.
#define DOT1(c, a, b) \
	VPBROADCASTD c(DI), Y14     \
	VPMADDUBSW   Y14, Y12, Y15  \
	VPADDW       Y15, a, a      \
	VPMADDUBSW   Y14, Y13, Y15  \
	VPADDW       Y15, b, b

#define DOT3(c) \
	DOT1((c), Y4, Y7)    \
	DOT1((c+32), Y5, Y8) \
	DOT1((c+64), Y6, Y9)

// LOW and HIGH take the nibbles of dword j.
#define LOW(j) \
	VPAND (64*j)(SI)(R8*1), Y0, Y12    \
	VPAND (64*j+32)(SI)(R8*1), Y0, Y13

#define HIGH(j) \
	VMOVDQU (64*j)(SI)(R8*1), Y12    \
	VMOVDQU (64*j+32)(SI)(R8*1), Y13 \
	VPSRLW  $4, Y12, Y12             \
	VPSRLW  $4, Y13, Y13             \
	VPAND   Y0, Y12, Y12             \
	VPAND   Y0, Y13, Y13

// LESS makes the sums of three digits 32 bits wide, and subtracts what nibbles are
// too large by: the vector has −8·Σ of the digits at.
#define LESS1(at, a, b) \
	VPBROADCASTD at(DI), Y10    \
	VPAND        (AX), Y10, Y10 \
	VPMADDWD     Y11, a, a      \
	VPMADDWD     Y11, b, b      \
	VPADDD       Y10, a, a      \
	VPADDD       Y10, b, b

#define LESS(at) \
	VPBROADCASTD ones16<>(SB), Y11 \
	LESS1((at), Y4, Y7)            \
	LESS1((at+4), Y5, Y8)          \
	LESS1((at+8), Y6, Y9)

// UNITS makes hi the sum 256·hi + lo times the unit, as float32.
#define UNITS(hi, lo) \
	VCVTDQ2PS    hi, hi       \
	VCVTDQ2PS    lo, lo       \
	VFMADD213PS  lo, Y13, hi  \
	VMULPS       Y14, hi, hi

// WHOLE makes Y4 and Y7 the sums of three digits times the unit.
#define WHOLE \
	VBROADCASTSS f256<>(SB), Y13  \
	VBROADCASTSS UNIT(DI), Y14    \
	VPSLLD       $8, Y4, Y4       \
	VPSLLD       $8, Y7, Y7       \
	VPADDD       Y5, Y4, Y4       \
	VPADDD       Y8, Y7, Y7       \
	UNITS(Y4, Y6)                 \
	UNITS(Y7, Y9)

// ADD adds scale times a and b to the sums.
#define ADD(scale0, scale1, a, b) \
	VMULPS scale0, a, a \
	VADDPS a, Y2, Y2    \
	VMULPS scale1, b, b \
	VADDPS b, Y3, Y3

// ADD32 adds a and b, times the scales of runs of 32, and mins.
#define ADD32(a, b, wide, mins, none) \
	TESTQ        $1, R11          \
	JZ           wide             \
	VCVTPH2PS    (SI), Y10        \
	VCVTPH2PS    16(SI), Y11      \
	VCVTPH2PS    32(SI), Y12      \
	VCVTPH2PS    48(SI), Y13      \
	JMP          mins             \
wide:                             \
	VMOVUPS      (SI), Y10        \
	VMOVUPS      32(SI), Y11      \
	VMOVUPS      64(SI), Y12      \
	VMOVUPS      96(SI), Y13      \
mins:                             \
	ADD(Y10, Y11, a, b)           \
	TESTQ        $2, R11          \
	JZ           none             \
	VBROADCASTSS TOTAL(DI), Y14   \
	ADD(Y14, Y14, Y12, Y13)       \
none:

// MINS16 adds the mins of runs of 16.
#define MINS16(none) \
	TESTQ        $2, R11            \
	JZ           none               \
	VBROADCASTSS HALVES(DI), Y12    \
	VMOVAPS      Y12, Y13           \
	ADD(128(SI), 160(SI), Y12, Y13) \
	VBROADCASTSS (HALVES+4)(DI), Y12 \
	VMOVAPS      Y12, Y13           \
	ADD(192(SI), 224(SI), Y12, Y13) \
none:

// func packedN4AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)
TEXT ·packedN4AVX2(SB), NOSPLIT, $0-96
	ARGUMENTS

group:
	GROUP

loop:
	ZERO6
	LOW(0)
	DOT3(0)
	HIGH(0)
	DOT3(16)
	LOW(1)
	DOT3(4)
	HIGH(1)
	DOT3(20)
	LOW(2)
	DOT3(8)
	HIGH(2)
	DOT3(24)
	LOW(3)
	DOT3(12)
	HIGH(3)
	DOT3(28)
	LESS(MINUS)
	WHOLE
	ADD32(Y4, Y7, wide, mins, none)
	NEXT(loop, group)

// func packedN4x16AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)
TEXT ·packedN4x16AVX2(SB), NOSPLIT, $0-96
	ARGUMENTS

group:
	GROUP

loop:
	ZERO6
	LOW(0)
	DOT3(0)
	LOW(1)
	DOT3(4)
	LOW(2)
	DOT3(8)
	LOW(3)
	DOT3(12)
	LESS(HALVED)
	WHOLE
	ADD((SI), 32(SI), Y4, Y7)
	ZERO6
	HIGH(0)
	DOT3(16)
	HIGH(1)
	DOT3(20)
	HIGH(2)
	DOT3(24)
	HIGH(3)
	DOT3(28)
	LESS(HALVED+12)
	WHOLE
	ADD(64(SI), 96(SI), Y4, Y7)
	MINS16(none)
	NEXT(loop, group)

// ZERO4 clears the sums of both digits of 16 bits.
#define ZERO4 \
	VPXOR Y4, Y4, Y4 \
	VPXOR Y5, Y5, Y5 \
	VPXOR Y6, Y6, Y6 \
	VPXOR Y7, Y7, Y7

// DIGITS takes 4 columns of a vector from its wide block: the upper digit of
// columns 0 and 2, 1 and 3, and the lower one.
#define DIGITS(j) \
	VPBROADCASTD (8*j)(BX), Y12    \
	VPBROADCASTD (8*j+4)(BX), Y13  \
	VPBROADCASTD (8*j+64)(BX), Y14 \
	VPBROADCASTD (8*j+68)(BX), Y15

// DOT2 adds the products of 4 columns of 8 rows of int8 in Y10.
#define DOT2(hi, lo) \
	VPSLLW   $8, Y10, Y11  \
	VPSRAW   $8, Y10, Y10  \
	VPSRAW   $8, Y11, Y11  \
	VPMADDWD Y12, Y11, Y8  \
	VPMADDWD Y13, Y10, Y9  \
	VPADDD   Y8, hi, hi    \
	VPADDD   Y9, hi, hi    \
	VPMADDWD Y14, Y11, Y8  \
	VPMADDWD Y15, Y10, Y9  \
	VPADDD   Y8, lo, lo    \
	VPADDD   Y9, lo, lo

#define BYTES(j) \
	DIGITS(j)                         \
	VMOVDQU (64*j)(SI)(R8*1), Y10     \
	DOT2(Y4, Y5)                      \
	VMOVDQU (64*j+32)(SI)(R8*1), Y10  \
	DOT2(Y6, Y7)

// LOWT and HIGHT look nibbles up in the table in Y1.
#define LOWT(j) \
	DIGITS(j)                             \
	VPAND   (64*j)(SI)(R8*1), Y0, Y10     \
	VPSHUFB Y10, Y1, Y10                  \
	DOT2(Y4, Y5)                          \
	VPAND   (64*j+32)(SI)(R8*1), Y0, Y10  \
	VPSHUFB Y10, Y1, Y10                  \
	DOT2(Y6, Y7)

#define HIGHT(j) \
	DIGITS((4+j))                     \
	VMOVDQU (64*j)(SI)(R8*1), Y10     \
	VPSRLW  $4, Y10, Y10              \
	VPAND   Y0, Y10, Y10              \
	VPSHUFB Y10, Y1, Y10              \
	DOT2(Y4, Y5)                      \
	VMOVDQU (64*j+32)(SI)(R8*1), Y10  \
	VPSRLW  $4, Y10, Y10              \
	VPAND   Y0, Y10, Y10              \
	VPSHUFB Y10, Y1, Y10              \
	DOT2(Y6, Y7)

// WHOLE2 makes Y4 and Y6 the sums of two digits times the unit.
#define WHOLE2 \
	VBROADCASTSS f256<>(SB), Y13 \
	VBROADCASTSS UNIT(DI), Y14   \
	UNITS(Y4, Y5)                \
	UNITS(Y6, Y7)

// func packedN8AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)
TEXT ·packedN8AVX2(SB), NOSPLIT, $0-96
	ARGUMENTS

group:
	GROUP

loop:
	ZERO4
	BYTES(0)
	BYTES(1)
	BYTES(2)
	BYTES(3)
	BYTES(4)
	BYTES(5)
	BYTES(6)
	BYTES(7)
	WHOLE2
	ADD32(Y4, Y6, wide, mins, none)
	NEXT(loop, group)

// func packedN8x16AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)
TEXT ·packedN8x16AVX2(SB), NOSPLIT, $0-96
	ARGUMENTS

group:
	GROUP

loop:
	ZERO4
	BYTES(0)
	BYTES(1)
	BYTES(2)
	BYTES(3)
	WHOLE2
	ADD((SI), 32(SI), Y4, Y6)
	ZERO4
	BYTES(4)
	BYTES(5)
	BYTES(6)
	BYTES(7)
	WHOLE2
	ADD(64(SI), 96(SI), Y4, Y6)
	MINS16(none)
	NEXT(loop, group)

// func packedT4AVX2(dst *float32, data *byte, x *vectorBlock, wide *wideBlock, step, wstep, blocks, groups, quants, size, flags int, table *byte)
TEXT ·packedT4AVX2(SB), NOSPLIT, $0-96
	ARGUMENTS
	VBROADCASTI128 (AX), Y1

group:
	GROUP

loop:
	ZERO4
	LOWT(0)
	LOWT(1)
	LOWT(2)
	LOWT(3)
	HIGHT(0)
	HIGHT(1)
	HIGHT(2)
	HIGHT(3)
	WHOLE2
	ADD32(Y4, Y6, wide, mins, none)
	NEXT(loop, group)
