package tensor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// whole returns n whole numbers, at most most in size.
func whole(r *rand.Rand, n, most int) []int16 {
	q := make([]int16, n)
	for i := range q {
		q[i] = int16(r.IntN(2*most+1) - most)
	}
	return q
}

// Kernels round as the plain Go does, to what the definition says.
func TestRoundInt16(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(31)
		for _, n := range []int{0, 1, 15, 16, 48, 64, 80, 256} {
			for _, size := range []float32{1, 1e-20, 1e30, 0x1p-100, 0x1p-101, 0, float32(math.Inf(1)), float32(math.NaN())} {
				x := random(r, n)
				for i := range x {
					x[i] *= min(size, math.MaxFloat32)
				}
				if n > 0 {
					x[n/2] = size
				}
				got, want := whole(r, n, 9), whole(r, n, 9)
				unit, unitGo := RoundInt16(got, x, 2047), roundInt16Go(want, x, 2047)
				if math.Float32bits(unit) != math.Float32bits(unitGo) {
					t.Fatalf("%d of %g: the unit is %g, want %g", n, size, unit, unitGo)
				}
				for i, q := range got {
					if q != want[i] {
						t.Fatalf("%d of %g: number %d is %d, want %d", n, size, i, q, want[i])
					}
					if off := math.Abs(float64(x[i]) - float64(unit)*float64(q)); unit == unit && off > float64(unit)*0.5001 && off > 0x1p-100 {
						t.Fatalf("%d of %g: number %d is %d of %g, want %g", n, size, i, q, unit, x[i])
					}
				}
				if unit != unit != (n > 0 && (size != size || math.IsInf(float64(size), 0))) {
					t.Fatalf("%d of %g: the unit is %g", n, size, unit)
				}
			}
		}
	})
}

// Kernels scale and round as the plain Go does, beyond 16 bits too.
func TestScaleInt16(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(32)
		for blocks := range 5 {
			x, units, scales := random(r, 32*blocks), random(r, 32*blocks), random(r, blocks)
			for i := range scales {
				scales[i] *= []float32{1, 1000, 1e5, 0}[r.IntN(4)]
			}
			got, want := make([]int16, len(x)), make([]int16, len(x))
			ScaleInt16(got, x, units, scales)
			scaleInt16Go(want, x, units, scales)
			for i, q := range got {
				exact := float64(x[i]) * float64(units[i]) * float64(scales[i/32])
				near(t, fmt.Sprint("number ", i), float32(q), min(max(exact, math.MinInt16), math.MaxInt16), 0.5+math.Abs(exact)*0x1p-22)
				if q != want[i] {
					t.Fatalf("number %d is %d, want %d", i, q, want[i])
				}
			}
		}
	})
}

// Scores and sums of pairs are what their definitions say, with every kernel, for
// many vectors as for one.
func TestPairs(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(33)
		for _, cols := range []int{16, 48, 64, 80, 256} {
			for _, n := range []int{0, 1, 3, 7, 8, 9, 17} {
				w := whole(r, ColumnRows*cols, 2047)
				w[0], w[1] = 2047, -2047
				for _, rows := range []int{0, 1, 2, 15, 16, 17, 31, 32} {
					testPairScores(t, r, w, rows, cols, n)
					testPairSums(t, r, w, rows, cols, n)
				}
			}
		}
	})
}

func testPairScores(t *testing.T, r *rand.Rand, w []int16, rows, cols, n int) {
	t.Helper()
	q, units, vectors := whole(r, n*cols, 4095), random(r, ColumnRows), random(r, n)
	const stride = ColumnRows + 3
	got := make([]float32, n*stride)
	PairScores(got, stride, w, rows, units, q, vectors)
	for i := range n {
		for row := range rows {
			sum := 0
			for c := range cols {
				sum += int(w[(c/2*ColumnRows+row)*2+c%2]) * int(q[i*cols+c])
			}
			want := float32(float32(sum)*units[row]) * vectors[i]
			if math.Float32bits(got[i*stride+row]) != math.Float32bits(want) {
				t.Fatalf("%d columns, %d rows: row %d of vector %d of %d is %g, want %g", cols, rows, row, i, n, got[i*stride+row], want)
			}
		}
	}
}

func testPairSums(t *testing.T, r *rand.Rand, w []int16, rows, cols, n int) {
	t.Helper()
	const step = ColumnRows + 5
	stride := cols + 3
	x, units := whole(r, n*step, 32767), random(r, n)
	got := random(r, n*stride)
	want := append([]float32(nil), got...)
	for i := range n {
		clear(x[i*step+rows : i*step+ColumnRows])
		for c := range cols {
			sum := 0
			for row := range rows {
				sum += int(w[(row/2*cols+c)*2+row%2]) * int(x[i*step+row])
			}
			if rows > 0 {
				want[i*stride+c] += float32(float32(sum) * units[i])
			}
		}
	}
	PairSums(got, stride, w, rows, x, step, units)
	sameBits(t, fmt.Sprintf("%d columns, %d rows, %d vectors", cols, rows, n), got, want)
}
