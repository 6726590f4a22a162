package tensor

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"
)

// The kernels of this package are the engine of gonum's package blas32, for
// products of matrices and vectors, in every program that imports it. So the
// maths is written as gonum has it, and its bits do not depend on who set what.
func init() { blas32.Use(engine{}) }

// engine is gonum's implementation with Sgemm, Sgemv, Sdot and Saxpy replaced
// where their arguments are right and lie side by side.
type engine struct{ gonum.Implementation }

// Sgemm implements blas.Float32: C = α·op(A)·op(B) + β·C.
func (e engine) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	p := product{tA != blas.NoTrans, tB != blas.NoTrans, beta == 0, m, n, k, alpha, a, b, c, lda, ldb, ldc}
	if !known(tA) || !known(tB) || !p.fits() {
		e.Implementation.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) // panics with its own words
		return
	}
	Gemm(p.transA, p.transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

func known(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}

// Sgemv implements blas.Float32: y = α·op(A)·x + β·y.
func (e engine) Sgemv(tA blas.Transpose, m, n int, alpha float32, a []float32, lda int, x []float32, incX int, beta float32, y []float32, incY int) {
	lenX, lenY := n, m
	if tA != blas.NoTrans {
		lenX, lenY = m, n
	}
	if !known(tA) || !fits(m, n, lda, len(a)) || incX != 1 || incY != 1 || len(x) < lenX || len(y) < lenY || m == 0 || n == 0 || alpha == 0 {
		e.Implementation.Sgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
		return
	}
	x, y = x[:lenX], y[:lenY]
	scaleRows(y, 1, lenY, lenY, beta)
	for i := range m {
		row := a[i*lda : i*lda+n]
		if tA == blas.NoTrans {
			y[i] += float32(alpha * dot(row, x))
		} else {
			axpy(float32(alpha*x[i]), row, y)
		}
	}
}

// Sdot implements blas.Float32: Σ x[i]·y[i].
func (e engine) Sdot(n int, x []float32, incX int, y []float32, incY int) float32 {
	if n < 0 || incX != 1 || incY != 1 || len(x) < n || len(y) < n {
		return e.Implementation.Sdot(n, x, incX, y, incY)
	}
	return dot(x[:n], y[:n])
}

// Saxpy implements blas.Float32: y += α·x.
func (e engine) Saxpy(n int, alpha float32, x []float32, incX int, y []float32, incY int) {
	if n < 0 || incX != 1 || incY != 1 || len(x) < n || len(y) < n {
		e.Implementation.Saxpy(n, alpha, x, incX, y, incY)
		return
	}
	axpy(alpha, x[:n], y[:n])
}
