//go:build !noasm

#include "go_asm.h"
#include "textflag.h"

// Products of a packed matrix and vectors rounded to int8, 8 lanes at a time, one
// lane a row. The instruction that multiplies bytes takes one factor without a
// sign and adds two products in 16 bits. Quants of 4 bits that are their value, or
// 8 above it, are that factor as they are. Others give their sign to the vector:
// 128·127·2 fits in 16 bits.

// JOB loads the fields of an int8Job: SI weights, R12 and R13 where in a block its
// quants and minima begin, BX its flags, DX dst, R10 its stride in bytes, DI q, R8 d,
// R9 s, R11 base. It sets Y12, the table of 4-bit quants, Y13, 15 in each byte, and
// Y14, 1 in each word.
#define JOB \
	MOVQ           job+0(FP), AX           \
	MOVQ           int8Job_w(AX), SI       \
	MOVQ           int8Job_quants(AX), R12 \
	MOVQ           int8Job_mins(AX), R13   \
	MOVQ           int8Job_flags(AX), BX   \
	MOVQ           int8Job_dst(AX), DX     \
	MOVQ           int8Job_stride(AX), R10 \
	SHLQ           $2, R10                 \
	MOVQ           int8Job_q(AX), DI       \
	MOVQ           int8Job_d(AX), R8       \
	MOVQ           int8Job_s(AX), R9       \
	MOVQ           int8Job_base(AX), R11   \
	MOVQ           int8Job_signed(AX), CX  \
	VBROADCASTI128 (CX), Y12               \
	MOVL           $0x0f0f0f0f, CX         \
	VMOVD          CX, X13                 \
	VPBROADCASTD   X13, Y13                \
	VPCMPEQB       Y14, Y14, Y14           \
	VPSRLW         $15, Y14, Y14

// SIGNED adds to sum the products of weights w with a sign and of x.
#define SIGNED(w, x, sum) \
	VPABSB     w, Y9        \
	VPSIGNB    w, x, Y10    \
	VPMADDUBSW Y10, Y9, Y9  \
	VPMADDWD   Y14, Y9, Y9  \
	VPADDD     Y9, sum, sum

// DIRECT adds to Y2 and Y3 the products of dwords j and 4 + j of the rows and of x.
#define DIRECT(j) \
	VMOVDQU      64*j(SI)(R12*1), Y4    \
	VMOVDQU      64*j+32(SI)(R12*1), Y5 \
	VPBROADCASTD 4*j(DI), Y8            \
	VPBROADCASTD 4*j+16(DI), Y9         \
	VPSRLW       $4, Y4, Y6             \
	VPSRLW       $4, Y5, Y7             \
	VPAND        Y13, Y4, Y4            \
	VPAND        Y13, Y5, Y5            \
	VPAND        Y13, Y6, Y6            \
	VPAND        Y13, Y7, Y7            \
	VPMADDUBSW   Y8, Y4, Y4             \
	VPMADDUBSW   Y8, Y5, Y5             \
	VPMADDUBSW   Y9, Y6, Y6             \
	VPMADDUBSW   Y9, Y7, Y7             \
	VPADDW       Y4, Y2, Y2             \
	VPADDW       Y5, Y3, Y3             \
	VPADDW       Y6, Y2, Y2             \
	VPADDW       Y7, Y3, Y3

// TABLE is DIRECT by way of the table.
#define TABLE(j) \
	VMOVDQU      64*j(SI)(R12*1), Y4    \
	VMOVDQU      64*j+32(SI)(R12*1), Y5 \
	VPSRLW       $4, Y4, Y6             \
	VPSRLW       $4, Y5, Y7             \
	VPAND        Y13, Y4, Y4            \
	VPAND        Y13, Y5, Y5            \
	VPAND        Y13, Y6, Y6            \
	VPAND        Y13, Y7, Y7            \
	VPSHUFB      Y4, Y12, Y4            \
	VPSHUFB      Y5, Y12, Y5            \
	VPSHUFB      Y6, Y12, Y6            \
	VPSHUFB      Y7, Y12, Y7            \
	VPBROADCASTD 4*j(DI), Y8            \
	SIGNED(Y4, Y8, Y2)                  \
	SIGNED(Y5, Y8, Y3)                  \
	VPBROADCASTD 4*j+16(DI), Y8         \
	SIGNED(Y6, Y8, Y2)                  \
	SIGNED(Y7, Y8, Y3)

// BYTES adds to Y2 and Y3 the products of dword j of the rows, 8 bits a quant, and
// of x.
#define BYTES(j) \
	VMOVDQU      64*j(SI)(R12*1), Y4    \
	VMOVDQU      64*j+32(SI)(R12*1), Y5 \
	VPBROADCASTD 4*j(DI), Y8            \
	SIGNED(Y4, Y8, Y2)                  \
	SIGNED(Y5, Y8, Y3)

// func int8Dot16AVX2(job *int8Job)
// Groups of 16 rows times one vector.
TEXT ·int8Dot16AVX2(SB), NOSPLIT, $0-8
	JOB
	MOVQ int8Job_groups(AX), R14

group:
	MOVQ   int8Job_blocks(AX), CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1

block:
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	TESTQ $const_int8Bytes, BX
	JNZ   bytes
	TESTQ $const_int8Direct, BX
	JZ    table
	DIRECT(0)
	DIRECT(1)
	DIRECT(2)
	DIRECT(3)
	VPMADDWD Y14, Y2, Y2
	VPMADDWD Y14, Y3, Y3
	TESTQ    $const_int8Less8, BX
	JZ       summed
	VPBROADCASTD (R11), Y4
	VPSRAD       $4, Y4, Y4
	VPADDD       Y4, Y2, Y2
	VPADDD       Y4, Y3, Y3
	JMP          summed

table:
	TABLE(0)
	TABLE(1)
	TABLE(2)
	TABLE(3)
	JMP summed

bytes:
	BYTES(0)
	BYTES(1)
	BYTES(2)
	BYTES(3)
	BYTES(4)
	BYTES(5)
	BYTES(6)
	BYTES(7)

summed:
	VCVTDQ2PS    Y2, Y2
	VCVTDQ2PS    Y3, Y3
	VBROADCASTSS (R8), Y8
	VBROADCASTSS (R9), Y9
	TESTQ        $const_int8Wide, BX
	JNZ          wide
	VCVTPH2PS    (SI), Y4
	VCVTPH2PS    16(SI), Y5
	VCVTPH2PS    (SI)(R13*1), Y6
	VCVTPH2PS    16(SI)(R13*1), Y7
	JMP          scaled

wide:
	VMOVUPS (SI), Y4
	VMOVUPS 32(SI), Y5
	VMOVUPS (SI)(R13*1), Y6
	VMOVUPS 32(SI)(R13*1), Y7

scaled:
	VMULPS Y8, Y4, Y4
	VMULPS Y8, Y5, Y5
	VFMADD231PS Y2, Y4, Y0
	VFMADD231PS Y3, Y5, Y1
	TESTQ  $const_int8Mins, BX
	JZ     next
	VFMADD231PS Y9, Y6, Y0
	VFMADD231PS Y9, Y7, Y1

next:
	ADDQ        int8Job_step(AX), SI
	ADDQ        $32, DI
	ADDQ        $4, R8
	ADDQ        $4, R9
	ADDQ        $4, R11
	DECQ        CX
	JNZ         block
	VMOVUPS     Y0, (DX)
	VMOVUPS     Y1, 32(DX)
	ADDQ        $64, DX
	MOVQ        int8Job_q(AX), DI
	MOVQ        int8Job_d(AX), R8
	MOVQ        int8Job_s(AX), R9
	MOVQ        int8Job_base(AX), R11
	DECQ        R14
	JNZ         group
	VZEROUPPER
	RET

// DIRECT4 adds to Y4 to Y7 the products of weights without a sign, w, and of dword j
// of 4 vectors.
#define DIRECT4(j, w) \
	VPBROADCASTD 4*j+0(DI), Y9   \
	VPBROADCASTD 4*j+32(DI), Y10 \
	VPMADDUBSW   Y9, w, Y9       \
	VPMADDUBSW   Y10, w, Y10     \
	VPADDW       Y9, Y4, Y4      \
	VPADDW       Y10, Y5, Y5     \
	VPBROADCASTD 4*j+64(DI), Y9  \
	VPBROADCASTD 4*j+96(DI), Y10 \
	VPMADDUBSW   Y9, w, Y9       \
	VPMADDUBSW   Y10, w, Y10     \
	VPADDW       Y9, Y6, Y6      \
	VPADDW       Y10, Y7, Y7

// SIGNED1 adds to sum the products of weights w, whose absolute values are Y11, and
// of dword j of vector t.
#define SIGNED1(j, t, w, sum) \
	VPBROADCASTD 4*j+32*t(DI), Y9 \
	VPSIGNB      w, Y9, Y9        \
	VPMADDUBSW   Y9, Y11, Y9      \
	VPMADDWD     Y14, Y9, Y9      \
	VPADDD       Y9, sum, sum

// SIGNED4 is DIRECT4 for weights with a sign.
#define SIGNED4(j, w) \
	VPABSB w, Y11         \
	SIGNED1(j, 0, w, Y4)  \
	SIGNED1(j, 1, w, Y5)  \
	SIGNED1(j, 2, w, Y6)  \
	SIGNED1(j, 3, w, Y7)

// NIBBLES loads dwords j and 4 + j of 8 rows into Y8 and Y15.
#define NIBBLES(j) \
	VMOVDQU 64*j(SI)(R12*1), Y8 \
	VPSRLW  $4, Y8, Y15         \
	VPAND   Y13, Y8, Y8         \
	VPAND   Y13, Y15, Y15

// TABLE4 is NIBBLES and SIGNED4 by way of the table.
#define TABLE4(j) \
	NIBBLES(j)            \
	VPSHUFB Y8, Y12, Y8   \
	VPSHUFB Y15, Y12, Y15 \
	SIGNED4(j, Y8)        \
	SIGNED4((4+j), Y15)

// BYTES4 is SIGNED4 with dword j of 8 rows, 8 bits a quant.
#define BYTES4(j) \
	VMOVDQU 64*j(SI)(R12*1), Y8 \
	SIGNED4(j, Y8)

// LESS8 takes 8 times the sum of vector t from sum.
#define LESS8(t, sum) \
	VPBROADCASTD 4*t(R11), Y9 \
	VPSRAD       $4, Y9, Y9   \
	VPADDD       Y9, sum, sum

// MIN4 adds to acc the minima Y8 times s of vector t.
#define MIN4(t, acc) \
	VBROADCASTSS 4*t(R9), Y9     \
	VFMADD231PS  Y9, Y8, acc

// SCALED4 adds to acc the whole numbers sum, with the scales Y8 and that of vector t.
#define SCALED4(t, sum, acc) \
	VBROADCASTSS 4*t(R8), Y9  \
	VMULPS       Y9, Y8, Y9   \
	VCVTDQ2PS    sum, sum     \
	VFMADD231PS  sum, Y9, acc

// func int8Dot8x4AVX2(job *int8Job)
// 8 rows of a group times 4 vectors of each panel. R15 is where in a block the
// scales of those rows are.
TEXT ·int8Dot8x4AVX2(SB), NOSPLIT, $0-8
	JOB
	MOVQ  int8Job_half(AX), R15
	SHLQ  $5, R15
	ADDQ  R15, R12
	ADDQ  R15, DX
	TESTQ $const_int8Wide, BX
	JNZ   begin
	SHRQ  $1, R15

begin:
	ADDQ  R15, R13
	MOVQ  int8Job_quarter(AX), CX
	SHLQ  $4, CX
	ADDQ  CX, R8
	ADDQ  CX, R9
	ADDQ  CX, R11
	LEAQ  (DI)(CX*8), DI
	SHRQ  $2, CX
	IMULQ R10, CX
	ADDQ  CX, DX
	MOVQ  int8Job_groups(AX), R14

panel:
	MOVQ   int8Job_w(AX), SI
	MOVQ   int8Job_blocks(AX), CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3

block:
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7
	TESTQ $const_int8Bytes, BX
	JNZ   bytes
	TESTQ $const_int8Direct, BX
	JZ    table
	NIBBLES(0)
	DIRECT4(0, Y8)
	DIRECT4(4, Y15)
	NIBBLES(1)
	DIRECT4(1, Y8)
	DIRECT4(5, Y15)
	NIBBLES(2)
	DIRECT4(2, Y8)
	DIRECT4(6, Y15)
	NIBBLES(3)
	DIRECT4(3, Y8)
	DIRECT4(7, Y15)
	VPMADDWD Y14, Y4, Y4
	VPMADDWD Y14, Y5, Y5
	VPMADDWD Y14, Y6, Y6
	VPMADDWD Y14, Y7, Y7
	TESTQ    $const_int8Less8, BX
	JZ       summed
	LESS8(0, Y4)
	LESS8(1, Y5)
	LESS8(2, Y6)
	LESS8(3, Y7)
	JMP summed

table:
	TABLE4(0)
	TABLE4(1)
	TABLE4(2)
	TABLE4(3)
	JMP summed

bytes:
	BYTES4(0)
	BYTES4(1)
	BYTES4(2)
	BYTES4(3)
	BYTES4(4)
	BYTES4(5)
	BYTES4(6)
	BYTES4(7)

summed:
	TESTQ     $const_int8Wide, BX
	JNZ       wide
	VCVTPH2PS (SI)(R15*1), Y8
	JMP       scaled

wide:
	VMOVUPS (SI)(R15*1), Y8

scaled:
	SCALED4(0, Y4, Y0)
	SCALED4(1, Y5, Y1)
	SCALED4(2, Y6, Y2)
	SCALED4(3, Y7, Y3)
	TESTQ     $const_int8Mins, BX
	JZ        next
	TESTQ     $const_int8Wide, BX
	JNZ       wideMins
	VCVTPH2PS (SI)(R13*1), Y8
	JMP       mins

wideMins:
	VMOVUPS (SI)(R13*1), Y8

mins:
	MIN4(0, Y0)
	MIN4(1, Y1)
	MIN4(2, Y2)
	MIN4(3, Y3)

next:
	ADDQ    int8Job_step(AX), SI
	ADDQ    $256, DI
	ADDQ    $32, R8
	ADDQ    $32, R9
	ADDQ    $32, R11
	DECQ    CX
	JNZ     block
	VMOVUPS Y0, (DX)
	VMOVUPS Y1, (DX)(R10*1)
	LEAQ    (DX)(R10*2), DX
	VMOVUPS Y2, (DX)
	VMOVUPS Y3, (DX)(R10*1)
	LEAQ    (DX)(R10*4), DX // the other 4 vectors of the panel are not ours
	LEAQ    (DX)(R10*2), DX
	DECQ    R14
	JNZ     panel
	VZEROUPPER
	RET
