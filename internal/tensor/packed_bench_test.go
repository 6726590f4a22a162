package tensor

import (
	"fmt"
	"testing"
)

// BenchmarkPacked gives GB/s of a matrix that is multiplied with one vector, in
// the second cache and from memory, and GMAC/s with 64 vectors.
func BenchmarkPacked(b *testing.B) {
	for _, f := range []struct {
		name string
		Format
	}{
		{"Q4_1", Format{N4, true, true, 32, [16]int8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}},
		{"Q4_0", Format{N4, true, false, 32, [16]int8{-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7}}},
		{"IQ4_NL", Format{N4, true, false, 32, [16]int8{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}}},
		{"Q8_0", Format{N8, true, false, 32, [16]int8{}}},
		{"Q4_K", Format{N4, false, true, 32, [16]int8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}},
		{"Q6_K", Format{N8, false, false, 16, [16]int8{}}},
		{"Q3_K", Format{N4, false, false, 16, [16]int8{-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7}}},
	} {
		r := newRand(25)
		const cols = 1536
		for _, rows := range []int{256, 65536} {
			p := randomPacked(r, f.Format, rows, cols)
			for _, n := range []int{1, 64} {
				if n > 1 && rows > 256 {
					continue
				}
				var x Vectors
				values := random(r, n*cols)
				dst := make([]float32, n*rows)
				b.Run(fmt.Sprintf("%s/%dx%d", f.name, rows, n), func(b *testing.B) {
					eachKernelBench(b, func(b *testing.B) {
						x.Set(values, cols)
						if n == 1 {
							b.SetBytes(int64(len(p.Data)))
						}
						for b.Loop() {
							p.Multiply(dst, rows, &x, 0, rows)
						}
						b.ReportMetric(float64(n*rows*cols)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
					})
				})
			}
		}
	}
}

// BenchmarkVectors gives ns for 32 numbers.
func BenchmarkVectors(b *testing.B) {
	values := random(newRand(26), 1536)
	eachKernelBench(b, func(b *testing.B) {
		var x Vectors
		for b.Loop() {
			x.Set(values, len(values))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(values)/PackedCols), "ns/block")
	})
}
