//go:build !noasm

#include "textflag.h"
#include "vector_block_amd64.h"
#include "packed_avx512_amd64.h"

// A group of 16 rows of a packed matrix times a panel of 8 vectors. Each vector's
// sums are computed as in packed_avx512_amd64.s; what a row's whole numbers are
// as bytes is found out once for all. The sums of digits are in Z8 to Z31, three
// of each vector, and the sums over blocks in dst, whose rows are R12 bytes apart.

#define ARGUMENTS \
	MOVQ dst+0(FP), DX        \
	MOVQ stride+8(FP), R12    \
	MOVQ data+16(FP), SI      \
	MOVQ x+24(FP), DI         \
	MOVQ blocks+32(FP), CX    \
	MOVQ quants+40(FP), R8    \
	MOVQ size+48(FP), R9      \
	MOVQ flags+56(FP), R11    \
	LEAQ (R12)(R12*2), R13    \
	LEAQ (DX)(R12*4), BX      \
	MOVL $0x43800000, AX      \
	VPBROADCASTD AX, Z1       \
	VXORPS  X3, X3, X3        \
	VMOVUPS Z3, (DX)          \
	VMOVUPS Z3, (DX)(R12*1)   \
	VMOVUPS Z3, (DX)(R12*2)   \
	VMOVUPS Z3, (DX)(R13*1)   \
	VMOVUPS Z3, (BX)          \
	VMOVUPS Z3, (BX)(R12*1)   \
	VMOVUPS Z3, (BX)(R12*2)   \
	VMOVUPS Z3, (BX)(R13*1)

#define BYTECONSTANT(c) \
	MOVL         $c, AX \
	VPBROADCASTD AX, Z0

#define NEXT(loop) \
	ADDQ R9, SI         \
	ADDQ $1280, DI      \
	DECQ CX             \
	JNZ  loop           \
	VZEROUPPER          \
	RET

// DOT8 adds the products of 4 columns of all vectors, from column c on.
#define DOT8(w, c) \
	DOT(w, 0, c, Z8, Z9, Z10)      \
	DOT(w, 160, c, Z11, Z12, Z13)  \
	DOT(w, 320, c, Z14, Z15, Z16)  \
	DOT(w, 480, c, Z17, Z18, Z19)  \
	DOT(w, 640, c, Z20, Z21, Z22)  \
	DOT(w, 800, c, Z23, Z24, Z25)  \
	DOT(w, 960, c, Z26, Z27, Z28)  \
	DOT(w, 1120, c, Z29, Z30, Z31)

// EACH does a thing to each vector: its offset, its sums, where it is in dst.
#define EACH(thing, at) \
	thing(at, Z8, Z9, Z10, (DX))                  \
	thing((at+160), Z11, Z12, Z13, (DX)(R12*1))   \
	thing((at+320), Z14, Z15, Z16, (DX)(R12*2))   \
	thing((at+480), Z17, Z18, Z19, (DX)(R13*1))   \
	thing((at+640), Z20, Z21, Z22, (BX))          \
	thing((at+800), Z23, Z24, Z25, (BX)(R12*1))   \
	thing((at+960), Z26, Z27, Z28, (BX)(R12*2))   \
	thing((at+1120), Z29, Z30, Z31, (BX)(R13*1))

#define FROM4(at, s2, s1, s0, to) BEGIN4(at, s2, s1, s0)
#define FROM8(at, s2, s1, s0, to) BEGIN8(at, s2, s1, s0)

// SCALED adds scale · unit · sum.
#define SCALED(at, s2, s1, s0, to) \
	WHOLE(s2, s1, s0)                   \
	VMULPS.BCST (UNIT+at)(DI), s2, s2   \
	VMULPS      Z6, s2, s2              \
	VADDPS      to, s2, s2              \
	VMOVUPS     s2, to

// SCALEDMIN adds min · total too.
#define SCALEDMIN(at, s2, s1, s0, to) \
	WHOLE(s2, s1, s0)                   \
	VMULPS.BCST (UNIT+at)(DI), s2, s2   \
	VMULPS      Z6, s2, s2              \
	VADDPS      to, s2, s2              \
	VMULPS.BCST (TOTAL+at)(DI), Z7, s0  \
	VADDPS      s0, s2, s2              \
	VMOVUPS     s2, to

// MINS adds the mins of two runs, Z6 and Z7.
#define MINS(at, s2, s1, s0, to) \
	VMULPS.BCST (HALVES+at)(DI), Z6, s2   \
	VMULPS.BCST (HALVES+4+at)(DI), Z7, s1 \
	VADDPS      to, s2, s2                \
	VADDPS      s1, s2, s2                \
	VMOVUPS     s2, to

// ADD32 adds a block with runs of 32.
#define ADD32(wide, done, mins, next) \
	SCALES32(Z6, Z7, wide, done) \
	TESTQ $2, R11                \
	JNZ   mins                   \
	EACH(SCALED, 0)              \
	JMP   next                   \
mins:                            \
	EACH(SCALEDMIN, 0)           \
next:

// ADD16 adds run r, of 16; MINS16 the mins of both.
#define ADD16(r) \
	VMOVUPS (64*r)(SI), Z6 \
	EACH(SCALED, 0)

#define MINS16(next) \
	TESTQ   $2, R11     \
	JZ      next        \
	VMOVUPS 128(SI), Z6 \
	VMOVUPS 192(SI), Z7 \
	EACH(MINS, 0)       \
next:

// func packed8N4AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int, bias int32)
TEXT ·packed8N4AVX512(SB), NOSPLIT, $0-68
	ARGUMENTS
	BYTECONSTANT(0x0f0f0f0f)
	MOVL bias+64(FP), AX
	VPBROADCASTD AX, Z2

loop:
	EACH(FROM4, MINUS)
	LOW(0, Z3)
	HIGH(0, Z4)
	DOT8(Z3, 0)
	DOT8(Z4, 16)
	LOW(1, Z3)
	HIGH(1, Z4)
	DOT8(Z3, 4)
	DOT8(Z4, 20)
	LOW(2, Z3)
	HIGH(2, Z4)
	DOT8(Z3, 8)
	DOT8(Z4, 24)
	LOW(3, Z3)
	HIGH(3, Z4)
	DOT8(Z3, 12)
	DOT8(Z4, 28)
	ADD32(wide, done, mins, next)
	NEXT(loop)

// func packed8T4AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int, table *byte)
TEXT ·packed8T4AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	BYTECONSTANT(0x0f0f0f0f)
	MOVQ            table+64(FP), AX
	VBROADCASTI32X4 (AX), Z2

loop:
	EACH(FROM8, MINUS)
	LOWT(0, Z3)
	HIGHT(0, Z4)
	DOT8(Z3, 0)
	DOT8(Z4, 16)
	LOWT(1, Z3)
	HIGHT(1, Z4)
	DOT8(Z3, 4)
	DOT8(Z4, 20)
	LOWT(2, Z3)
	HIGHT(2, Z4)
	DOT8(Z3, 8)
	DOT8(Z4, 24)
	LOWT(3, Z3)
	HIGHT(3, Z4)
	DOT8(Z3, 12)
	DOT8(Z4, 28)
	ADD32(wide, done, mins, next)
	NEXT(loop)

// func packed8N8AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int)
TEXT ·packed8N8AVX512(SB), NOSPLIT, $0-64
	ARGUMENTS
	BYTECONSTANT(0x80808080)

loop:
	EACH(FROM8, MINUS)
	BYTES(0, Z3)
	BYTES(1, Z4)
	DOT8(Z3, 0)
	DOT8(Z4, 4)
	BYTES(2, Z3)
	BYTES(3, Z4)
	DOT8(Z3, 8)
	DOT8(Z4, 12)
	BYTES(4, Z3)
	BYTES(5, Z4)
	DOT8(Z3, 16)
	DOT8(Z4, 20)
	BYTES(6, Z3)
	BYTES(7, Z4)
	DOT8(Z3, 24)
	DOT8(Z4, 28)
	ADD32(wide, done, mins, next)
	NEXT(loop)

// func packed8N4x16AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int, bias int32)
TEXT ·packed8N4x16AVX512(SB), NOSPLIT, $0-68
	ARGUMENTS
	BYTECONSTANT(0x0f0f0f0f)
	MOVL bias+64(FP), AX
	VPBROADCASTD AX, Z2

loop:
	EACH(FROM4, HALVED)
	LOW(0, Z3)
	LOW(1, Z4)
	DOT8(Z3, 0)
	DOT8(Z4, 4)
	LOW(2, Z3)
	LOW(3, Z4)
	DOT8(Z3, 8)
	DOT8(Z4, 12)
	ADD16(0)
	EACH(FROM4, HALVED+12)
	HIGH(0, Z3)
	HIGH(1, Z4)
	DOT8(Z3, 16)
	DOT8(Z4, 20)
	HIGH(2, Z3)
	HIGH(3, Z4)
	DOT8(Z3, 24)
	DOT8(Z4, 28)
	ADD16(1)
	MINS16(next)
	NEXT(loop)

// func packed8N8x16AVX512(dst *float32, stride int, data *byte, x *vectorBlock, blocks, quants, size, flags int)
TEXT ·packed8N8x16AVX512(SB), NOSPLIT, $0-64
	ARGUMENTS
	BYTECONSTANT(0x80808080)

loop:
	EACH(FROM8, HALVED)
	BYTES(0, Z3)
	BYTES(1, Z4)
	DOT8(Z3, 0)
	DOT8(Z4, 4)
	BYTES(2, Z3)
	BYTES(3, Z4)
	DOT8(Z3, 8)
	DOT8(Z4, 12)
	ADD16(0)
	EACH(FROM8, HALVED+12)
	BYTES(4, Z3)
	BYTES(5, Z4)
	DOT8(Z3, 16)
	DOT8(Z4, 20)
	BYTES(6, Z3)
	BYTES(7, Z4)
	DOT8(Z3, 24)
	DOT8(Z4, 28)
	ADD16(1)
	MINS16(next)
	NEXT(loop)
