//go:build !noasm

#include "textflag.h"

// Four rows of a matrix times a vector, groups times, each group a row further.
// The four rows are ld elements apart, which is step rows. Sums run in 16 lanes
// as in dot_amd64.s. The last columns, fewer than 16, come in tail: 16 elements
// of x, then 16 of each row, filled up with zeros; then there is one group only.

// AHEAD has the next of the four rows fetched into the nearest cache: the processor
// itself fetches far ahead, but into the one behind that. Past the end of the matrix
// it does nothing. 512 bytes were the best of 256 to 16384.
#define AHEAD \
	LEAQ       512(SI), AX   \
	PREFETCHT0 (AX)          \
	PREFETCHT0 (AX)(R8*1)    \
	PREFETCHT0 (AX)(R8*2)    \
	PREFETCHT0 (AX)(R9*1)

// REDUCE4 adds the lanes of four rows, four of each in an X register, and stores
// the four sums, R14 bytes apart.
#define REDUCE4(a, b, c, d) \
	VUNPCKLPS b, a, X4   \
	VUNPCKHPS b, a, X5   \
	VADDPS    X5, X4, X4 \
	VUNPCKLPS d, c, X5   \
	VUNPCKHPS d, c, X6   \
	VADDPS    X6, X5, X5 \
	VMOVLHPS  X5, X4, X6 \
	VMOVHLPS  X4, X5, X7 \
	VADDPS    X7, X6, X6 \
	VMOVSS     X6, (DX)            \
	VEXTRACTPS $1, X6, (DX)(R14*1) \
	VEXTRACTPS $2, X6, (DX)(R14*2) \
	VEXTRACTPS $3, X6, (DX)(BX*1)

// FOLD adds the upper half of a register of 16 lanes to the lower, twice.
#define FOLD(z, y, x) \
	VEXTRACTF64X4 $1, z, Y4 \
	VADDPS        Y4, y, y  \
	VEXTRACTF128  $1, y, X4 \
	VADDPS        X4, x, x

// func rows4F32AVX512(dst *float32, w *float32, ld int, x *float32, blocks, groups int, tail *float32, step int)
TEXT ·rows4F32AVX512(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DX
	MOVQ w+8(FP), SI
	MOVQ ld+16(FP), R8
	MOVQ x+24(FP), DI
	MOVQ blocks+32(FP), R11
	MOVQ groups+40(FP), R12
	MOVQ tail+48(FP), R13
	MOVQ step+56(FP), R14
	SHLQ $2, R14
	LEAQ (R14)(R14*2), BX
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R9

group:
	MOVQ   DI, R10
	MOVQ   R11, CX
	VXORPS X0, X0, X0
	VXORPS X1, X1, X1
	VXORPS X2, X2, X2
	VXORPS X3, X3, X3
	TESTQ  CX, CX
	JZ     tail

loop:
	VMOVUPS (R10), Z8
	VMULPS  (SI), Z8, Z9
	VMULPS  (SI)(R8*1), Z8, Z10
	VMULPS  (SI)(R8*2), Z8, Z11
	VMULPS  (SI)(R9*1), Z8, Z12
	VADDPS  Z9, Z0, Z0
	VADDPS  Z10, Z1, Z1
	VADDPS  Z11, Z2, Z2
	VADDPS  Z12, Z3, Z3
	ADDQ    $64, SI
	ADDQ    $64, R10
	DECQ    CX
	JNZ     loop

tail:
	TESTQ   R13, R13
	JZ      sum
	VMOVUPS (R13), Z8
	VMULPS  64(R13), Z8, Z9
	VADDPS  Z9, Z0, Z0
	VMULPS  128(R13), Z8, Z9
	VADDPS  Z9, Z1, Z1
	VMULPS  192(R13), Z8, Z9
	VADDPS  Z9, Z2, Z2
	VMULPS  256(R13), Z8, Z9
	VADDPS  Z9, Z3, Z3

sum:
	FOLD(Z0, Y0, X0)
	FOLD(Z1, Y1, X1)
	FOLD(Z2, Y2, X2)
	FOLD(Z3, Y3, X3)
	REDUCE4(X0, X1, X2, X3)
	ADDQ $4, DX
	DECQ R12
	JNZ  group
	VZEROUPPER
	RET

// func rows4BF16AVX512(dst *float32, w *uint16, ld int, x *float32, blocks, groups int, tail *float32, step int)
TEXT ·rows4BF16AVX512(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DX
	MOVQ w+8(FP), SI
	MOVQ ld+16(FP), R8
	MOVQ x+24(FP), DI
	MOVQ blocks+32(FP), R11
	MOVQ groups+40(FP), R12
	MOVQ tail+48(FP), R13
	MOVQ step+56(FP), R14
	SHLQ $2, R14
	LEAQ (R14)(R14*2), BX
	SHLQ $1, R8
	LEAQ (R8)(R8*2), R9

group:
	MOVQ   DI, R10
	MOVQ   R11, CX
	VXORPS X0, X0, X0
	VXORPS X1, X1, X1
	VXORPS X2, X2, X2
	VXORPS X3, X3, X3
	TESTQ  CX, CX
	JZ     tail

loop:
	AHEAD
	VMOVUPS   (R10), Z8
	VPMOVZXWD (SI), Z9
	VPSLLD    $16, Z9, Z9
	VMULPS    Z8, Z9, Z9
	VPMOVZXWD (SI)(R8*1), Z10
	VPSLLD    $16, Z10, Z10
	VMULPS    Z8, Z10, Z10
	VPMOVZXWD (SI)(R8*2), Z11
	VPSLLD    $16, Z11, Z11
	VMULPS    Z8, Z11, Z11
	VPMOVZXWD (SI)(R9*1), Z12
	VPSLLD    $16, Z12, Z12
	VMULPS    Z8, Z12, Z12
	VADDPS    Z9, Z0, Z0
	VADDPS    Z10, Z1, Z1
	VADDPS    Z11, Z2, Z2
	VADDPS    Z12, Z3, Z3
	ADDQ      $32, SI
	ADDQ      $64, R10
	DECQ      CX
	JNZ       loop

tail:
	TESTQ   R13, R13
	JZ      sum
	VMOVUPS (R13), Z8
	VMULPS  64(R13), Z8, Z9
	VADDPS  Z9, Z0, Z0
	VMULPS  128(R13), Z8, Z9
	VADDPS  Z9, Z1, Z1
	VMULPS  192(R13), Z8, Z9
	VADDPS  Z9, Z2, Z2
	VMULPS  256(R13), Z8, Z9
	VADDPS  Z9, Z3, Z3

sum:
	FOLD(Z0, Y0, X0)
	FOLD(Z1, Y1, X1)
	FOLD(Z2, Y2, X2)
	FOLD(Z3, Y3, X3)
	REDUCE4(X0, X1, X2, X3)
	ADDQ $4, DX
	DECQ R12
	JNZ  group
	VZEROUPPER
	RET
