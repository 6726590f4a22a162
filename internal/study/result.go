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
	// Correlated Proportions, 1947, exact). Fewer than six texts that differ show
	// nothing: five coins fall on one side more often than that.
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
			if m.share && !p.Strategies[s].fixed() {
				x.Estimate = wilson(x.Mean, len(o.Samples))
			}
			if m.Unit == "share" || m.Name == "self_bleu" {
				x.Lo, x.Hi = max(x.Lo, 0), min(x.Hi, 1) // NaN stays NaN
			}
			certain := p.Strategies[s].fixed() && p.Strategies[0].fixed()
			x.Differs = differs(x.Diff, list[2*n*i+n+s], m.share, certain)
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

// differs reports whether a difference is more than noise; certain is set where
// the dice change nothing.
func differs(e Estimate, of series, share, certain bool) bool {
	up, down := 0, 0 // texts
	for _, v := range of.values {
		switch {
		case v > 0:
			up++
		case v < 0:
			down++
		}
	}
	switch {
	case certain || math.IsInf(e.Mean, 0):
		return e.Mean != 0 && !math.IsNaN(e.Mean)
	case share:
		return signTest(up, down) <= .05
	}
	const least = 6 // 2 · 2⁻⁶ < 0.05 < 2 · 2⁻⁵
	return (e.Lo > 0 || e.Hi < 0) && up+down >= least
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
