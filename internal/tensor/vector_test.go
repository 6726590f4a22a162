package tensor

import (
	"math"
	"testing"
)

// dotBound bounds the error of a float32 sum of n products in 16 lanes: each
// product and each of the n/16 + 4 sums is rounded once, by half a unit of 2⁻²³.
func dotBound(x, y []float32) float64 {
	var size float64
	for i, v := range x {
		size += math.Abs(float64(v) * float64(y[i]))
	}
	return size * float64(len(x)/lanes+6) * 0x1p-24 * 1.01
}

func dot64(x, y []float32) (sum float64) {
	for i, v := range x {
		sum += float64(v) * float64(y[i])
	}
	return sum
}

func TestDot(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(1)
		for _, n := range lengths {
			x, y := random(r, n), random(r, n)
			got := Dot(x, y)
			near(t, "Dot", got, dot64(x, y), dotBound(x, y))
			sameBits(t, "Dot", []float32{got}, []float32{dotGo(x, y)})
		}
		// 16 lanes, then pairs: the large ones cancel before the small one is lost.
		x := make([]float32, 32)
		x[0], x[1], x[16] = 1e8, 1, -1e8
		ones := make([]float32, 32)
		for i := range ones {
			ones[i] = 1
		}
		if got := Dot(x, ones); got != 1 {
			t.Errorf("lanes are added in another order: %g, want 1", got)
		}
	})
}

func TestAxpyAddScale(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(2)
		for _, n := range lengths {
			x, y := random(r, n), random(r, n)
			want, sum, scaled := make([]float32, n), make([]float32, n), make([]float32, n)
			for i := range x {
				want[i] = y[i] + float32(0.3*x[i])
				sum[i] = y[i] + x[i]
				scaled[i] = -1.7 * x[i]
			}
			got := append([]float32(nil), y...)
			Axpy(0.3, x, got)
			sameBits(t, "Axpy", got, want)
			Add(y, x)
			sameBits(t, "Add", y, sum)
			Scale(-1.7, x)
			sameBits(t, "Scale", x, scaled)
		}
	})
}

func TestMatVec(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(3)
		for _, cols := range lengths {
			for _, rows := range []int{0, 1, 2, 3, 4, 5, 7, 9, 13} {
				x, w := random(r, cols), random(r, rows*cols)
				half, brain := make([]uint16, len(w)), make([]uint16, len(w))
				F32ToF16(half, w)
				F32ToBF16(brain, w)
				wideHalf, wideBrain := make([]float32, len(w)), make([]float32, len(w))
				F16ToF32(wideHalf, half)
				BF16ToF32(wideBrain, brain)
				dots := func(w []float32) []float32 {
					d := make([]float32, rows)
					for i := range d {
						d[i] = dotGo(w[i*cols:(i+1)*cols], x)
					}
					return d
				}
				got := make([]float32, rows)
				MatVec(got, w, x)
				sameBits(t, "MatVec", got, dots(w))
				MatVecF16(got, half, x)
				sameBits(t, "MatVecF16", got, dots(wideHalf))
				MatVecBF16(got, brain, x)
				sameBits(t, "MatVecBF16", got, dots(wideBrain))
			}
		}
	})
}

// MatVecs is MatVec of each vector, AddRows is Axpy of each row, and AddRowsMany AddRows of each vector.
func TestMatVecsAddRows(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(11)
		for _, cols := range lengths[1:] {
			for _, rows := range []int{0, 1, 3, 4, 5, 8, 11} {
				n := r.IntN(10)
				stride := max(1, rows+r.IntN(3))
				x, w := random(r, n*cols), random(r, rows*cols)
				got := random(r, n*stride)
				want := append([]float32(nil), got...)
				MatVecs(got, stride, w, x, cols)
				for i := range n {
					matVecGo(want[i*stride:][:rows], w, x[i*cols:(i+1)*cols])
				}
				sameBits(t, "MatVecs", got, want)

				sum, a := random(r, cols), random(r, rows)
				want = append([]float32(nil), sum...)
				AddRows(sum, a, w)
				for i, a := range a {
					axpyGo(a, w[i*cols:(i+1)*cols], want)
				}
				sameBits(t, "AddRows", sum, want)

				stride, step := cols+r.IntN(3), max(1, rows+r.IntN(3))
				got, many := random(r, n*stride), random(r, n*step)
				want = append([]float32(nil), got...)
				AddRowsMany(got, stride, many, step, n, w, cols)
				for i := range n {
					AddRows(want[i*stride:][:cols], many[i*step:][:rows], w)
				}
				sameBits(t, "AddRowsMany", got, want)
			}
		}
	})
}

// Values that are not finite take part like all others.
func TestNotFinite(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	eachKernel(t, func(t *testing.T) {
		for _, n := range []int{1, 15, 16, 17, 70} {
			for _, v := range []float32{inf, -inf, nan} {
				x, y := make([]float32, n), make([]float32, n)
				x[n-1], y[n-1] = v, 2
				y[0] = 2
				sameBits(t, "Dot", []float32{Dot(x, y)}, []float32{v})
				y[n-1] = 0
				if got := Dot(x, y); n > 1 && got == got {
					t.Errorf("%g times 0 gave %g, want NaN", v, got)
				}
			}
		}
	})
}

// One number that is none is found wherever it is, and the largest numbers are
// finite.
func TestFinite(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 15, 16, 17, 100} {
			x := make([]float32, n)
			for i := range x {
				x[i] = math.MaxFloat32
			}
			if !Finite(x) {
				t.Errorf("%d finite numbers are not finite", n)
			}
			for i := range x {
				for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
					x[i] = float32(v)
					if Finite(x) {
						t.Errorf("%v is number %d of %d and not found", v, i, n)
					}
				}
				x[i] = 1
			}
		}
	})
}
