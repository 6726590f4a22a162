//go:build !noasm

#include "textflag.h"

// Rounding to int8 in blocks of 32 numbers, with the steps of roundInt8Go. Its
// blocks are R10 bytes of q and R11 bytes of d, s and base apart.

// ARGUMENTS loads what both kernels are called with.
#define ARGUMENTS \
	MOVQ q+0(FP), DI      \
	MOVQ d+8(FP), R8      \
	MOVQ s+16(FP), R9     \
	MOVQ base+24(FP), DX  \
	MOVQ x+32(FP), SI     \
	MOVQ blocks+40(FP), CX \
	MOVQ wide+48(FP), R11 \
	MOVQ R11, R10         \
	SHLQ $5, R10          \
	SHLQ $2, R11          \
	MOVL $0x42fe0000, AX  \
	VMOVD AX, X13 // 127

// BOUNDS takes the greatest |x| in X2 and jumps if the block is no ordinary one.
#define BOUNDS \
	VMOVD X2, AX          \
	SUBL  $0x03800000, AX \
	CMPL  AX, $0x7c000000 \
	JAE   odd

// SCALES stores d, s and base of a block, of which X2 is the greatest |x| and X0
// has the sum of q.
#define SCALES \
	VDIVSS    X13, X2, X4 \
	VMOVSS    X4, (R8)    \
	VCVTDQ2PS X0, X1      \
	VMULSS    X4, X1, X1  \
	VMOVSS    X1, (R9)    \
	VMOVD     X0, AX      \
	SHLL      $7, AX      \
	NEGL      AX          \
	MOVL      AX, (DX)

// NEXT goes to the next block.
#define NEXT \
	ADDQ $128, SI \
	ADDQ R10, DI  \
	ADDQ R11, R8  \
	ADDQ R11, R9  \
	ADDQ R11, DX  \
	DECQ CX       \
	JNZ  block

// ODD stores the scales of a block without an ordinary number, if AX has the
// greatest |x| less its least ordinary value.
#define ODD \
	ADDL $0x03800000, AX \
	MOVL $0, (DX)        \
	MOVL $0x7fc00000, BX \
	CMPL AX, $0x7f800000 \
	JAE  nan             \
	XORL BX, BX          \
nan:                     \
	MOVL BX, (R8)        \
	MOVL BX, (R9)

// func roundInt8AVX512(q *int8, d, s *float32, base *int32, x *float32, blocks, wide int)
TEXT ·roundInt8AVX512(SB), NOSPLIT, $0-56
	ARGUMENTS
	MOVL         $0x7fffffff, AX
	VPBROADCASTD AX, Z11

block:
	VMOVUPS       (SI), Z0
	VMOVUPS       64(SI), Z1
	VPANDD        Z11, Z0, Z2
	VPANDD        Z11, Z1, Z3
	VPMAXUD       Z3, Z2, Z2
	VEXTRACTI64X4 $1, Z2, Y3
	VPMAXUD       Y3, Y2, Y2
	VEXTRACTI128  $1, Y2, X3
	VPMAXUD       X3, X2, X2
	VPSHUFD       $0x4e, X2, X3
	VPMAXUD       X3, X2, X2
	VPSHUFD       $0xb1, X2, X3
	VPMAXUD       X3, X2, X2
	BOUNDS
	VDIVSS        X2, X13, X5
	VBROADCASTSS  X5, Z5
	VMULPS        Z5, Z0, Z0
	VMULPS        Z5, Z1, Z1
	VCVTPS2DQ     Z0, Z0
	VCVTPS2DQ     Z1, Z1
	VPMOVSDB      Z0, (DI)
	VPMOVSDB      Z1, 16(DI)
	VPADDD        Z1, Z0, Z0
	VEXTRACTI64X4 $1, Z0, Y1
	VPADDD        Y1, Y0, Y0
	VEXTRACTI128  $1, Y0, X1
	VPADDD        X1, X0, X0
	VPHADDD       X0, X0, X0
	VPHADDD       X0, X0, X0
	SCALES

next:
	NEXT
	VZEROUPPER
	RET

odd:
	ODD
	VPXOR   X0, X0, X0
	VMOVDQU Y0, (DI)
	JMP     next

// func roundInt8AVX2(q *int8, d, s *float32, base *int32, x *float32, blocks, wide int)
TEXT ·roundInt8AVX2(SB), NOSPLIT, $0-56
	ARGUMENTS
	VPCMPEQD Y11, Y11, Y11
	VPSRLD   $1, Y11, Y11
	VMOVDQU  unpack<>(SB), Y12

block:
	VMOVUPS      (SI), Y0
	VMOVUPS      32(SI), Y1
	VMOVUPS      64(SI), Y2
	VMOVUPS      96(SI), Y3
	VPAND        Y11, Y0, Y4
	VPAND        Y11, Y1, Y5
	VPAND        Y11, Y2, Y6
	VPAND        Y11, Y3, Y7
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
	SUBL         $0x03800000, AX
	CMPL         AX, $0x7c000000
	JAE          odd
	VDIVSS       X4, X13, X5
	VBROADCASTSS X5, Y5
	VMULPS       Y5, Y0, Y0
	VMULPS       Y5, Y1, Y1
	VMULPS       Y5, Y2, Y2
	VMULPS       Y5, Y3, Y3
	VCVTPS2DQ    Y0, Y0
	VCVTPS2DQ    Y1, Y1
	VCVTPS2DQ    Y2, Y2
	VCVTPS2DQ    Y3, Y3
	VPACKSSDW    Y1, Y0, Y6
	VPACKSSDW    Y3, Y2, Y7
	VPACKSSWB    Y7, Y6, Y6
	VPERMD       Y6, Y12, Y6
	VMOVDQU      Y6, (DI)
	VPADDD       Y1, Y0, Y0
	VPADDD       Y3, Y2, Y2
	VPADDD       Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VPHADDD      X0, X0, X0
	VPHADDD      X0, X0, X0
	VMOVAPS      X4, X2
	SCALES

next:
	NEXT
	VZEROUPPER
	RET

odd:
	ODD
	VPXOR   X0, X0, X0
	VMOVDQU Y0, (DI)
	JMP     next

// Where the dwords are after numbers were packed within halves of a register.
DATA unpack<>+0(SB)/4, $0
DATA unpack<>+4(SB)/4, $4
DATA unpack<>+8(SB)/4, $1
DATA unpack<>+12(SB)/4, $5
DATA unpack<>+16(SB)/4, $2
DATA unpack<>+20(SB)/4, $6
DATA unpack<>+24(SB)/4, $3
DATA unpack<>+28(SB)/4, $7
GLOBL unpack<>(SB), RODATA|NOPTR, $32
