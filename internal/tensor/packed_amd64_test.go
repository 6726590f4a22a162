//go:build amd64 && !noasm

package tensor

import "testing"

// Where a processor with AVX-512 has no instructions for products of bytes, the
// kernels of AVX2 are used, and the bits are the same.
func TestPackedWithoutVNNI(t *testing.T) {
	has := hasVNNI
	defer func() { hasVNNI = has }()
	eachKernel(t, func(t *testing.T) {
		for _, f := range formats() {
			r := newRand(28)
			p, values := randomPacked(r, f, 20, 96), random(r, 9*96)
			multiply := func(vnni bool) []float32 {
				var x Vectors
				hasVNNI = vnni
				x.Set(values, 96)
				dst := make([]float32, 9*20)
				p.Multiply(dst, 20, &x, 0, 20)
				return dst
			}
			sameBits(t, f.name(), multiply(false), multiply(has))
		}
	})
}
