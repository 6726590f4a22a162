// What the kernels of packed matrices share (packed_avx512_amd64.s,
// packeds_avx512_amd64.s): the arithmetic of a block of 16 rows and 32 columns.
// Lane r of a register is row r.
//
//	Z0  what selects a nibble: 0x0f in each byte
//	Z1  256
//	Z2  the table of nibbles, or what is to be subtracted from them: all ones for
//	    8, zeros for nothing
//	SI  the block, DI the block of the vector
//	R8  where the whole numbers are in a block
//	R11 1 if scales and mins are half precision, 2 if there are mins

// DOT adds the products of 4 columns, from column c on, with the digits of the
// vector at x: the whole numbers are bytes without a sign.
#define DOT(w, x, c, s2, s1, s0) \
	VPDPBUSD.BCST (x+c)(DI), w, s2    \
	VPDPBUSD.BCST (x+32+c)(DI), w, s1 \
	VPDPBUSD.BCST (x+64+c)(DI), w, s0

// BEGIN4 begins the sums of digits at what the nibbles are too large by: 8 each,
// or nothing.
#define BEGIN4(at, s2, s1, s0) \
	VPANDD.BCST (at)(DI), Z2, s2   \
	VPANDD.BCST (at+4)(DI), Z2, s1 \
	VPANDD.BCST (at+8)(DI), Z2, s0

// BEGIN8 is BEGIN4 of bytes that are too large by 128.
#define BEGIN8(at, s2, s1, s0) \
	VPSLLD.BCST $4, (at)(DI), s2   \
	VPSLLD.BCST $4, (at+4)(DI), s1 \
	VPSLLD.BCST $4, (at+8)(DI), s0

// WHOLE makes s2 the sum of the digits' sums as float32: 256·(256·s2 + s1) + s0,
// where the sum in brackets is exact and the product too.
#define WHOLE(s2, s1, s0) \
	VPSLLD      $8, s2, s2 \
	VPADDD      s1, s2, s2 \
	VCVTDQ2PS   s2, s2     \
	VCVTDQ2PS   s0, s0     \
	VFMADD213PS s0, Z1, s2

// LOW and HIGH take the nibbles of dword j: columns 4j to 4j+3 and 16+4j to
// 16+4j+3.
#define LOW(j, w) \
	VMOVDQU64 (64*j)(SI)(R8*1), w \
	VPANDD    Z0, w, w

#define HIGH(j, w) \
	VMOVDQU64 (64*j)(SI)(R8*1), w \
	VPSRLW    $4, w, w            \
	VPANDD    Z0, w, w

// LOWT and HIGHT look them up.
#define LOWT(j, w) \
	LOW(j, w)       \
	VPSHUFB w, Z2, w

#define HIGHT(j, w) \
	HIGH(j, w)      \
	VPSHUFB w, Z2, w

// BYTES takes dword j of int8, made 128 larger: Z0 is 0x80 in each byte.
#define BYTES(j, w) \
	VPXORD (64*j)(SI)(R8*1), Z0, w

// SCALES32 loads the scales and mins of runs of 32, the mins if there are any.
#define SCALES32(scale, min, wide, done) \
	TESTQ     $1, R11       \
	JZ        wide          \
	VCVTPH2PS (SI), scale   \
	VCVTPH2PS 32(SI), min   \
	JMP       done          \
wide:                       \
	VMOVUPS   (SI), scale   \
	VMOVUPS   64(SI), min   \
done:
