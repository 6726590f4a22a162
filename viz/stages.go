package viz

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"argen"
	"argen/sampler"
)

// What stages have room for.
const (
	mostStages  = 48 // in all
	fewStages   = 6  // as many are shown whether they do something or not
	mostColumns = 7  // side by side, the model's included
)

// Stages draws the distribution of one step once for the model and once after
// each stage of the chain, side by side.
func Stages(in Input) (*Figure, error) {
	tr, s, err := in.step("stages")
	if err != nil {
		return nil, err
	}
	switch n := len(s.Stages); {
	case n == 0:
		return nil, fmt.Errorf("step %d of the trace went through no stages: there is nothing to draw, next shows the distribution", s.T)
	case n > mostStages:
		return nil, fmt.Errorf("step %d of the trace went through %d stages: stages draws at most %d", s.T, n, mostStages)
	}
	list := rows(s, 12)
	g := flowOf(s, list)
	cols, idle := columnsOf(s)
	across := len(cols)
	if across > mostColumns {
		pages := (across + mostColumns - 1) / mostColumns
		across = (across + pages - 1) / pages
	}
	labels := 0.0
	for _, r := range list {
		labels = max(labels, measure("► "+r.name, face(bodySize, false))+10)
	}
	f := &Figure{
		Title:    "What each stage does to the distribution",
		Subtitle: fmt.Sprintf("Step %d, after %s · %s", s.T, ahead(tr, s.T, 40), how(s)),
		Caption: "Bars are probabilities; each column sums to 1 with all others. × marks the stage that removed a token; the others share its part." +
			idle + g.note() + dotted(tokens(s)...) + source(tr),
		Alt:   altStages(s, list, g),
		Width: math.Round(min(max(in.page(), 2*margin+labels+float64(across)*120), widestPage)),
	}
	f.most = g.most
	g.most = max(g.most, in.most)
	const head, each = 52.0, 24.0
	high := head + each*float64(len(list)) + 4
	rows := (len(cols) + across - 1) / across
	f.setBody(float64(rows)*(high+tilesGap) - tilesGap)
	names := stageNames(tr, s)
	f.body = func(c draw.Canvas) {
		left := float64(c.Min.X) + labels
		wide := (float64(c.Max.X) - left) / float64(across)
		for n, j := range cols {
			x, top := left+wide*float64(n%across), float64(c.Max.Y)-float64(n/across)*(high+tilesGap)
			for i := 0; n%across == 0 && i < len(list); i++ {
				stageRow(c, &list[i], left-8, top-head-each*(float64(i)+.5))
			}
			stageHead(c, s, j, names[j], x, top, wide-14)
			c.StrokeLine2(line(quiet, .75), vg.Length(x), vg.Length(top-head), vg.Length(x), vg.Length(top-high))
			for i := range list {
				g.draw(c, &list[i], i, j, x, top-head-each*(float64(i)+.5), wide-14, each*.68)
			}
		}
	}
	return f, nil
}

// columnsOf are the columns to draw, that of the model and those of stages from 1,
// and where there are many what is said of the stages left out, which did nothing.
func columnsOf(s *argen.Step) (cols []int, said string) {
	cols = []int{0}
	var idle []string
	for i, g := range s.Stages {
		if len(s.Stages) > fewStages && s.Idle(i) {
			idle = append(idle, argen.Visible(g.Name))
		} else {
			cols = append(cols, i+1)
		}
	}
	if len(idle) > 0 {
		said = " Not drawn, since they changed nothing: " + strings.Join(idle, ", ") + "."
	}
	return cols, said
}

// stageRow writes the name of a row, which ends at x.
func stageRow(c draw.Canvas, r *row, x, y float64) {
	name := r.name
	if r.chosen {
		name = "► " + name
	}
	say(c, style(bodySize, r.chosen, -1, -.5), x, y, name)
}

// stageHead writes what a column is: the stage, what is left, what is gone.
func stageHead(c draw.Canvas, s *argen.Step, j int, name string, x, top, wide float64) {
	bold, small := style(smallSize, true, 0, -1), style(tinySize, false, 0, -1)
	small.Color = quiet
	if measure(name, bold.Font) > wide { // its values are at its end
		bold.Font = face(tinySize, true)
	}
	say(c, bold, x, top, fit(name, bold.Font, wide, false))
	second, third := short(s.Entropy)+" bits", ""
	if j > 0 {
		g := s.Stages[j-1]
		second = some(g.Kept, "token") + " · " + short(g.Entropy) + " bits"
		if g.MassRemoved > 1e-12 {
			third = "removes " + prob(g.MassRemoved)
		}
	}
	say(c, small, x, top-smallSize*1.35, fit(second, small.Font, wide+10, false))
	say(c, small, x, top-smallSize*1.35-tinySize*1.3, fit(third, small.Font, wide+10, false))
}

// stageNames names the columns: the model and the stages as the chain has
// them.
func stageNames(tr *argen.Trace, s *argen.Step) []string {
	names := []string{"the model"}
	chain, err := sampler.Parse(stagesOf(tr, s.T))
	for i, g := range s.Stages {
		name := g.Name
		if err == nil && len(chain) == len(s.Stages) && chain[i].Name() == name {
			name = chain[i].String()
		}
		names = append(names, argen.Visible(name))
	}
	return names
}

// draw draws the bar of row i in column j.
func (g flowing) draw(c draw.Canvas, r *row, i, j int, x, y, wide, height float64) {
	sty := style(tinySize, false, 0, -.5)
	switch {
	case g.gone[i] == j && j > 0:
		sty.Color = vermillion
		sty.Font = face(bodySize, true)
		say(c, sty, x+5, y, "×")
		return
	case g.gone[i] > 0 && j > g.gone[i]:
		return
	}
	p := g.p[i][j]
	if math.IsNaN(p) {
		sty.Color = quiet
		say(c, sty, x+5, y, "?")
		return
	}
	f := fillAfter
	switch {
	case r.chosen:
		f = fillChosen
	case r.rest:
		f = fill{color: quiet, hatched: true}
	case j == 0:
		f = fillModel
	}
	what := prob(p)
	room := wide - measure("0.0000", sty.Font) - 6
	end := x + room*min(p/g.most, 1)
	f.paint(c, rect(x, y-height/2, end, y+height/2))
	say(c, sty, end+4, y, what)
}

func altStages(s *argen.Step, list []row, g flowing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Bar charts side by side. The model: entropy %s bits", short(s.Entropy))
	for _, st := range s.Stages {
		fmt.Fprintf(&b, "; after %s %s and %s bits", argen.Visible(st.Name), some(st.Kept, "token"), short(st.Entropy))
		if st.MassRemoved > 1e-12 {
			fmt.Fprintf(&b, ", it removed a probability of %s", prob(st.MassRemoved))
		}
	}
	b.WriteString(". ")
	for i, r := range list {
		if i > 0 {
			b.WriteString("; ")
		}
		name := inQuotes(r.name)
		if r.rest {
			name = r.name
		}
		b.WriteString(name)
		for j, p := range g.p[i] {
			switch {
			case g.gone[i] == j && j > 0:
				b.WriteString(", removed by " + r.removedBy)
			case g.gone[i] > 0 && j > g.gone[i]:
			case math.IsNaN(p):
				b.WriteString(", ?")
			default:
				b.WriteString([]string{" ", " → "}[min(j, 1)] + prob(p))
			}
		}
		if r.chosen {
			b.WriteString(" (chosen)")
		}
	}
	b.WriteString(".")
	return b.String()
}
