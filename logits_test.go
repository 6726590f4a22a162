package argen

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

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

// bigLogSumExp returns max and ln Σ exp(l − max).
func bigLogSumExp(logits []float64) (most float64, log *big.Float) {
	most = math.Inf(-1)
	for _, l := range logits {
		most = max(most, l)
	}
	sum := bigFloat(0)
	for _, l := range logits {
		if l-most > -2000 {
			sum.Add(sum, bigExp(new(big.Float).SetPrec(precision).Sub(bigFloat(l), bigFloat(most))))
		}
	}
	// ln s = y + ln(s·e^−y) with y ≈ ln s, and ln(1+d) = d − d²/2 + d³/3.
	s, _ := sum.Float64()
	y := bigFloat(math.Log(s))
	d := new(big.Float).SetPrec(precision).Mul(sum, bigExp(new(big.Float).Neg(y)))
	d.Sub(d, bigFloat(1))
	d2 := new(big.Float).SetPrec(precision).Mul(d, d)
	d3 := new(big.Float).SetPrec(precision).Mul(d2, d)
	y.Add(y, d)
	y.Sub(y, d2.Quo(d2, bigFloat(2)))
	return most, y.Add(y, d3.Quo(d3, bigFloat(3)))
}

// hardVector is one of those that log-sum-exp goes wrong on.
func hardVector(rng *rand.Rand, i int) (name string, logits []float64) {
	logits = make([]float64, 1+rng.IntN(40))
	names := []string{"normal", "equal", "one huge", "denormal", "masked", "far from 0", "wide", "near 0"}
	name = names[i%len(names)]
	offset := 100 * rng.NormFloat64()
	for j := range logits {
		x := rng.NormFloat64()
		logits[j] = map[string]float64{
			"normal": 3 * x, "equal": offset, "one huge": 3 * x, "denormal": x * 1e-310,
			"masked": 3 * x, "far from 0": 1e6*offset + x, "wide": 300 * x, "near 0": x - math.Log(float64(len(logits))),
		}[name]
		if name == "masked" && rng.IntN(2) == 0 && j > 0 {
			logits[j] = math.Inf(-1)
		}
	}
	if name == "one huge" {
		logits[len(logits)/2] = 1e30
	}
	return name, logits
}

// checkLogSumExp compares vectors with the reference. One ulp is that of 1, of
// the largest logit or of the result, whichever is the largest: the result is
// the sum of the largest logit and a logarithm, and where these cancel nothing
// but longer arithmetic would be more exact.
//
// The bound of 4 ulp: x = l − max is rounded (½ ulp of x, weighted by p), exp
// to 1 ulp, the compensated sum to 2 ulp of itself at most and mostly ½, log to
// 1 ulp, the last addition to ½.
func checkLogSumExp(t *testing.T, vectors int) {
	rng := rand.New(rand.NewPCG(5, 6))
	worst, where := 0.0, ""
	for i := range vectors {
		name, logits := hardVector(rng, i)
		most, log := bigLogSumExp(logits)
		want := new(big.Float).SetPrec(precision+1200).Add(bigFloat(most), log)
		got := must(logits).LogSumExp()
		off, _ := new(big.Float).SetPrec(precision+1200).Sub(bigFloat(got), want).Float64()
		scale := max(1, math.Abs(most), math.Abs(got))
		ulp := math.Nextafter(scale, math.Inf(1)) - scale
		if off = math.Abs(off) / ulp; off > worst {
			worst, where = off, fmt.Sprintf("%s, %d logits", name, len(logits))
		}
		if off > 4 {
			t.Fatalf("vector %d (%s) %v: %v, want %v: %.1f ulp off", i, name, logits, got, want.Text('g', 25), off)
		}
		// The sum itself is needed for probabilities, whatever the size of max.
		sum, _ := bigExp(log).Float64()
		c := must(logits)
		if got := 1 / c.Prob(c.Top(1)[0]); math.Abs(got-sum) > 8*0x1p-52*sum {
			t.Fatalf("vector %d (%s) %v: 1/P of the best is %v, want %v", i, name, logits, got, sum)
		}
	}
	t.Logf("%d vectors, worst %.2f ulp (%s)", vectors, worst, where)
}

func TestLogSumExp(t *testing.T) { checkLogSumExp(t, 2000) }

// 1000 equal logits of any size have exactly equal shares.
func TestProbabilitiesOfHugeLogits(t *testing.T) {
	for _, l := range []float64{0, 1e30, -1e30, math.MaxFloat64, -math.MaxFloat64, 5e-324} {
		logits := make([]float64, 1000)
		for i := range logits {
			logits[i] = l
		}
		c := must(logits)
		if p := c.Prob(999); p != 0.001 {
			t.Errorf("logits of %g: P = %v, want 0.001", l, p)
		}
		if h := c.Entropy(); math.Abs(h-math.Log2(1000)) > 1e-14 {
			t.Errorf("logits of %g: entropy %v, want log2(1000)", l, h)
		}
		d, err := newDistribution(logits)
		if err != nil || math.Abs(d.logprob(0)+math.Log(1000)) > 1e-14 {
			t.Errorf("logits of %g: logprob %v, %v", l, d.logprob(0), err)
		}
	}
}

func TestLogProb(t *testing.T) {
	logits := []float64{math.Log(3) + 700, math.Inf(-1), 700}
	for id, want := range []float64{math.Log(0.75), math.Inf(-1), math.Log(0.25)} {
		if got, err := LogProb(logits, ID(id)); err != nil || got != want && !(math.Abs(got-want) < 1e-13) {
			t.Errorf("token %d: %v, want %v (%v)", id, got, want, err)
		}
	}
	var bad *LogitsError
	if _, err := LogProb([]float64{0, math.NaN()}, 0); !errors.As(err, &bad) || bad.ID != 1 {
		t.Errorf("NaN: %v", err)
	}
	if _, err := LogProb([]float64{math.Inf(-1)}, 0); !errors.As(err, &bad) || bad.ID != NoID {
		t.Errorf("nothing possible: %v", err)
	}
}

// What looks at several logits at a time sees each of them, at any place.
func TestLogitsAtAnyPlace(t *testing.T) {
	inf := math.Inf(1)
	for n := range 10 {
		for at := range n {
			for _, special := range []float64{math.NaN(), inf, -inf, math.MaxFloat64, -math.MaxFloat64, math.Copysign(0, -1), 2, 1} {
				logits := make([]float64, n)
				for i := range logits {
					logits[i] = 1
				}
				logits[at] = special
				best, most := NoID, -inf // one by one
				for i, l := range logits {
					if l > most {
						best, most = ID(i), l
					}
				}
				if got := bestOf(logits); got != best {
					t.Errorf("%v at %d of %d: the best is %d, want %d", special, at, n, got, best)
				}
				finite, to := special-special == 0, make([]float64, n)
				if copyFinite(to, logits) != finite {
					t.Errorf("%v at %d of %d: finite is %v", special, at, n, !finite)
				}
				if finite && !slices.Equal(to, logits) {
					t.Errorf("%v is copied as %v", logits, to)
				}
			}
		}
	}
}
