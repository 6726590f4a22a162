package study

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestPlainEstimates(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		of   series
		want Estimate
	}{
		{mean([]float64{3}), Estimate{3, nan, nan}},
		{mean([]float64{3, 3, 3}), Estimate{3, 3, 3}},
		{series{.1, []float64{.3, .3}}, Estimate{.1, .1, .1}},
		{series{nan, []float64{1, 2}}, Estimate{nan, nan, nan}},
		{series{inf, []float64{1, 2}}, Estimate{inf, inf, inf}},
	} {
		got := intervals(1, []series{test.of})[0]
		for i, pair := range [][2]float64{{got.Mean, test.want.Mean}, {got.Lo, test.want.Lo}, {got.Hi, test.want.Hi}} {
			if pair[0] != pair[1] && !(math.IsNaN(pair[0]) && math.IsNaN(pair[1])) {
				t.Errorf("%v: number %d is %v, want %v", test.of, i, pair[0], pair[1])
			}
		}
	}
}

// The numbers are those of the formula by hand: z² = 3.841459.
func TestWilson(t *testing.T) {
	for _, test := range []struct{ share, lo, hi float64 }{
		{0, 0, 3.841459 / 103.841459},
		{1, 1 - 3.841459/103.841459, 1},
		{.5, .5 - 1.959964*math.Sqrt(.25/100+.0384146/400)/1.03841459, .5 + 1.959964*math.Sqrt(.25/100+.0384146/400)/1.03841459},
	} {
		e := wilson(test.share, 100)
		if math.Abs(e.Lo-test.lo) > 1e-6 || math.Abs(e.Hi-test.hi) > 1e-6 || e.Mean != test.share {
			t.Errorf("share %v: %+v, want %v to %v", test.share, e, test.lo, test.hi)
		}
	}
	if e := wilson(1, 1); !math.IsNaN(e.Lo) || !math.IsNaN(e.Hi) {
		t.Errorf("one text has an interval: %+v", e)
	}
}

// Of 600 studies 95 % have the true mean in their interval; with 600 the part
// found is 0.95 ± 0.035 but once in 10,000 times. Intervals of 40 values of a
// skewed quantity fall short by up to 0.03, those of 8 by up to 0.07, of 3 by up
// to 0.09: they cannot know of the long tail that they have not seen. Quantiles of
// the normal distribution alone hold it in 0.90 of the studies of 8 values that are
// normal, means of values drawn anew in 0.47 of those of 2.
func TestCoverage(t *testing.T) {
	const studies = 600
	for _, test := range []struct {
		name  string
		n     int
		short float64
		draw  func(*rand.Rand) float64
		true  float64
	}{
		{"normal", 2, .01, func(r *rand.Rand) float64 { return 5 + r.NormFloat64() }, 5},
		{"normal", 3, .01, func(r *rand.Rand) float64 { return 5 + r.NormFloat64() }, 5},
		{"normal", 5, .01, func(r *rand.Rand) float64 { return 5 + r.NormFloat64() }, 5},
		{"normal", 6, .01, func(r *rand.Rand) float64 { return 5 + r.NormFloat64() }, 5},
		{"normal", 8, .01, func(r *rand.Rand) float64 { return 5 + r.NormFloat64() }, 5},
		{"normal", 40, .01, func(r *rand.Rand) float64 { return 5 + r.NormFloat64() }, 5},
		{"exponential", 3, .09, func(r *rand.Rand) float64 { return r.ExpFloat64() }, 1},
		{"exponential", 8, .07, func(r *rand.Rand) float64 { return r.ExpFloat64() }, 1},
		{"exponential", 40, .03, func(r *rand.Rand) float64 { return r.ExpFloat64() }, 1},
		{"share", 40, .03, func(r *rand.Rand) float64 { return number(r.Float64() < .3) }, .3},
	} {
		rng := rand.New(rand.NewPCG(3, 7))
		held := 0
		for i := range studies {
			values := make([]float64, test.n)
			for k := range values {
				values[k] = test.draw(rng)
			}
			e := intervals(uint64(i), []series{mean(values)})[0]
			if e.Lo <= test.true && test.true <= e.Hi {
				held++
			}
			if !(e.Lo <= e.Mean && e.Mean <= e.Hi) {
				t.Errorf("%s: the mean %v is not in %v to %v", test.name, e.Mean, e.Lo, e.Hi)
			}
		}
		if part := float64(held) / studies; part < .95-test.short-.035 || part > .95+.035 {
			t.Errorf("%s, %d values: %.3f of the intervals hold the true mean", test.name, test.n, part)
		}
	}
}

// The interval of a paired difference is far narrower than those of the two.
func TestPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	a, b := make([]float64, 60), make([]float64, 60)
	for i := range a {
		common := 10 * rng.NormFloat64() // of the dice
		a[i], b[i] = common, common+1+.1*rng.NormFloat64()
	}
	e := intervals(1, []series{mean(a), mean(b), mean(b).minus(mean(a))})
	if wide := e[0].Hi - e[0].Lo; wide < 3 || e[2].Hi-e[2].Lo > .1 || e[2].Lo > 1 || e[2].Hi < 1 {
		t.Errorf("%v and %v, difference %v", e[0], e[1], e[2])
	}
}

// Values of influence have the measure as their mean.
func TestSeriesMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		a := rapid.SliceOfN(rapid.Float64Range(-10, 10), n, n).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Float64Range(.1, 10), n, n).Draw(t, "b")
		for _, s := range []series{quotient(a, b), influence(a[0], b), mean(a)} {
			sum := 0.0
			for _, v := range s.values {
				sum += v / float64(n)
			}
			if math.Abs(sum-s.measure) > 1e-9*max(1, math.Abs(s.measure)) {
				t.Fatalf("%+v has the mean %v", s, sum)
			}
		}
	})
	// (1 + 3) / (2 + 2) = 1; 1 + (1 − 2)/2 and 1 + (3 − 2)/2
	if s := quotient([]float64{1, 3}, []float64{2, 2}); s.measure != 1 || s.values[0] != .5 || s.values[1] != 1.5 {
		t.Errorf("%+v", s)
	}
}

// The same seed gives the same intervals, whatever else is asked for.
func TestIntervalsRepeat(t *testing.T) {
	s, other := mean([]float64{1, 2, 4, 8, 9, 13, 2.5, 7}), mean([]float64{1, 5, 2, 0, 3, 1, 1, 8})
	a, b := intervals(7, []series{s})[0], intervals(7, []series{other, s})[1]
	if a != b || a == intervals(8, []series{s})[0] {
		t.Errorf("%v and %v", a, b)
	}
}
