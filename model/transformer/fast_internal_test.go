package transformer

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"argen/internal/quant"
	"argen/internal/tensor"
)

// Matrices that are multiplied with int8 and others may be applied to the same
// numbers: each gives what it gives alone, with any number of threads.
func TestFastMixed(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(5, 6))
	const rows, cols, most = 200, 256, 11
	eight, six := make([]byte, quant.Q8_0.RowBytes(cols)*rows), make([]byte, quant.Q6_K.RowBytes(cols)*rows)
	for i := range eight {
		eight[i] = byte(rng.Uint32())
	}
	for i := range six {
		six[i] = byte(rng.Uint32())
	}
	const one = 0x2c // the upper byte of half precision numbers from 1/16 on
	for at := 0; at < len(eight); at += quant.Q8_0.BlockBytes() {
		eight[at+1] = one
	}
	for at := 0; at < len(six); at += quant.Q6_K.BlockBytes() {
		six[at+209] = one
	}
	x := make([]float32, most*cols)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	rounded := &matrix{rows: rows, cols: cols, packed: quant.Pack(quant.Q8_0, rows, cols, eight)}
	whole := &matrix{rows: rows, cols: cols, packed: quant.Pack(quant.Q6_K, rows, cols, six)}
	product := func(fast bool, n int, c *crew, ws ...*matrix) (dst [][]float32) {
		p := newPass(&Model{options: Options{Fast: fast}}, nil)
		p.crew = c
		var parts []part
		for _, w := range ws {
			dst = append(dst, make([]float32, n*rows))
			parts = append(parts, part{w, dst[len(dst)-1]})
		}
		p.multiply(x, n, parts...)
		return dst
	}
	exact := product(false, most, nil, rounded, whole)
	int8s := make([]float32, most*rows)
	var vectors tensor.Int8
	vectors.Resize(most, cols)
	for i := range most {
		vectors.Round(i, x[i*cols:(i+1)*cols])
	}
	rounded.packed.MultiplyInt8(int8s, rows, &vectors, 0, rows)
	if slices.Equal(int8s, exact[0]) {
		t.Error("rounding changes nothing")
	}
	for _, threads := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(threads)
		for _, n := range []int{1, 3, 8, most} {
			var c crew
			for _, got := range [][][]float32{product(true, n, &c, rounded, whole), product(true, n, nil, rounded, whole)} {
				if !slices.Equal(got[0], int8s[:n*rows]) || !slices.Equal(got[1], exact[1][:n*rows]) {
					t.Fatalf("%d positions, %d threads: the products differ from each alone", n, threads)
				}
			}
			if got := product(true, n, &c, whole); !slices.Equal(got[0], exact[1][:n*rows]) {
				t.Fatalf("%d positions, %d threads: Q6_K alone differs", n, threads)
			}
		}
	}
}
