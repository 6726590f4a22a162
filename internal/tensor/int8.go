package tensor

import "math"

// An Int8 is vectors rounded to whole numbers from −127 to 127, as llama.cpp
// does before a product with quantised weights: in blocks of 32 numbers, each
// with a scale d,
//
//	d = max |x| / 127,  q = x·(127 / max |x|) to the nearest, ties to even,  x ≈ d·q
//
// The integer products of q are exact, so what is lost is lost here: each number
// by at most d/2. (ggml's Q8_0 and Q8_1, which keep d in half precision; here it
// is a float32.) A block whose numbers are all smaller than 2⁻¹²⁰ is zeros; one
// with a number that is not finite has NaN for d.
type Int8 struct {
	n, cols int
	wide    int       // positions of a panel, 1 or panel
	q       []int8    // (panel, block, position, 32)
	d, s    []float32 // (panel, block, position); s = d·Σq, for weights that have a minimum
	base    []int32   // the same, −128·Σq: what is too much if weights are 128 too large
}

const (
	blockCols = 32 // columns of a block
	fewest    = 4  // positions from which on a panel is faster than one after the other
)

// Resize makes room for n vectors of cols numbers, a multiple of 32. What was in
// it is lost.
func (a *Int8) Resize(n, cols int) {
	if n < 0 || cols%blockCols != 0 {
		panic("tensor: a vector is not whole blocks of 32")
	}
	a.n, a.cols, a.wide = n, cols, 1
	if n >= fewest {
		a.wide = panel
	}
	blocks := a.padded() * (cols / blockCols)
	if cap(a.d) < blocks {
		a.q = make([]int8, blocks*blockCols)
		a.d, a.s, a.base = make([]float32, blocks), make([]float32, blocks), make([]int32, blocks)
	}
	a.q, a.d, a.s, a.base = a.q[:blocks*blockCols], a.d[:blocks], a.s[:blocks], a.base[:blocks]
	if n%a.wide != 0 { // the positions that the last panel lacks
		last := n / a.wide * a.wide * (cols / blockCols)
		clear(a.q[last*blockCols:])
		clear(a.d[last:])
		clear(a.s[last:])
		clear(a.base[last:])
	}
}

// Part returns vectors from ≤ i < to, which are those of a; from is a multiple of 8.
func (a *Int8) Part(from, to int) Int8 {
	at := from * (a.cols / blockCols) // in whole panels, or in vectors one after the other
	return Int8{n: to - from, cols: a.cols, wide: a.wide, q: a.q[at*blockCols:], d: a.d[at:], s: a.s[at:], base: a.base[at:]}
}

// padded is how many positions there is room for.
func (a *Int8) padded() int { return (a.n + a.wide - 1) / a.wide * a.wide }

// at returns where a block of a position is in d, and times 32 in q.
func (a *Int8) at(i, block int) int {
	return (i/a.wide*(a.cols/blockCols)+block)*a.wide + i%a.wide
}

// Round rounds vector i, which is x. Different vectors may be rounded at the same
// time.
func (a *Int8) Round(i int, x []float32) {
	sameLen(a.cols, len(x))
	if a.cols > 0 {
		at := a.at(i, 0)
		roundInt8(a.q[at*blockCols:], a.d[at:], a.s[at:], a.base[at:], x, a.wide)
	}
}

// Bounds of the greatest |x| of a block, as bits of a float32: below the least
// 127/max overflows or nearly so, and from the most on it is no number.
const (
	leastBits = (127 - 120) << 23
	mostBits  = 0x7f800000
)

// roundInt8Go rounds x. Its blocks go to every wide-th place.
func roundInt8Go(q []int8, d, s []float32, base []int32, x []float32, wide int) {
	for at := 0; len(x) > 0; at += wide {
		block := x[:blockCols]
		x = x[blockCols:]
		var most uint32
		for _, v := range block {
			most = max(most, math.Float32bits(v)&0x7fffffff)
		}
		to := q[at*blockCols:][:blockCols]
		if most < leastBits || most >= mostBits {
			clear(to)
			d[at], s[at], base[at] = 0, 0, 0
			if most >= mostBits {
				d[at], s[at] = float32(math.NaN()), float32(math.NaN())
			}
			continue
		}
		m := math.Float32frombits(most)
		inverse, sum := 127/m, int32(0)
		for j, v := range block {
			r := int32(math.Float32bits(float32(v*inverse)+toInt)) - int32(math.Float32bits(toInt))
			to[j] = int8(r)
			sum += r
		}
		d[at] = m / 127
		s[at] = d[at] * float32(sum)
		base[at] = -128 * sum
	}
}
