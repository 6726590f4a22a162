package tensor

import (
	"fmt"
	"runtime"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// shapes of matrix products: m x n x k of training and prefill.
var shapes = [][3]int{{1024, 1024, 1024}, {2048, 512, 128}, {2048, 128, 512}, {2048, 384, 128}, {2048, 128, 128}, {128, 512, 2048}, {256, 1536, 576}}

func eachKernelBench(b *testing.B, bench func(b *testing.B)) {
	was := active
	defer func() { active = was }()
	for k := plain; k <= best(); k++ {
		active = k
		b.Run(Kernel(), bench)
	}
}

// BenchmarkGemm gives GFLOP/s by shape, kernel and threads, and gonum's own.
func BenchmarkGemm(b *testing.B) {
	r := newRand(1)
	for _, s := range shapes {
		m, n, k := s[0], s[1], s[2]
		x, y, c := random(r, m*k), random(r, k*n), make([]float32, m*n)
		for _, threads := range []int{1, 2} {
			rate := func(b *testing.B, run func()) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
				run()
				for b.Loop() {
					run()
				}
				b.ReportMetric(2*float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			}
			b.Run(fmt.Sprintf("%dx%dx%d/%d", m, n, k, threads), func(b *testing.B) {
				eachKernelBench(b, func(b *testing.B) {
					rate(b, func() { Gemm(false, false, m, n, k, 1, x, k, y, n, 0, c, n) })
				})
				b.Run("gonum", func(b *testing.B) {
					rate(b, func() {
						gonum.Implementation{}.Sgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, x, k, y, n, 0, c, n)
					})
				})
			})
		}
	}
}

// BenchmarkGemmTrans is the backward pass: Aᵀ·B and A·Bᵀ.
func BenchmarkGemmTrans(b *testing.B) {
	r := newRand(2)
	m, n, k := 512, 512, 2048
	x, y, c := random(r, m*k), random(r, k*n), make([]float32, m*n)
	for _, trans := range [][2]bool{{true, false}, {false, true}, {true, true}} {
		lda, ldb := k, n
		if trans[0] {
			lda = m
		}
		if trans[1] {
			ldb = k
		}
		b.Run(fmt.Sprint(trans), func(b *testing.B) {
			for b.Loop() {
				Gemm(trans[0], trans[1], m, n, k, 1, x, lda, y, ldb, 0, c, n)
			}
			b.ReportMetric(2*float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkMatVec gives GB/s of weights: in the second cache (rows x 576) and
// from memory (16384 x 1536).
func BenchmarkMatVec(b *testing.B) {
	r := newRand(3)
	for _, s := range [][2]int{{128, 576}, {16384, 1536}} {
		rows, cols := s[0], s[1]
		x, w, dst := random(r, cols), random(r, rows*cols), make([]float32, rows)
		half, brain := make([]uint16, len(w)), make([]uint16, len(w))
		F32ToF16(half, w)
		F32ToBF16(brain, w)
		for _, kind := range []struct {
			name  string
			bytes int
			run   func()
		}{
			{"f32", 4, func() { MatVec(dst, w, x) }},
			{"f16", 2, func() { MatVecF16(dst, half, x) }},
			{"bf16", 2, func() { MatVecBF16(dst, brain, x) }},
		} {
			b.Run(fmt.Sprintf("%dx%d/%s", rows, cols, kind.name), func(b *testing.B) {
				eachKernelBench(b, func(b *testing.B) {
					b.SetBytes(int64(kind.bytes * len(w)))
					for b.Loop() {
						kind.run()
					}
				})
			})
		}
	}
}

// BenchmarkVector gives GB/s of reads and writes of 4096 elements.
func BenchmarkVector(b *testing.B) {
	r := newRand(4)
	x, y, dst := random(r, 4096), random(r, 4096), make([]float32, 4096)
	for _, f := range []struct {
		name   string
		arrays int64
		run    func()
	}{
		{"Dot", 2, func() { Dot(x, y) }},
		{"Axpy", 3, func() { Axpy(1e-9, x, y) }},
		{"Exp", 2, func() { Exp(dst, x) }},
		{"Softmax", 2, func() { Softmax(dst) }},
		{"SiLUMul", 3, func() { SiLUMul(dst, x, y) }},
		{"RMSNorm", 3, func() { RMSNorm(dst, x, y, 1e-5) }},
	} {
		b.Run(f.name, func(b *testing.B) {
			eachKernelBench(b, func(b *testing.B) {
				b.SetBytes(4 * 4096 * f.arrays)
				for b.Loop() {
					f.run()
				}
			})
		})
	}
}

// BenchmarkMatVecs gives GFLOP/s of 256 vectors times a panel of weights, by
// MatVecs and by MatVec of each.
func BenchmarkMatVecs(b *testing.B) {
	r := newRand(5)
	for _, s := range [][2]int{{64, 128}, {16, 576}} {
		rows, cols, n := s[0], s[1], 256
		x, w, dst := random(r, n*cols), random(r, rows*cols), make([]float32, n*rows)
		rate := func(b *testing.B, run func(dst []float32, stride int, w, x []float32, rows, cols int)) {
			for b.Loop() {
				run(dst, rows, w, x, rows, cols)
			}
			b.ReportMetric(2*float64(n*rows*cols)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		}
		b.Run(fmt.Sprintf("%dx%d", rows, cols), func(b *testing.B) {
			eachKernelBench(b, func(b *testing.B) {
				b.Run("together", func(b *testing.B) { rate(b, matVecs) })
				b.Run("each", func(b *testing.B) { rate(b, eachVector) })
			})
		})
	}
}

// BenchmarkAddRows gives GB/s of rows, by AddRows and by Axpy of each.
func BenchmarkAddRows(b *testing.B) {
	r := newRand(6)
	x, w, dst := random(r, 64), random(r, 64*64), make([]float32, 64)
	eachKernelBench(b, func(b *testing.B) {
		b.Run("together", func(b *testing.B) {
			b.SetBytes(4 * 64 * 64)
			for b.Loop() {
				AddRows(dst, x, w)
			}
		})
		b.Run("each", func(b *testing.B) {
			b.SetBytes(4 * 64 * 64)
			for b.Loop() {
				for i, a := range x {
					Axpy(a, w[i*64:(i+1)*64], dst)
				}
			}
		})
	})
}
