package report

import (
	"strconv"

	"argen/viz"
)

// A Comparison is a section with what argen compare has measured.
type Comparison struct {
	Name  string // of the file
	Data  viz.CompareData
	Texts []Text // that it wrote
}

// A Text is one that a strategy wrote.
type Text struct {
	Strategy string
	Text     string
	Tokens   int
	Reason   string // why it ended
}

// A compareView is what the template of a comparison gets.
type compareView struct {
	Name, Model string
	Measures    table
	Figures     []figure
	Texts       table
}

// compareCharts are those that draw a comparison.
var compareCharts = []string{"frontier", "metrics", "same-step"}

func (c Comparison) section(p *page) (section, error) {
	d := c.Data
	v := compareView{Name: visible(c.Name), Model: visible(d.Model)}
	v.Measures = table{Caption: p.say("measures", "texts", strconv.Itoa(d.Texts)), Head: []string{p.say("metric")}}
	for _, s := range d.Strategies {
		v.Measures.Head = append(v.Measures.Head, visible(s.Name))
	}
	for i, m := range d.Metrics {
		row := []string{visible(m.Label)}
		if m.Label == "" {
			row[0] = visible(m.Name)
		}
		for k, s := range d.Strategies {
			cell := "–"
			if i < len(s.Values) {
				cell = measure(m.Unit, s.Values[i])
				if k > 0 && s.Values[i].Differs {
					cell += " *"
				}
			}
			row = append(row, cell)
		}
		v.Measures.Rows = append(v.Measures.Rows, row)
	}
	v.Measures.Note = p.say("measures_note")
	for _, name := range compareCharts {
		chart, _ := viz.Lookup(name)
		var tables []table
		if name == "same-step" {
			tables = []table{p.stepTable(&d.Step)}
		}
		// A chart that has nothing to show, one step of no text, say, is not missed.
		if f, err := p.figure(c.Name+"\x00"+name, func() (*viz.Figure, error) { return chart.Draw(viz.Input{Compare: d}) }, tables...); err == nil {
			v.Figures = append(v.Figures, p.spoken(f, name))
		}
	}
	v.Texts = table{Caption: p.say("texts"), Head: []string{p.say("strategy"), p.say("text"), p.say("tokens"), p.say("ended")}}
	for _, t := range c.Texts {
		v.Texts.Rows = append(v.Texts.Rows, []string{visible(t.Strategy), visible(t.Text), strconv.Itoa(t.Tokens), visible(t.Reason)})
	}
	v.Texts = p.cut(v.Texts)
	title := p.say("comparison", "n", strconv.Itoa(len(d.Strategies)), "model", visible(d.Model))
	return section{Title: title, Kind: "compare", View: v}, nil
}

// measure is a number of a comparison with its interval.
func measure(unit string, v viz.CompareValue) string {
	s := viz.Series{Y: viz.Values{v.Mean}, Lo: viz.Values{v.Lo}, Hi: viz.Values{v.Hi}}
	return interval(unit, &s, 0)
}

// stepTable is the distribution of one step under every strategy.
func (p *page) stepTable(s *viz.CompareStep) table {
	t := table{Caption: p.say("same_step"), Head: []string{p.say("token"), p.say("model_p")}}
	for _, a := range s.After {
		t.Head = append(t.Head, visible(a.Name))
	}
	for i, token := range s.Tokens {
		row := []string{piece(token), "–"}
		if i < len(s.Model) {
			row[1] = figures4(s.Model[i])
		}
		for _, a := range s.After {
			cell := "–"
			if i < len(a.Probs) {
				cell = figures4(a.Probs[i])
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	rest, kept, bits := []string{p.say("others", "n", thousands(s.Others)), figures4(s.Rest)}, []string{p.say("tokens_left"), "–"}, []string{p.say("entropy"), "–"}
	for _, a := range s.After {
		rest, kept, bits = append(rest, figures4(a.Rest)), append(kept, strconv.Itoa(a.Kept)), append(bits, figures4(a.Entropy))
	}
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, rest, kept, bits)
	}
	return p.cut(t)
}
