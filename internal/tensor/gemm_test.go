package tensor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// randomProduct has rows a little longer than they need to be.
func randomProduct(r *rand.Rand, transA, transB bool, m, n, k int, alpha float32) product {
	p := product{transA: transA, transB: transB, m: m, n: n, k: k, alpha: alpha}
	matrix := func(trans bool, rows, cols int) ([]float32, int) {
		if trans {
			rows, cols = cols, rows
		}
		ld := max(1, cols) + r.IntN(3)
		return random(r, rows*ld), ld
	}
	p.a, p.lda = matrix(transA, m, k)
	p.b, p.ldb = matrix(transB, k, n)
	p.c, p.ldc = matrix(false, m, n)
	return p
}

func (p *product) gemm(beta float32, c []float32) {
	Gemm(p.transA, p.transB, p.m, p.n, p.k, p.alpha, p.a, p.lda, p.b, p.ldb, beta, c, p.ldc)
}

// term returns the factors of the products of an element of C.
func (p *product) term(i, j, l int) (a, b float32) {
	a, b = p.alpha, 0
	if p.transA {
		a *= p.a[l*p.lda+i]
	} else {
		a *= p.a[i*p.lda+l]
	}
	if p.transB {
		return a, p.b[j*p.ldb+l]
	}
	return a, p.b[l*p.ldb+j]
}

// check compares c, that was p.c before, with sums in float64, and those of
// SIMD kernels with sums of fused products to the bit.
func (p *product) check(t *testing.T, beta float32, c []float32) {
	t.Helper()
	for i := range c {
		row, col := i/p.ldc, i%p.ldc
		if row >= p.m || col >= p.n {
			if c[i] != p.c[i] {
				t.Fatalf("element %d, which is not C's, was written", i)
			}
			continue
		}
		start := float32(beta * p.c[i])
		if beta == 0 {
			start = 0
		}
		sum, size, fused := float64(start), math.Abs(float64(start)), start
		for l := range p.k {
			if p.alpha == 0 {
				break
			}
			a, b := p.term(row, col, l)
			sum += float64(a) * float64(b)
			size += math.Abs(float64(a) * float64(b))
			fused = fma(a, b, fused)
		}
		what := fmt.Sprintf("C[%d,%d]", row, col)
		near(t, what, c[i], sum, size*float64(p.k+2)*0x1p-24*1.01)
		if active != plain {
			sameBits(t, what, c[i:i+1], []float32{fused})
		}
	}
}

func TestGemm(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(7)
		sizes := []int{0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 15, 16, 17, 31, 32, 33, 50}
		for range 300 {
			m, n, k := sizes[r.IntN(len(sizes))], sizes[r.IntN(len(sizes))], sizes[r.IntN(len(sizes))]
			alpha, beta := []float32{1, 1, -0.3, 0}[r.IntN(4)], []float32{0, 1, 0.7}[r.IntN(3)]
			p := randomProduct(r, r.IntN(2) == 0, r.IntN(2) == 0, m, n, k, alpha)
			c := append([]float32(nil), p.c...)
			p.gemm(beta, c)
			p.check(t, beta, c)
		}
	})
}

// Sizes beyond one block of each kind.
func TestGemmBlocks(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		r := newRand(8)
		for _, s := range [][3]int{{blockM*2 + 5, 40, 9}, {5, blockN + 37, 8}, {14, 35, 2*blockK + 3}, {3, 20, deepK + 21}} {
			p := randomProduct(r, false, true, s[0], s[1], s[2], 1)
			c := append([]float32(nil), p.c...)
			p.gemm(1, c)
			p.check(t, 1, c)
		}
	})
}

// β = 0 does not read C, α = 0 reads neither A nor B.
func TestGemmDoesNotRead(t *testing.T) {
	nan := float32(math.NaN())
	c := []float32{nan, nan}
	Gemm(false, false, 1, 2, 1, 1, []float32{2}, 1, []float32{3, 4}, 2, 0, c, 2)
	sameBits(t, "beta = 0", c, []float32{6, 8})
	Gemm(false, false, 1, 2, 1, 0, []float32{nan}, 1, []float32{nan, nan}, 2, 0.5, c, 2)
	sameBits(t, "alpha = 0", c, []float32{3, 4})
}

func TestGemmThreads(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		p := randomProduct(newRand(9), false, false, 203, 130, 301, 1)
		was := runtime.GOMAXPROCS(1)
		defer runtime.GOMAXPROCS(was)
		one := append([]float32(nil), p.c...)
		p.gemm(1, one)
		for _, threads := range []int{2, 3, 8} {
			runtime.GOMAXPROCS(threads)
			many := append([]float32(nil), p.c...)
			p.gemm(1, many)
			sameBits(t, fmt.Sprint(threads, " threads"), many, one)
		}
	})
}
