package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// formats are all that types of ggml are packed to, and the others that there
// are kernels for.
func formats() (all []Format) {
	up, around, uneven := [16]int8{}, [16]int8{}, [16]int8{}
	for i := range 16 {
		up[i], around[i], uneven[i] = int8(i), int8(i-8), int8(i*i-127+i*17%5)
	}
	for _, half := range []bool{true, false} {
		for _, mins := range []bool{true, false} {
			for _, run := range []int{16, 32} {
				all = append(all, Format{N8, half, mins, run, [16]int8{}})
				for _, table := range [][16]int8{up, around, uneven} {
					all = append(all, Format{N4, half, mins, run, table})
				}
			}
		}
	}
	return all
}

func (f Format) name() string {
	return fmt.Sprintf("layout %d, half %v, mins %v, run %d, table %v", f.Layout, f.Half, f.Mins, f.Run, f.Table)
}

// randomPacked returns a matrix of any whole numbers. Scales and mins are of
// about 0.01, some are 0 or subnormal.
func randomPacked(r *rand.Rand, f Format, rows, cols int) *Packed {
	p := &Packed{Format: f, Rows: rows, Cols: cols}
	p.Data = make([]byte, p.Bytes(rows, cols))
	for i := range p.Data {
		p.Data[i] = byte(r.Uint32())
	}
	for at := 0; at < len(p.Data); at += p.BlockBytes() {
		group := at / p.BlockBytes() / (cols / PackedCols)
		for i := range p.quants() / (p.scaleBytes() / PackedRows / p.runs()) {
			x := float32(r.NormFloat64() / 100)
			switch {
			case group*PackedRows+i%PackedRows >= rows, r.IntN(20) == 0:
				x = 0
			case r.IntN(20) == 0 && f.Half:
				x = 0x3p-23
			case r.IntN(20) == 0:
				x = 0x3p-140
			}
			if f.Half {
				binary.LittleEndian.PutUint16(p.Data[at+2*i:], f32ToF16(x))
			} else {
				binary.LittleEndian.PutUint32(p.Data[at+4*i:], math.Float32bits(x))
			}
		}
	}
	return p
}

// definition is a row of the product in float64, and a bound of its error.
func (p *Packed) definition(row int, x []float32) (sum, bound float64) {
	data := p.group(row / PackedRows * PackedRows)
	r := row % PackedRows
	for b := range p.Cols / PackedCols {
		block := data[b*p.BlockBytes():]
		var q [PackedCols]int32
		p.row(&q, block, r)
		xs, most := x[b*PackedCols:][:PackedCols], 0x1p-104 // its unit is 2⁻¹²⁶ or more
		for _, v := range xs {
			most = max(most, math.Abs(float64(v)))
		}
		for c, v := range xs {
			run := c / p.Run
			scale, least := float64(p.number(block, run*PackedRows+r)), 0.0
			if p.Mins {
				least = float64(p.number(block, (p.runs()+run)*PackedRows+r))
			}
			sum += (scale*float64(q[c]) + least) * float64(v)
			bound += (math.Abs(scale*float64(q[c])) + math.Abs(least)) * most
		}
	}
	// A number of x is rounded by 2⁻²³ of the largest beside it; the sum of a run
	// and what it is multiplied by are rounded four times, and the sums over n
	// runs and mins n times, by 2⁻²⁴ of what they are, which is less than what is
	// added up here. What is subnormal is rounded by up to 2⁻¹⁵⁰ each time.
	n := float64(2 * p.Cols / p.Run)
	return sum, bound*(0x1p-23+(n+4)*0x1p-24) + n*0x1p-148
}

// Products are as defined, every kernel has the same bits, and a vector alone has
// those that it has among others.
func TestPacked(t *testing.T) {
	for _, f := range formats() {
		r := newRand(21)
		for _, size := range [][3]int{{0, 32, 1}, {1, 32, 1}, {15, 64, 2}, {16, 96, 3}, {17, 32, 7}, {48, 64, 8}, {33, 160, 9}, {40, 96, 17}, {16, 1536, 25}} {
			rows, cols, n := size[0], size[1], size[2]
			p := randomPacked(r, f, rows, cols)
			values := random(r, n*cols)
			values[0], values[len(values)-1] = 3e4, 0x1p-140
			var want []float32
			eachKernel(t, func(t *testing.T) {
				var x, one Vectors
				x.Set(values, cols)
				got := make([]float32, n*rows)
				p.Multiply(got, max(rows, 1), &x, 0, rows)
				if want == nil {
					want = got
					for i := range n {
						for row := range rows {
							sum, bound := p.definition(row, values[i*cols:(i+1)*cols])
							near(t, f.name(), got[i*rows+row], sum, bound)
						}
					}
				}
				sameBits(t, f.name(), got, want)
				for i := range n {
					one.Set(values[i*cols:(i+1)*cols], cols)
					alone := make([]float32, rows)
					for from := 0; from < rows; from += 16 {
						to := min(from+16, rows)
						p.Multiply(alone[from:], to-from, &one, from, to)
					}
					sameBits(t, f.name(), alone, want[i*rows:(i+1)*rows])
				}
			})
		}
	}
}

// What is no number makes all products with its vector none, and no others.
func TestPackedNotFinite(t *testing.T) {
	r := newRand(22)
	eachKernel(t, func(t *testing.T) {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			p := randomPacked(r, formats()[0], 16, 64)
			values := random(r, 3*64)
			values[70] = float32(v)
			var x Vectors
			x.Set(values, 64)
			got := make([]float32, 48)
			p.Multiply(got, 16, &x, 0, 16)
			for i, g := range got {
				if (g != g) != (i/16 == 1) {
					t.Errorf("with %g: element %d is %g", v, i, g)
				}
			}
		}
	})
}

// The whole numbers of a vector are within half a unit of it, the largest use 22
// bits or more, and every kernel finds the same.
func TestVectors(t *testing.T) {
	r := newRand(23)
	eachKernel(t, func(t *testing.T) {
		for range 2000 {
			x := random(r, PackedCols)
			scale := float32(math.Exp2(float64(r.IntN(240) - 140)))
			for i := range x {
				x[i] *= scale
			}
			if r.IntN(2) == 0 && scale > 0x1p-120 { // just below a power of two, and what rounds up to it
				x[r.IntN(32)] = math.Nextafter32(scale*64, 0)
				x[r.IntN(32)] = -math.Float32frombits(math.Float32bits(scale*64) - uint32(r.IntN(1<<18)))
			}
			var v, plainly Vectors
			v.Set(x, PackedCols)
			b := &v.blocks[0]
			total, largest := 0.0, 0
			for c, f := range x {
				whole := int(b.digits[0][c])<<16 + int(b.digits[1][c])<<8 + int(b.digits[2][c])
				largest = max(largest, whole, -whole)
				near(t, "number", float32(whole)*b.unit, float64(f), float64(b.unit)/2)
				total += float64(whole)
			}
			if want := float32(total) * b.unit; b.total != want {
				t.Fatalf("sum %g, want %g", b.total, want)
			}
			if largest < 1<<21 && b.unit > 0x1p-126 {
				t.Fatalf("largest %d of %v", largest, x)
			}
			with(plain, func() { plainly.Set(x, PackedCols) })
			if v.blocks[0] != plainly.blocks[0] {
				t.Fatalf("%v:\n%v, want\n%v", x, v.blocks[0], plainly.blocks[0])
			}
		}
	})
}

// FuzzPacked compares every kernel with the plain Go to the bit, where scales, mins
// and vectors may be of any bits.
func FuzzPacked(f *testing.F) {
	f.Add([]byte{0, 0, 128, 63, 205, 204, 76, 62, 0, 0, 0, 192}, uint8(3), uint8(1), uint8(1), uint8(9))
	f.Add([]byte{0, 0, 128, 127, 1, 0, 192, 255, 1, 0, 0, 0, 255, 255, 127, 127}, uint8(20), uint8(2), uint8(17), uint8(1))
	all := formats()
	f.Fuzz(func(t *testing.T, data []byte, format, blocks, rows, n uint8) {
		p := &Packed{Format: all[int(format)%len(all)], Rows: int(rows % 40), Cols: PackedCols * (1 + int(blocks%4))}
		p.Data = make([]byte, p.Bytes(p.Rows, p.Cols))
		for i := range p.Data {
			if len(data) > 0 {
				p.Data[i] = data[i%len(data)] + byte(i/len(data))
			}
		}
		values := floats(data, int(n%20)*p.Cols, 3)
		multiply := func() []float32 {
			var x Vectors
			x.Set(values, p.Cols)
			dst := make([]float32, x.n*p.Rows)
			p.Multiply(dst, max(p.Rows, 1), &x, 0, p.Rows)
			return dst
		}
		var want []float32
		with(plain, func() { want = multiply() })
		for k := plain + 1; k <= best(); k++ {
			with(k, func() { sameBits(t, p.name(), multiply(), want) })
		}
	})
}

func TestPackedMistakes(t *testing.T) {
	p := randomPacked(newRand(24), formats()[0], 20, 64)
	var x Vectors
	x.Set(make([]float32, 64), 64)
	dst := make([]float32, 32)
	for what, f := range map[string]func(){
		"from":   func() { p.Multiply(dst, 20, &x, 8, 20) },
		"to":     func() { p.Multiply(dst, 20, &x, 0, 18) },
		"beyond": func() { p.Multiply(dst, 32, &x, 0, 32) },
		"dst":    func() { p.Multiply(dst[:10], 20, &x, 0, 20) },
		"data":   func() { q := *p; q.Data = q.Data[1:]; q.Multiply(dst, 20, &x, 0, 20) },
		"cols":   func() { q := *p; q.Cols, q.Data = 32, q.Data[:q.Bytes(20, 32)]; q.Multiply(dst, 20, &x, 0, 20) },
		"set":    func() { new(Vectors).Set(dst[:31], 31) },
	} {
		panics(t, what, f)
	}
	if size := unsafe.Sizeof(vectorBlock{}); size != 160 {
		t.Errorf("a block of a vector has %d bytes", size)
	}
}
