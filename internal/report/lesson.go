package report

import (
	"fmt"
	"strconv"
	"strings"

	"argen"
	"argen/internal/lesson"
	"argen/viz"
)

// A Lesson is a section with what a lesson has measured. The question comes
// first; the rest is behind a click.
type Lesson struct{ Record *lesson.Record }

// A lessonView is what the template of a lesson gets.
type lessonView struct {
	*lesson.Record
	Options  []option
	Tables   []table
	Figures  []figure
	Verdicts table
	Numbers  table
	Command  string
}

// An option is an answer to the question.
type option struct {
	Text  string
	Right bool
	Known bool // it is known whether it is right

	Experiment string // the section of the experiment on it, of a quiz
}

func (l Lesson) section(p *page) (section, error) {
	v, err := p.lesson(l.Record)
	return section{Title: visible(l.Record.Texts.Title), Kind: "lesson", View: v}, err
}

// lesson makes the view of a record.
func (p *page) lesson(r *lesson.Record) (lessonView, error) {
	v := lessonView{Record: shownRecord(r), Command: "argen explain " + visible(r.Lesson)}
	if r.Model != "" {
		v.Command += " -m " + visible(r.Model)
	}
	v.Command += " --seed " + strconv.FormatUint(r.Seed, 10)
	for i, text := range r.Texts.Options {
		v.Options = append(v.Options, option{Text: argen.Printable(text), Right: i == r.Answer, Known: r.Answer >= 0})
	}
	for i := range r.Tables {
		v.Tables = append(v.Tables, p.lessonTable(&r.Tables[i]))
	}
	for i, c := range r.Charts {
		key := fmt.Sprintf("%p %d", r, i)
		f, err := p.figure(key, func() (*viz.Figure, error) { return p.chart(c) }, p.dataTables(c.Data)...)
		if err != nil {
			return v, fmt.Errorf("lesson %s: %w", visible(r.Lesson), err)
		}
		v.Figures = append(v.Figures, f)
	}
	v.Verdicts = table{Caption: p.say("verdicts"), Head: []string{p.say("verdict"), p.say("number"), p.say("must_be"), p.say("outcome")}}
	for _, d := range r.Verdicts {
		n, _ := r.Number(d.Number)
		v.Verdicts.Rows = append(v.Verdicts.Rows, []string{
			visible(d.Text), n.WithInterval(),
			rules[d.Rule] + " " + lesson.Number{Value: d.Limit, Unit: n.Unit}.String(), p.words.Say("explain."+d.Outcome(), nil),
		})
	}
	v.Numbers = table{Caption: p.say("numbers"), Head: []string{p.say("number"), p.say("value"), p.say("samples")}}
	for _, n := range r.Numbers {
		samples := "–"
		if n.N > 0 {
			samples = thousands(n.N)
		}
		v.Numbers.Rows = append(v.Numbers.Rows, []string{visible(n.Name), n.WithInterval(), samples})
	}
	v.Numbers = p.cut(v.Numbers)
	return v, nil
}

// rules are the signs of verdicts as a text has them.
var rules = map[string]string{"<=": "≤", "<": "<", ">=": "≥", ">": ">"}

// shownRecord is a copy of the record whose texts can be shown.
func shownRecord(r *lesson.Record) *lesson.Record {
	c := *r
	t := &c.Texts
	for _, s := range []*string{&c.Lesson, &c.Model, &c.Argen, &t.Title, &t.Claim, &t.Question, &t.Finding, &t.Shows, &t.Caveat, &t.Takeaway, &t.Task} {
		*s = strings.ReplaceAll(argen.Printable(*s), " %", "\u00a0%") // no line ends between them
	}
	return &c
}

// chart draws a chart of a lesson, on slides with larger type.
func (p *page) chart(c lesson.Chart) (*viz.Figure, error) {
	kind, _ := viz.Lookup(c.Kind) // which the lesson, or the reader of its file, has found
	return kind.Figure(viz.Input{Data: c.Data, Big: p.big})
}
