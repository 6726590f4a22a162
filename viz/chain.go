package viz

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// Chain draws the chain rule of probability as a staircase: every token takes
// ln P(text) down by its own ln P(token | context).
//
//	ln P(x₁ … x_T) = Σ ln P(x_t | x₁ … x_{t−1})
func Chain(in Input) (*Figure, error) {
	traces, err := in.all("chain")
	if err != nil {
		return nil, err
	}
	long, cut := shown(traces[0])
	least, impossible := 0.0, false
	for _, tr := range traces {
		list, _ := shown(tr)
		if len(list) > len(long) {
			long = list
		}
		for i := range list {
			if v := list[i].CumLogProb; finite(v) {
				least = min(least, v)
			} else {
				impossible = true
			}
		}
	}
	f := &Figure{
		Title: "One step down for every token: ln P of the text",
		Caption: "The height of a step is ln P(token | context); where it is small the model expected the token. " +
			"Their sum is ln P(text | prompt), so P is e to its power." + cut,
		Alt:   altChain(traces),
		Width: in.textWidth(len(long)),
	}
	p := newPlot()
	downTo(min(least*1.02, -1e-3)).set(&p.Y)
	p.Y.Min = max(p.Y.Min, min(least*1.08, -1e-3))
	if impossible { // room for the fall that has no end
		p.Y.Min = min(p.Y.Min, least*1.25)
		f.Caption += " Where the line falls to −∞ the model held the token impossible."
	}
	p.Add(grid{y: true})
	if len(traces) == 1 {
		tr := traces[0]
		f.Subtitle = fmt.Sprintf("%s after %s · ln P = %s, P = %s", some(len(tr.Steps), "token"), ahead(tr, 0, 44), short(tr.LogProb()), short(math.Exp(tr.LogProb())))
		f.Caption += dotted(pieces(long)...) + source(tr)
		tokenTicks(p, long, f.Width)
		p.Add(stairs(long, looks[0]), falls(long))
	} else {
		f.Subtitle = fmt.Sprintf("%d traces", len(traces))
		f.Caption += source(traces...)
		countTicks(p, len(long))
		for i, tr := range traces {
			list, _ := shown(tr)
			f.keys = append(f.keys, key{fmt.Sprintf("%s · ln P %s", named(i, tr), short(tr.LogProb())), looks[i].swatch})
			p.Add(stairs(list, looks[i]))
		}
	}
	f.setBody(360)
	f.body = func(c draw.Canvas) { stack(c, panel{"ln P(text so far), nats", p, 1}) }
	return f, nil
}

// stairs draws the running sum: level over a token's slot, down at its left
// border.
func stairs(steps []argen.Step, l look) painter {
	return func(c draw.Canvas, x, y func(float64) float64) {
		pts := []vg.Point{{X: vg.Length(x(0)), Y: vg.Length(y(0))}}
		for i := range steps {
			v := steps[i].CumLogProb
			if !finite(v) {
				end := pts[len(pts)-1]
				sty := line(vermillion, 1.5)
				sty.Dashes = []vg.Length{3, 2}
				c.StrokeLine2(sty, end.X, end.Y, end.X, c.Min.Y)
				break // a token that the model holds impossible: there is no way on
			}
			at := vg.Length(y(v))
			pts = append(pts, vg.Point{X: vg.Length(x(float64(i))), Y: at}, vg.Point{X: vg.Length(x(float64(i) + 1)), Y: at})
		}
		sty := line(l.color, 2.5)
		sty.Dashes = l.dash
		c.StrokeLines(sty, pts)
		c.DrawGlyph(draw.GlyphStyle{Color: l.color, Radius: 4, Shape: l.mark}, pts[len(pts)-1])
	}
}

// falls names the deepest steps.
func falls(steps []argen.Step) painter {
	deep := make([]int, 0, len(steps))
	for i := range steps {
		if !finite(steps[i].CumLogProb) {
			break // the staircase ends here
		}
		if l := steps[i].LogProb; l < -.2 && finite(l) {
			deep = append(deep, i)
		}
	}
	slices.SortStableFunc(deep, func(a, b int) int { return cmp.Compare(steps[a].LogProb, steps[b].LogProb) })
	deep = deep[:min(len(deep), 6)]
	return func(c draw.Canvas, x, y func(float64) float64) {
		sty := style(smallSize, false, 0, -.5)
		sty.Color = vermillion
		var taken []vg.Rectangle
		if i := slices.IndexFunc(steps, func(s argen.Step) bool { return !finite(s.CumLogProb) }); i >= 0 {
			what := label(steps[i].Token) + "  −∞"
			wide := measure(what, sty.Font)
			left, at := x(float64(i))+6, float64(c.Min.Y)+9
			if left+wide > float64(c.Max.X) {
				left = max(x(float64(i))-6-wide, float64(c.Min.X))
			}
			taken = append(taken, rect(left, at-7, left+wide, at+7))
			say(c, sty, left, at, what)
		}
		for _, i := range deep {
			s := &steps[i]
			mid := s.CumLogProb - s.LogProb/2
			c.StrokeLine2(line(vermillion, 2.5), vg.Length(x(float64(i))), vg.Length(y(s.CumLogProb-s.LogProb)), vg.Length(x(float64(i))), vg.Length(y(s.CumLogProb)))
			what := label(s.Token) + "  " + short(s.LogProb)
			left, at := x(float64(i))+6, max(y(mid)+2, y(s.CumLogProb)+smallSize*.8)
			r := rect(left, at-7, left+measure(what, sty.Font), at+7)
			if float64(r.Max.X) > float64(c.Max.X) || float64(r.Max.Y) > float64(c.Max.Y) ||
				slices.ContainsFunc(taken, func(o vg.Rectangle) bool {
					return r.Min.X < o.Max.X && o.Min.X < r.Max.X && r.Min.Y < o.Max.Y && o.Min.Y < r.Max.Y
				}) {
				continue
			}
			taken = append(taken, r)
			say(c, sty, left, at, what)
		}
	}
}

func altChain(traces []*argen.Trace) string {
	var b strings.Builder
	b.WriteString("Staircase going down. ")
	for i, tr := range traces {
		if len(traces) > 1 {
			fmt.Fprintf(&b, "Trace %s: ", named(i, tr))
		}
		deepest := 0
		for j := range tr.Steps {
			if tr.Steps[j].LogProb < tr.Steps[deepest].LogProb {
				deepest = j
			}
		}
		end := tr.LogProb()
		fmt.Fprintf(&b, "ln P goes from 0 to %s over %s, so P(text | prompt) is %s; the deepest step is %s with %s. ",
			short(end), some(len(tr.Steps), "token"), short(math.Exp(end)), quoted(tr.Steps[deepest].Token), short(tr.Steps[deepest].LogProb))
		if len(traces) > 1 {
			continue
		}
		for j := range min(len(tr.Steps), mostSaid) {
			if j > 0 {
				b.WriteString("; ")
			}
			fmt.Fprintf(&b, "%s %s", quoted(tr.Steps[j].Token), short(tr.Steps[j].CumLogProb))
		}
		if n := len(tr.Steps) - mostSaid; n > 0 {
			fmt.Fprintf(&b, "; and %s more", some(n, "token"))
		}
		b.WriteString(".")
	}
	return strings.TrimSpace(b.String())
}
