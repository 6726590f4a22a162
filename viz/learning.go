package viz

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// LearningData are trainings to compare; recall by kind is drawn of one alone.
type LearningData struct{ Runs []LearningRun }

// A LearningRun is a training as its log has it.
type LearningRun struct {
	Name  string
	Floor float64 // entropy of what is held out, bits a token; 0 or NaN if not known
	Steps []LearningStep
}

// A LearningStep is a step and what was measured after it; NaN where nothing
// was.
type LearningStep struct {
	Step       int     // the first is 1
	Tokens     int64   // learned from up to here
	Bits       float64 // loss of its batch, bits a token
	Validation float64 // bits a token of what is held out
	Flawless   float64 // part of the texts of a training by verdicts
	Recall     []Recall
}

// A Recall is the mean probability that a model gives to the words of a kind
// which what went before leaves no choice about.
type Recall struct {
	Kind  string
	Prob  float64
	Count int // of such words
}

// Learning draws how a training went: the loss of the batches and of what is
// held out over the steps, above the entropy that no model goes below, and
// what was learned when. Several trainings are compared over the tokens that
// they learned from.
func Learning(in Input) (*Figure, error) {
	runs := in.Learning.Runs
	if err := in.Learning.check(); err != nil {
		return nil, err
	}
	k := learning{runs: runs, floor: sharedFloor(runs)}
	for _, s := range k.all() {
		if x := k.x(s); x > 0 {
			k.first, k.last = min(cmp.Or(k.first, x), x), max(k.last, x)
		}
	}
	k.losses, k.recalls = k.loss(), k.recall()
	var panels []*learningPanel
	for _, p := range []*learningPanel{&k.losses, &k.recalls} {
		if p.plot != nil {
			panels = append(panels, p)
		}
	}
	if len(panels) == 0 {
		return nil, fmt.Errorf("learning: no loss is a positive number: there is nothing to draw")
	}
	f := &Figure{Title: k.title(), Subtitle: k.subtitle(), Alt: k.alt(), Caption: k.caption(), Width: in.page()}
	height := 60 + 230*float64(len(panels))
	if len(panels) > 1 && k.recalls.first > k.first {
		height += 36 // for an axis of its own
	}
	f.setBody(height)
	f.body = func(c draw.Canvas) { k.draw(c, panels) }
	return f, nil
}

// learning is what the parts of the chart have in common.
type learning struct {
	runs        []LearningRun
	floor       float64 // of all runs, NaN if it is not known or not the same
	first, last float64 // of the x axis

	losses, recalls learningPanel // without a plot if there is nothing to draw
}

// known reports whether a floor is one that a chart can show.
func known(floor float64) bool { return floor >= 1e-6 }

// sharedFloor is the floor of all runs, NaN if they have not all the same.
func sharedFloor(runs []LearningRun) float64 {
	for _, r := range runs {
		if !known(r.Floor) || math.Abs(r.Floor-runs[0].Floor) > 1e-9 {
			return math.NaN()
		}
	}
	return runs[0].Floor
}

func (k *learning) all() []LearningStep {
	var all []LearningStep
	for _, r := range k.runs {
		all = append(all, r.Steps...)
	}
	return all
}

// x is where a step is on the x axis: trainings are compared by what they have
// seen, their batches may differ.
func (k *learning) x(s LearningStep) float64 {
	if len(k.runs) > 1 {
		return float64(s.Tokens)
	}
	return float64(s.Step)
}

// curve are the places of a number over the steps that have one.
func (k *learning) curve(steps []LearningStep, of func(*LearningStep) float64) curve {
	var c curve
	for i := range steps {
		if y := of(&steps[i]); finite(y) && k.x(steps[i]) > 0 {
			c.x, c.y = append(c.x, k.x(steps[i])), append(c.y, y)
		}
	}
	return c
}

// batches is the loss of what was learned from. A training by verdicts has
// none: it learns from what it wrote itself.
func batches(s *LearningStep) float64 {
	if !math.IsNaN(s.Flawless) {
		return math.NaN()
	}
	return s.Bits
}

func validation(s *LearningStep) float64 { return s.Validation }

func flawless(s *LearningStep) float64 { return s.Flawless }

// How many points a curve has at most, over the width of the axis: verdicts are
// noisy, so are batches, measurements are not.
const (
	fewPoints    = 60
	smoothPoints = 120
	mostPoints   = 600
)

// smooth is a curve of numbers that are noisy, smoothed.
func (k *learning) smooth(c curve, points int) learningCurve {
	c = c.thinned(k.first, k.last, points)
	return learningCurve{curve: c, drawn: c}
}

// measured is a curve of numbers that are not.
func (k *learning) measured(c curve) learningCurve {
	return learningCurve{curve: c, drawn: c.thinned(k.first, k.last, mostPoints)}
}

// loss is the panel of the losses.
func (k *learning) loss() learningPanel {
	p := learningPanel{heading: "loss, bits per token (logarithmic)", floor: k.floor, number: short}
	least, most := math.Inf(1), 0.0
	for i, r := range k.runs {
		learned, held := k.smooth(k.curve(r.Steps, batches), smoothPoints), k.measured(k.curve(r.Steps, validation))
		held.name, held.look, learned.look = k.name(i), looks[i], looks[i]
		if known(r.Floor) && math.IsNaN(k.floor) {
			held.note = ", entropy " + short(r.Floor)
		}
		if len(k.runs) == 1 {
			held.name, learned.name = "held-out text", "batches"
		}
		if learned.pale = len(held.x) > 0; !learned.pale && len(k.runs) > 1 {
			learned.name, learned.note = held.name, ", batches"+held.note
		}
		p.add(learned)
		p.add(held)
		for _, v := range append(learned.y, held.drawn.y...) {
			if v > 0 {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	if most == 0 {
		return p
	}
	p.first, p.plot = k.first, newPlot()
	p.plot.Y.Scale = logScale{}
	most = max(most, 1e-9)
	least = max(least, most/1e4) // what is learned by heart has no end
	if known(k.floor) {
		least = min(least, k.floor)
		most = max(most, least*1.25)
		least *= math.Pow(least/most, 1./9) // room for words below the floor
	}
	room := math.Pow(most/least, .04) * 1.01
	logAxis(least/room, most*room).set(&p.plot.Y)
	return p
}

// recall is the panel of what the model knows, if that was asked.
func (k *learning) recall() learningPanel {
	p := learningPanel{heading: "recall: P(word) where the text before leaves no choice", floor: math.NaN(), number: thousandths}
	if len(k.runs) > 1 {
		p.heading = "mean " + p.heading
		for i, r := range k.runs {
			c := k.measured(k.curve(r.Steps, meanRecall))
			c.name, c.look = k.name(i), looks[i]
			p.add(c)
		}
	} else {
		p.curves = k.kinds()
		c := k.smooth(k.curve(k.runs[0].Steps, flawless), fewPoints)
		c.name, c.look = "flawless stories", looks[len(looks)-1]
		switch p.heading += ", by kind"; {
		case len(c.x) > 0 && len(p.curves) > 0:
			p.heading += "; flawless stories"
		case len(c.x) > 0:
			p.heading = "part of the stories that are flawless"
		}
		p.add(c)
	}
	if len(p.curves) == 0 {
		return p
	}
	p.first, p.plot = k.begin(p.curves), newPlot()
	upTo(1).set(&p.plot.Y)
	p.plot.Y.Max = 1.02
	return p
}

// begin is where the axis of curves begins that are measured now and then: at
// the first measurement. A late one alone has no curve and stands below the
// loss at that time.
func (k *learning) begin(curves []learningCurve) float64 {
	first := k.last
	for i := range curves {
		first = min(first, curves[i].x[0])
	}
	if first*1.1 > k.last {
		return k.first
	}
	return first
}

// meanRecall is that of all kinds.
func meanRecall(s *LearningStep) float64 {
	sum, n := 0.0, 0.0
	for _, r := range s.Recall {
		sum += float64(r.Prob * float64(r.Count))
		n += float64(r.Count)
	}
	return sum / n // 0/0 is NaN
}

// lateKinds is how many of the kinds of recall that are named were learned last
// or not yet; the others are asked for most often.
const lateKinds = 4

// kinds are the curves of the kinds of recall, those that are not named first.
func (k *learning) kinds() []learningCurve {
	type kind struct {
		learningCurve
		count   int
		missing float64 // mean of 1 − P over the measurements: what is learned late
	}
	at := map[string]int{}
	var all []*kind
	for _, s := range k.runs[0].Steps {
		for _, r := range s.Recall {
			i, ok := at[r.Kind]
			if !ok {
				i, at[r.Kind] = len(all), len(all)
				all = append(all, &kind{learningCurve: learningCurve{name: label(r.Kind)}})
			}
			c := all[i]
			c.x, c.y = append(c.x, k.x(s)), append(c.y, r.Prob)
			c.count = max(c.count, r.Count)
			c.missing += 1 - r.Prob
		}
	}
	for _, c := range all {
		c.missing /= float64(len(c.x))
		c.learningCurve.drawn = c.thinned(k.first, k.last, mostPoints)
	}
	most := len(looks)
	if k.runs[0].judged() {
		most-- // the verdicts have a curve too
	}
	if len(all) > most {
		slices.SortStableFunc(all, func(a, b *kind) int { return cmp.Compare(b.missing, a.missing) })
		slices.SortStableFunc(all[lateKinds:], func(a, b *kind) int { return cmp.Compare(b.count, a.count) })
	}
	named := all[:min(len(all), most)]
	slices.SortStableFunc(named, func(a, b *kind) int { return cmp.Compare(b.end(), a.end()) })
	var list []learningCurve
	for _, c := range all[len(named):] {
		list = append(list, learningCurve{curve: c.curve, drawn: c.drawn, other: true})
	}
	for i, c := range named {
		c.look = looks[i]
		list = append(list, c.learningCurve)
	}
	return list
}

// name is what a run is called.
func (k *learning) name(i int) string {
	if s := k.runs[i].Name; s != "" {
		return argen.Visible(s)
	}
	return fmt.Sprintf("training %d", i+1)
}

// draw draws the panels, with room for the names of the curves beside them.
func (k *learning) draw(c draw.Canvas, panels []*learningPanel) {
	wide := 0.0
	for _, p := range panels {
		wide = max(wide, p.labelWidth())
	}
	wide = min(wide, widestLabel)
	var list []panel
	for i, p := range panels {
		axes := *p.plot // a figure may be written several times
		x := logAxis(p.first, max(k.last, p.first*1.1))
		if i == len(panels)-1 || p.first != panels[i+1].first {
			axes.X.Label.Text = "training step (logarithmic)"
			if len(k.runs) > 1 {
				axes.X.Label.Text = "tokens learned from (logarithmic)"
			}
			if p.first > k.first {
				axes.X.Label.Text += ", from the first measurement on"
			}
			axes.X.Label.TextStyle = style(smallSize, false, -.5, 0)
			axes.X.Label.TextStyle.Handler = centred{setter()}
		} else {
			for j := range x.ticks {
				x.ticks[j].Label = ""
			}
		}
		x.set(&axes.X)
		axes.X.Scale = logScale{}
		axes.Add(grid{y: true}, painter(func(c draw.Canvas, x, y func(float64) float64) { p.draw(c, x, y, wide) }))
		list = append(list, panel{p.heading, &axes, 1})
	}
	c.Max.X -= vg.Length(labelLead + labelSwatch + labelGap + wide)
	stack(c, list...)
}

// logAxis returns a logarithmic axis with ticks at 1, 2 and 5 times the powers
// of ten, at those of 1 if there are many, or at round numbers where few are.
func logAxis(least, most float64) axis {
	a := axis{min: least, max: most, ticks: logTicks(least, most)}
	if len(a.ticks) < 3 {
		a.ticks = a.every(round((most - least) / 5))
	}
	for i := range a.ticks {
		a.ticks[i].Label = many(a.ticks[i].Value)
	}
	return a
}
