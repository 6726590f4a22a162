package viz

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// A part is the piece of [0,1) that belongs to a token.
type part struct {
	name      string
	low, high float64
	chosen    bool
	rest      bool // several tokens that are not listed
}

// parts divides [0,1) among the tokens of a step in the order of the draw:
// descending probability after the chain. Where the list is too short to know
// every token, those between are one part, so that the chosen one stands where
// it stood when u fell.
func parts(s *argen.Step, most int) []part {
	var top []argen.TopToken
	for _, t := range s.Top {
		if t.SampledProb > 0 {
			top = append(top, t)
		}
	}
	slices.SortStableFunc(top, func(a, b argen.TopToken) int {
		return cmp.Or(cmp.Compare(b.SampledProb, a.SampledProb), cmp.Compare(a.ID, b.ID))
	})
	var list []part
	end := 0.0
	rest := func(to float64) {
		if to-end > 1e-9 {
			list = append(list, part{name: "others", low: end, high: to, rest: true})
			end = to
		}
	}
	for i, t := range top {
		chosen := t.ID == s.ID && !s.Forced
		if chosen {
			rest(s.Low)
			list = append(list, part{name: label(t.Token), low: end, high: max(end, s.High), chosen: true})
			end = max(end, s.High)
			continue
		}
		if i >= most || end+t.SampledProb > 1+1e-9 {
			continue
		}
		list = append(list, part{name: label(t.Token), low: end, high: end + t.SampledProb})
		end += t.SampledProb
	}
	rest(1)
	if n := len(list); n > 0 && 1-list[n-1].high <= 1e-9 {
		list[n-1].high = 1 // but for rounding
	}
	return list
}

// Draw draws how a token was picked: every token owns a piece of [0,1) as long
// as its probability, and the token whose piece holds u is next. Where noise
// picked it instead, it draws that: ln P of each candidate, and ln P + G.
func Draw(in Input) (*Figure, error) {
	tr, s, err := in.step("draw")
	if err != nil {
		return nil, err
	}
	if s.Gumbel {
		return race(in, tr, s)
	}
	list := parts(s, in.rows())
	if len(list) == 0 {
		return nil, fmt.Errorf("step %d of the trace lists no token that could be drawn: log with a larger --top", s.T)
	}
	f := &Figure{
		Title:    fmt.Sprintf("A number between 0 and 1 picks the token: u = %s", decimals(s.U)),
		Subtitle: fmt.Sprintf("Step %d, after %s · chain: %s", s.T, ahead(tr, s.T, 44), chainOf(tr, s.T)),
		Caption: "Each token owns a piece of [0,1) as long as its probability after the chain, the most probable first. " +
			"The token whose piece holds u is next." + dotted(tokens(s)...) + source(tr),
		Alt:   altDraw(s, list),
		Width: in.page(),
	}
	if s.Forced {
		f.Title = "No dice: " + strings.TrimSuffix(how(s), ", not drawn")
	}
	f.setBody(float64(len(list))*24 + 118)
	p := newPlot()
	n := len(list)
	axis{min: 0, max: 1, ticks: upTo(1).ticks}.set(&p.X)
	var ticks []plot.Tick
	for i, a := range list {
		name := a.name
		if a.chosen {
			name = "► " + name
		}
		ticks = append(ticks, plot.Tick{Value: float64(n - 1 - i), Label: name})
	}
	axis{min: -.5, max: float64(n) + 2, ticks: ticks}.set(&p.Y)
	p.Y.Tick.Label = style(bodySize, false, -1, -.5)
	p.Y.Tick.Length = 0
	p.X.Label.Text = "cumulative probability"
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	p.Add(grid{x: true}, painter(func(c draw.Canvas, x, y func(float64) float64) {
		drawStrip(c, list, x, y(float64(n)+.1), y(float64(n)+1.1))
		for i, a := range list {
			mid := float64(n - 1 - i)
			a.fill(i).paint(c, rect(x(a.low), y(mid-.36), x(a.high), y(mid+.36)))
			if i+1 < n { // the next one begins where this one ends
				c.StrokeLine2(line(quiet, .75), vg.Length(x(a.high)), vg.Length(y(mid-.36)), vg.Length(x(a.high)), vg.Length(y(mid-.64)))
			}
		}
		if !s.Forced {
			drawU(c, x(s.U), y(-.5), y(float64(n)+1.2), s.U)
		}
		for i, a := range list {
			sayName(c, a, i, s, x, y(float64(n)+.6))
			sayPart(c, a, i, x, y(float64(n-1-i)))
		}
	}))
	f.body = func(c draw.Canvas) { p.Draw(c) }
	return f, nil
}

// sayPart writes how long a part is beside its bar, over the line of u.
func sayPart(c draw.Canvas, a part, i int, x func(float64) float64, mid float64) {
	sty := style(smallSize, false, 0, -.5)
	what := prob(a.high - a.low)
	switch wide := measure(what, sty.Font) + 10; {
	case x(a.high)+wide < float64(c.Max.X):
		sayBar(c, sty, x(a.high), mid, what)
	case x(a.low)-wide > float64(c.Min.X):
		sayBar(c, sty, x(a.low)-wide, mid, what)
	default: // the bar is all the width: on it
		k := a.fill(i).color
		c.SetColor(k)
		c.Fill(rect(x(a.high)-wide+2, mid-smallSize*.55, x(a.high)-3, mid+smallSize*.55).Path())
		sty.XAlign, sty.Color = -1, onto{k}
		say(c, sty, x(a.high)-6, mid, what)
	}
}

// fill of the i-th part: neighbours differ.
func (a part) fill(i int) fill {
	switch {
	case a.chosen:
		return fillChosen
	case a.rest:
		return fill{color: quiet, hatched: true}
	case i%2 == 1:
		return fill{color: sky}
	}
	return fillAfter
}

// drawStrip draws all parts end to end: the whole of [0,1).
func drawStrip(c draw.Canvas, list []part, x func(float64) float64, low, high float64) {
	for i, a := range list {
		a.fill(i).paint(c, rect(x(a.low), low, x(a.high), high))
	}
	c.SetLineStyle(line(paper, 1))
	for _, a := range list[1:] {
		c.StrokeLine2(line(paper, 1), vg.Length(x(a.low)), vg.Length(low), vg.Length(x(a.low)), vg.Length(high))
	}
}

// sayName writes the name of a part in the strip if it has room there, that of
// the chosen one beside the line of u. Where only the whole part has room it
// interrupts the line.
func sayName(c draw.Canvas, a part, i int, s *argen.Step, x func(float64) float64, mid float64) {
	k := a.fill(i)
	sty := style(smallSize, a.chosen, -.5, -.5)
	sty.Color = onto{k.color}
	wide := measure(a.name, sty.Font)
	left, right := x(a.low), x(a.high)
	if k.hatched || wide+6 > right-left {
		return
	}
	if u := x(s.U); a.chosen {
		switch {
		case u-left >= max(right-u, wide+6):
			right = u
		case right-u >= wide+6:
			left = u
		default:
			c.SetColor(k.color)
			c.Fill(rect((left+right-wide)/2-1.5, mid-smallSize*.65, (left+right+wide)/2+1.5, mid+smallSize*.65).Path())
		}
	}
	say(c, sty, (left+right)/2, mid, a.name)
}

// drawU draws the arrow of u above a line through the bars.
func drawU(c draw.Canvas, x, low, high, u float64) {
	sty := line(ink, 1.5)
	sty.Dashes = []vg.Length{4, 3}
	c.StrokeLine2(sty, vg.Length(x), vg.Length(low), vg.Length(x), vg.Length(high))
	c.FillPolygon(ink, []vg.Point{
		{X: vg.Length(x), Y: vg.Length(high)},
		{X: vg.Length(x - 5), Y: vg.Length(high + 8)},
		{X: vg.Length(x + 5), Y: vg.Length(high + 8)},
	})
	name := style(bodySize, true, -.5, 0)
	what := "u = " + decimals(u)
	half := measure(what, name.Font) / 2
	at := min(max(x, float64(c.Min.X)+half), float64(c.Max.X)-half)
	say(c, name, at, high+10, what)
}

func altDraw(s *argen.Step, list []part) string {
	var b strings.Builder
	b.WriteString("One bar from 0 to 1, divided among the tokens: ")
	for i, a := range list {
		if i > 0 {
			b.WriteString("; ")
		}
		name := inQuotes(a.name)
		if a.rest {
			name = "tokens not listed"
		}
		fmt.Fprintf(&b, "%s from %s to %s", name, prob(a.low), prob(a.high))
		if a.chosen {
			b.WriteString(" (holds u)")
		}
	}
	if s.Forced {
		b.WriteString(". No number was drawn: " + strings.TrimSuffix(how(s), ", not drawn") + ".")
	} else {
		fmt.Fprintf(&b, ". u is %s, so %s is next.", decimals(s.U), quoted(s.Token))
	}
	return b.String()
}
