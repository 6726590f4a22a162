package tensor

import (
	"math"
	"testing"
)

// MatVecsColumns is MatVecs to the bit, with zeros of either sign and numbers that
// are not finite too.
func TestMatVecsColumns(t *testing.T) {
	r := newRand(5)
	for _, cols := range []int{1, 15, 16, 17, 32, 48, 64, 80, 128, 256} {
		for _, n := range []int{0, 1, 3, 4, 5, 7, 8, 13} {
			w, x := random(r, ColumnRows*cols), random(r, n*cols)
			for c := range cols { // row 0 is 0 with either sign, row 1 has sums of −0
				w[c], w[cols+c] = float32(math.Copysign(0, float64(w[c]))), float32(math.Copysign(0, -1))
				for i := range n {
					x[i*cols+c] = float32(math.Copysign(float64(x[i*cols+c]), float64(i%2)-0.5))
				}
			}
			if cols > 2 {
				w[2*cols], w[3*cols+1], w[4*cols+2] = float32(math.Inf(1)), float32(math.NaN()), math.MaxFloat32
			}
			columns := make([]float32, len(w))
			Columns(columns, w)
			stride := ColumnRows + 3
			want, got := make([]float32, n*stride), make([]float32, n*stride)
			MatVecs(want, stride, w, x, cols)
			eachKernel(t, func(t *testing.T) {
				clear(got)
				MatVecsColumns(got, stride, columns, x, cols)
				for i := range want {
					if math.Float32bits(got[i]) != math.Float32bits(want[i]) && !(got[i] != got[i] && want[i] != want[i]) {
						t.Fatalf("%d columns, %d vectors: row %d of vector %d is %v, want %v", cols, n, i%stride, i/stride, got[i], want[i])
					}
				}
			})
		}
	}
}
