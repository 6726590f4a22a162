package quant

import (
	"encoding/binary"
	"math"

	"argen/internal/tensor"
)

// PackedFormat is how the numbers of a quantised type are packed. Scales of half
// precision stay that; others are products, which are float32. What fits half a
// byte takes no more.
func (t Type) PackedFormat() tensor.Format {
	f := tensor.Format{Layout: tensor.N8, Mins: t.HasMin(), Run: t.RunLen()}
	switch t {
	case Q4_0, Q4_1, IQ4_NL, Q5_0, Q5_1, Q8_0:
		f.Half = true
	}
	levels, ok := t.Levels()
	switch t {
	case Q2_K:
		levels, ok = &upward, true
	case Q3_K:
		levels, ok = &around, true
	}
	if ok {
		f.Layout, f.Table = tensor.N4, *levels
	}
	return f
}

// Pack lays a matrix of a quantised type out for multiplying. Data are its rows,
// whole blocks. It is the matrix in the file to the bit: scales, mins and whole
// numbers are those of [Block].
func Pack(t Type, rows, cols int, data []byte) *tensor.Packed {
	p := &tensor.Packed{Format: t.PackedFormat(), Rows: rows, Cols: cols}
	p.Data = make([]byte, p.Bytes(rows, cols))
	PackRows(p, t, data, 0, rows)
	return p
}

// PackRows packs rows from ≤ row < to, where from is a multiple of 16 and so is
// to unless it is the number of rows; data are all rows. The bytes for them are
// 0 before. It returns the first row with a scale or min that is not finite, -1
// if all are.
func PackRows(p *tensor.Packed, t Type, data []byte, from, to int) (broken int) {
	broken = -1
	size := t.RowBytes(p.Cols)
	group := p.Cols / tensor.PackedCols * p.BlockBytes()
	var general packer
	for ; from < to; from += tensor.PackedRows {
		dst := p.Data[from/tensor.PackedRows*group:][:group]
		for r := range min(tensor.PackedRows, to-from) {
			src := data[(from+r)*size:][:size]
			ok := false
			switch t {
			case Q4_0, IQ4_NL:
				ok = packHalf(dst, src, r, 18, 2, p.BlockBytes())
			case Q4_1:
				ok = packHalf(dst, src, r, 20, 4, p.BlockBytes())
			case Q8_0:
				ok = packHalf(dst, src, r, 34, 2, p.BlockBytes())
			default:
				ok = general.row(p, t, dst, src, r)
			}
			if !ok && broken < 0 {
				broken = from + r
			}
		}
	}
	return broken
}

// packHalf packs a row of a type whose blocks of size bytes begin with head bytes
// of half precision numbers and go on with what is packed as it is.
func packHalf(dst, src []byte, r, size, head, block int) (finite bool) {
	const exponent = 0x7c00
	finite = true
	for ; len(src) >= size; src, dst = src[size:], dst[block:] {
		from, to := src[:size], dst[:block]
		for i := 0; i < head; i += 2 {
			h := binary.LittleEndian.Uint16(from[i:])
			finite = finite && h&exponent != exponent
			binary.LittleEndian.PutUint16(to[i*tensor.PackedRows+2*r:], h)
		}
		to = to[head*tensor.PackedRows+4*r:]
		for from = from[head:]; len(from) >= 4; from = from[4:] {
			binary.LittleEndian.PutUint32(to, binary.LittleEndian.Uint32(from))
			if len(to) < 4*tensor.PackedRows {
				break
			}
			to = to[4*tensor.PackedRows:]
		}
	}
	return finite
}

// A packer packs rows of any type.
type packer struct {
	block   Block
	nibbles [256]byte // by level
	table   [16]int8  // that they are of
}

func (k *packer) row(p *tensor.Packed, t Type, dst, src []byte, r int) (finite bool) {
	if p.Layout == tensor.N4 && k.table != p.Table {
		k.table = p.Table
		for i, level := range p.Table {
			k.nibbles[uint8(level)] = byte(i)
		}
	}
	finite = true
	runs, perBlock := t.BlockLen()/p.Run, tensor.PackedCols/p.Run
	for ; len(src) > 0; src = src[t.BlockBytes():] {
		k.block.Decode(t, src)
		for run := 0; run < runs; run += perBlock {
			at := 0
			put := func(x float32) {
				finite = finite && !math.IsInf(float64(x), 0) && x == x
				k.put(p, dst, at+r, x)
				at += tensor.PackedRows
			}
			for i := range perBlock {
				put(k.block.Scale[run+i])
			}
			for i := range perBlock {
				if p.Mins {
					put(k.block.Min[run+i])
				}
			}
			if p.Half {
				at *= 2
			} else {
				at *= 4
			}
			k.quants(p, dst[at+4*r:], k.block.Q[run*p.Run:][:tensor.PackedCols])
			dst = dst[p.BlockBytes():]
		}
	}
	return finite
}

// put writes a scale or min.
func (k *packer) put(p *tensor.Packed, dst []byte, i int, x float32) {
	if p.Half {
		var h [1]uint16
		tensor.F32ToF16(h[:], []float32{x}) // exact: it was one
		binary.LittleEndian.PutUint16(dst[2*i:], h[0])
		return
	}
	binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(x))
}

// quants writes the whole numbers of a block.
func (k *packer) quants(p *tensor.Packed, dst []byte, q []int8) {
	if p.Layout == tensor.N8 {
		for c, v := range q {
			dst[c/4*4*tensor.PackedRows+c%4] = byte(v)
		}
		return
	}
	for c := range tensor.PackedCols / 2 {
		dst[c/4*4*tensor.PackedRows+c%4] = k.nibbles[uint8(q[c])] | k.nibbles[uint8(q[c+tensor.PackedCols/2])]<<4
	}
}
