package strict

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Bytes reads little-endian numbers and stretches of bytes one after the
// other. Each read names the field it reads, for the error if too little is
// left; a read that fails consumes nothing.
type Bytes struct {
	file string
	data []byte
	pos  int
	mark int // where the field read last begins
}

// NewBytes returns a reader of data; file stands in its errors.
func NewBytes(file string, data []byte) *Bytes { return &Bytes{file: file, data: data} }

// Take returns the next n bytes. They are not a copy.
func (b *Bytes) Take(field string, n uint64) ([]byte, error) {
	b.mark = b.pos
	if left := b.Remaining(); n > left {
		return nil, b.Errorf(field, "it needs %d bytes and %d are left: the file is cut short or this length is wrong", n, left)
	}
	b.pos += int(n)
	return b.data[b.mark:b.pos:b.pos], nil
}

// U8 reads an unsigned integer of 8 bits.
func (b *Bytes) U8(field string) (uint8, error) {
	p, err := b.Take(field, 1)
	if err != nil {
		return 0, err
	}
	return p[0], nil
}

// U16 reads an unsigned integer of 16 bits.
func (b *Bytes) U16(field string) (uint16, error) {
	p, err := b.Take(field, 2)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint16(p), nil
}

// U32 reads an unsigned integer of 32 bits.
func (b *Bytes) U32(field string) (uint32, error) {
	p, err := b.Take(field, 4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(p), nil
}

// U64 reads an unsigned integer of 64 bits.
func (b *Bytes) U64(field string) (uint64, error) {
	p, err := b.Take(field, 8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(p), nil
}

// F32 reads an IEEE 754 number of 32 bits. It may be infinite or NaN.
func (b *Bytes) F32(field string) (float32, error) {
	v, err := b.U32(field)
	return math.Float32frombits(v), err
}

// F64 reads an IEEE 754 number of 64 bits. It may be infinite or NaN.
func (b *Bytes) F64(field string) (float64, error) {
	v, err := b.U64(field)
	return math.Float64frombits(v), err
}

// Remaining is how many bytes are left.
func (b *Bytes) Remaining() uint64 { return uint64(len(b.data) - b.pos) }

// Offset is how many bytes have been read.
func (b *Bytes) Offset() int64 { return int64(b.pos) }

// Rest is all that is left. It is not a copy, and nothing is read by it.
func (b *Bytes) Rest() []byte { return b.data[b.pos:] }

// Errorf returns an [*Error] at the field read last (or at the start).
func (b *Bytes) Errorf(field, format string, args ...any) error {
	return b.ErrorAt(int64(b.mark), field, format, args...)
}

// ErrorAt returns an [*Error] at an offset.
func (b *Bytes) ErrorAt(offset int64, field, format string, args ...any) error {
	return &Error{File: b.file, Offset: offset, Field: field, Msg: fmt.Sprintf(format, args...)}
}
