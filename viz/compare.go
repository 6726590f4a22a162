package viz

import (
	"fmt"
	"math"

	"argen"
)

// CompareData is what argen compare measured: strategies of choosing tokens on
// the same prompts and dice.
type CompareData struct {
	Model      string
	Texts      int // of each strategy
	Metrics    []CompareMetric
	Strategies []CompareStrategy // the first is what the others are compared with
	Step       CompareStep
}

// A CompareMetric is a number that says something of texts.
type CompareMetric struct {
	Name  string // "distinct_2"
	Label string // "distinct-2"
	Unit  string // "share", "bits", … or ""
}

// A CompareStrategy is a strategy with its numbers, by metric.
type CompareStrategy struct {
	Name   string
	Values []CompareValue
}

// A CompareValue is a number with its interval; NaN where there is none.
type CompareValue struct {
	Mean, Lo, Hi      float64
	Low, Middle, High float64 // quartiles of the texts
	Infinite          float64 // the part of the places where it is infinite
	Differs           bool    // from that of the first strategy, by more than the noise
}

// A CompareStep is the distribution of the next token at one place, under the
// model and after the chain of each strategy.
type CompareStep struct {
	T       int       // the step, from 0
	Context string    // the text before it
	Tokens  []string  // the most probable ones of the model
	Model   []float64 // P(token), by token
	Rest    float64   // all other tokens
	Others  int       // how many those are that the model holds possible
	After   []CompareAfter
}

// A CompareAfter is what a strategy makes of that distribution.
type CompareAfter struct {
	Name    string
	Probs   []float64 // by token; 0 if it was removed
	Rest    float64   // all other tokens
	Kept    int       // tokens left
	Entropy float64   // bits
}

// mostCompared is how many strategies a chart shows.
const mostCompared = 24

// metric is the index of a metric, −1 if it was not measured.
func (d *CompareData) metric(name string) int {
	for i := range d.Metrics {
		if d.Metrics[i].Name == name {
			return i
		}
	}
	return -1
}

// check refuses data that no comparison has: a file may say anything.
func (d *CompareData) check(chart string) error {
	switch n := len(d.Strategies); {
	case n == 0:
		return fmt.Errorf("%s needs a comparison, there is none: argen compare -o DIR makes one", chart)
	case n > mostCompared:
		return fmt.Errorf("%s draws at most %d strategies, there are %d: compare fewer", chart, mostCompared, n)
	}
	for _, s := range d.Strategies {
		if len(s.Values) != len(d.Metrics) {
			return fmt.Errorf("%s: %s has %d numbers for %d metrics", chart, quoted(s.Name), len(s.Values), len(d.Metrics))
		}
		for i, v := range s.Values {
			m := argen.Visible(d.Metrics[i].Name)
			for _, x := range []float64{v.Mean, v.Lo, v.Hi, v.Low, v.Middle, v.High} {
				if !math.IsNaN(x) && !math.IsInf(x, 0) && !finite(x) {
					return fmt.Errorf("%s: %s of %s is %v, too large to be one", chart, m, quoted(s.Name), x)
				}
			}
			if finite(v.Lo) && finite(v.Hi) && !(v.Lo <= v.Mean && v.Mean <= v.Hi) {
				return fmt.Errorf("%s: %s of %s is %v, outside of its interval from %v to %v", chart, m, quoted(s.Name), v.Mean, v.Lo, v.Hi)
			}
			if !share(v.Infinite) {
				return fmt.Errorf("%s: %s of %s is infinite at a part of %v, it must be from 0 to 1", chart, m, quoted(s.Name), v.Infinite)
			}
		}
	}
	return nil
}

// compared says what a chart is of.
func (d *CompareData) compared() string {
	return fmt.Sprintf("%s of each strategy, on the same dice", some(d.Texts, "text"))
}

// model says which model wrote, for captions.
func (d *CompareData) model() string {
	if d.Model == "" {
		return ""
	}
	return " Model " + argen.Visible(d.Model) + "."
}

// strategyName is a strategy as charts call it.
func strategyName(s string) string {
	const most = 28
	s = argen.Visible(s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	if s == "" {
		return "(unnamed)"
	}
	return s
}
