// Package viz draws what a trace holds: bars of the next token, the draw with
// its u, probability, rank and surprisal over the text, the text itself
// coloured by probability; and what a training, a comparison or a lesson has
// measured.
//
// A chart is a function from an [Input] to a [Figure], listed in [Charts] with
// what it is drawn from: traces, one step of a trace, the [Data] of a lesson. A
// Figure is written as PNG, SVG or PDF by [Save] and as words by [Describe]:
//
//	Input → Chart.Draw → Figure → Theme → PNG, SVG, PDF; words
//
//	fig, err := viz.Next(viz.Input{Traces: []*argen.Trace{trace}, Step: 3})
//	err = viz.Save(fig, "next.svg")
//
// All charts share one theme: dark on white, the colours of Okabe and Ito,
// and never a colour alone to tell two things apart. Every figure says in
// words what it shows, made from its data, for those who do not see it: in
// SVG as <title> and <desc>. Tokens are shown by [argen.Visible]; a blank at
// the border of a token is shown as a dot. The same input gives the same
// bytes.
package viz

import (
	"fmt"

	"argen"
)

// A Chart is a kind of picture.
type Chart struct {
	Name string // in commands: argen plot NAME
	Doc  string // one sentence without a full stop
	Draw func(Input) (*Figure, error)
	From Source // what it is drawn from

	Alone bool // it draws one trace; several are drawn side by side, see Figure

	// Data returns what JSON is read into to draw the chart FromData.
	Data func() Data

	// Inside makes the data of what argen score --inside measured, nil where
	// that is not what the chart shows.
	Inside func(*Inside) (Data, error)
}

// A Source is what charts are drawn from: a part of [Input].
type Source int

// The sources.
const (
	FromTraces     Source = iota // Traces
	FromStep                     // Traces and Step
	FromOrders                   // Orders: models that are trained for the chart
	FromLearning                 // Learning: logs of trainings
	FromTree                     // Tree
	FromComparison               // Compare
	FromData                     // Data: what a lesson or a score has measured
)

// Charts are all kinds in the order of help: one step first, then the text,
// then models, then strategies.
var Charts = []Chart{
	{Name: "next", Doc: "the most probable next tokens of one step, before and after the chain, and all others", Draw: Next, From: FromStep, Alone: true},
	{Name: "draw", Doc: "how the dice picked the token of one step: where u fell, or the largest ln P + noise", Draw: Draw, From: FromStep, Alone: true},
	{Name: "stages", Doc: "how each stage of the chain reshapes the distribution of one step", Draw: Stages, From: FromStep, Alone: true},
	{Name: "steps", Doc: "probability and rank of each chosen token over the text", Draw: Steps, Alone: true},
	{Name: "surprisal", Doc: "how surprising each token was, in bits", Draw: Surprisal},
	{Name: "entropy", Doc: "how uncertain the model was before each token, in bits", Draw: Entropy},
	{Name: "chain", Doc: "ln P of the text as a staircase: the chain rule, one step down a token", Draw: Chain},
	{Name: "heat", Doc: "the text itself, coloured by the probability of each token", Draw: Heat, Alone: true},
	{Name: "tree", Doc: "what may follow a text: each continuation as wide as its joint probability", Draw: Tree, From: FromTree},
	{Name: "beams", Doc: "the candidates of a beam search, which went on and which fell", Draw: Beams, Alone: true},
	{Name: "speculation", Doc: "speculative decoding, pass by pass: the guesses that stand and the one refused", Draw: Speculated, Alone: true},
	{Name: "ngram-orders", Doc: "perplexity of n-gram models by order, against the true entropy rate", Draw: NgramOrders, From: FromOrders},
	{Name: "learning", Doc: "how a training went: the loss over its steps, and what was learned when", Draw: Learning, From: FromLearning},
	{Name: "frontier", Doc: "quality against diversity of the strategies of a comparison, with their intervals", Draw: Frontier, From: FromComparison},
	{Name: "metrics", Doc: "every number of a comparison by strategy, with its interval", Draw: Metrics, From: FromComparison},
	{Name: "curves", Doc: "numbers over a number, with intervals: what a lesson has measured", Draw: Curves, From: FromData, Data: curvesData},
	{Name: "context", Doc: "what more context is worth: a number over the tokens of context that a model sees", Draw: Context, From: FromData, Data: curvesData},
	{Name: "drift", Doc: "how a number changes along texts, position by position", Draw: Drift, From: FromData, Data: curvesData},
	{Name: "calibration", Doc: "how often what was given a probability came true, against that probability", Draw: Calibration, From: FromData, Data: curvesData},
	{Name: "reliability", Doc: "probabilities of a model against the true ones, a point a prediction", Draw: Reliability, From: FromData, Data: curvesData},
	{Name: "checkpoints", Doc: "probabilities while a model is trained, over the steps of the training", Draw: Checkpoints, From: FromData, Data: curvesData},
	{Name: "bars", Doc: "numbers of things side by side, with intervals: what a lesson has measured", Draw: Bars, From: FromData, Data: barsData},
	{Name: "kinds", Doc: "what each model knows of each kind of dependency", Draw: Kinds, From: FromData, Data: barsData},
	{Name: "tokenizers", Doc: "what tokenizers make of the same text: lengths, bits a byte", Draw: Tokenizers, From: FromData, Data: barsData},
	{Name: "matrix", Doc: "a number for each pair of a row and a column, as a shade", Draw: Matrix, From: FromData, Data: matrixData},
	{Name: "attention", Doc: "which tokens each token attends to, by head or layer", Draw: Attention, From: FromData, Data: matrixData, Inside: (*Inside).attention},
	{Name: "lens", Doc: "what a model would predict after each of its layers (the logit lens)", Draw: Lens, From: FromData, Data: matrixData, Inside: (*Inside).lens},
	{Name: "occlusion", Doc: "what each earlier token did for a prediction: the bits it costs to take it away", Draw: Occlusion, From: FromData, Data: matrixData, Inside: (*Inside).occlusion},
	{Name: "same-step", Doc: "the distribution of one step under every strategy of a comparison", Draw: SameStep, From: FromComparison},
}

// Lookup returns the chart of a name.
func Lookup(name string) (Chart, bool) {
	for _, c := range Charts {
		if c.Name == name {
			return c, true
		}
	}
	return Chart{}, false
}

// Input is what charts are drawn from. Each uses its part.
type Input struct {
	Traces []*argen.Trace
	Step   int        // of next, draw and stages: the t of the token; −1 is the last
	Orders OrdersData // of ngram-orders
	Tree   TreeData   // of tree

	Learning LearningData // of learning

	Data Data // of charts that have it

	Big bool // larger type, fewer ticks and rows, for a lecture hall; of Chart.Figure

	wide float64 // of the page, where it is a part of another
	most float64 // the least that a shared axis reaches

	Compare            CompareData // of frontier, metrics and same-step
	Quality, Diversity string      // of frontier, the names of its metrics; "" for the usual ones
}

// OrdersData compares models of growing order with the source they learned
// from.
type OrdersData struct {
	Order      []int
	Names      []string    // of the curves: "Kneser-Ney", "add-one"
	Perplexity [][]float64 // curve × order; NaN where there is none
	TrueBits   float64     // entropy rate of the source, bits a token; 0 or NaN if not known
	Unit       string      // what is counted, "" for "token"
}

// one returns the only trace.
func (in Input) one(chart string) (*argen.Trace, error) {
	traces, err := in.all(chart)
	if err != nil {
		return nil, err
	}
	if len(traces) > 1 {
		return nil, fmt.Errorf("%s draws one trace, there are %d: choose one", chart, len(traces))
	}
	return traces[0], nil
}

// all returns the traces, each with a step at least.
func (in Input) all(chart string) ([]*argen.Trace, error) {
	switch n := len(in.Traces); {
	case n == 0:
		return nil, fmt.Errorf("%s needs a trace, there is none", chart)
	case n > len(looks):
		return nil, fmt.Errorf("%s draws at most %d traces, there are %d: choose some", chart, len(looks), n)
	}
	for i, tr := range in.Traces {
		if tr == nil || len(tr.Steps) == 0 {
			if len(in.Traces) > 1 {
				return nil, fmt.Errorf("trace %d has no steps: there is nothing to draw", i+1)
			}
			return nil, fmt.Errorf("the trace has no steps: there is nothing to draw")
		}
		if err := Check(tr); err != nil {
			return nil, err
		}
	}
	return in.Traces, nil
}

// step returns the step to draw; its top list is not empty.
func (in Input) step(chart string) (*argen.Trace, *argen.Step, error) {
	tr, err := in.one(chart)
	if err != nil {
		return nil, nil, err
	}
	t := in.Step
	if t == -1 {
		t = len(tr.Steps) - 1
	}
	if t < 0 || t >= len(tr.Steps) {
		return nil, nil, fmt.Errorf("the trace has no step %d: its steps are 0 to %d, −1 is the last", in.Step, len(tr.Steps)-1)
	}
	s := &tr.Steps[t]
	if len(s.Top) == 0 {
		return nil, nil, fmt.Errorf("step %d of the trace lists no candidates: log with --top 10 to draw %s", t, chart)
	}
	return tr, s, nil
}

// DrawData draws the chart of a name from its data.
func DrawData(name string, data Data) (*Figure, error) {
	c, ok := Lookup(name)
	if !ok || c.Data == nil {
		return nil, fmt.Errorf("there is no chart %q that is drawn from data", name)
	}
	return c.Draw(Input{Data: data})
}

// DataOf makes the data of a chart of what happened in a model.
func (c Chart) DataOf(in *Inside) (Data, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return c.Inside(in)
}

// What JSON is read into for the charts of data.
func curvesData() Data { return &CurvesData{} }
func barsData() Data   { return &BarsData{} }
func matrixData() Data { return &MatrixData{} }

// dataOf returns the data of a chart, checked, also for what only this chart
// asks of them.
func dataOf[D Data](in Input, chart string, checks ...func(D) error) (d D, err error) {
	d, ok := in.Data.(D)
	if !ok {
		return d, fmt.Errorf("%s draws what a lesson or a score has measured, there is none", chart)
	}
	err = d.Check()
	for _, check := range checks {
		if err == nil {
			err = check(d)
		}
	}
	if err != nil {
		return d, fmt.Errorf("%s: %w", chart, err)
	}
	return d, nil
}
