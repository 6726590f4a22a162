package train

import "math"

// reference are the operations in float64, written plainly: with them the
// network is exact enough for finite differences.
var reference = maths[float64]{
	gemm: func(transA, transB bool, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
		for i := range m {
			for j := range n {
				sum := 0.0
				for l := range k {
					x, y := i*lda+l, l*ldb+j
					if transA {
						x = l*lda + i
					}
					if transB {
						y = j*ldb + l
					}
					sum += a[x] * b[y]
				}
				at := i*ldc + j
				if beta == 0 {
					c[at] = 0
				}
				c[at] = alpha*sum + beta*c[at]
			}
		}
	},
	dot: func(x, y []float64) float64 {
		sum := 0.0
		for i := range x {
			sum += x[i] * y[i]
		}
		return sum
	},
	axpy: func(a float64, x, y []float64) {
		for i, v := range x {
			y[i] += a * v
		}
	},
	softmax: func(x []float64) {
		top, sum := math.Inf(-1), 0.0
		for _, v := range x {
			top = max(top, v)
		}
		for i, v := range x {
			x[i] = math.Exp(v - top)
			sum += x[i]
		}
		for i := range x {
			x[i] /= sum
		}
	},
	exp: func(dst, x []float64) {
		for i, v := range x {
			dst[i] = math.Exp(v)
		}
	},
	siluMul: func(dst, gate, up []float64) {
		for i, g := range gate {
			dst[i] = g / (1 + math.Exp(-g)) * up[i]
		}
	},
}
