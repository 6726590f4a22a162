package viz

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// A runner is a token in the race for the largest ln P + noise.
type runner struct {
	name       string
	prob       float64 // after the chain
	noise, sum float64
	chosen     bool
}

// runners are the listed tokens that could be drawn, the most probable first.
func runners(tr *argen.Trace, s *argen.Step, most int) []runner {
	var list []runner
	for i := range s.Top {
		t := &s.Top[i]
		if !(t.SampledProb > 0) {
			continue
		}
		r := runner{name: label(t.Token), prob: t.SampledProb, noise: argen.Gumbel(tr.Head.Seed, s.T, t.ID), chosen: t.ID == s.ID}
		r.sum = math.Log(r.prob) + r.noise
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b runner) int { return cmp.Compare(b.prob, a.prob) })
	if len(list) > most { // the chosen one is among those shown
		at := slices.IndexFunc(list, func(r runner) bool { return r.chosen })
		if at >= most {
			list[most-1] = list[at]
		}
		list = list[:most]
	}
	return list
}

// race draws how a token was picked by the Gumbel-max trick: every token begins
// at ln P, noise takes it further, and the one that comes farthest is next.
func race(in Input, tr *argen.Trace, s *argen.Step) (*Figure, error) {
	list := runners(tr, s, in.rows())
	if len(list) == 0 {
		return nil, fmt.Errorf("step %d of the trace lists no token that could be drawn: log with a larger --top", s.T)
	}
	f := &Figure{
		Title:    "Noise picks the token: " + quoted(s.Token) + " has the largest ln P + G",
		Subtitle: fmt.Sprintf("Step %d, after %s · chain: %s", s.T, ahead(tr, s.T, 44), chainOf(tr, s.T)),
		Caption: "The circle is ln P after the chain, the most probable first; the bar adds the token's noise G. The largest sum is next. " +
			"G belongs to seed, step and token alone: with another text before it, it is the same." + dotted(tokens(s)...) + source(tr),
		Alt:   altRace(s, list),
		Width: in.page(),
	}
	f.setBody(float64(len(list))*24 + 48)
	p := newPlot()
	n := len(list)
	least, most := 0.0, 0.0
	var ticks []plot.Tick
	for i, r := range list {
		least, most = min(least, math.Log(r.prob), r.sum), max(most, r.sum)
		name := r.name
		if r.chosen {
			name = "► " + name
		}
		ticks = append(ticks, plot.Tick{Value: float64(n - 1 - i), Label: name})
	}
	room := max(most-least, 1e-3) * .14 // for the sum behind a bar
	x := axis{min: least - room/4, max: most + room}
	x.ticks = x.every(round((x.max - x.min) / 6))
	x.set(&p.X)
	axis{min: -.6, max: float64(n) - .4, ticks: ticks}.set(&p.Y)
	p.Y.Tick.Label = style(bodySize, false, -1, -.5)
	p.Y.Tick.Length = 0
	p.X.Label.Text = "ln P, and ln P + G, nats"
	p.X.Label.TextStyle = style(smallSize, false, -.5, 0)
	p.Add(grid{x: true}, painter(func(c draw.Canvas, x, y func(float64) float64) {
		for i, r := range list {
			mid := y(float64(n - 1 - i))
			from, to := x(math.Log(r.prob)), x(r.sum)
			k := fillAfter
			if r.chosen {
				k = fillChosen
			}
			k.paint(c, rect(min(from, to), mid-6, max(from, to), mid+6))
			c.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: 4, Shape: draw.CircleGlyph{}}, vg.Point{X: vg.Length(from), Y: vg.Length(mid)})
			sty := style(smallSize, r.chosen, 0, -.5)
			sayBar(c, sty, max(from, to)+3, mid, short(r.sum))
		}
	}))
	f.body = func(c draw.Canvas) { p.Draw(c) }
	return f, nil
}

func altRace(s *argen.Step, list []runner) string {
	var b strings.Builder
	b.WriteString("A bar for each token, from ln P to ln P plus its noise: ")
	for i, r := range list {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s from %s to %s", inQuotes(r.name), short(math.Log(r.prob)), short(r.sum))
	}
	fmt.Fprintf(&b, ". %s has the largest sum and is next.", quoted(s.Token))
	return b.String()
}
