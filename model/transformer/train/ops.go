package train

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"argen/internal/tensor"
)

// maths are the operations that have kernels of their own. All matrices are
// row-major.
type maths[F float] struct {
	// gemm is C = α·op(A)·op(B) + β·C with op(A) (m, k), op(B) (k, n).
	gemm    func(transA, transB bool, m, n, k int, alpha F, a []F, lda int, b []F, ldb int, beta F, c []F, ldc int)
	dot     func(x, y []F) F
	axpy    func(a F, x, y []F) // y += a·x
	softmax func(x []F)         // in place
	exp     func(dst, x []F)
	siluMul func(dst, gate, up []F)
}

var kernels = maths[float32]{
	gemm:    sgemm,
	dot:     tensor.Dot,
	axpy:    tensor.Axpy,
	softmax: tensor.Softmax,
	exp:     tensor.Exp,
	siluMul: tensor.SiLUMul,
}

// sgemm is the product of gonum's BLAS, which runs on the kernels of package
// tensor.
func sgemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	blas32.Implementation().Sgemm(transposed(transA), transposed(transB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

func transposed(is bool) blas.Transpose {
	if is {
		return blas.Trans
	}
	return blas.NoTrans
}

// rmsNorm is root mean square layer normalisation, row by row of x (n, d):
//
//	y = g·x·r,  r = 1/√(mean(x²) + ε)
//
// The r of each row goes to inv. Zhang and Sennrich, Root Mean Square Layer
// Normalization, 2019.
func rmsNorm[F float](y, inv, x, g []F, eps float64) {
	d := len(g)
	for i := range inv {
		row := x[i*d : i*d+d]
		out := y[i*d : i*d+d]
		sum := 0.0
		for _, v := range row {
			sum += float64(v) * float64(v)
		}
		r := F(1 / math.Sqrt(sum/float64(d)+eps))
		inv[i] = r
		for j, v := range row {
			out[j] = v * r * g[j]
		}
	}
}

// rmsNormBack adds the derivatives of rmsNorm to dx and dg:
//
//	∂x = r·(g·∂y) − x·r³/d·Σ(g·∂y·x),  ∂g = Σ over rows of ∂y·x·r
func rmsNormBack[F float](dx, dg, dy, x, inv, g []F) {
	d := len(g)
	for i, r := range inv {
		row, in, out := dy[i*d:i*d+d], x[i*d:i*d+d], dx[i*d:i*d+d]
		sum := 0.0
		for j, v := range row {
			sum += float64(v * g[j] * in[j])
		}
		c := F(sum/float64(d)) * r * r * r
		for j, v := range row {
			v *= r
			dg[j] += v * in[j]
			out[j] += v*g[j] - c*in[j]
		}
	}
}

// rotations are cos and sin of the angles position·θ^(−2i/k), (Context, k/2).
type rotations[F float] struct{ cos, sin []F }

func newRotations[F float](c Config) rotations[F] {
	half := c.HeadDim() / 2
	r := rotations[F]{make([]F, c.Context*half), make([]F, c.Context*half)}
	for p := range c.Context {
		for i := range half {
			a := float64(p) * math.Pow(c.RopeTheta, -float64(i)/float64(half))
			r.cos[p*half+i], r.sin[p*half+i] = F(math.Cos(a)), F(math.Sin(a))
		}
	}
	return r
}

// rotate turns the heads of a token at a position: number i of a head is
// paired with number i + k/2. Its inverse, by the same angle backwards
// (back = true), is its derivative. Su et al., RoFormer: Enhanced Transformer
// with Rotary Position Embedding, 2021; the pairing is Llama's.
func (r rotations[F]) rotate(x []F, position, headDim int, back bool) {
	half := headDim / 2
	cos, sin := r.cos[position*half:][:half], r.sin[position*half:][:half]
	for ; len(x) >= headDim; x = x[headDim:] {
		low, high := x[:half], x[half:headDim]
		for i, c := range cos {
			s := sin[i]
			if back {
				s = -s
			}
			a, b := low[i], high[i]
			low[i], high[i] = a*c-b*s, a*s+b*c
		}
	}
}

// siluMulBack is the derivative of y = silu(gate)·up, silu(x) = x·σ(x). Shazeer,
// GLU Variants Improve Transformer, 2020.
//
//	∂up = ∂y·silu(gate),  ∂gate = ∂y·up·σ·(1 + gate·(1−σ)) = ∂y·(y + σ·(up − y))
func siluMulBack[F float](k *maths[F], dgate, dup, dy, gate, up, y []F) {
	k.siluMul(dup, gate, dy)
	for i, g := range gate {
		dgate[i] = -g
	}
	k.exp(dgate, dgate)
	dy, up, y = dy[:len(dgate)], up[:len(dgate)], y[:len(dgate)]
	for i, e := range dgate {
		dgate[i] = dy[i] * (y[i] + (up[i]-y[i])/(1+e))
	}
}

func add[F float](dst, x []F) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += x[i]
	}
}
