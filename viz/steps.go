package viz

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// Steps draws the probability and the rank of each chosen token over the text.
func Steps(in Input) (*Figure, error) {
	tr, err := in.one("steps")
	if err != nil {
		return nil, err
	}
	steps, cut := shown(tr)
	n := len(steps)
	f := &Figure{
		Title:    "How probable was each token?",
		Subtitle: fmt.Sprintf("%s after %s · chain: %s", some(len(tr.Steps), "token"), ahead(tr, 0, 44), chainOf(tr, 0)),
		Caption:  "Probability and rank are the model’s own, before any stage of the chain; rank 1 is the most probable token." + forcedNote(steps, "Hatched or square") + cut + dotted(pieces(steps)...) + source(tr),
		Alt:      altSteps(steps),
		Width:    in.textWidth(n),
	}
	f.setBody(430)
	top, low := newPlot(), newPlot()
	upTo(1).set(&top.Y)
	blankTicks(top, n)
	most := 1.0
	for i := range steps {
		most = max(most, float64(steps[i].Rank))
	}
	low.Y.Scale = logScale{}
	f.most = most
	powers(max(most, in.most)).set(&low.Y)
	tokenTicks(low, steps, f.Width)
	top.Add(grid{y: true}, painter(func(c draw.Canvas, x, y func(float64) float64) {
		for i := range steps {
			bar(c, &steps[i], x(float64(i)), x(float64(i)+1), y(0), y(steps[i].Prob))
		}
	}))
	low.Add(grid{y: true}, painter(func(c draw.Canvas, x, y func(float64) float64) {
		for i := range steps {
			s := &steps[i]
			at := vg.Point{X: vg.Length(x(float64(i) + .5)), Y: vg.Length(y(float64(max(s.Rank, 1))))}
			c.StrokeLine2(line(faint, 1), at.X, vg.Length(y(1)), at.X, at.Y)
			g := draw.GlyphStyle{Color: blue, Radius: vg.Length(min(4, max(1.2, (x(1)-x(0))*.35))), Shape: circle}
			if s.Given() {
				g.Color, g.Shape = vermillion, square.empty()
			}
			c.DrawGlyph(g, at)
		}
	}))
	f.body = func(c draw.Canvas) {
		stack(c, panel{"P(token | context)", top, 1}, panel{"rank of the token (logarithmic)", low, 1.25})
	}
	return f, nil
}

// bar draws the bar of a step between two borders of its slot; a token that
// was given is hatched.
func bar(c draw.Canvas, s *argen.Step, left, right, y0, y1 float64) {
	const widest = 36
	gap := max((right-left)*.14, (right-left-widest)/2)
	f := fillAfter
	if s.Given() {
		f = fill{color: vermillion, hatched: right-left > slim}
	}
	f.paint(c, rect(left+gap, y0, right-gap, y1))
}

// logScale is the normalizer of an axis of powers. It has no zero: what is
// below 1 is at the low end.
type logScale struct{}

// Normalize implements plot.Normalizer.
func (logScale) Normalize(least, most, x float64) float64 {
	return (math.Log(max(x, least)) - math.Log(least)) / (math.Log(most) - math.Log(least))
}

// forcedNote says how tokens are marked that somebody gave.
func forcedNote(steps []argen.Step, marked string) string {
	for i := range steps {
		if steps[i].Given() {
			return " " + marked + ": given, not drawn."
		}
	}
	return ""
}

func pieces(steps []argen.Step) []string {
	list := make([]string, len(steps))
	for i := range steps {
		list[i] = steps[i].Token
	}
	return list
}

// mostSaid is how many tokens a description names one by one.
const mostSaid = 60

func altSteps(steps []argen.Step) string {
	var b strings.Builder
	b.WriteString("Two charts over the text. Probability and rank of each token: ")
	for i := range steps {
		if i == mostSaid {
			fmt.Fprintf(&b, "; and %s more", some(len(steps)-i, "token"))
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		s := &steps[i]
		fmt.Fprintf(&b, "%s %s, rank %d", quoted(s.Token), prob(s.Prob), s.Rank)
		if s.Given() {
			b.WriteString(" (given)")
		}
	}
	first := 0
	for i := range steps {
		if steps[i].Rank == 1 {
			first++
		}
	}
	fmt.Fprintf(&b, ". %s of %d were the model’s first choice.", count(first), len(steps))
	return b.String()
}
