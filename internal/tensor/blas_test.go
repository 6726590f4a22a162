package tensor

import (
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"
)

// ours and gonum's own agree on random arguments, strides that are not 1 too.
func TestBLAS(t *testing.T) {
	theirs := gonum.Implementation{}
	eachKernel(t, func(t *testing.T) {
		r := newRand(10)
		kinds := []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}
		for range 200 {
			m, n, k := r.IntN(20), r.IntN(20), r.IntN(40)
			tA, tB := kinds[r.IntN(3)], kinds[r.IntN(3)]
			p := randomProduct(r, tA != blas.NoTrans, tB != blas.NoTrans, m, n, k, 0.5)
			got, want := append([]float32(nil), p.c...), append([]float32(nil), p.c...)
			engine{}.Sgemm(tA, tB, m, n, k, 0.5, p.a, p.lda, p.b, p.ldb, 2, got, p.ldc)
			theirs.Sgemm(tA, tB, m, n, k, 0.5, p.a, p.lda, p.b, p.ldb, 2, want, p.ldc)
			alike(t, "Sgemm", got, want)

			incX, incY := 1+r.IntN(2), 1+r.IntN(2)
			a, lda := random(r, (m+1)*(n+2)), n+2
			x, y := random(r, 80), random(r, 80)
			yours := append([]float32(nil), y...)
			engine{}.Sgemv(tA, m, n, -1.5, a, lda, x, incX, 0.5, y, incY)
			theirs.Sgemv(tA, m, n, -1.5, a, lda, x, incX, 0.5, yours, incY)
			alike(t, "Sgemv", y, yours)
			alike(t, "Sdot", []float32{engine{}.Sdot(k, x, incX, y, incY)}, []float32{theirs.Sdot(k, x, incX, y, incY)})
			yours = append(yours[:0], y...)
			engine{}.Saxpy(k, 0.3, x, incX, y, incY)
			theirs.Saxpy(k, 0.3, x, incX, yours, incY)
			alike(t, "Saxpy", y, yours)
		}
	})
}

func alike(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i, g := range got {
		near(t, what, g, float64(want[i]), 1e-4)
	}
}

// Wrong arguments panic as gonum's do.
func TestBLASPanics(t *testing.T) {
	x := make([]float32, 4)
	for what, f := range map[string]func(){
		"Sgemm, transpose": func() { engine{}.Sgemm('x', blas.NoTrans, 2, 2, 2, 1, x, 2, x, 2, 0, x, 2) },
		"Sgemm, size":      func() { engine{}.Sgemm(blas.NoTrans, blas.NoTrans, 3, 2, 2, 1, x, 2, x, 2, 0, x, 2) },
		"Sgemv, size":      func() { engine{}.Sgemv(blas.NoTrans, 3, 2, 1, x, 2, x, 1, 0, x, 1) },
		"Sgemv, x":         func() { engine{}.Sgemv(blas.NoTrans, 2, 2, 1, x, 2, x[:1], 1, 0, x, 1) },
		"Sdot":             func() { engine{}.Sdot(5, x, 1, x, 1) },
		"Saxpy":            func() { engine{}.Saxpy(5, 1, x, 1, x, 1) },
	} {
		panics(t, what, f)
	}
}

// The bits of gonum's products are those of the kernels.
func TestBLASEngine(t *testing.T) {
	r := newRand(11)
	const m, n, k = 33, 20, 47
	a, b := random(r, m*k), random(r, n*k)
	got, want := make([]float32, m*n), make([]float32, m*n)
	blas32.Gemm(blas.NoTrans, blas.Trans, 0.3,
		blas32.General{Rows: m, Cols: k, Stride: k, Data: a},
		blas32.General{Rows: n, Cols: k, Stride: k, Data: b}, 0,
		blas32.General{Rows: m, Cols: n, Stride: n, Data: got})
	Gemm(false, true, m, n, k, 0.3, a, k, b, k, 0, want, n)
	sameBits(t, "A·Bᵀ", got, want)
}

// What stands between gonum and the kernels costs next to nothing.
func BenchmarkSeam(b *testing.B) {
	const n = 16
	x, y := make([]float32, n*n), make([]float32, n*n)
	b.Run("direct", func(b *testing.B) {
		for b.Loop() {
			Gemm(false, true, n, n, n, 1, x, n, x, n, 0, y, n)
		}
	})
	b.Run("blas32", func(b *testing.B) {
		for b.Loop() {
			blas32.Implementation().Sgemm(blas.NoTrans, blas.Trans, n, n, n, 1, x, n, x, n, 0, y, n)
		}
	})
}
