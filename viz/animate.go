package viz

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
	"argen/sampler/search"
)

// An Animation is a run, a frame a step: the text so far, the probabilities of
// what may come next, where the dice fell, and the token that is appended.
type Animation struct {
	Title, Subtitle, Caption, Alt string

	Delay time.Duration // of each frame; the last stays three times as long
	Theme Theme

	in     Input
	tr     *argen.Trace
	steps  []argen.Step
	rows   int
	lines  int // of text that there is room for
	width  float64
	height float64
}

// AnimateDoc says what an animation is, one sentence without a full stop.
const AnimateDoc = "a run as a moving picture, a frame a step: *.gif or *.svg"

// AnimateFormats are the endings of animations.
var AnimateFormats = []string{"gif", "svg"}

// What an animation has room for.
const (
	mostFrames  = 120
	animateRows = 8
	animateText = 16.0 // size of the text
	textLines   = 4    // of it that are shown at most
)

// Animate makes an animation of the steps from..to of a trace, both included; −1
// is the last.
func Animate(in Input, from, to int) (*Animation, error) {
	tr, err := in.one("animate")
	if err != nil {
		return nil, err
	}
	last := len(tr.Steps) - 1
	if to == -1 {
		to = last
	}
	switch {
	case from < 0 || from > last:
		return nil, fmt.Errorf("the trace has no step %d: its steps are 0 to %d", from, last)
	case to < from || to > last:
		return nil, fmt.Errorf("an animation from step %d to %d: choose a last step from %d to %d", from, to, from, last)
	case to-from+1 > mostFrames:
		return nil, fmt.Errorf("an animation has at most %d steps, from %d to %d there are %d: choose some with --from and --to", mostFrames, from, to, to-from+1)
	}
	steps := tr.Steps[from : to+1]
	for i := range steps {
		if len(steps[i].Top) == 0 {
			return nil, fmt.Errorf("step %d of the trace lists no candidates: log with --top 10 to animate it", steps[i].T)
		}
	}
	a := &Animation{
		Title: "Predict, choose, append, repeat", Subtitle: "chain: " + chainOf(tr, from),
		Caption: "Bars: P(token | context) after the chain. Below, each token owns a piece of [0,1) as long as its probability; the one that holds u is next." + dotted(pieces(steps)...) + source(tr),
		Delay:   1200 * time.Millisecond,
		in:      in, tr: tr, steps: steps, rows: animateRows, width: in.page(),
	}
	a.Alt = a.alt()
	longest := before(tr, to+1)
	a.lines = min(textLines, 1+len(wrap(longest, face(animateText, true), a.width-2*margin)))
	f := a.figure(nil)
	a.width, a.height = f.size()
	return a, nil
}

// Describe returns the animation in words.
func (a *Animation) Describe() string { return Describe(a.figure(nil)) }

// figure is a page with a body.
func (a *Animation) figure(body func(c draw.Canvas)) *Figure {
	f := &Figure{Title: a.Title, Subtitle: a.Subtitle, Caption: a.Caption, Alt: a.Alt, Width: a.width, Theme: a.Theme, body: body}
	if a.in.Big {
		f.zoom = bigZoom
	}
	f.setBody(float64(a.lines)*animateText*1.4 + 34 + float64(a.rows)*24 + 78)
	return f
}

// frame is the page of a step.
func (a *Animation) frame(i int) *Figure {
	return a.figure(func(c draw.Canvas) { a.draw(c, i) })
}

// draw draws a step.
func (a *Animation) draw(c draw.Canvas, i int) {
	s := &a.steps[i]
	small := style(smallSize, false, -1, -1)
	small.Color = quiet
	say(c, small, float64(c.Max.X), float64(c.Max.Y)+bodySize*1.35+8, fmt.Sprintf("step %d · %d of %d", s.T, i+1, len(a.steps)))
	a.text(c, i)
	c.Max.Y -= vg.Length(float64(a.lines)*animateText*1.4 + 12)
	a.bars(c, s)
	c.Max.Y -= vg.Length(float64(a.rows)*24 + 26)
	if s.Forced || s.Gumbel {
		note := style(bodySize, false, 0, -1)
		note.Color = quiet
		say(c, note, float64(c.Min.X), float64(c.Max.Y)-8, fit(how(s), note.Font, float64(c.Max.X-c.Min.X), false))
		return
	}
	list := parts(s, a.rows)
	x := func(v float64) float64 { return float64(c.Min.X) + v*float64(c.Max.X-c.Min.X) }
	high := float64(c.Max.Y) - 6
	drawStrip(c, list, x, high-26, high)
	for k, p := range list {
		sayName(c, p, k, s, x, high-13)
	}
	drawU(c, x(s.U), high-30, high+1, s.U)
	ends := style(tinySize, false, 0, -1)
	ends.Color = quiet
	say(c, ends, x(0), high-28, "0")
	ends.XAlign = -1
	say(c, ends, x(1), high-28, "1")
}

// text writes the end of the text so far, and the token that is appended in a
// box.
func (a *Animation) text(c draw.Canvas, i int) {
	s := &a.steps[i]
	sty, bold := style(animateText, false, 0, -1), style(animateText, true, 0, -1)
	wide := float64(c.Max.X - c.Min.X)
	next := label(strings.TrimLeft(s.Text, " "))
	if s.Text == "" {
		next = label(s.Token)
	}
	next = fit(next, bold.Font, wide*.4, false)
	box := measure(next, bold.Font) + 8
	lines := wrap(before(a.tr, s.T), sty.Font, wide)
	if len(lines) == 0 {
		lines = []string{""}
	}
	end := measure(lines[len(lines)-1], sty.Font)
	gap := 5.0
	if end == 0 {
		gap = 0
	}
	if end+gap+box > wide {
		lines, end, gap = append(lines, ""), 0, 0
	}
	if len(lines) > a.lines {
		lines = lines[len(lines)-a.lines:]
		lines[0] = fit("… "+lines[0], sty.Font, wide, false)
	}
	y := float64(c.Max.Y)
	for k, l := range lines {
		say(c, sty, float64(c.Min.X), y, l)
		if k == len(lines)-1 {
			left := float64(c.Min.X) + end + gap
			fillChosen.paint(c, rect(left, y-animateText*1.3, left+box, y-1))
			bold.Color = onto{fillChosen.color}
			say(c, bold, left+4, y, next)
		}
		y -= animateText * 1.4
	}
}

// bars draws the most probable tokens after the chain; the one chosen is among
// them.
func (a *Animation) bars(c draw.Canvas, s *argen.Step) {
	var list []row
	for _, r := range rows(s, a.rows-1) {
		if r.rest && len(list) >= a.rows {
			continue
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(x, y row) int {
		switch {
		case x.rest != y.rest:
			return map[bool]int{true: 1, false: -1}[x.rest]
		case x.sampled != y.sampled:
			return map[bool]int{true: -1, false: 1}[x.sampled > y.sampled]
		}
		return 0
	})
	if len(list) > a.rows {
		list = list[:a.rows]
	}
	const names = 150.0
	left := float64(c.Min.X) + names
	room := float64(c.Max.X) - left - 60
	for k, r := range list {
		mid := float64(c.Max.Y) - 24*(float64(k)+.5)
		f := fillAfter
		name := r.name
		switch {
		case r.chosen:
			f, name = fillChosen, "► "+name
		case r.rest:
			f = fill{color: quiet, hatched: true}
		}
		sty := style(bodySize, r.chosen, -1, -.5)
		say(c, sty, left-8, mid, fit(name, sty.Font, names-8, false))
		f.paint(c, rect(left, mid-8, left+room*min(r.sampled, 1), mid+8))
		number := style(smallSize, false, 0, -.5)
		what := prob(r.sampled)
		if r.removedBy != "" {
			what = "removed by " + r.removedBy
			number.Color = quiet
		}
		say(c, number, left+room*min(r.sampled, 1)+5, mid, fit(what, number.Font, max(20, float64(c.Max.X)-left-room*min(r.sampled, 1)-6), false))
	}
	c.StrokeLine2(line(quiet, .75), vg.Length(left), c.Max.Y, vg.Length(left), c.Max.Y-vg.Length(24*float64(a.rows)))
}

// alt says the steps one after the other.
func (a *Animation) alt() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A run of %s after %s, a frame a step. ", some(len(a.steps), "step"), ahead(a.tr, a.steps[0].T, 60))
	for i := range a.steps {
		s := &a.steps[i]
		if i == mostSaid {
			fmt.Fprintf(&b, "And %s more.", some(len(a.steps)-i, "step"))
			break
		}
		fmt.Fprintf(&b, "t = %d: %s, probability %s. ", s.T, animatedHow(s), prob(s.SampledProb))
	}
	return strings.TrimSpace(b.String())
}

// animatedHow says how the token of a step was chosen.
func animatedHow(s *argen.Step) string {
	var spec search.Speculation
	if choiceOf(s, &spec) && spec.Outcome != "" {
		return quoted(s.Token) + ", " + argen.Visible(spec.Outcome)
	}
	return how(s)
}
