package tensor

import "math"

// Vectors are vectors x in the form in which a [Packed] matrix is multiplied
// with them. A vector is cut into blocks of 32 numbers, and each number of a
// block is a whole one of 24 bits times the block's unit, a power of two:
//
//	x = X·unit + error,  |X| ≤ 2²³,  |error| ≤ unit/2 ≤ 2⁻²³·max|x|
//
// with the largest of the block. That is the precision of a float32, whose own
// error is up to 2⁻²⁵ of a number and as much again of every sum that it is
// added to; the sums of q·X are exact instead. The whole numbers are kept as
// digits to the base 256, from −128 to 127, as the instructions that multiply
// bytes want them:
//
//	X = 65536·digits[0] + 256·digits[1] + digits[2]
//
// A block with a number that is not finite has NaN for its unit.
//
// The zero value holds no vectors. Vectors may be set again and again and then
// allocate nothing.
type Vectors struct {
	n, cols int
	// blocks are those of panels of panel vectors; the last panel may have fewer.
	// In a panel the vectors are interleaved: block b of the first, of the
	// second, …, then block b+1.
	blocks []vectorBlock
	wide   []wideBlock // likewise, where kernels want them
}

// A wideBlock is the digits of a block in 16 bits, for instructions that multiply
// no bytes: 256·digits[0] + digits[1], and digits[2]. Of each four numbers the
// first and third come first.
type wideBlock [2][PackedCols]int16

const wideBlockBytes = 128

// panel is how many vectors a kernel takes at once.
const panel = 8

// A vectorBlock is 32 numbers of a vector. Kernels in assembly know its layout.
type vectorBlock struct {
	digits [3][PackedCols]int8
	unit   float32
	total  float32     // Σ x
	halves [2]float32  // Σ x of the first and last 16
	minus  [3]int32    // −8·Σ of each digit
	halved [2][3]int32 // likewise of the first and last 16
	_      [3]int32
}

const vectorBlockBytes = 160

// Set makes x hold n = len(values)/cols vectors. Cols must be a multiple of 32.
func (x *Vectors) Set(values []float32, cols int) {
	if cols <= 0 || cols%PackedCols != 0 || len(values)%cols != 0 {
		panic("tensor: vectors are not a multiple of 32 long")
	}
	x.Reset(len(values)/cols, cols)
	x.Fill(values, 0, x.n)
}

// Reset makes room for n vectors, which are to be set with Fill.
func (x *Vectors) Reset(n, cols int) {
	x.n, x.cols = n, cols
	if blocks := n * cols / PackedCols; cap(x.blocks) < blocks {
		x.blocks = make([]vectorBlock, blocks)
	} else {
		x.blocks = x.blocks[:blocks]
	}
	if wantsWide() && cap(x.wide) < cap(x.blocks) {
		x.wide = make([]wideBlock, cap(x.blocks))
	}
}

// Part returns vectors from ≤ i < to, which are those of x; both are multiples of 8,
// but to may be the end.
func (x *Vectors) Part(from, to int) Vectors {
	at := from * x.cols / PackedCols
	part := Vectors{n: to - from, cols: x.cols, blocks: x.blocks[at:]}
	if wantsWide() {
		part.wide = x.wide[at:]
	}
	return part
}

// Fill sets vectors from ≤ i < to of n from all their values. Different vectors
// may be set at the same time.
func (x *Vectors) Fill(values []float32, from, to int) {
	for i := from; i < to; i++ {
		first, step := x.place(i)
		x.fill(first, step, values[i*x.cols:(i+1)*x.cols])
	}
}

// place returns where the first block of a vector is, and how many further the
// next one is.
func (x *Vectors) place(i int) (first, step int) {
	from := i / panel * panel
	return from*x.cols/PackedCols + i - from, min(panel, x.n-from)
}

// block returns a block of a vector.
func (x *Vectors) block(i, b int) *vectorBlock {
	first, step := x.place(i)
	return &x.blocks[first+b*step]
}

func (x *Vectors) fillGo(first, step int, values []float32) {
	for b := first; len(values) > 0; b += step {
		x.blocks[b].set((*[PackedCols]float32)(values))
		values = values[PackedCols:]
	}
}

const (
	fractionBits = 23
	// roundUp makes the next power of two of numbers that would come out above
	// 0x7f7f7f, the most that three digits can say.
	roundUp = 1<<fractionBits - 0x7efeff
	// leastExponent keeps the unit a normal number.
	leastExponent = fractionBits
)

// set sets the block to 32 numbers.
func (v *vectorBlock) set(x *[PackedCols]float32) {
	most := uint32(0) // the bits of the largest |x|
	for _, f := range x {
		most = max(most, math.Float32bits(f)&0x7fffffff)
	}
	// With 2^e ≤ max|x| < 2^(e+1), |x|/2^(e−22) < 2²³.
	exponent := max((most+roundUp)>>fractionBits, leastExponent) // e + 127
	v.unit = math.Float32frombits((exponent - (fractionBits - 1)) << fractionBits)
	inverse := math.Float32frombits((2*127 + fractionBits - 1 - exponent) << fractionBits)
	if most >= 0x7f800000 {
		v.unit, inverse = float32(math.NaN()), 0
	}
	var sums [2]int32
	v.halved = [2][3]int32{}
	for c, f := range x {
		whole := int32(0)
		if inverse != 0 {
			whole = int32(math.RoundToEven(float64(f * inverse)))
		}
		i := c / (PackedCols / 2)
		sums[i] += whole
		for digit := 2; digit >= 0; digit-- {
			d := int8(whole)
			v.digits[digit][c] = d
			v.halved[i][digit] -= 8 * int32(d)
			whole = (whole - int32(d)) >> 8
		}
	}
	for digit := range v.minus {
		v.minus[digit] = v.halved[0][digit] + v.halved[1][digit]
	}
	v.halves = [2]float32{float32(sums[0]) * v.unit, float32(sums[1]) * v.unit}
	v.total = float32(sums[0]+sums[1]) * v.unit
}
