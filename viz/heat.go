package viz

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
)

// A cell is a token on the page of the heat chart.
type cell struct {
	text  string
	space float64 // blank in front of it
	prob  float64 // −1 for tokens of the prompt
	given bool
	x, w  float64
	line  int
}

const (
	heatText = 15.0
	heatLine = 42.0 // from line to line: text, probability, air
)

// Heat draws the text as it reads, each token on the colour of its
// probability and with the probability below it.
func Heat(in Input) (*Figure, error) {
	tr, err := in.one("heat")
	if err != nil {
		return nil, err
	}
	steps, cut := shown(tr)
	cells := heatCells(tr, steps)
	prompt := ""
	if cells[0].prob < 0 {
		prompt = " Without a box: the prompt."
	}
	f := &Figure{
		Title:    "The text by the probability of its tokens",
		Subtitle: fmt.Sprintf("%s · chain: %s", some(len(tr.Steps), "token"), chainOf(tr, 0)),
		Caption: "Below each token is P(token | context), the model’s own. Dark tokens are those that the model did not expect." +
			prompt + forcedNote(steps, "Underlined") + cut + dotted(pieces(steps)...) + source(tr),
		Alt:   altHeat(tr, steps),
		Width: in.page(),
	}
	lines := flow(cells, f.Width-2*margin)
	const scale = 44.0
	f.setBody(scale + float64(lines)*heatLine)
	f.body = func(c draw.Canvas) {
		drawScale(c)
		c.Max.Y -= scale
		for i := range cells {
			drawCell(c, &cells[i])
		}
	}
	return f, nil
}

// mostPrompt is how many tokens of the prompt are shown, its last.
const mostPrompt = 60

// heatCells returns prompt and text as cells without a place.
func heatCells(tr *argen.Trace, steps []argen.Step) []cell {
	var cells []cell
	prompt := before(tr, 0)
	for _, name := range tr.Head.ControlNames() {
		prompt = strings.ReplaceAll(prompt, name, " "+name+" ") // a token of its own
	}
	if p := strings.Fields(prompt); len(p) > 0 {
		for _, word := range p[max(0, len(p)-mostPrompt):] {
			cells = append(cells, cell{text: label(word), space: 4, prob: -1})
		}
	}
	for i := range steps {
		s := &steps[i]
		text, space := s.Text, 1.5
		if text == "" || !utf8.ValidString(s.Token) {
			text = s.Token // a control token, or a part of a character, by its bytes
		}
		if t := strings.TrimLeft(text, " "); t != "" && t != text {
			text, space = t, 5
		}
		cells = append(cells, cell{text: label(text), space: space, prob: s.Prob, given: s.Given()})
	}
	return cells
}

// flow gives cells their places, line by line, and returns how many lines.
func flow(cells []cell, width float64) int {
	big, small := face(heatText, false), face(tinySize, false)
	x, n := 0.0, 0
	for i := range cells {
		k := &cells[i]
		k.text = fit(k.text, big, width-8, false)
		k.w = measure(k.text, big) + 8
		if k.prob >= 0 {
			k.w = max(k.w, measure(prob(k.prob), small)+3)
		}
		if x > 0 && x+k.space+k.w > width {
			x, n = 0, n+1
		}
		if x > 0 {
			x += k.space
		}
		k.x, k.line = x, n
		x += k.w
	}
	return n + 1
}

func drawCell(c draw.Canvas, k *cell) {
	x, top := float64(c.Min.X)+k.x, float64(c.Max.Y)-float64(k.line)*heatLine
	sty := style(heatText, false, -.5, -.5)
	mid := x + k.w/2
	if k.prob < 0 {
		sty.Color = quiet
		say(c, sty, mid, top-11, k.text)
		return
	}
	ground := shade(k.prob)
	c.SetColor(ground)
	c.Fill(rect(x, top-22, x+k.w, top).Path())
	sty.Color = onto{ground}
	say(c, sty, mid, top-11, k.text)
	if k.given {
		c.StrokeLine2(line(vermillion, 2), vg.Length(x), vg.Length(top-23), vg.Length(x+k.w), vg.Length(top-23))
	}
	number := style(tinySize, false, -.5, -1)
	number.Color = quiet
	say(c, number, mid, top-24, prob(k.prob))
}

// drawScale draws the colours from 0 to 1.
func drawScale(c draw.Canvas) {
	const wide, high, parts = 260.0, 12.0, 52
	x, y := float64(c.Min.X), float64(c.Max.Y)-high
	for i := range parts {
		c.SetColor(shade((float64(i) + .5) / parts))
		c.Fill(rect(x+wide*float64(i)/parts, y, x+wide*float64(i+1)/parts+.3*float64(min(1, parts-1-i)), y+high).Path())
	}
	sty := style(tinySize, false, -.5, -1)
	for _, v := range []float64{0, .25, .5, .75, 1} {
		at := x + wide*v
		c.StrokeLine2(line(quiet, .75), vg.Length(at), vg.Length(y-3), vg.Length(at), vg.Length(y))
		sty.XAlign = draw.XAlignment(-.5)
		if v == 0 {
			sty.XAlign = draw.XLeft
		}
		say(c, sty, at, y-4, tick(v))
	}
	say(c, style(smallSize, false, 0, -.5), x+wide+12, y+high/2, "P(token | context)")
}

func altHeat(tr *argen.Trace, steps []argen.Step) string {
	var b strings.Builder
	b.WriteString("The text with the probability of each token in brackets: ")
	b.WriteString(before(tr, 0))
	for i := range steps {
		if i == 4*mostSaid {
			fmt.Fprintf(&b, " … and %s more", some(len(steps)-i, "token"))
			break
		}
		s := &steps[i]
		fmt.Fprintf(&b, " %s [%s]", label(strings.TrimLeft(s.Token, " ")), prob(s.Prob))
	}
	return strings.TrimSpace(b.String())
}
