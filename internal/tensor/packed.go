package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A Layout is how a [Packed] matrix holds its whole numbers.
type Layout uint8

const (
	// N4 holds nibbles, which a table of 16 turns into numbers: byte 4j+k of
	// the 16 of a block has column 4j+k in its low nibble and column 16+4j+k in
	// its high one, as ggml's Q4_0 has it.
	N4 Layout = iota
	// N8 holds int8, column 4j+k in byte k of dword j.
	N8
)

const (
	// PackedRows is how many rows a group of a [Packed] matrix has, one in each
	// lane of a vector of 16 dwords.
	PackedRows = 16
	// PackedCols is how many columns a block has.
	PackedCols = 32
)

// A Format is what the blocks of a [Packed] matrix hold.
type Format struct {
	Layout Layout
	Half   bool     // scales and mins are IEEE half precision, otherwise float32
	Mins   bool     // there are mins
	Run    int      // how many columns a scale is for, 16 or 32
	Table  [16]int8 // of N4
}

// runs is how many scales a row has in a block.
func (f *Format) runs() int { return PackedCols / f.Run }

// scaleBytes is how many bytes the scales of a block take, and the mins.
func (f *Format) scaleBytes() int {
	if f.Half {
		return 2 * PackedRows * f.runs()
	}
	return 4 * PackedRows * f.runs()
}

// quants is where the whole numbers of a block begin.
func (f *Format) quants() int {
	if f.Mins {
		return 2 * f.scaleBytes()
	}
	return f.scaleBytes()
}

// BlockBytes is how many bytes a block of 16 rows and 32 columns takes.
func (f *Format) BlockBytes() int {
	if f.Layout == N4 {
		return f.quants() + PackedRows*PackedCols/2
	}
	return f.quants() + PackedRows*PackedCols
}

// Bytes is how many bytes a matrix takes. Rows are filled up to groups of 16.
func (f *Format) Bytes(rows, cols int) int {
	return (rows + PackedRows - 1) / PackedRows * (cols / PackedCols) * f.BlockBytes()
}

// A Packed is a matrix of quantised numbers, laid out for multiplying. Its rows
// are interleaved in groups of 16, so that a vector register holds the same
// columns of 16 rows and no sum runs across lanes. Groups lie one after the
// other, in each the blocks of 32 columns, in each block
//
//	scales  16 of each run, the rows' in order; run after run
//	mins    likewise, if there are any
//	quants  dwords, 16 of each: dword j of the 16 rows in order (see [Layout])
//
// and a number is scale·q + min. Rows that are missing in the last group have
// scales and mins of 0. A row of Cols/32 blocks of a scale, maybe a min, and
// whole numbers is all that ggml's types are (see package quant).
type Packed struct {
	Format
	Rows, Cols int // Cols is a multiple of 32
	Data       []byte
}

// Multiply computes products of rows from ≤ row < to with each of the vectors x:
//
//	dst[i·stride + row−from] = Σ over runs of scale·(unit·Σ q·X) + min·(Σ x)
//
// where X are the whole numbers of vector i and unit what they count
// ([Vectors]). From is a multiple of 16, and so is to unless it is Rows. The
// inner sums are exact. The outer one is in float32, in the order of the
// columns, run by run, with the mins of a block after its scales; products are
// rounded before they are added. So each number is the same to the bit with
// every kernel, and alone or with other vectors.
func (p *Packed) Multiply(dst []float32, stride int, x *Vectors, from, to int) {
	p.check(dst, stride, x.n, x.cols, from, to)
	if from < to && x.n > 0 {
		p.multiply(dst, stride, x, from, to)
	}
}

// check panics unless n vectors of cols numbers can be multiplied with rows
// from ≤ row < to.
func (p *Packed) check(dst []float32, stride, n, cols, from, to int) {
	if from < 0 || from%PackedRows != 0 || to < from || to > p.Rows || to%PackedRows != 0 && to != p.Rows {
		panic(fmt.Sprintf("tensor: rows %d to %d of %d", from, to, p.Rows))
	}
	if cols != p.Cols || len(p.Data) != p.Bytes(p.Rows, p.Cols) || !fits(n, to-from, stride, len(dst)) {
		panic("tensor: packed matrix does not fit")
	}
}

// group returns the blocks of the group that begins with a row.
func (p *Packed) group(row int) []byte {
	size := p.Cols / PackedCols * p.BlockBytes()
	return p.Data[row/PackedRows*size:][:size]
}

// number returns one of the scales and mins of a block.
func (p *Packed) number(data []byte, i int) float32 {
	if p.Half {
		return f16ToF32(binary.LittleEndian.Uint16(data[2*i:]))
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
}

// row takes the whole numbers of a row from a block.
func (p *Packed) row(q *[PackedCols]int32, data []byte, r int) {
	data = data[p.quants()+4*r:]
	if p.Layout == N8 {
		for c := range q {
			q[c] = int32(int8(data[c/4*4*PackedRows+c%4]))
		}
		return
	}
	for c := range PackedCols / 2 {
		pair := data[c/4*4*PackedRows+c%4]
		q[c], q[c+PackedCols/2] = int32(p.Table[pair&15]), int32(p.Table[pair>>4])
	}
}
