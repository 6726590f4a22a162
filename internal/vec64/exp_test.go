package vec64

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// checkExp compares exp with 200 bits.
func checkExp(t *testing.T, n int) {
	rng := rand.New(rand.NewPCG(9, 10))
	worst := 0.0
	for i := range n {
		x := -math.Pow(10, 4*rng.Float64()-2)
		switch i % 4 {
		case 0:
			x = -40 * rng.Float64()
		case 1: // where k changes
			x = -(float64(rng.IntN(1000)) + 0.5) * math.Ln2 * (1 + 1e-15*rng.NormFloat64())
		}
		if x < -707.9 {
			continue
		}
		want := bigExp(bigFloat(x))
		got := Exp(x)
		off, _ := new(big.Float).SetPrec(precision).Sub(bigFloat(got), want).Float64()
		off = math.Abs(off) / (math.Nextafter(got, 1) - got)
		worst = max(worst, off)
		if off > 1.1 { // ½ of the root, ½ of the last sum, and a little of the series
			t.Fatalf("Exp(%v) = %v, %.3f ulp off", x, got, off)
		}
	}
	t.Logf("worst %.3f ulp", worst)
}

func TestExp(t *testing.T) {
	checkExp(t, 5000)
	for x, want := range map[float64]float64{
		0: 1, math.Copysign(0, -1): 1, -746: 0, math.Inf(-1): 0, -1e300: 0, -5e-324: 1,
		math.NaN(): 0, -1: 1 / math.E, -745.13: 5e-324,
	} {
		if got := Exp(x); got != want {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	for x := -745.2; x < -707; x += 0.01 { // denormal results
		if got, want := Exp(x), math.Exp(x); math.Abs(got-want) > 5e-324+4e-16*want {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
}

func BenchmarkExp(b *testing.B) {
	xs := make([]float64, 1000)
	for i := range xs {
		xs[i] = -float64(i) / 50
	}
	for name, f := range map[string]func(float64) float64{"own": Exp, "math": math.Exp} {
		b.Run(name, func(b *testing.B) {
			sum := 0.0
			for b.Loop() {
				for _, x := range xs {
					sum += f(x)
				}
			}
		})
	}
}

// precision of the reference, bits.
const precision = 200

func bigFloat(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

// bigExp is e^x for |x| < 2^20: Taylor's series of x/2^k, squared k times.
func bigExp(x *big.Float) *big.Float {
	const k = 32
	small := new(big.Float).SetPrec(precision+2*k).SetMantExp(x, -k)
	sum := new(big.Float).SetPrec(precision + 2*k).SetInt64(1)
	term := new(big.Float).SetPrec(precision + 2*k).SetInt64(1)
	for i := int64(1); i < 24; i++ { // (2^−12)^24 / 24! < 2^−360
		term.Mul(term, small)
		term.Quo(term, bigFloat(float64(i)))
		sum.Add(sum, term)
	}
	for range k {
		sum.Mul(sum, sum)
	}
	return sum.SetPrec(precision)
}
