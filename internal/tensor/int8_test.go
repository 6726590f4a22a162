package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// int8Formats are those of types of ggml, and the rest that kernels tell apart.
func int8Formats() []Format {
	var four, less, other [16]int8
	for i := range four {
		four[i], less[i], other[i] = int8(i), int8(i)-8, int8(17*i-127)
	}
	var formats []Format
	for _, table := range [][16]int8{four, less, other} {
		formats = append(formats, Format{N4, true, false, 32, table}, Format{N4, false, false, 32, table}, Format{N4, true, true, 32, table}, Format{N4, false, true, 32, table})
	}
	for _, half := range []bool{false, true} {
		for _, mins := range []bool{false, true} {
			formats = append(formats, Format{Layout: N8, Half: half, Mins: mins, Run: 32})
		}
	}
	return formats
}

// packRandom returns a matrix of random blocks: scales of any size, some of them 0
// or subnormal, and all whole numbers. Rows that are missing are zeros.
func packRandom(r *rand.Rand, f Format, rows, cols int) *Packed {
	p := &Packed{Format: f, Rows: rows, Cols: cols, Data: make([]byte, f.Bytes(rows, cols))}
	for i := range p.Data {
		p.Data[i] = byte(r.Uint32())
	}
	for at := 0; at < len(p.Data); at += f.BlockBytes() {
		group := at / f.BlockBytes() / max(cols/PackedCols, 1)
		block := p.Data[at:][:f.quants()]
		for lane := 0; len(block) > 0; lane++ {
			v := (r.Float32() - 0.5) * [...]float32{1, 0.01, 1e-6, 0}[r.IntN(4)]
			if group*PackedRows+lane%PackedRows >= rows {
				v = 0
			}
			if f.Half {
				binary.LittleEndian.PutUint16(block, f32ToF16(v))
				block = block[2:]
			} else {
				binary.LittleEndian.PutUint32(block, math.Float32bits(v))
				block = block[4:]
			}
		}
	}
	return p
}

// int8Of rounds n vectors.
func int8Of(x []float32, n, cols int) *Int8 {
	a := new(Int8)
	a.Resize(n, cols)
	for i := range a.n {
		a.Round(i, x[i*cols:(i+1)*cols])
	}
	return a
}

// Kernels give the bits of the plain Go, for one vector as for many, and those are
// what the definition says.
func TestMultiplyInt8(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(21)
		for _, f := range int8Formats() {
			for _, size := range []struct{ rows, cols, n int }{{1, 32, 1}, {16, 32, 1}, {48, 96, 1}, {37, 64, 2}, {33, 64, 3}, {15, 32, 4}, {40, 160, 8}, {50, 64, 13}, {16, 32, 17}, {0, 32, 9}, {16, 0, 8}, {16, 32, 0}} {
				p := packRandom(r, f, size.rows, size.cols)
				x := make([]float32, size.n*size.cols)
				for i := range x {
					x[i] = float32(r.NormFloat64())
				}
				if len(x) > 32 {
					clear(x[:32])
				}
				a := int8Of(x, size.n, size.cols)
				stride := size.rows + 3
				got, want := random(r, size.n*stride), make([]float32, size.n*stride)
				copy(want, got)
				p.MultiplyInt8(got, stride, a, 0, size.rows)
				p.multiplyInt8Go(want, stride, a, 0, size.rows)
				name := fmt.Sprintf("%+v of %+v", size, f)
				sameBits(t, name, got, want)
				for i := range size.n { // alone, and in parts
					b := int8Of(x[i*size.cols:], 1, size.cols)
					alone := make([]float32, size.rows)
					split := size.rows / 2 &^ 15
					p.MultiplyInt8(alone, stride, b, 0, split)
					p.MultiplyInt8(alone[split:], stride, b, split, size.rows)
					sameBits(t, name+" alone", alone, got[i*stride:][:size.rows])
				}
				defines(t, name, p, a, got, stride)
			}
		}
	})
}

// defines compares products with their definition in float64.
func defines(t *testing.T, name string, p *Packed, a *Int8, got []float32, stride int) {
	t.Helper()
	for i := range a.n {
		for row := range p.Rows {
			var sum, size float64
			for b := range p.Cols / PackedCols {
				var q [PackedCols]int32
				data := p.group(row)[b*p.BlockBytes():]
				p.row(&q, data, row%PackedRows)
				scale, least := float64(p.number(data, row%PackedRows)), 0.0
				if p.Mins {
					least = float64(p.number(data, PackedRows+row%PackedRows))
				}
				at := a.at(i, b)
				for c, v := range a.q[at*blockCols:][:blockCols] {
					x := float64(a.d[at]) * float64(v)
					sum += (scale*float64(q[c]) + least) * x
					size += (math.Abs(scale*float64(q[c])) + math.Abs(least)) * math.Abs(x)
				}
			}
			// Each block adds two numbers, of a few roundings each.
			near(t, name, got[i*stride+row], sum, size*float64(2*p.Cols/PackedCols+6)*0x1p-24)
		}
	}
}

// A fused multiply-add in plain Go rounds as one in big numbers.
func TestFMA(t *testing.T) {
	r := newRand(24)
	number := func() float32 {
		// Few bits and near exponents, so that sums are often halfway between
		// float32s, and just beside it.
		v := float32(r.IntN(1<<r.IntN(24)+1)+r.IntN(2)) * float32(math.Ldexp(1, r.IntN(60)-30))
		if r.IntN(2) == 0 {
			return -v
		}
		return v
	}
	for range 200000 {
		x, y, z := number(), number(), number()
		if r.IntN(4) == 0 {
			z *= 0x1p-120
		}
		sum := new(big.Float).SetPrec(2000).SetFloat64(float64(x) * float64(y))
		want, _ := sum.Add(sum, big.NewFloat(float64(z))).Float32()
		if got := fma(x, y, z); got != want {
			t.Fatalf("%g·%g + %g is %g, want %g", x, y, z, got, want)
		}
	}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range [][4]float32{{inf, 1, 1, inf}, {1, 1, -inf, -inf}, {inf, 1, -inf, nan}, {inf, 0, 1, nan}, {math.MaxFloat32, 2, 0, inf}, {math.MaxFloat32, 2, -math.MaxFloat32, math.MaxFloat32}, {0x1p-100, 0x1p-50, 0x1p-149, 0x1p-148}, {0x1p-100, 0x1p-51, 0x1p-149, 0x1p-149}, {0x1p-100, 0x1.8p-50, 0, 0x1p-149}} {
		if got := fma(c[0], c[1], c[2]); got != c[3] && !(got != got && c[3] != c[3]) {
			t.Errorf("%g·%g + %g is %g, want %g", c[0], c[1], c[2], got, c[3])
		}
	}
}
