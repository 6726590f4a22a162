package quant

import (
	"math/rand/v2"
	"testing"

	"argen/internal/tensor"
)

// randomBlocks returns rows of a type whose numbers have sane sizes: real
// blocks, whose whole numbers are replaced by random ones.
func randomBlocks(rng *rand.Rand, t Type, rows, cols int) []byte {
	data := make([]byte, rows*t.RowBytes(cols))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	half := func(at int) { // a number of about ±0.01
		var h [1]uint16
		tensor.F32ToF16(h[:], []float32{float32(rng.NormFloat64() / 100)})
		data[at], data[at+1] = byte(h[0]), byte(h[0]>>8)
	}
	halves := map[Type][]int{
		Q4_0: {0}, Q4_1: {0, 2}, Q5_0: {0}, Q5_1: {0, 2}, Q8_0: {0}, IQ4_NL: {0}, IQ4_XS: {0},
		Q2_K: {80, 82}, Q3_K: {108}, Q4_K: {0, 2}, Q5_K: {0, 2}, Q6_K: {208},
	}[t]
	for at := 0; at < len(data); at += t.BlockBytes() {
		for _, h := range halves {
			half(at + h)
		}
		switch t {
		case MXFP4:
			data[at] = byte(120 + rng.IntN(8))
		case Q8_F32:
			data[at+3] = 0x3c // a float32 of about 0.01
		}
	}
	return data
}

// quantised are all types with blocks.
func quantised() (list []Type) {
	for t := range types {
		if t.Quantized() {
			list = append(list, t)
		}
	}
	return list
}

// A packed matrix has the numbers of the file: its product with a unit vector is
// a column, to the bit of a scale times a whole number plus a min.
func TestPack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	const rows, cols = 37, 512
	for _, typ := range quantised() {
		data := randomBlocks(rng, typ, rows, cols)
		want := make([]float32, rows*cols)
		Dequantize(typ, want, data)
		p := Pack(typ, rows, cols, data)
		var x tensor.Vectors
		values, got := make([]float32, cols), make([]float32, rows)
		for range 40 {
			c := rng.IntN(cols)
			values[c] = 1
			x.Set(values, cols)
			values[c] = 0
			p.Multiply(got, rows, &x, 0, rows)
			for r, g := range got {
				if g != want[r*cols+c] {
					t.Fatalf("%s: row %d, column %d: %g, want %g", typ, r, c, g, want[r*cols+c])
				}
			}
		}
	}
}
