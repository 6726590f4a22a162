package vec64

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"argen/internal/tensor"
)

// kernels are those that this machine can run.
func kernels() []string {
	all := []string{"go"}
	for _, k := range []string{"avx2", "avx512"} {
		if tensor.Kernel() != "go" && (k == "avx2" || tensor.Kernel() == k) {
			all = append(all, k)
		}
	}
	return all
}

// with calls do with each kernel in force.
func with(t *testing.T, do func(k string)) {
	defer func(k string) { kernel = k }(kernel)
	for _, k := range kernels() {
		kernel = k
		do(k)
	}
	if t.Failed() {
		t.FailNow()
	}
}

// numbers are n logits, among them equal ones, huge ones and −Inf.
func numbers(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		switch rng.IntN(12) {
		case 0:
			x[i] = math.Inf(-1)
		case 1:
			x[i] = 700 * rng.NormFloat64()
		case 2:
			x[i] = float64(rng.IntN(5))
		case 3:
			x[i] = -math.MaxFloat64 * rng.Float64()
		default:
			x[i] = 5 * rng.NormFloat64()
		}
	}
	return x
}

func largest(x []float64) float64 {
	most := math.Inf(-1)
	for _, v := range x {
		most = max(most, v)
	}
	return most
}

// All kernels give the bits of plain Go, and a sum is right to 2 ulp.
func TestSumExp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 15, 16, 700, manyLogits - 1, manyLogits, manyLogits + 1, manyLogits + 15, 49_152, 50_257} {
		x := numbers(rng, n)
		if n%2 == 1 { // nothing far off
			for i := range x {
				x[i] = 3 * rng.NormFloat64()
			}
		}
		most := largest(x)
		exact := new(big.Float).SetPrec(precision)
		for _, l := range x {
			exact.Add(exact, new(big.Float).SetFloat64(Exp(l-most)))
		}
		want, _ := exact.Float64()
		first, firstDot := 0.0, 0.0
		with(t, func(k string) {
			sum, dot := SumExp(x, most)
			if k == "go" {
				first, firstDot = sum, dot
			}
			if sum != first || dot != firstDot {
				t.Errorf("%d logits, %s: %v and %v, plain Go has %v and %v", n, k, sum, dot, first, firstDot)
			}
			if off := math.Abs(sum - want); off > 2*(math.Nextafter(want, math.Inf(1))-want) {
				t.Errorf("%d logits, %s: the sum is %v, want %v", n, k, sum, want)
			}
		})
		slow, slowDot := sumInOrder(x, most)
		if math.Abs(firstDot-slowDot) > 1e-11*(1+math.Abs(slowDot)) || math.Abs(first-slow) > 1e-14*slow {
			t.Errorf("%d logits: %v and %v, in their order %v and %v", n, first, firstDot, slow, slowDot)
		}
	}
}

// Quotients are rounded once, and one that overflows is noticed wherever it is.
func TestDivide(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 16, 17, 100, 1000} {
		for _, by := range []float64{0.5, 3, 1e-300, 1e300} {
			x := numbers(rng, n)
			for i := range x {
				if x[i] < -1e6 && !math.IsInf(x[i], 0) {
					x[i] = -1
				}
			}
			for at := -1; at < n; at += 1 + n/7 {
				if at >= 0 && by < 1 {
					x[at] = math.MaxFloat64
				}
				want, wantOK := make([]float64, n), true
				for i, v := range x {
					want[i] = v / by
					wantOK = wantOK && (math.IsInf(v, 0) || !math.IsInf(want[i], 0))
				}
				with(t, func(k string) {
					got := make([]float64, n)
					ok := Divide(got, x, by)
					for i := range got {
						if got[i] != want[i] {
							t.Errorf("%d numbers by %v, %s: %v / %v = %v", n, by, k, x[i], by, got[i])
						}
					}
					if ok != wantOK {
						t.Errorf("%d numbers by %v, %s: reports %v, want %v", n, by, k, ok, wantOK)
					}
				})
			}
		}
	}
}

func TestCountAbove(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 15, 16, 33, 1000, 4099} {
		x := numbers(rng, n)
		for _, limit := range []float64{-1, 0, 2, 4, math.Inf(-1), 1e300} {
			above, equal := 0, 0
			for _, v := range x {
				if v > limit {
					above++
				} else if v == limit {
					equal++
				}
			}
			with(t, func(k string) {
				if a, e := CountAbove(x, limit); a != above || e != equal {
					t.Errorf("%d numbers, %s: %d above %v and %d equal, want %d and %d", n, k, a, limit, e, above, equal)
				}
			})
		}
	}
}

func BenchmarkSumExp(b *testing.B) {
	x := make([]float64, 49_152)
	rng := rand.New(rand.NewPCG(7, 8))
	for i := range x {
		x[i] = 3 * rng.NormFloat64()
	}
	most := largest(x)
	defer func(k string) { kernel = k }(kernel)
	for _, k := range kernels() {
		kernel = k
		b.Run(k, func(b *testing.B) {
			for b.Loop() {
				SumExp(x, most)
			}
		})
	}
}

// The first number above a limit is found wherever it is, from any place on, and
// what is not finite too.
func TestAboveAndFinite(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 31, 32, 33, 70} {
		x := make([]float64, n)
		with(t, func(k string) {
			if !Finite(x) || Above(x, 0, 0) != n {
				t.Errorf("%d zeros, %s: not finite, or one is above 0", n, k)
			}
			for at := range n {
				for _, v := range []float64{1, math.Inf(1), math.Inf(-1), math.NaN()} {
					x[at] = v
					if got := Finite(x); got != (v == 1) {
						t.Errorf("%d numbers, %s: with %v at %d: finite is %v", n, k, v, at, got)
					}
					for i := range n + 1 {
						want := n
						if v > 0 && i <= at {
							want = at
						}
						if got := Above(x, i, 0); got != want {
							t.Errorf("%d numbers, %s: with %v at %d the first above 0 from %d on is %d", n, k, v, at, i, got)
						}
					}
					x[at] = 0
				}
			}
		})
	}
}
