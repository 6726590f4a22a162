package report

import (
	"math"
	"slices"
	"strconv"

	"argen"
	"argen/viz"
)

// An overview is the section before several traces: their numbers side by side,
// and how they went.
type overview []Trace

// An overviewView is what its template gets.
type overviewView struct {
	Numbers table
	Figures []figure
}

// What the charts of an overview have room for.
const (
	mostTogether = 7  // curves on a chart: viz has no more looks
	mostPoints   = 80 // on a curve; of a longer text every second token or fewer is drawn
)

// withOverview puts an overview before the first trace if there are several.
func withOverview(parts []Part) []Part {
	var all overview
	first := -1
	numbered := slices.Clone(parts)
	for i, part := range parts {
		if t, ok := part.(Trace); ok {
			t.Number = len(all) + 1
			numbered[i] = t
			if all = append(all, t); first < 0 {
				first = i
			}
		}
	}
	if len(all) < 2 {
		return parts
	}
	return slices.Insert(numbered, first, Part(all))
}

// label tells a text from others on the same page.
func (t Trace) label() string { return strconv.Itoa(t.Number) + ": " + visible(t.Name) }

func (o overview) section(p *page) (section, error) {
	v := overviewView{Numbers: p.sums(o)}
	var drawn []Trace
	for _, t := range o {
		if len(t.Trace.Steps) > 0 {
			drawn = append(drawn, t)
		}
	}
	for group := range slices.Chunk(drawn, mostTogether) {
		if len(group) == 1 {
			break // it has charts of its own
		}
		for _, d := range []*viz.CurvesData{p.average(group), p.product(group)} {
			key := "overview\x00" + d.Title + "\x00" + d.Series[0].Name
			if f, err := p.figure(key, func() (*viz.Figure, error) { return viz.DrawData("curves", d) }, p.dataTables(d)...); err == nil {
				v.Figures = append(v.Figures, f)
			}
		}
	}
	return section{Title: p.say("overview_of", "n", strconv.Itoa(len(o))), Kind: "overview", View: v}, nil
}

// sums is the table with a row for each text.
func (p *page) sums(list []Trace) table {
	t := table{
		Caption: p.say("sums"),
		Head: []string{
			p.say("text"), p.say("how"), p.say("tokens"), p.say("bits_token"), p.say("bits_byte"), p.say("perplexity"),
			p.say("mean_entropy"), p.say("likeliest"), p.say("distinct"), p.say("time"),
		},
	}
	timed := false
	for i := range list {
		tr := list[i].Trace
		row := []string{list[i].label(), settings(&tr.Head), strconv.Itoa(len(tr.Steps))}
		s := summed(tr)
		for _, x := range []float64{s.bits, s.byteBits, s.perplexity, s.entropy} {
			row = append(row, figures4(x))
		}
		row = append(row, value("share", s.likeliest), value("share", s.distinct), "–")
		if s.millis > 0 {
			timed, row[9] = true, figures4(s.millis)
		}
		t.Rows = append(t.Rows, row)
	}
	if !timed { // a column of nothing
		t.Head = slices.Delete(t.Head, 9, 10)
		for i := range t.Rows {
			t.Rows[i] = slices.Delete(t.Rows[i], 9, 10)
		}
	}
	if t = p.cut(t); t.Note == "" {
		t.Note = p.say("sums_note")
	}
	return t
}

// A sum is what a whole text comes to. Numbers that there are none of are NaN.
type sum struct {
	bits       float64 // a token: −log₂ P(text | prompt) / tokens
	byteBits   float64 // a byte of the text: the same for every tokenizer
	perplexity float64 // 2 to the bits
	entropy    float64 // of the model before each token, bits, the mean
	likeliest  float64 // the share of tokens that were the most probable ones
	distinct   float64 // different pairs of neighbours, of all pairs (distinct-2)
	millis     float64 // a token, 0 if nobody measured
}

func summed(tr *argen.Trace) sum {
	n := len(tr.Steps)
	if n == 0 {
		none := math.NaN()
		return sum{none, none, none, none, none, none, 0}
	}
	s := sum{bits: -tr.LogProb() / math.Ln2}
	s.byteBits = math.NaN()
	if bytes := len(tr.Text()); bytes > 0 {
		s.byteBits = s.bits / float64(bytes)
	}
	pairs := map[[2]argen.ID]bool{}
	nanos := int64(0)
	for i := range tr.Steps {
		step := &tr.Steps[i]
		s.entropy += step.Entropy
		if step.Rank == 1 {
			s.likeliest++
		}
		if i > 0 {
			pairs[[2]argen.ID{tr.Steps[i-1].ID, step.ID}] = true
		}
		nanos += step.Nanos
	}
	s.bits /= float64(n)
	s.perplexity = math.Exp2(s.bits)
	s.entropy /= float64(n)
	s.likeliest /= float64(n)
	s.distinct = math.NaN()
	if n > 1 {
		s.distinct = float64(len(pairs)) / float64(n-1)
	}
	s.millis = float64(nanos) / float64(n) / 1e6
	return s
}

// settings is how a text came to be, in a line.
func settings(h *argen.Header) string {
	text := visible(h.Model.Ref)
	for _, s := range []string{h.Chain, h.Search} {
		if s != "" {
			text += " · " + visible(s)
		}
	}
	return text + " · seed " + strconv.FormatUint(h.Seed, 10)
}

// average is the mean surprisal of the tokens so far.
func (p *page) average(list []Trace) *viz.CurvesData {
	return p.curves(list, "mean_so_far", viz.Axis{Label: p.say("bits_token"), Unit: "bits"}, func(s *argen.Step, n int) float64 {
		return -s.CumLogProb / math.Ln2 / float64(n)
	})
}

// product is ln P of the text so far.
func (p *page) product(list []Trace) *viz.CurvesData {
	return p.curves(list, "product_so_far", viz.Axis{Label: p.say("cum_logprob")}, func(s *argen.Step, _ int) float64 { return s.CumLogProb })
}

// curves draws a number of each step of each text over its tokens.
func (p *page) curves(list []Trace, key string, y viz.Axis, of func(s *argen.Step, n int) float64) *viz.CurvesData {
	d := &viz.CurvesData{
		Words: viz.Words{Title: p.say(key), Caption: p.say(key + "_read"), Language: p.words.Language},
		X:     viz.Axis{Label: p.say("tokens_so_far")}, Y: y,
	}
	longest := 0
	for i := range list {
		longest = max(longest, len(list[i].Trace.Steps))
	}
	every := (longest + mostPoints - 1) / mostPoints
	for i := range list {
		s := viz.Series{Name: list[i].label()}
		steps := list[i].Trace.Steps
		for k := range steps {
			if (k+1)%every != 0 && k != len(steps)-1 {
				continue
			}
			x := of(&steps[k], k+1)
			if math.IsInf(x, 0) {
				x = math.NaN() // from a token on that the model holds impossible
			}
			s.X, s.Y = append(s.X, float64(k+1)), append(s.Y, x)
		}
		d.Series = append(d.Series, s)
	}
	return d
}
