package study

import (
	"math"
)

// A Metric is a number that says something of the texts of a strategy.
type Metric struct {
	Name  string // in JSON and tables: "distinct_2"
	Label string // on charts and in the heads of tables: "distinct-2"
	Unit  string // "share", "nats", "bits", "tokens", or "" for a mere number
	Doc   string // how it is defined, in one sentence without a full stop

	// of measures; a NaN says that there is nothing to measure.
	of func(*texts) series
	// each is the number of each text by itself, where it has one.
	each func(*texts) []float64
	// story is set for what only stories have, share for the part of the texts
	// that have a property.
	story, share bool
	// missing is, of a divergence, the part of the places where it is infinite.
	missing func(*texts) float64
	// endless says by 1 or 0 of each text whether it makes the measure infinite;
	// nil where none can.
	endless func(*texts) series
}

// Metrics are all, in the order of tables.
var Metrics = []Metric{
	{
		Name: "coherent", Label: "coherent stories", Unit: "share", share: true, story: true,
		Doc: "stories that the grammar could have written, to their end",
		each: func(t *texts) []float64 {
			return t.numbers(func(s *Sample) float64 { return number(s.Story.Coherent) })
		},
	},
	{
		Name: "well_formed", Label: "well-formed stories", Unit: "share", share: true, story: true,
		Doc: "stories that the grammar could have written without a memory: right in shape, whatever is in them",
		each: func(t *texts) []float64 {
			return t.numbers(func(s *Sample) float64 { return number(s.Story.WellFormed) })
		},
	},
	{
		Name: "logprob", Label: "ln P a token", Unit: "nats",
		Doc:  "natural logarithm of the probability of a token under the model itself, mean over all tokens",
		of:   func(t *texts) series { return t.perToken((*Sample).LogProb) },
		each: func(t *texts) []float64 { return t.eachToken((*Sample).LogProb) },
		endless: func(t *texts) series {
			return mean(t.numbers(func(s *Sample) float64 { return number(math.IsInf(s.LogProb(), 0)) }))
		},
	},
	{
		Name: "entropy", Label: "model: entropy", Unit: "bits",
		Doc:  "uncertainty of the model itself before a token, mean over all tokens: how open the places are that the texts lead to",
		of:   func(t *texts) series { return t.perToken(func(s *Sample) float64 { return s.Entropy }) },
		each: func(t *texts) []float64 { return t.eachToken(func(s *Sample) float64 { return s.Entropy }) },
	},
	{
		Name: "sampled_entropy", Label: "entropy after the chain", Unit: "bits",
		Doc:  "uncertainty of what a token was drawn from, mean over all tokens",
		of:   func(t *texts) series { return t.perToken(sampledEntropy) },
		each: func(t *texts) []float64 { return t.eachToken(sampledEntropy) },
	},
	distinctMetric(1), distinctMetric(2), distinctMetric(3), distinctMetric(4),
	{
		Name: "self_bleu", Label: "self-BLEU",
		Doc: "how much a text resembles the others: BLEU-4 with them as references, smoothed by method 1, mean over the texts",
		of:  (*texts).selfBLEU,
	},
	repMetric(1), repMetric(2), repMetric(3), repMetric(4),
	{
		Name: "loops", Label: "ends in a loop", Unit: "share", share: true,
		Doc:  "texts that end in the same tokens three times in a row or more, twelve of them together at least",
		each: (*texts).loops,
	},
	{
		Name: "length", Label: "length", Unit: "tokens",
		Doc:  "tokens of a text, without that of its end, mean over the texts",
		each: func(t *texts) []float64 { return t.lengths() },
	},
	{
		Name: "vocab", Label: "vocabulary", Unit: "tokens",
		Doc: "tokens that differ, of all texts together",
		of:  (*texts).vocab,
	},
	{
		Name: "zipf", Label: "Zipf exponent",
		Doc: "s of f ∝ 1/rˢ, f being how often a token stands in the texts and r its rank by that, fitted to the logarithms by least squares",
		of:  (*texts).zipf,
	},
	{
		Name: "kl_truth", Label: "KL from the truth", Unit: "bits", story: true,
		Doc:     "KL(P‖Q) of what a token was drawn from, Q, from the true distribution P, mean over the places where one is known",
		of:      func(t *texts) series { return t.divergence(ofSampled, klOf) },
		missing: func(t *texts) float64 { return t.infinite(ofSampled) },
		endless: func(t *texts) series { return t.someInfinite(ofSampled) },
	},
	{
		Name: "tv_truth", Label: "TV from the truth", Unit: "share", story: true,
		Doc: "total variation between what a token was drawn from and the true distribution, mean over the places where one is known",
		of:  func(t *texts) series { return t.divergence(ofSampled, tvOf) },
	},
	{
		Name: "model_kl_truth", Label: "model: KL from the truth", Unit: "bits", story: true,
		Doc:     "KL(P‖Q) of the model itself from the true distribution at the places that the texts lead to",
		of:      func(t *texts) series { return t.divergence(ofModel, klOf) },
		missing: func(t *texts) float64 { return t.infinite(ofModel) },
		endless: func(t *texts) series { return t.someInfinite(ofModel) },
	},
	{
		Name: "model_tv_truth", Label: "model: TV from the truth", Unit: "share", story: true,
		Doc: "total variation between the model itself and the true distribution at the places that the texts lead to",
		of:  func(t *texts) series { return t.divergence(ofModel, tvOf) },
	},
}

func distinctMetric(n int) Metric {
	digit := string(rune('0' + n))
	return Metric{
		Name: "distinct_" + digit, Label: "distinct-" + digit, Unit: "share",
		Doc: digit + "-grams of all texts that differ, over how many there are; it falls with the number of texts",
		of:  func(t *texts) series { return t.distinct(n) },
	}
}

func repMetric(n int) Metric {
	digit := string(rune('0' + n))
	return Metric{
		Name: "rep_" + digit, Label: "rep-" + digit, Unit: "share",
		Doc:  digit + "-grams of a text that stood in it before, mean over the texts",
		each: func(t *texts) []float64 { return t.rep(n) },
	}
}

// limits are the least and the most that the metric can be.
func (m *Metric) limits() (least, most float64) {
	switch {
	case m.Name == "logprob":
		return math.Inf(-1), 0
	case m.Unit == "share" || m.Name == "self_bleu":
		return 0, 1
	}
	return 0, math.Inf(1)
}

// series is the metric of texts.
func (m *Metric) series(t *texts) series {
	if m.of != nil {
		return m.of(t)
	}
	return mean(m.each(t))
}

// numbers are those of all samples.
func (t *texts) numbers(of func(*Sample) float64) []float64 {
	values := make([]float64, len(t.samples))
	for i := range t.samples {
		values[i] = of(&t.samples[i])
	}
	return values
}

// perToken is a sum over the tokens of all texts, over their number; the end of
// a text is a token here.
func (t *texts) perToken(sum func(*Sample) float64) series {
	return quotient(t.numbers(sum), t.numbers(func(s *Sample) float64 { return float64(len(s.IDs)) }))
}

// eachToken is the same for each text by itself.
func (t *texts) eachToken(sum func(*Sample) float64) []float64 {
	return t.numbers(func(s *Sample) float64 { return sum(s) / float64(len(s.IDs)) })
}

func (t *texts) lengths() []float64 {
	values := make([]float64, len(t.words))
	for i, words := range t.words {
		values[i] = float64(len(words))
	}
	return values
}

func sampledEntropy(s *Sample) float64 {
	if s.Sampled == nil {
		return math.NaN()
	}
	return *s.Sampled
}

func ofModel(s *Sample) *Divergence { return &s.Story.Model }

// ofSampled is of no place where a search picked the tokens.
func ofSampled(s *Sample) *Divergence {
	if s.Story.Sampled == nil {
		return &Divergence{}
	}
	return s.Story.Sampled
}

func klOf(d *Divergence) float64 {
	if d.Infinite > 0 {
		return math.Inf(1)
	}
	return d.KL
}

func tvOf(d *Divergence) float64 { return d.TV }

// divergence is the mean of a divergence over places.
func (t *texts) divergence(which func(*Sample) *Divergence, sum func(*Divergence) float64) series {
	return quotient(
		t.numbers(func(s *Sample) float64 { return sum(which(s)) }),
		t.numbers(func(s *Sample) float64 { return float64(which(s).Steps) }),
	)
}

// someInfinite says by 1 or 0 of each text whether a divergence is infinite
// somewhere in it.
func (t *texts) someInfinite(which func(*Sample) *Divergence) series {
	return mean(t.numbers(func(s *Sample) float64 { return number(which(s).Infinite > 0) }))
}

// infinite is the part of the places where a divergence is infinite.
func (t *texts) infinite(which func(*Sample) *Divergence) float64 {
	missing, all := 0, 0
	for i := range t.samples {
		d := which(&t.samples[i])
		missing += d.Infinite
		all += d.Steps
	}
	return ratio(float64(missing), float64(all))
}
