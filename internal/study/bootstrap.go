package study

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Estimate is a number measured on samples, with the interval that holds the
// true one in 95 of 100 such studies: the one that texts without end of the same
// prompts would have. Lo and Hi are NaN where there is none: of a single text.
type Estimate struct {
	Mean, Lo, Hi float64
}

// resamples is how many times the texts are drawn anew.
const resamples = 2000

// A series is a measure of texts and how each of them bears on it: values whose
// mean is the measure but for rounding.
type series struct {
	measure float64
	values  []float64
}

// minus is the series of a difference.
func (s series) minus(t series) series {
	d := series{measure: s.measure - t.measure, values: make([]float64, len(s.values))}
	for i := range d.values {
		d.values[i] = s.values[i] - t.values[i]
	}
	return d
}

// intervals are the estimates of series of the same texts: the means of their
// values with the texts drawn anew, with replacement, 2,000 times. All series
// are of the same draws, so that a series of differences has the interval of a
// paired difference.
//
// The limits are those quantiles of the means that correct for their bias and
// skewness (BCa: Efron, Better Bootstrap Confidence Intervals, 1987). Means of n
// texts drawn anew vary less than those of n new texts, the more so the fewer
// there are; so a limit is not at the 95 % of the normal distribution, but at √(n
// / (n − 1)) times that of Student's t with n − 1 degrees of freedom (Hesterberg,
// What Teachers Should Know About the Bootstrap, 2015, section 5.3). Of fewer
// than six texts the interval is Student's, since the means do not reach so far.
// A measure that is no mean, such as distinct-n, is given by the influence of
// each text on it; its interval is then that of its linear approximation (Efron,
// The Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter 6).
func intervals(seed uint64, all []series) []Estimate {
	estimates := make([]Estimate, len(all))
	var open []int // those that vary
	for i, s := range all {
		if e, varies := s.plain(); varies {
			open = append(open, i)
		} else {
			estimates[i] = e
		}
	}
	if len(open) == 0 {
		return estimates
	}
	n := len(all[open[0]].values)
	rng := rand.New(rand.NewPCG(seed, 0))
	draw := make([]int, n)
	means := make([][]float64, len(open))
	for k := range means {
		means[k] = make([]float64, resamples)
	}
	for b := range resamples {
		for i := range draw {
			draw[i] = rng.IntN(n)
		}
		for k, s := range open {
			values, sum := all[s].values, 0.0
			for _, i := range draw {
				sum += values[i]
			}
			means[k][b] = sum / float64(n)
		}
	}
	for k, s := range open {
		estimates[s] = all[s].bca(means[k])
	}
	return estimates
}

// plain is the estimate of a series that is not resampled, or true: of one text,
// and of a measure that the others do not have without one of them, there is no
// interval, equal values have no width, and that of a few texts is Student's.
func (s series) plain() (e Estimate, varies bool) {
	m := s.measure
	switch {
	case math.IsInf(m, 0):
		return Estimate{m, m, m}, false
	case math.IsNaN(m) || len(s.values) < 2 || slices.ContainsFunc(s.values, endless):
		return Estimate{m, math.NaN(), math.NaN()}, false
	}
	for _, v := range s.values[1:] {
		if math.Abs(v-s.values[0]) <= rounding {
			continue
		}
		if len(s.values) < fewTexts {
			return s.student(), false
		}
		return Estimate{}, true
	}
	return Estimate{m, m, m}, false
}

// fewTexts are enough to draw anew from. No mean of texts drawn anew is beyond
// their least and greatest value, where the limits of fewer would have to be.
const fewTexts = 6

// student is a series' measure with the interval of its mean by Student's t.
func (s series) student() Estimate {
	n := float64(len(s.values))
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(.975) * stat.StdDev(s.values, nil) / math.Sqrt(n)
	return Estimate{s.measure, s.measure - half, s.measure + half}
}

// endless reports whether a value is no finite number: of a measure that the
// texts without one of them do not have.
func endless(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// rounding is what sums of probabilities that should be equal may differ by.
const rounding = 1e-12

// bca is a series' measure with its interval from resampled means.
func (s series) bca(means []float64) Estimate {
	e, middle := Estimate{Mean: s.measure}, stat.Mean(s.values, nil)
	below := 0.0
	for _, m := range means {
		switch {
		case m < middle:
			below++
		case m == middle:
			below += .5
		}
	}
	square, cube := 0.0, 0.0
	for _, v := range s.values {
		d := v - middle
		square += float64(d * d)
		cube += float64(d * d * d)
	}
	normal := distuv.UnitNormal
	bias := normal.Quantile(min(max(below, .5), float64(len(means))-.5) / float64(len(means)))
	skew := cube / (6 * math.Pow(square, 1.5)) // acceleration of a mean
	slices.Sort(means)
	n := float64(len(s.values))
	far := math.Sqrt(n/(n-1)) * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(.975)
	at := func(by float64) float64 {
		z := bias + by
		return stat.Quantile(normal.CDF(bias+z/(1-float64(skew*z))), stat.LinInterp, means, nil)
	}
	e.Lo, e.Hi = at(-far), at(far)
	return e
}

// wilson is the interval of a share of n texts: where none or all of them have
// a property, resampling them would say that it is certain (Wilson, Probable
// Inference, the Law of Succession, and Statistical Inference, 1927).
func wilson(share float64, n int) Estimate {
	if n < 2 {
		return Estimate{share, math.NaN(), math.NaN()}
	}
	z := distuv.UnitNormal.Quantile(.975)
	z2 := z * z / float64(n)
	mid := (share + z2/2) / (1 + z2)
	half := z / (1 + z2) * math.Sqrt(float64(share*(1-share))/float64(n)+z2/(4*float64(n)))
	e := Estimate{share, mid - half, mid + half}
	if share == 0 {
		e.Lo = 0
	}
	if share == 1 {
		e.Hi = 1
	}
	return e
}

// mean is the series of a measure that is the mean of a value of each text.
func mean(values []float64) series { return series{stat.Mean(values, nil), values} }

// influence is the series of any measure, from what it is without each of the
// texts: its spread is that of the jackknife (Tukey, Bias and Confidence in Not
// Quite Large Samples, 1958).
//
//	vᵢ = θ + (n − 1)·(mean of θ without one − θ without i)
func influence(measure float64, without []float64) series {
	middle := stat.Mean(without, nil)
	values := make([]float64, len(without))
	for i, w := range without {
		values[i] = measure
		if n := len(without); n > 1 {
			values[i] += float64(float64(n-1) * (middle - w))
		}
	}
	return series{measure, values}
}

// quotient is the series of the sum of a over that of b: a mean over tokens
// rather than over texts. It is NaN of nothing.
//
//	vᵢ = θ + (aᵢ − θ·bᵢ) / mean of b
func quotient(a, b []float64) series {
	above, below := 0.0, 0.0
	for i := range a {
		above += a[i]
		below += b[i]
	}
	s := series{above / below, make([]float64, len(a))}
	for i := range s.values {
		s.values[i] = s.measure + (a[i]-float64(s.measure*b[i]))/(below/float64(len(a)))
	}
	return s
}

// Mean is the mean of values, each of one text or place, with its interval.
func Mean(seed uint64, values []float64) Estimate {
	return intervals(seed, []series{{measure: stat.Mean(values, nil), values: values}})[0]
}

// Share is the share that hits are of n, with its interval.
func Share(hits, n int) Estimate { return wilson(float64(hits)/float64(n), n) }
