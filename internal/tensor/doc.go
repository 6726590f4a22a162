// Package tensor holds the arithmetic of neural networks over float32 slices:
// products of matrices and vectors, softmax, norms and activations. Matrices
// are row-major. Nothing is allocated per call, but by Gemm when it grows its
// buffers or starts goroutines.
//
// Each function exists as plain Go, and the costly ones as SIMD kernels beside
// it, chosen once at start by what the CPU can do; [Kernel] names the choice,
// and ARGEN_KERNEL or the build tag noasm limit it.
//
// Quantised matrices are [Packed]: interleaved by 16 rows, in the whole numbers
// and scales of their file. They are multiplied with [Vectors] of 24 bits, which
// is the precision of a float32, or with [Int8]; sums of whole numbers are exact. So
// are those of keys and values in 16 bits ([PairScores], [PairSums]).
//
// # The same bits
//
// All but Gemm give the same bits with every kernel and on every platform (but
// for GELUErf, where platforms differ in math.Erfc, maybe in the last bit): sums
// run in 16 lanes in a fixed order (element i is added to lane i mod 16, then the
// lanes are added pairwise), and products are rounded before they are added; those
// with [Int8] are rounded together with their sum, in plain Go too. So a vector
// gives the same alone ([MatVec]) and with others ([MatVecs]).
//
// Gemm adds its products one by one in the order of k. Its SIMD kernels round
// once for a product and its sum (fused multiply-add), so they agree with each
// other to the bit and with the plain Go within rounding. No result depends on
// the number of threads.
//
// Products of float32 matrices are asked for through gonum's blas32, which runs
// on these kernels wherever this package is imported.
//
// Lengths that do not fit are a mistake of the caller: all functions panic.
package tensor
