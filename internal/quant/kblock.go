package quant

import "encoding/binary"

// The types with blocks of 256 numbers have one or two half precision numbers a
// block, by which the small whole scales of the runs are multiplied.

// q2K decodes Q2_K: 16 bytes of scales (lower half byte) and minima (upper), 64
// of numbers, d, dmin.
func (b *Block) q2K(src []byte) {
	d, dmin := half(src[80:]), half(src[82:])
	for r, s := range src[:16] {
		b.Scale[r] = d * float32(s&15)
		b.Min[r] = -(dmin * float32(s>>4))
	}
	b.twos(src[16:80])
}

// twos sets all numbers to the two bits that 64 bytes have of each: the lowest
// of bytes 0 to 31 are numbers 0 to 31, the next ones 32 to 63, and so on.
func (b *Block) twos(src []byte) {
	for c := range 2 {
		bytes := src[32*c:][:32]
		for s := range 4 {
			q := b.Q[128*c+32*s:][:32]
			for l, v := range bytes {
				q[l] = int8(v >> (2 * s) & 3)
			}
		}
	}
}

// q3K decodes Q3_K: 32 bytes with the third bit of each number, 64 with its
// other two, 12 with 16 scales of 6 bits, d. Without its third bit a number is
// 4 less.
func (b *Block) q3K(src []byte) {
	d := half(src[108:])
	low, high := src[96:104], src[104:108]
	for r := range 16 {
		s := low[r%8]>>(4*(r/8))&15 | high[r%4]>>(2*(r/4))&3<<4
		b.Scale[r] = d * float32(int(s)-32)
	}
	b.twos(src[32:96])
	for s := range 8 {
		q := b.Q[32*s:][:32]
		for l, v := range src[:32] {
			q[l] -= int8(^v >> s & 1 << 2)
		}
	}
}

// q4K decodes Q4_K: d, dmin, 12 bytes of scales and minima, 128 of numbers.
func (b *Block) q4K(src []byte) {
	b.sixes(src)
	b.fours(src[16:144])
}

// sixes sets the 8 scales and minima of Q4_K and Q5_K, which have 6 bits each:
// those of the first four runs are in bytes 0 to 7, whose upper two bits belong
// to the others.
func (b *Block) sixes(src []byte) {
	d, dmin, s := half(src), half(src[2:]), src[4:16]
	for r := range 4 {
		b.Scale[r], b.Min[r] = d*float32(s[r]&63), -(dmin * float32(s[r+4]&63))
		scale, least := s[r+8]&15|s[r]>>6<<4, s[r+8]>>4|s[r+4]>>6<<4
		b.Scale[r+4], b.Min[r+4] = d*float32(scale), -(dmin * float32(least))
	}
}

// fours sets all numbers to the half bytes of Q4_K and Q5_K: the lower ones of
// 32 bytes are one run, their upper ones the next.
func (b *Block) fours(src []byte) {
	for c := range 4 {
		q := b.Q[64*c:][:64]
		for l, v := range src[32*c:][:32] {
			q[l], q[l+32] = int8(v&15), int8(v>>4)
		}
	}
}

// q5K decodes Q5_K: as Q4_K, with 32 bytes between scales and numbers that have
// the fifth bits, those of run r being bit r.
func (b *Block) q5K(src []byte) {
	b.sixes(src)
	b.fours(src[48:176])
	for r := range 8 {
		q := b.Q[32*r:][:32]
		for l, v := range src[16:48] {
			q[l] |= int8(v >> r & 1 << 4)
		}
	}
}

// q6K decodes Q6_K: 128 bytes with the lower four bits of each number, 64 with
// its upper two, 16 scales of one byte, d. Numbers are 32 less than their bits.
func (b *Block) q6K(src []byte) {
	d := half(src[208:])
	for r, s := range src[192:208] {
		b.Scale[r] = d * float32(int8(s))
	}
	for c := range 2 {
		low, high, q := src[64*c:][:64], src[128+32*c:][:32], b.Q[128*c:][:128]
		for l, h := range high {
			q[l] = int8(low[l]&15|h&3<<4) - 32
			q[l+32] = int8(low[l+32]&15|h>>2&3<<4) - 32
			q[l+64] = int8(low[l]>>4|h>>4&3<<4) - 32
			q[l+96] = int8(low[l+32]>>4|h>>6<<4) - 32
		}
	}
}

// iq4XS decodes IQ4_XS: d, 8 scales of 6 bits (their upper two in 2 bytes, their
// others in 4), and 128 bytes that name the levels of IQ4_NL.
func (b *Block) iq4XS(src []byte) {
	d, high := half(src), binary.LittleEndian.Uint16(src[2:])
	for r := range 8 {
		s := src[4+r/2]>>(4*(r%2))&15 | byte(high>>(2*r))&3<<4
		b.Scale[r] = d * float32(int(s)-32)
		b.levels(32*r, &nonlinear, src[8+16*r:][:16])
	}
}
