package tensor

import "math"

// MultiplyInt8 computes products of rows from ≤ row < to with each of the vectors
// of x:
//
//	dst[i·stride + row−from] = Σ over blocks of (scale·d)·Σ q·x + min·s
//
// where x, d and s are those of vector i ([Int8]). From is a multiple of 16, and
// so is to unless it is Rows. The inner sums are exact. The outer one is in
// float32, in the order of the columns, and each product is rounded once together
// with the sum that it is added to (fused multiply-add): so each number is the
// same to the bit with every kernel, and alone or with other vectors.
func (p *Packed) MultiplyInt8(dst []float32, stride int, x *Int8, from, to int) {
	if !p.FitsInt8() {
		panic("tensor: this format is not multiplied with int8")
	}
	p.check(dst, stride, x.n, x.cols, from, to)
	if from < to && x.n > 0 {
		p.multiplyInt8(dst, stride, x, from, to)
	}
}

// FitsInt8 reports whether there is a product of this format with int8: whether
// its scales are for blocks as large.
func (f *Format) FitsInt8() bool { return f.Run == blockCols }

// multiplyInt8Go is MultiplyInt8 in plain Go.
func (p *Packed) multiplyInt8Go(dst []float32, stride int, x *Int8, from, to int) {
	var q [PackedCols]int32
	for row := from; row < to; row += PackedRows {
		data, rows := p.group(row), min(PackedRows, to-row)
		for i := range x.n {
			clear(dst[i*stride+row-from:][:rows])
		}
		for ; len(data) > 0; data = data[p.BlockBytes():] {
			block := p.Cols/PackedCols - len(data)/p.BlockBytes()
			for r := range rows {
				p.row(&q, data, r)
				scale, least := p.number(data, r), float32(0)
				if p.Mins {
					least = p.number(data, PackedRows+r)
				}
				for i := range x.n {
					at := x.at(i, block)
					var sum int32
					for c, v := range x.q[at*blockCols:][:blockCols] {
						sum += q[c] * int32(v)
					}
					to := &dst[i*stride+row-from+r]
					*to = fma(scale*x.d[at], float32(sum), *to)
					if p.Mins {
						*to = fma(least, x.s[at], *to)
					}
				}
			}
		}
	}
}

// fma returns x·y + z, rounded once. The product is exact in float64; the sum is
// rounded to odd there, so that rounding it again to float32 does no harm
// (Boldo and Melquiond, Emulation of FMA and Correctly Rounded Sums, 2008).
func fma(x, y, z float32) float32 {
	p, c := float64(x)*float64(y), float64(z)
	sum := p + c
	rest := sum - p
	lost := (p - (sum - rest)) + (c - rest)
	if bits := math.Float64bits(sum); lost != 0 && bits&1 == 0 && !math.IsInf(sum, 0) {
		if (lost > 0) == (sum > 0) {
			bits++
		} else {
			bits--
		}
		sum = math.Float64frombits(bits)
	}
	return float32(sum)
}
