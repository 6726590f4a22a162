package tensor

import (
	"math"
	"math/rand/v2"
	"testing"
)

// lengths are those at which loops of 4, 8, 16, 32 or 64 elements begin and end.
var lengths = []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 100, 127, 128, 129, 255, 576, 1000}

// eachKernel runs a test with every kernel this machine can run.
func eachKernel(t *testing.T, test func(t *testing.T)) {
	was := active
	defer func() { active = was }()
	for k := plain; k <= best(); k++ {
		active = k
		t.Run(Kernel(), test)
	}
}

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// sameBits fails the test unless got is want to the bit, any NaN for any other.
func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		if math.Float32bits(g) != math.Float32bits(want[i]) && (g == g || want[i] == want[i]) {
			t.Fatalf("%s: element %d of %d is %g (%#x), want %g (%#x)", what, i, len(got),
				g, math.Float32bits(g), want[i], math.Float32bits(want[i]))
		}
	}
}

// near fails the test unless |got − want| ≤ bound.
func near(t *testing.T, what string, got float32, want, bound float64) {
	t.Helper()
	if d := math.Abs(float64(got) - want); !(d <= bound) {
		t.Fatalf("%s: %g, want %g within %g", what, got, want, bound)
	}
}

func panics(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s did not panic", what)
		}
	}()
	f()
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name       string
		best, want kernel
	}{
		{"", avx512, avx512},
		{"", plain, plain},
		{"go", avx512, plain},
		{"avx2", avx512, avx2},
		{"avx512", avx512, avx512},
		{"avx512", avx2, avx2},
		{"avx2", plain, plain},
		{"sse9", avx2, avx2},
	} {
		if got := choose(c.name, c.best); got != c.want {
			t.Errorf("choose(%q, %d) = %d, want %d", c.name, c.best, got, c.want)
		}
	}
}

func TestWrongLengths(t *testing.T) {
	x, y, h := make([]float32, 3), make([]float32, 4), make([]uint16, 5)
	for what, f := range map[string]func(){
		"Dot":        func() { Dot(x, y) },
		"Axpy":       func() { Axpy(1, x, y) },
		"Add":        func() { Add(x, y) },
		"MatVec":     func() { MatVec(x, y, y) },
		"MatVecF16":  func() { MatVecF16(x, h, y) },
		"MatVecBF16": func() { MatVecBF16(x, h, y) },
		"MatVecs":    func() { MatVecs(x, 1, y, y, 2) },
		"MatVecs, 0": func() { MatVecs(x, 1, y, y, 0) },
		"AddRows":    func() { AddRows(x, y, x) },
		"Exp":        func() { Exp(x, y) },
		"SiLUMul":    func() { SiLUMul(x, x, y) },
		"RMSNorm":    func() { RMSNorm(x, x, y, 0) },
		"LayerNorm":  func() { LayerNorm(x, x, x, y, 0) },
		"F16ToF32":   func() { F16ToF32(x, h) },
		"BF16ToF32":  func() { BF16ToF32(x, h) },
		"F32ToF16":   func() { F32ToF16(h, x) },
		"F32ToBF16":  func() { F32ToBF16(h, x) },
		"Gemm":       func() { Gemm(false, false, 2, 2, 2, 1, x, 2, y, 2, 0, y, 2) },
		"Gemm, size": func() { Gemm(false, false, -1, 2, 2, 1, x, 2, y, 2, 0, y, 2) },
		"Gemm, ld":   func() { Gemm(false, false, 2, 2, 2, 1, y, 1, y, 2, 0, y, 2) },
	} {
		panics(t, what, f)
	}
}
