package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"

	"argen"
	"argen/viz"
)

// calibration: of all places where a model is 70 % sure of its best token, at 70 %
// that token should come. In the world of the stories the true probabilities are
// known too. Controls: the truth is calibrated; the same model at temperature 2
// says too little of what it knows and is not.
var calibration = &Lesson{Name: "calibration", Run: runCalibration}

// How far what is said and what comes may be apart: over all bins, and where 60 to 80
// % are said.
const (
	calibrated = .08
	atSeventy  = .1
)

// bins of the probability from 0 to 1, each as wide as the others.
const bins = 10

// surely is from where on a model counts as sure: of most places in a story it is,
// and then there is nothing to learn from how often it was right.
const surely = .95

// A saying is how sure a model was of its best token, and whether that came.
type saying struct {
	p     float64
	right bool
	open  bool // the lab's model was not sure here
}

// A reliance is what a model said of texts.
type reliance struct{ texts [][]saying }

// best returns how sure logits are of their best token, and which it is.
func best(logits []float64, temperature float64) (p float64, id argen.ID) {
	best := 0
	for i, l := range logits {
		if l > logits[best] {
			best = i
		}
	}
	sum := 0.0
	for _, l := range logits {
		sum += math.Exp((l - logits[best]) / temperature)
	}
	return 1 / sum, argen.ID(best)
}

// add adds what logits say of the token that came to the last text.
func (s *reliance) add(logits []float64, next argen.ID, temperature float64, open bool) {
	p, id := best(logits, temperature)
	last := &s.texts[len(s.texts)-1]
	*last = append(*last, saying{p, id == next, open})
}

// between are the sayings with from ≤ P < to: how many, how sure they were on the
// average, and the share that was right.
func (s *reliance) between(lab *Lab, from, to float64) (n int, sure float64, right Interval) {
	hits, of := make([]int, len(s.texts)), make([]int, len(s.texts))
	for i, text := range s.texts {
		for _, x := range text {
			if x.p >= from && x.p < to {
				of[i]++
				n++
				sure += x.p
				if x.right {
					hits[i]++
				}
			}
		}
	}
	return n, sure / float64(max(1, n)), lab.ShareByText(hits, of)
}

// gap is the share that was right less how sure they were, of the sayings with
// from ≤ P < to.
func (s *reliance) gap(lab *Lab, from, to float64) Interval {
	var off byText
	for _, text := range s.texts {
		off.next()
		for _, x := range text {
			switch {
			case x.p < from || x.p >= to:
			case x.right:
				off.add(1 - x.p)
			default:
				off.add(-x.p)
			}
		}
	}
	return off.pooled(lab)
}

// binned are the sums of one text by bin.
type binned [bins]struct{ n, sure, right float64 }

func (b *binned) add(c *binned) {
	for i := range b {
		b[i].n += c[i].n
		b[i].sure += c[i].sure
		b[i].right += c[i].right
	}
}

// error is the expected calibration error: over the bins, how far the share that
// was right is from what was said, weighted by how often it was said (Naeini,
// Cooper, Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian
// Binning, 2015).
func (b *binned) error() float64 {
	n, off := 0.0, 0.0
	for _, bin := range b {
		n += bin.n
		off += math.Abs(bin.sure - bin.right)
	}
	return off / max(1, n)
}

// errors are the expected calibration error over the open places, and those of the
// texts drawn anew, by the same dice for all that is said of the same texts.
func (s *reliance) errors(lab *Lab) (e float64, anew []float64) {
	each := make([]binned, len(s.texts))
	var all binned
	for i, text := range s.texts {
		for _, x := range text {
			if !x.open {
				continue
			}
			b := &each[i][min(bins-1, int(x.p*bins))]
			b.n++
			b.sure += x.p
			if x.right {
				b.right++
			}
		}
		all.add(&each[i])
	}
	dice := lab.Dice("texts drawn anew")
	for range 1000 {
		var sum binned
		for range each {
			sum.add(&each[dice.IntN(len(each))])
		}
		anew = append(anew, sum.error())
	}
	return all.error(), anew
}

// ece is the expected calibration error with the interval in which 95 of 100 of
// the texts drawn anew lie. Noise makes it larger, never smaller than 0: so the
// interval of a calibrated model is mostly above it.
func (s *reliance) ece(lab *Lab) Interval {
	e, anew := s.errors(lab)
	return middle(e, anew)
}

// middle is a number with the interval that holds 95 of 100 of those drawn anew.
func middle(e float64, anew []float64) Interval {
	slices.Sort(anew)
	n := len(anew)
	return Interval{e, min(e, anew[n*25/1000]), max(e, anew[n*975/1000])}
}

func runCalibration(ctx context.Context, lab *Lab, r *Record) error {
	n := 10_000
	if !lab.Story() {
		n = 2_000
	}
	var own, hot, truth reliance
	beside := beside{lab: lab}
	places, unsure := 0, 0
	err := lab.Places(ctx, "calibration", n, func(t *Reading) error {
		places += len(t.Rows)
		var open []bool
		own.texts, hot.texts, truth.texts = append(own.texts, nil), append(hot.texts, nil), append(truth.texts, nil)
		for i, logits := range t.Rows {
			next := t.IDs[t.Begin+i]
			p, _ := best(logits, 1)
			if open = append(open, p < surely); p < surely {
				unsure++
			}
			own.add(logits, next, 1, p < surely)
			hot.add(logits, next, 2, p < surely)
		}
		if !lab.Story() {
			return nil
		}
		return beside.read(ctx, t, func(i int, logits []float64) { truth.add(logits, t.IDs[t.Begin+i], 1, open[i]) })
	})
	if err != nil {
		return err
	}
	said, sure, right := own.between(lab, .6, .8)
	r.Estimate("ece", own.ece(lab), unsure, Share)
	r.Exact("sure", sure, Share)
	r.Estimate("right", right, said, Share)
	gap := own.gap(lab, .6, .8)
	r.Estimate("gap", gap, said, Share)
	r.Exact("said", float64(said), Count)
	r.Exact("places", float64(places), Count)
	r.Exact("open", float64(unsure), Count)
	r.Estimate("hot", hot.ece(lab), unsure, Share)
	e, anew := hot.errors(lab)
	less, than := own.errors(lab)
	r.Estimate("worse", middle(e-less, minus(anew, than)), unsure, Share)
	r.Verdict("gap_least", "gap", ">=", -atSeventy)
	r.Verdict("gap_most", "gap", "<=", atSeventy)
	r.Verdict("own", "ece", "<=", calibrated)
	r.Verdict("hot", "worse", ">=", .02)
	r.Facts["truth"] = ""
	curves := []viz.Series{own.curve(lab, argen.Visible(lab.LM.Ref)), hot.curve(lab, r.Word("hot"))}
	if lab.Story() {
		r.Estimate("truth_ece", truth.ece(lab), unsure, Share)
		r.Estimate("kl", lab.Mean(beside.kl), places, Bits)
		r.Verdict("truth", "truth_ece", "<=", .05)
		r.Facts["truth"] = r.Word("truth")
		curves = append(curves, truth.curve(lab, "truth"))
	}
	switch {
	case gap.Mean < -atSeventy:
		r.Answer = 0
	case gap.Mean > atSeventy:
		r.Answer = 2
	default:
		r.Answer = 1
	}
	r.Table("bins", []string{"from", "times", "mean", "came"}, own.rows(lab))
	r.Chart("calibration", &viz.CurvesData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:      viz.Axis{Label: r.Word("x"), Unit: "share"},
		Y:      viz.Axis{Label: r.Word("came"), Unit: "share"},
		Series: curves,
	})
	beside.charts(r)
	return nil
}

// rows are the bins that something was said in.
func (s *reliance) rows(lab *Lab) [][]Cell {
	var rows [][]Cell
	for i := range bins {
		n, sure, right := s.bin(lab, i)
		if n == 0 {
			continue
		}
		rows = append(rows, []Cell{
			{Text: fmt.Sprintf("%d–%d %%", 100*i/bins, 100*(i+1)/bins)},
			Number{Value: float64(n), Unit: Count}.Cell(),
			Number{Value: sure, Unit: Share}.Cell(), right.number("", n, Share).Cell(),
		})
	}
	return rows
}

// bin are the sayings of a bin; a P of 1 is in the last.
func (s *reliance) bin(lab *Lab, i int) (n int, sure float64, right Interval) {
	to := float64(i+1) / bins
	if i == bins-1 {
		to = 2
	}
	return s.between(lab, float64(i)/bins, to)
}

// curve is how often the best token came over how sure the model was, of bins with
// enough to say something.
func (s *reliance) curve(lab *Lab, name string) viz.Series {
	const enough = 20
	c := viz.Series{Name: name}
	for i := range bins {
		if n, sure, right := s.bin(lab, i); n >= enough {
			point(&c, sure, right)
		}
	}
	return c
}
