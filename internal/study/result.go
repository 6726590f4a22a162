package study

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Result is what was measured of the texts of a plan.
type Result struct {
	Metrics  []Metric // those that have a number under some strategy
	Outcomes []Outcome
}

// An Outcome is what was measured of the texts of a strategy.
type Outcome struct {
	Samples  []Sample
	Measures []Measure // by metric
}

// A Measure is a metric of the texts of a strategy.
type Measure struct {
	Estimate           // NaN where there is nothing to measure
	Infinite float64   // of a divergence, the part of the places where it is infinite
	Each     []float64 // the number of each text, where it has one
	// Diff is the paired difference from the first strategy: text by text on
	// the same dice. It is zero for the first itself.
	Diff Estimate
	// Differs reports whether the measure differs from that of the first by
	// more than the noise: whether the interval of the difference leaves out 0,
	// or for a share whether so uneven a number of texts that have the property
	// under one strategy alone comes about by chance in fewer than one of twenty
	// cases (McNemar, Note on the Sampling Error of the Difference between
	// Correlated Proportions, 1947, exact); for an infinite measure the property
	// is that the text makes it so. Fewer than six texts that differ show
	// nothing: five coins fall on one side more often than that. Where the dice
	// change neither of the two, any difference is one.
	Differs bool
}

// Measure measures the texts of the plan, which Run has written.
func (p *Plan) Measure(samples []Sample) *Result {
	n := len(p.Strategies)
	r := &Result{Outcomes: make([]Outcome, n)}
	all := make([]*texts, n)
	for s := range r.Outcomes {
		for at := s; at < len(samples); at += n {
			r.Outcomes[s].Samples = append(r.Outcomes[s].Samples, samples[at])
		}
		all[s] = p.texts(r.Outcomes[s].Samples)
	}
	var list []series // of each metric those of the strategies, then their differences
	for _, m := range Metrics {
		if m.story && !Tells(p.Tokenizer) {
			continue
		}
		own := make([]series, n)
		found := false
		for s := range own {
			own[s] = m.series(all[s])
			found = found || !math.IsNaN(own[s].measure)
		}
		if !found {
			continue
		}
		r.Metrics = append(r.Metrics, m)
		list = append(list, own...)
		for s := range own {
			list = append(list, own[s].minus(own[0]))
		}
	}
	estimates := intervals(p.Seed, list)
	for i := range r.Metrics {
		m := &r.Metrics[i]
		for s := range r.Outcomes {
			o := &r.Outcomes[s]
			x := Measure{Estimate: estimates[2*n*i+s], Diff: estimates[2*n*i+n+s]}
			fixed := p.Strategies[s].fixed()
			switch {
			case fixed:
				x.Estimate = exactly(x.Mean)
			case m.share:
				x.Estimate = wilson(x.Mean, len(o.Samples))
			}
			least, most := m.limits()
			x.Lo, x.Hi = max(x.Lo, least), min(x.Hi, most) // NaN stays NaN
			certain := fixed && p.Strategies[0].fixed()
			if certain {
				x.Diff = exactly(x.Diff.Mean)
			}
			up, down := uneven(list[2*n*i+n+s].values)
			if m.endless != nil && math.IsInf(x.Diff.Mean, 0) {
				up, down = uneven(m.endless(all[s]).minus(m.endless(all[0])).values)
			}
			x.Differs = differs(x.Diff, up, down, m.share, certain)
			if m.missing != nil {
				x.Infinite = m.missing(all[s])
			}
			if m.each != nil && !m.share {
				x.Each = m.each(all[s])
			}
			o.Measures = append(o.Measures, x)
		}
	}
	return r
}

// exactly is a number that the dice do not change.
func exactly(x float64) Estimate { return Estimate{x, x, x} }

// uneven counts the texts whose number is larger than under the first strategy,
// and those whose number is smaller.
func uneven(differences []float64) (up, down int) {
	for _, v := range differences {
		switch {
		case v > rounding:
			up++
		case v < -rounding:
			down++
		}
	}
	return up, down
}

// differs reports whether a difference, for which so many texts speak and so
// many against it, is more than noise; certain is set where the dice change
// nothing.
func differs(e Estimate, up, down int, share, certain bool) bool {
	switch {
	case certain:
		return math.Abs(e.Mean) > rounding
	case share || math.IsInf(e.Mean, 0):
		return signTest(up, down) <= .05
	}
	const least = 6 // 2 · 2⁻⁶ < 0.05 < 2 · 2⁻⁵
	return (e.Lo > rounding || e.Hi < -rounding) && up+down >= least
}

// signTest is how probable it is that of as many coins so many or more fall on
// one side.
func signTest(up, down int) float64 {
	n := up + down
	if n == 0 {
		return 1
	}
	coins := distuv.Binomial{N: float64(n), P: .5}
	return min(1, 2*coins.CDF(float64(min(up, down))))
}

// Quartiles are those of the values that a quarter, a half and three quarters
// of them do not exceed, without those that are NaN; NaN of none.
func Quartiles(values []float64) (low, middle, high float64) {
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(sorted) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	slices.Sort(sorted)
	at := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, sorted, nil) }
	return at(.25), at(.5), at(.75)
}
