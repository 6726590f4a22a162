package viz

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// Surprisal draws −log₂ P of each token: how many bits of news it was.
func Surprisal(in Input) (*Figure, error) {
	traces, err := in.all("surprisal")
	if err != nil {
		return nil, err
	}
	c := curves{
		of:   func(s *argen.Step) float64 { return s.Surprisal },
		what: "surprisal of the token, bits",
		bars: true,
	}
	mean := 0.0
	tr := traces[0]
	for i := range tr.Steps {
		mean += tr.Steps[i].Surprisal
	}
	mean /= float64(len(tr.Steps))
	if len(traces) == 1 && finite(mean) {
		c.mean = mean
	}
	f := c.figure(in, traces)
	f.Title = "How surprising was each token?"
	if len(traces) > 1 {
		f.Title = "How surprising was a token, on the average so far?"
	}
	f.Caption = "Surprisal is the logarithm of 1/P(token | context) to base 2; 1 bit is the surprise of a coin toss. The mean is the cross-entropy of the model on this text; 2 to its power is the perplexity." + f.Caption
	if len(traces) == 1 {
		f.Subtitle = fmt.Sprintf("%s after %s · mean %s bits, perplexity %s", some(len(tr.Steps), "token"), ahead(tr, 0, 44), short(mean), short(math.Exp2(mean)))
	}
	f.setBody(curvesHeight)
	return f, nil
}

// Entropy draws how uncertain the model was before each token: −Σ p·log₂ p of the
// whole distribution, in bits.
func Entropy(in Input) (*Figure, error) {
	traces, err := in.all("entropy")
	if err != nil {
		return nil, err
	}
	c := curves{
		of:   func(s *argen.Step) float64 { return s.Entropy },
		what: "entropy of P(next token | context), bits",
	}
	tr := traces[0]
	same := ""
	if len(traces) == 1 && staged(tr.Steps) {
		if list, _ := shown(tr); slices.ContainsFunc(list, func(s argen.Step) bool { return math.Abs(afterChain(&s)-s.Entropy) > 1e-3 }) {
			c.after = afterChain
		} else {
			same = " The chain leaves the entropy as it is: one line is both."
		}
	}
	f := c.figure(in, traces)
	f.Title = "How uncertain was the model before each token?"
	if len(traces) > 1 {
		f.Title = "How uncertain was the model, on the average so far?"
	}
	f.Caption = "0 bits: only one token is possible. n bits: as uncertain as among 2ⁿ equally probable tokens." + same + f.Caption
	if len(traces) == 1 {
		f.Subtitle = fmt.Sprintf("%s after %s · chain: %s", some(len(tr.Steps), "token"), ahead(tr, 0, 44), chainOf(tr, 0))
	}
	f.setBody(curvesHeight)
	return f, nil
}

// afterChain is the entropy that the chain leaves.
func afterChain(s *argen.Step) float64 {
	if n := len(s.Stages); n > 0 {
		return s.Stages[n-1].Entropy
	}
	return s.Entropy
}

// staged reports whether a step records what the chain did.
func staged(steps []argen.Step) bool {
	for i := range steps {
		if len(steps[i].Stages) > 0 {
			return true
		}
	}
	return false
}

// curvesHeight is the height of axes, heading and names of tokens.
const curvesHeight = 320

// curves is a chart of one number a step over the text.
type curves struct {
	of    func(*argen.Step) float64
	after func(*argen.Step) float64 // the same after the chain, if it is drawn
	what  string                    // the number and its unit
	bars  bool                      // drawn as bars where there is one trace
	mean  float64                   // drawn as a line if it is not 0
}

// figure draws the curves of all traces, without a title and a height.
func (k curves) figure(in Input, traces []*argen.Trace) *Figure {
	steps, cut := shown(traces[0])
	most, endless := 0.0, false
	for i, tr := range traces {
		list, _ := shown(tr)
		if i > 0 && len(list) > len(steps) {
			steps = list
		}
		all := values(list, k.of)
		if len(traces) > 1 {
			all = soFar(all)
		} else if k.after != nil {
			all = append(all, values(list, k.after)...)
		}
		for _, v := range all {
			if finite(v) {
				most = max(most, v)
			}
			endless = endless || math.IsInf(v, 1)
		}
	}
	marked := "Hatched"
	if !k.bars {
		marked = "Hatched at the foot"
	}
	note := ""
	if endless {
		note = " ∞: the model held the token impossible."
	}
	f := &Figure{Width: in.textWidth(len(steps)), Caption: forcedNote(steps, marked) + note + cut + dotted(pieces(steps)...) + source(traces...), Alt: k.alt(traces)}
	p := newPlot()
	upTo(most).set(&p.Y)
	if most > 0 {
		p.Y.Max = min(p.Y.Max, most*1.08)
	}
	if endless { // room above all finite ones
		p.Y.Max = max(p.Y.Max, most*1.2)
	}
	p.Add(grid{y: true})
	switch {
	case len(traces) > 1:
		f.Caption = " Each line is a trace and the mean of its tokens up to there." + note + cut + source(traces...)
		f.Subtitle = fmt.Sprintf("%d traces", len(traces))
		countTicks(p, len(steps))
		for i, tr := range traces {
			f.keys = append(f.keys, key{named(i, tr), looks[i].swatch})
			list, _ := shown(tr)
			p.Add(joined(soFar(values(list, k.of)), looks[i], len(steps) <= 80, p.Y.Max, 1))
		}
	case k.after != nil:
		f.keys = []key{{"the model", looks[0].swatch}, {"after the chain", looks[1].swatch}}
		tokenTicks(p, steps, f.Width)
		p.Add(given(steps), joined(values(steps, k.of), looks[0], true, p.Y.Max, .5), joined(values(steps, k.after), looks[1], true, p.Y.Max, .5))
	default:
		tokenTicks(p, steps, f.Width)
		if !k.bars {
			p.Add(given(steps), joined(values(steps, k.of), looks[0], true, p.Y.Max, .5))
			break
		}
		p.Add(painter(func(c draw.Canvas, x, y func(float64) float64) {
			said := math.Inf(-1)
			for i := range steps {
				v, left, right := k.of(&steps[i]), x(float64(i)), x(float64(i)+1)
				if !math.IsInf(v, 1) {
					bar(c, &steps[i], left, right, y(0), y(min(v, p.Y.Max)))
					continue
				}
				bar(c, &steps[i], left, right, y(0), float64(c.Max.Y)-16)
				if mid := (left + right) / 2; mid-said > smallSize {
					said = mid
					sayEndless(c, vermillion, mid, float64(c.Max.Y)-1)
				}
			}
			k.drawMean(c, y)
		}))
	}
	what := k.what
	if len(traces) > 1 {
		what = "mean of the tokens so far: " + what
	}
	f.body = func(c draw.Canvas) {
		c.Max.X -= k.meanWidth()
		stack(c, panel{what, p, 1})
	}
	return f
}

func values(steps []argen.Step, of func(*argen.Step) float64) []float64 {
	list := make([]float64, len(steps))
	for i := range steps {
		list[i] = of(&steps[i])
	}
	return list
}

// soFar makes each value the mean of all up to it: whole texts can be compared
// by their means, not by their zigzags.
func soFar(list []float64) []float64 {
	sum := 0.0
	for i, v := range list {
		sum += v
		list[i] = sum / float64(i+1)
	}
	return list
}

// drawMean draws the mean as a dashed line with its value beside its right end.
func (k curves) drawMean(c draw.Canvas, y func(float64) float64) {
	if k.mean == 0 {
		return
	}
	sty := line(vermillion, 1.5)
	sty.Dashes = []vg.Length{6, 3}
	at := y(k.mean)
	c.StrokeLine2(sty, c.Min.X, vg.Length(at), c.Max.X, vg.Length(at))
	t := style(smallSize, true, 0, -.5)
	t.Color = vermillion
	mid := max(at, float64(c.Min.Y)+smallSize) // above the axis
	say(c, t, float64(c.Max.X)+4, mid+smallSize*.6, "mean")
	say(c, t, float64(c.Max.X)+4, mid-smallSize*.6, short(k.mean))
}

// meanWidth is the room for the mean beside the axes.
func (k curves) meanWidth() vg.Length {
	if k.mean == 0 {
		return 0
	}
	bold := face(smallSize, true)
	return vg.Length(max(measure("mean", bold), measure(short(k.mean), bold)) + 4)
}

// sayEndless writes ∞, which has no place on the axis, hanging below y.
func sayEndless(c draw.Canvas, k color.Color, x, y float64) {
	sty := style(bodySize, true, -.5, -1)
	sty.Color = k
	say(c, sty, x, y, "∞")
}

// given marks the tokens that somebody gave at the foot of their slots.
func given(steps []argen.Step) painter {
	return func(c draw.Canvas, x, _ func(float64) float64) {
		for i := range steps {
			if left, right := x(float64(i)), x(float64(i)+1); steps[i].Given() {
				fill{color: vermillion, hatched: right-left > slim}.paint(c, rect(left, float64(c.Min.Y), right, float64(c.Min.Y)+9))
			}
		}
	}
}

// joined joins the values of steps up to the first that is infinite, which has
// a sign at the top. Those above top are drawn there. The last has a mark.
// Each is drawn at a part of its slot.
func joined(list []float64, l look, marks bool, top, part float64) painter {
	return func(c draw.Canvas, x, y func(float64) float64) {
		pts := make([]vg.Point, 0, len(list))
		for i, v := range list {
			if math.IsInf(v, 1) {
				at := vg.Point{X: vg.Length(x(float64(i) + part)), Y: c.Max.Y - 16}
				sayEndless(c, l.color, float64(at.X), float64(at.Y)+15)
				if n := len(pts); n > 0 {
					c.StrokeLine2(line(l.color, .75), pts[n-1].X, pts[n-1].Y, at.X, at.Y)
				}
				break
			}
			pts = append(pts, vg.Point{X: vg.Length(x(float64(i) + part)), Y: vg.Length(y(min(v, top)))})
		}
		sty := line(l.color, 2)
		sty.Dashes = l.dash
		if len(pts) > 1 {
			c.StrokeLines(sty, pts)
		}
		if !marks || x(1)-x(0) < slim*2 {
			pts = pts[max(len(pts)-1, 0):]
		}
		radius := vg.Length(3.2)
		if len(list) == 1 { // the mark is all there is
			radius = 5
		}
		for _, at := range pts {
			c.DrawGlyph(draw.GlyphStyle{Color: l.color, Radius: radius, Shape: l.mark}, at)
		}
	}
}

func (k curves) alt(traces []*argen.Trace) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Chart of the %s", k.what)
	if len(traces) > 1 {
		b.WriteString(", each line the mean of the tokens so far")
	}
	b.WriteString(". ")
	for i, tr := range traces {
		if len(traces) > 1 {
			fmt.Fprintf(&b, "Trace %s: ", named(i, tr))
		}
		sum, most, at := 0.0, math.Inf(-1), 0
		for j := range tr.Steps {
			v := k.of(&tr.Steps[j])
			sum += v
			if v > most {
				most, at = v, j
			}
		}
		n := len(tr.Steps)
		fmt.Fprintf(&b, "%s, mean %s, greatest %s at %s (t = %d). ", some(n, "token"), short(sum/float64(n)), short(most), quoted(tr.Steps[at].Token), at)
		if len(traces) > 1 {
			continue
		}
		for j := range min(n, mostSaid) {
			if j > 0 {
				b.WriteString("; ")
			}
			s := &tr.Steps[j]
			fmt.Fprintf(&b, "%s %s", quoted(s.Token), short(k.of(s)))
			if k.after != nil {
				fmt.Fprintf(&b, ", after the chain %s", short(k.after(s)))
			}
		}
		if n > mostSaid {
			fmt.Fprintf(&b, "; and %s more", some(n-mostSaid, "token"))
		}
		b.WriteString(".")
	}
	return strings.TrimSpace(b.String())
}
