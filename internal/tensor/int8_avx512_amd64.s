//go:build !noasm

#include "go_asm.h"
#include "textflag.h"

// Products of a packed matrix and vectors rounded to int8, one lane a row. The
// instruction that multiplies whole numbers takes one factor without a sign, so
// weights are made 128 larger and the sums begin with base, −128 times the sum of
// the other factors.

// JOB loads the fields of an int8Job: SI weights, R12 and R13 where in a block its
// quants and minima begin, BX its flags, R10 the stride of dst in bytes.
#define JOB \
	MOVQ job+0(FP), AX       \
	MOVQ int8Job_w(AX), SI   \
	MOVQ int8Job_quants(AX), R12 \
	MOVQ int8Job_mins(AX), R13 \
	MOVQ int8Job_flags(AX), BX \
	MOVQ int8Job_dst(AX), DX \
	MOVQ int8Job_stride(AX), R10 \
	SHLQ $2, R10

// VECTORS loads where the vectors are: DI q, R8 d, R9 s, R11 base.
#define VECTORS \
	MOVQ int8Job_q(AX), DI \
	MOVQ int8Job_d(AX), R8 \
	MOVQ int8Job_s(AX), R9 \
	MOVQ int8Job_base(AX), R11

// CONSTANTS sets Z30, the table of 4-bit quants, Z29, 15 in each byte, and Z31, 128
// in each byte.
#define CONSTANTS \
	MOVQ            int8Job_table(AX), CX \
	VBROADCASTI32X4 (CX), Z30             \
	MOVL            $0x0f0f0f0f, CX       \
	VPBROADCASTD    CX, Z29               \
	MOVL            $0x80808080, CX       \
	VPBROADCASTD    CX, Z31

// NIBBLES loads 16 times 32 quants of 4 bits as bytes, columns 4j to 4j + 3 in Zj.
#define NIBBLES \
	VMOVDQU64 (SI)(R12*1), Z0    \
	VMOVDQU64 64(SI)(R12*1), Z1  \
	VMOVDQU64 128(SI)(R12*1), Z2 \
	VMOVDQU64 192(SI)(R12*1), Z3 \
	VPSRLW    $4, Z0, Z4         \
	VPSRLW    $4, Z1, Z5         \
	VPSRLW    $4, Z2, Z6         \
	VPSRLW    $4, Z3, Z7         \
	VPANDD    Z29, Z0, Z0        \
	VPANDD    Z29, Z1, Z1        \
	VPANDD    Z29, Z2, Z2        \
	VPANDD    Z29, Z3, Z3        \
	VPANDD    Z29, Z4, Z4        \
	VPANDD    Z29, Z5, Z5        \
	VPANDD    Z29, Z6, Z6        \
	VPANDD    Z29, Z7, Z7        \
	VPSHUFB   Z0, Z30, Z0        \
	VPSHUFB   Z1, Z30, Z1        \
	VPSHUFB   Z2, Z30, Z2        \
	VPSHUFB   Z3, Z30, Z3        \
	VPSHUFB   Z4, Z30, Z4        \
	VPSHUFB   Z5, Z30, Z5        \
	VPSHUFB   Z6, Z30, Z6        \
	VPSHUFB   Z7, Z30, Z7

// BYTES loads 16 times 32 quants of 8 bits.
#define BYTES \
	VPXORD (SI)(R12*1), Z31, Z0    \
	VPXORD 64(SI)(R12*1), Z31, Z1  \
	VPXORD 128(SI)(R12*1), Z31, Z2 \
	VPXORD 192(SI)(R12*1), Z31, Z3 \
	VPXORD 256(SI)(R12*1), Z31, Z4 \
	VPXORD 320(SI)(R12*1), Z31, Z5 \
	VPXORD 384(SI)(R12*1), Z31, Z6 \
	VPXORD 448(SI)(R12*1), Z31, Z7

// QUANTS loads quants of either kind, and Z8, their scales.
#define QUANTS \
	TESTQ     $const_int8Bytes, BX \
	JNZ       bytes          \
	NIBBLES                  \
	JMP       scales         \
bytes:                       \
	BYTES                    \
scales:                      \
	TESTQ     $const_int8Wide, BX  \
	JNZ       wide           \
	VCVTPH2PS (SI), Z8       \
	JMP       scaled         \
wide:                        \
	VMOVUPS   (SI), Z8       \
scaled:

// MINIMA loads Z9, the minima of a block, or jumps if there are none.
#define MINIMA \
	TESTQ     $const_int8Mins, BX    \
	JZ        next             \
	TESTQ     $const_int8Wide, BX    \
	JNZ       wideMins         \
	VCVTPH2PS (SI)(R13*1), Z9  \
	JMP       mins             \
wideMins:                      \
	VMOVUPS   (SI)(R13*1), Z9  \
mins:

// func int8Dot16(job *int8Job)
// Groups of 16 rows times one vector.
TEXT ·int8Dot16AVX512(SB), NOSPLIT, $0-8
	JOB
	CONSTANTS
	MOVQ int8Job_groups(AX), R14

group:
	VECTORS
	MOVQ   int8Job_blocks(AX), CX
	VXORPS Z20, Z20, Z20

block:
	QUANTS
	VPBROADCASTD  (R11), Z16
	VPXORD        Z17, Z17, Z17
	VPDPBUSD.BCST (DI), Z0, Z16
	VPDPBUSD.BCST 4(DI), Z1, Z17
	VPDPBUSD.BCST 8(DI), Z2, Z16
	VPDPBUSD.BCST 12(DI), Z3, Z17
	VPDPBUSD.BCST 16(DI), Z4, Z16
	VPDPBUSD.BCST 20(DI), Z5, Z17
	VPDPBUSD.BCST 24(DI), Z6, Z16
	VPDPBUSD.BCST 28(DI), Z7, Z17
	VPADDD        Z17, Z16, Z16
	VCVTDQ2PS     Z16, Z16
	VMULPS.BCST   (R8), Z8, Z8
	VFMADD231PS   Z16, Z8, Z20
	MINIMA
	VFMADD231PS.BCST (R9), Z9, Z20

next:
	ADDQ           int8Job_step(AX), SI
	ADDQ           $32, DI
	ADDQ           $4, R8
	ADDQ           $4, R9
	ADDQ           $4, R11
	DECQ           CX
	JNZ            block
	VMOVUPS        Z20, (DX)
	ADDQ           $64, DX
	DECQ           R14
	JNZ            group
	VZEROUPPER
	RET

// DOT8 adds the products of dword j of the rows, w, and of 8 vectors.
#define DOT8(j, w) \
	VPDPBUSD.BCST 4*j+0(DI), w, Z10   \
	VPDPBUSD.BCST 4*j+32(DI), w, Z11  \
	VPDPBUSD.BCST 4*j+64(DI), w, Z12  \
	VPDPBUSD.BCST 4*j+96(DI), w, Z13  \
	VPDPBUSD.BCST 4*j+128(DI), w, Z14 \
	VPDPBUSD.BCST 4*j+160(DI), w, Z15 \
	VPDPBUSD.BCST 4*j+192(DI), w, Z24 \
	VPDPBUSD.BCST 4*j+224(DI), w, Z25

// SCALED adds to acc the whole numbers sum, scaled for vector t.
#define SCALED(t, sum, acc, scale) \
	VCVTDQ2PS   sum, sum              \
	VMULPS.BCST 4*t(R8), Z8, scale    \
	VFMADD231PS sum, scale, acc

// MIN adds to acc the minima times s of vector t.
#define MIN(t, acc) \
	VFMADD231PS.BCST 4*t(R9), Z9, acc

// func int8Dot16x8(job *int8Job)
// A group of 16 rows times panels of 8 vectors.
TEXT ·int8Dot16x8AVX512(SB), NOSPLIT, $0-8
	JOB
	CONSTANTS
	VECTORS
	MOVQ int8Job_groups(AX), R14

panel:
	MOVQ   int8Job_w(AX), SI
	MOVQ   int8Job_blocks(AX), CX
	VXORPS Z16, Z16, Z16
	VXORPS Z17, Z17, Z17
	VXORPS Z18, Z18, Z18
	VXORPS Z19, Z19, Z19
	VXORPS Z20, Z20, Z20
	VXORPS Z21, Z21, Z21
	VXORPS Z22, Z22, Z22
	VXORPS Z23, Z23, Z23

block:
	QUANTS
	VPBROADCASTD 0(R11), Z10
	VPBROADCASTD 4(R11), Z11
	VPBROADCASTD 8(R11), Z12
	VPBROADCASTD 12(R11), Z13
	VPBROADCASTD 16(R11), Z14
	VPBROADCASTD 20(R11), Z15
	VPBROADCASTD 24(R11), Z24
	VPBROADCASTD 28(R11), Z25
	DOT8(0, Z0)
	DOT8(1, Z1)
	DOT8(2, Z2)
	DOT8(3, Z3)
	DOT8(4, Z4)
	DOT8(5, Z5)
	DOT8(6, Z6)
	DOT8(7, Z7)
	SCALED(0, Z10, Z16, Z26)
	SCALED(1, Z11, Z17, Z27)
	SCALED(2, Z12, Z18, Z26)
	SCALED(3, Z13, Z19, Z27)
	SCALED(4, Z14, Z20, Z26)
	SCALED(5, Z15, Z21, Z27)
	SCALED(6, Z24, Z22, Z26)
	SCALED(7, Z25, Z23, Z27)
	MINIMA
	MIN(0, Z16)
	MIN(1, Z17)
	MIN(2, Z18)
	MIN(3, Z19)
	MIN(4, Z20)
	MIN(5, Z21)
	MIN(6, Z22)
	MIN(7, Z23)

next:
	ADDQ    int8Job_step(AX), SI
	ADDQ    $256, DI
	ADDQ    $32, R8
	ADDQ    $32, R9
	ADDQ    $32, R11
	DECQ    CX
	JNZ     block
	VMOVUPS Z16, (DX)
	ADDQ    R10, DX
	VMOVUPS Z17, (DX)
	ADDQ    R10, DX
	VMOVUPS Z18, (DX)
	ADDQ    R10, DX
	VMOVUPS Z19, (DX)
	ADDQ    R10, DX
	VMOVUPS Z20, (DX)
	ADDQ    R10, DX
	VMOVUPS Z21, (DX)
	ADDQ    R10, DX
	VMOVUPS Z22, (DX)
	ADDQ    R10, DX
	VMOVUPS Z23, (DX)
	ADDQ    R10, DX
	DECQ    R14
	JNZ     panel
	VZEROUPPER
	RET
