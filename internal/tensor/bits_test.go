package tensor

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"testing"
)

// The bits of all functions that promise the same on every platform, for fixed
// inputs, as one number.
func TestBits(t *testing.T) {
	const want = 0xe315ac456eba4c91
	eachKernel(t, func(t *testing.T) {
		r := newRand(12)
		numbers := func(n int) []float32 {
			x := make([]float32, n)
			for i := range x {
				x[i] = 8 * (r.Float32() - 0.5)
			}
			return x
		}
		sum := fnv.New64a()
		add := func(x []float32) {
			var b [4]byte
			for _, v := range x {
				binary.LittleEndian.PutUint32(b[:], math.Float32bits(v))
				sum.Write(b[:])
			}
		}
		const rows, cols = 37, 141
		x, y, w := numbers(cols), numbers(cols), numbers(rows*cols)
		half, brain := make([]uint16, len(w)), make([]uint16, len(w))
		F32ToF16(half, w)
		F32ToBF16(brain, w)
		out := make([]float32, rows)
		MatVec(out, w, x)
		add(out)
		MatVecF16(out, half, x)
		add(out)
		MatVecBF16(out, brain, x)
		add(out)
		many := make([]float32, rows*rows)
		MatVecs(many, rows, w, w, cols)
		add(many)
		packed := Packed{Format: Format{N4, true, true, 32, [16]int8{0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 127, -128, -1, -2, -3}}, Rows: rows, Cols: 96}
		packed.Data = make([]byte, packed.Bytes(rows, 96))
		for i := range packed.Data {
			packed.Data[i] = byte(r.Uint32())
			if i%packed.BlockBytes() < packed.quants() && i%2 == 1 { // the upper byte of a half
				packed.Data[i] &^= 0x40 // a number below 2
			}
		}
		var vectors Vectors
		vectors.Set(w[:9*96], 96)
		packed.Multiply(many, rows, &vectors, 0, rows)
		add(many[:9*rows])
		AddRows(y, out, w)
		Axpy(0.3, x, y)
		Scale(0.01, y)
		add(y)
		RMSNorm(y, y, x, 1e-5)
		add(y)
		LayerNorm(y, y, x, w[:cols], 1e-5)
		add(y)
		SiLUMul(y, y, x)
		add(y)
		GELUTanh(y)
		add(y)
		Softmax(y)
		add(y)
		Exp(y, x)
		add(y)
		if got := sum.Sum64(); got != want {
			t.Errorf("the bits are %#x, want %#x", got, uint64(want))
		}
	})
}
