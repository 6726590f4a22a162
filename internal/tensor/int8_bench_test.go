package tensor

import (
	"fmt"
	"testing"
)

// BenchmarkInt8 gives the products of a packed matrix with vectors rounded to int8,
// in billions of multiplications a second and, for one vector, GB/s of weights.
func BenchmarkInt8(b *testing.B) {
	r := newRand(3)
	formats := int8Formats()
	for _, f := range []struct {
		name string
		Format
	}{{"Q4_1", formats[2]}, {"Q4_0", formats[4]}, {"IQ4_NL", formats[8]}, {"Q8_0", formats[14]}} {
		for _, size := range []struct{ rows, cols, n int }{{32768, 1536, 1}, {1536, 576, 256}, {576, 1536, 256}, {1536, 576, 4}} {
			p := packRandom(r, f.Format, size.rows, size.cols)
			a := int8Of(random(r, size.n*size.cols), size.n, size.cols)
			dst := make([]float32, size.n*size.rows)
			b.Run(fmt.Sprintf("%s/%dx%dx%d", f.name, size.rows, size.cols, size.n), func(b *testing.B) {
				eachKernelBench(b, func(b *testing.B) {
					for b.Loop() {
						p.MultiplyInt8(dst, size.rows, a, 0, size.rows)
					}
					each := b.Elapsed().Seconds() / float64(b.N) * 1e9
					if size.n == 1 {
						b.ReportMetric(float64(len(p.Data))/each, "GB/s")
					} else {
						b.ReportMetric(float64(size.rows*size.cols*size.n)/each, "GMAC/s")
					}
				})
			})
		}
	}
}

// BenchmarkInt8Round gives the numbers rounded a second.
func BenchmarkInt8Round(b *testing.B) {
	const cols = 1536
	x, a := random(newRand(4), cols), new(Int8)
	a.Resize(1, cols)
	eachKernelBench(b, func(b *testing.B) {
		b.SetBytes(4 * cols)
		for b.Loop() {
			a.Round(0, x)
		}
	})
}
