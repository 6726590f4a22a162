package viz

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The page of the same step.
const (
	stepWidth  = 1080.0
	stepAcross = 5 // panels side by side
	stepRow    = 17.0
	stepHead   = 34.0
)

// SameStep draws the distribution of one step under every strategy: the same
// tokens in each panel, what the strategy makes of their probabilities, and
// which it removes.
func SameStep(in Input) (*Figure, error) {
	s := &in.Compare.Step
	switch n := len(s.After); {
	case n == 0 || len(s.Tokens) == 0:
		return nil, fmt.Errorf("same-step: the comparison has no step to show: a search has no distribution of the next token")
	case n > mostCompared:
		return nil, fmt.Errorf("same-step draws at most %d strategies, there are %d: compare fewer", mostCompared, n)
	case len(s.Tokens) > 40:
		return nil, fmt.Errorf("same-step draws at most 40 tokens, there are %d", len(s.Tokens))
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	panels := s.panels()
	most, labels := 0.0, 0.0
	for _, p := range panels {
		for _, x := range append(p.probs, p.rest) {
			most = max(most, x)
		}
	}
	var names []string
	for _, t := range s.Tokens {
		names = append(names, label(t))
	}
	if s.Others > 0 {
		names = append(names, "all others ("+count(s.Others)+")")
	}
	for _, n := range names {
		labels = max(labels, measure(n, face(smallSize, false))+10)
	}
	f := &Figure{
		Title:    "What comes after " + inContext(s.Context) + "?" + s.verdict(),
		Subtitle: fmt.Sprintf("step %d of a text of the model itself", s.T),
		Caption:  "Bars are probabilities; those of a panel sum to 1. × is a token that the strategy leaves no probability; the others share its part." + dotted(s.Tokens...) + in.Compare.model(),
		Alt:      altSameStep(names, panels),
	}
	abreast := stepAcross
	if in.Big {
		abreast = 3
	}
	across := min(len(panels), abreast)
	page := in.widest(stepWidth)
	full := page - 2*margin - labels
	f.Width = math.Round(max(page-full*float64(abreast-across)/float64(abreast), in.page()))
	rows := (len(panels) + across - 1) / across
	high := stepHead + stepRow*float64(len(names)) + 4
	f.setBody(float64(rows)*(high+tilesGap) - tilesGap)
	f.body = func(c draw.Canvas) {
		left := float64(c.Min.X) + labels
		wide := (float64(c.Max.X) - left) / float64(across)
		for i, p := range panels {
			x, top := left+wide*float64(i%across), float64(c.Max.Y)-float64(i/across)*(high+tilesGap)
			if i%across == 0 {
				for k, n := range names {
					say(c, style(smallSize, false, -1, -.5), left-8, top-stepHead-stepRow*(float64(k)+.5), n)
				}
			}
			p.draw(c, x, top, wide-tilesGap, most, len(names))
		}
	}
	return f, nil
}

// verdict says in a title whether the strategies differ.
func (s *CompareStep) verdict() string {
	if len(s.After) < 2 {
		return ""
	}
	const same = 1e-9 // what rounding may change
	first := &s.After[0]
	for _, a := range s.After[1:] {
		if a.Kept != first.Kept || math.Abs(a.Rest-first.Rest) > same {
			return " It depends on the strategy"
		}
		for i, p := range a.Probs {
			if math.Abs(p-first.Probs[i]) > same {
				return " It depends on the strategy"
			}
		}
	}
	return " Here the strategies agree"
}

// inContext is the end of the text before the step, for a title.
func inContext(context string) string {
	s := strings.Join(strings.Fields(strings.ReplaceAll(clean(context), "\n", " ")), " ")
	if s == "" {
		return "the beginning"
	}
	const most = 44
	if r := []rune(s); len(r) > most {
		tail := string(r[len(r)-most:])
		if i := strings.IndexByte(tail, ' '); i >= 0 && i < most/2 {
			tail = tail[i+1:]
		}
		s = "…" + tail
	}
	return "“" + s + "”"
}

// A stepPanel is the distribution under the model or a strategy.
type stepPanel struct {
	name  string
	below string // what is left of it
	probs []float64
	rest  float64
	model bool
}

// panels are those of the model and of the strategies.
func (s *CompareStep) panels() []stepPanel {
	list := []stepPanel{{name: "the model itself", probs: s.Model, rest: s.Rest, model: true, below: some(len(s.Tokens)+s.Others, "token")}}
	for _, a := range s.After {
		list = append(list, stepPanel{
			name: strategyName(a.Name), probs: a.Probs, rest: nonzero(a.Rest),
			below: some(a.Kept, "token") + " · " + short(a.Entropy) + " bits",
		})
	}
	return list
}

// draw draws the panel.
func (p *stepPanel) draw(c draw.Canvas, left, top, wide, most float64, rows int) {
	bold, small := style(smallSize, true, 0, -1), style(tinySize, false, 0, -1)
	small.Color = quiet
	say(c, bold, left, top, fit(p.name, bold.Font, wide, false))
	say(c, small, left, top-smallSize*1.3, fit(p.below, small.Font, wide, false))
	top -= stepHead
	c.StrokeLine2(line(quiet, .75), vg.Length(left), vg.Length(top), vg.Length(left), vg.Length(top-stepRow*float64(rows)))
	number := style(tinySize, false, 0, -.5)
	room := wide - measure("0.0000", number.Font) - 6
	for i := range rows {
		y := top - stepRow*(float64(i)+.5)
		x, f := p.rest, fill{color: quiet, hatched: true}
		if i < len(p.probs) {
			x, f = p.probs[i], fillAfter
			if p.model {
				f = fillModel
			}
		}
		if x == 0 && !p.model {
			cross := number
			cross.Color, cross.Font = vermillion, face(bodySize, true)
			say(c, cross, left+5, y, "×")
			continue
		}
		end := left + room*min(x/most, 1)
		f.paint(c, rect(left, y-stepRow*.34, end, y+stepRow*.34))
		say(c, number, end+4, y, prob(x))
	}
}

// check refuses numbers that are no probabilities.
func (s *CompareStep) check() error {
	n := len(s.Tokens)
	all := append([]float64{s.Rest}, s.Model...)
	lengths := []int{len(s.Model)}
	for _, a := range s.After {
		all = append(append(all, a.Rest), a.Probs...)
		lengths = append(lengths, len(a.Probs))
		if !bits(a.Entropy) || a.Kept < 1 {
			return fmt.Errorf("same-step: %s leaves %d tokens of %v bits", quoted(a.Name), a.Kept, a.Entropy)
		}
	}
	for _, l := range lengths {
		if l != n {
			return fmt.Errorf("same-step: there are %d probabilities for %d tokens", l, n)
		}
	}
	for _, x := range all {
		if math.IsNaN(x) || !share(x) {
			return fmt.Errorf("same-step: %v is no probability", x)
		}
	}
	return nil
}

func altSameStep(names []string, panels []stepPanel) string {
	var b strings.Builder
	b.WriteString("Bar charts of the same tokens, one for each strategy. ")
	for i, p := range panels {
		if i > 0 {
			b.WriteString(". ")
		}
		fmt.Fprintf(&b, "%s (%s): ", p.name, p.below)
		for k, n := range names {
			if k > 0 {
				b.WriteString("; ")
			}
			x := p.rest
			if k < len(p.probs) {
				x, n = p.probs[k], inQuotes(n)
			}
			if x == 0 && !p.model {
				b.WriteString(n + " removed")
				continue
			}
			b.WriteString(n + " " + prob(x))
		}
	}
	b.WriteString(".")
	return b.String()
}
