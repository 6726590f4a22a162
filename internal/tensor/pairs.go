package tensor

import "math"

// Products of whole numbers of 16 bits, of which a lane adds two at a time: the
// columns of a matrix lie in pairs, so that a pair of each row is one vector. The
// sums are exact, as long as they fit 32 bits, so every kernel gives the same, and
// a vector gives the same alone and with others.

// RoundInt16 rounds x to whole numbers, at most most in size, and returns what
// they count: with the greatest |x|
//
//	unit = max |x| / most,  q = x·(most / max |x|) to the nearest, ties to even,  x ≈ unit·q
//
// Numbers that are all smaller than 2⁻¹⁰⁰ are zeros; if one is not finite, the unit
// is NaN and q is zeros.
func RoundInt16(q []int16, x []float32, most float32) (unit float32) {
	sameLen(len(q), len(x))
	return roundInt16(q, x, most)
}

// leastInt16 is, as bits of a float32, what the greatest |x| is at least: the most
// over that is finite.
const leastInt16 = (127 - 100) << 23

func roundInt16Go(q []int16, x []float32, most float32) (unit float32) {
	var max32 uint32
	for _, v := range x {
		max32 = max(max32, math.Float32bits(v)&0x7fffffff)
	}
	if max32 < leastInt16 || max32 >= mostBits {
		clear(q)
		if max32 >= mostBits {
			return float32(math.NaN())
		}
		return 0
	}
	m := math.Float32frombits(max32)
	inverse := most / m
	for i, v := range x {
		q[i] = nearest16(v * inverse)
	}
	return m / most
}

// nearest16 rounds a number that is less than 2²² in size to the nearest of 16 bits,
// ties to even.
func nearest16(v float32) int16 {
	r := int32(math.Float32bits(v+toInt)) - int32(math.Float32bits(toInt))
	return int16(min(max(r, math.MinInt16), math.MaxInt16))
}

// ScaleInt16 rounds numbers to whole ones as q = x·units·scale, where each 32 numbers
// have a scale. They must come out smaller than 2²² in size, and those that need
// more than 16 bits become the nearest of 16.
func ScaleInt16(q []int16, x, units, scales []float32) {
	sameLen(len(q), len(x), len(units), len(scales)*blockCols)
	if len(q) > 0 {
		scaleInt16(q, x, units, scales)
	}
}

func scaleInt16Go(q []int16, x, units, scales []float32) {
	for i, v := range x {
		q[i] = nearest16(float32(v*units[i]) * scales[i/blockCols])
	}
}

// PairScores computes products of a matrix of ColumnRows rows and n vectors, all of
// whole numbers:
//
//	dst[i·stride + r] = Σ w·q · units[r] · vectors[i]
//
// of the first rows, filled up to a multiple of 16. W holds two columns at a time,
// of all rows: column 2p+k of row r is w[(p·ColumnRows + r)·2 + k]. Q holds the
// vectors one after the other. Products by units and vectors are rounded one after
// the other.
func PairScores(dst []float32, stride int, w []int16, rows int, units []float32, q []int16, vectors []float32) {
	n, cols := len(vectors), len(w)/ColumnRows
	rows = (rows + lanes - 1) / lanes * lanes
	if cols%8 != 0 || len(w) != cols*ColumnRows || len(q) != n*cols || rows > ColumnRows || len(units) < rows || !fits(n, rows, stride, len(dst)) {
		panic("tensor: matrix of pairs does not fit")
	}
	if n > 0 && rows > 0 && cols > 0 {
		pairScores(dst, stride, w, rows, units, q, vectors)
	}
}

func pairScoresGo(dst []float32, stride int, w []int16, rows int, units []float32, q []int16, vectors []float32) {
	cols := len(w) / ColumnRows
	for i, unit := range vectors {
		for r := range rows {
			sum := pairDot(w[2*r:], ColumnRows, q[i*cols:][:cols])
			dst[i*stride+r] = float32(float32(sum)*units[r]) * unit
		}
	}
}

// pairDot is Σ of the products of x and of a lane of pairs, which are width lanes.
func pairDot(w []int16, width int, x []int16) (sum int32) {
	for c, v := range x {
		sum += int32(w[c/2*2*width+c%2]) * int32(v)
	}
	return sum
}

// PairSums adds to n vectors sums of the first rows of a matrix of ColumnRows rows,
// all of whole numbers:
//
//	dst[i·stride + c] += Σ w·x · units[i]
//
// W holds two rows at a time: row 2p+k of column c is w[(p·cols + c)·2 + k]. Vector
// i has its numbers, ColumnRows of them, at x[i·step:]; those of other rows are 0.
func PairSums(dst []float32, stride int, w []int16, rows int, x []int16, step int, units []float32) {
	n, cols := len(units), len(w)/ColumnRows
	if cols%lanes != 0 || len(w) != cols*ColumnRows || rows > ColumnRows || !fits(n, cols, stride, len(dst)) || !fits(n, ColumnRows, step, len(x)) {
		panic("tensor: matrix of pairs does not fit")
	}
	if n > 0 && rows > 0 && cols > 0 {
		pairSums(dst, stride, w, (rows+1)/2, x, step, units)
	}
}

func pairSumsGo(dst []float32, stride int, w []int16, pairs int, x []int16, step int, units []float32) {
	cols := len(w) / ColumnRows
	for i, unit := range units {
		for c := range cols {
			dst[i*stride+c] += float32(float32(pairDot(w[2*c:], cols, x[i*step:][:2*pairs])) * unit)
		}
	}
}
