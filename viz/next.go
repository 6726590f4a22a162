package viz

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// A row is one bar of a distribution.
type row struct {
	name      string
	model     float64 // probability under the model
	sampled   float64 // after the chain
	removedBy string
	after     []float64 // after each stage but the last, as long as it was there
	chosen    bool
	rest      bool // all tokens that have no row
}

// rows returns the tokens of a step, at most n, and all others as the last.
// The probabilities of a column sum to 1.
func rows(s *argen.Step, n int) []row {
	rest := row{rest: true, model: s.Rest.Prob, sampled: s.Rest.SampledProb}
	others := s.Rest.Tokens
	var list []row
	for i := range s.Top {
		t := &s.Top[i]
		chosen := t.ID == s.ID
		if len(list) >= n && !chosen {
			rest.model += t.Prob
			rest.sampled += t.SampledProb
			others++
			continue
		}
		list = append(list, row{
			name: label(t.Token), model: t.Prob, sampled: t.SampledProb,
			removedBy: argen.Visible(t.RemovedBy), after: t.StageProbs, chosen: chosen,
		})
	}
	if others > 0 {
		rest.model, rest.sampled = nonzero(rest.model), nonzero(rest.sampled)
		rest.name = "all others (" + count(others) + ")"
		list = append(list, rest)
	}
	return list
}

// nonzero takes what is left of 1 by rounding for nothing.
func nonzero(p float64) float64 {
	if p < 1e-12 {
		return 0
	}
	return p
}

// reshaped reports whether the chain changed anything.
func reshaped(list []row) bool {
	for _, r := range list {
		if math.Abs(r.model-r.sampled) > 1e-12 {
			return true
		}
	}
	return false
}

var (
	fillModel  = fill{color: sky, hatched: true}
	fillAfter  = fill{color: blue}
	fillChosen = fill{color: vermillion}
)

// Next draws the distribution of one step: the probability of the most
// probable tokens under the model and after the chain, and that of all others.
func Next(in Input) (*Figure, error) {
	tr, s, err := in.step("next")
	if err != nil {
		return nil, err
	}
	list := rows(s, in.rows())
	both := reshaped(list)
	f := &Figure{
		Title:    "What comes after " + ahead(tr, s.T, 44) + "?",
		Subtitle: fmt.Sprintf("Step %d · chain: %s · %s", s.T, chainOf(tr, s.T), how(s)),
		Caption:  "Bars are probabilities; those of a kind sum to 1 with all others." + dotted(tokens(s)...) + source(tr),
		Alt:      altNext(s, list, both),
		Width:    in.page(),
	}
	if both {
		f.keys = []key{
			{"P(token | context), the model", fillModel.swatch},
			{"after the chain", fillAfter.swatch},
			{"► the token chosen", fillChosen.swatch},
		}
	} else {
		f.keys = []key{
			{"P(token | context)", fillAfter.swatch},
			{"► the token chosen", fillChosen.swatch},
		}
	}
	each := 24.0
	if both {
		each = 32
	}
	f.setBody(float64(len(list))*each + 46)
	p := newPlot()
	most := 0.0
	var ticks []plot.Tick
	for i, r := range list {
		most = max(most, r.model, r.sampled)
		name := r.name
		if r.chosen {
			name = "► " + name
		}
		ticks = append(ticks, plot.Tick{Value: float64(len(list) - 1 - i), Label: name})
	}
	f.most = most
	probAxis(max(most, in.most), .22).set(&p.X)
	axis{-.5, float64(len(list)) - .5, ticks}.set(&p.Y)
	p.Y.Tick.Label = style(bodySize, false, -1, -.5)
	p.Y.Tick.Length = 0
	p.X.Label.Text = "probability"
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	p.Add(grid{x: true}, painter(func(c draw.Canvas, x, y func(float64) float64) {
		for i, r := range list {
			drawRow(c, r, both, float64(x(0)), y(float64(len(list)-1-i)), x, (y(1)-y(0))*.8)
		}
	}))
	f.body = func(c draw.Canvas) { p.Draw(c) }
	return f, nil
}

// drawRow draws the bars of one token around y, of a height together.
func drawRow(c draw.Canvas, r row, both bool, left, y float64, x func(float64) float64, height float64) {
	after := fillAfter
	switch {
	case r.chosen:
		after = fillChosen
	case r.rest:
		after = fill{color: quiet}
	}
	sty := style(smallSize, false, 0, -.5)
	if !both {
		after.paint(c, rect(left, y-height/2, x(r.sampled), y+height/2))
		sayBar(c, sty, x(r.sampled), y, prob(r.sampled))
		return
	}
	before := fillModel
	if r.rest {
		before.color = quiet
	}
	sty.Font = face(tinySize, false)
	before.paint(c, rect(left, y, x(r.model), y+height/2))
	sayBar(c, sty, x(r.model), y+height/4, prob(r.model))
	after.paint(c, rect(left, y-height/2, x(r.sampled), y))
	what := prob(r.sampled)
	if r.removedBy != "" {
		what = "removed by " + r.removedBy
		sty.Color = quiet
	}
	sayBar(c, sty, x(r.sampled), y-height/4, what)
}

// sayBar writes behind the end of a bar, on white so that no grid line
// crosses it.
func sayBar(c draw.Canvas, sty draw.TextStyle, x, y float64, s string) {
	s = fit(s, sty.Font, max(20, float64(c.Max.X)-x-6), false)
	size := float64(sty.Font.Size)
	c.SetColor(paper)
	c.Fill(rect(x+2, y-size*.55, x+7+measure(s, sty.Font), y+size*.55).Path())
	say(c, sty, x+5, y, s)
}

// how says how the token of a step was chosen.
func how(s *argen.Step) string {
	switch {
	case s.Given():
		return quoted(s.Token) + " was given, not drawn"
	case s.Choice != nil:
		return "a search picked " + quoted(s.Token)
	case s.Gumbel:
		return fmt.Sprintf("noise fixed by seed, step and token picked %s", quoted(s.Token))
	case s.Dice:
		return fmt.Sprintf("u = %s, set by hand, picked %s", decimals(s.U), quoted(s.Token))
	}
	return fmt.Sprintf("u = %s picked %s", decimals(s.U), quoted(s.Token))
}

// decimals writes u in [0,1) with so many digits that it stays below 1.
func decimals(u float64) string {
	n := 4
	for u < 1 && n < 17 && strconv.FormatFloat(u, 'f', n, 64)[0] == '1' {
		n++
	}
	return strconv.FormatFloat(u, 'f', n, 64)
}

func tokens(s *argen.Step) []string {
	list := make([]string, len(s.Top))
	for i := range s.Top {
		list[i] = s.Top[i].Token
	}
	return list
}

func altNext(s *argen.Step, list []row, both bool) string {
	var b strings.Builder
	b.WriteString("Bar chart of the next token's probability. ")
	for i, r := range list {
		if i > 0 {
			b.WriteString("; ")
		}
		name := inQuotes(r.name)
		if r.rest {
			name = r.name
		}
		fmt.Fprintf(&b, "%s %s", name, prob(r.model))
		switch {
		case r.removedBy != "":
			fmt.Fprintf(&b, ", removed by %s", r.removedBy)
		case both:
			fmt.Fprintf(&b, ", after the chain %s", prob(r.sampled))
		}
		if r.chosen {
			b.WriteString(" (chosen)")
		}
	}
	fmt.Fprintf(&b, ". The entropy of the model's distribution is %s bits; %s left after the chain.", short(s.Entropy), some(s.Kept, "token"))
	return b.String()
}
