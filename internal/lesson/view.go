package lesson

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/internal/words"
	"argen/viz/term"
)

// A View shows lessons as text: sections under their heads, tables and charts
// that fit the page.
type View struct {
	Words *words.Catalogue
	Width int                 // columns
	ASCII bool                // signs and charts in ASCII alone; what texts and tokens hold stays
	Plain bool                // charts as numbers, nothing drawn: for who reads by ear
	Head  func(string) string // how a terminal shows a head; nil: as it is
}

// A page is text in lines, some of them heads.
type page struct {
	v     View
	lines []string
	heads map[int]bool
}

func (v View) page() *page { return &page{v: v, heads: map[int]bool{}} }

// write writes the page. Whatever a terminal acts on is made visible before heads
// get their sequences.
func (p *page) write(w io.Writer) error {
	var b strings.Builder
	for i, line := range p.lines {
		line = argen.Printable(line)
		if p.heads[i] && p.v.Head != nil {
			line = p.v.Head(line)
		}
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// add adds lines, set in by some columns.
func (p *page) add(in int, lines ...string) {
	for _, line := range lines {
		if line != "" {
			line = strings.Repeat(" ", in) + line
		}
		p.lines = append(p.lines, line)
	}
}

// blank adds an empty line, unless the page begins or the last line is one.
func (p *page) blank() {
	if n := len(p.lines); n > 0 && p.lines[n-1] != "" {
		p.lines = append(p.lines, "")
	}
}

// head adds a head after an empty line.
func (p *page) head(text string) {
	p.blank()
	for _, line := range strings.Split(term.Wrap(argen.Printable(text), p.v.Width), "\n") {
		p.heads[len(p.lines)] = true
		p.add(0, line)
	}
}

// title adds the head of all.
func (p *page) title(text string) {
	p.head(text)
	wide := 0
	for i := range p.heads {
		wide = max(wide, ansi.StringWidth(p.lines[i]))
	}
	p.add(0, strings.Repeat(p.v.sign("═", "="), wide))
}

// paragraph adds a text, set in.
func (p *page) paragraph(text string) {
	p.add(inset, strings.Split(term.Wrap(argen.Printable(text), p.v.Width-inset), "\n")...)
}

// labelled adds a text behind a label that stands in its first line.
func (p *page) labelled(label, text string) {
	p.add(inset, strings.Split(term.Hanging(label, argen.Printable(text), p.v.Width-inset), "\n")...)
}

// section adds a text under a head of the catalogue, if there is one.
func (p *page) section(key, text string) {
	if text != "" {
		p.head(p.v.say(key, nil))
		p.paragraph(text)
	}
}

// inset is how far text stands in under its head.
const inset = 2

// say is a text around lessons.
func (v View) say(key string, values words.Map) string { return v.Words.Say("explain."+key, values) }

// sign chooses between a sign and its ASCII form.
func (v View) sign(sign, ascii string) string {
	if v.ASCII {
		return ascii
	}
	return sign
}

// letter is that of option i.
func letter(i int) string { return string(rune('a' + i)) }

// Ask writes what a learner reads before the experiment: the claim, the question
// and its possible answers.
func (v View) Ask(w io.Writer, l *Lesson, lab *Lab) error {
	claim, question, options := l.Ask(lab)
	p := v.page()
	p.title(v.Words.Say(l.key("title"), nil))
	p.section("claim", claim)
	p.question(question, options)
	return p.write(w)
}

// question adds a question with its options.
func (p *page) question(question string, options []string) {
	if len(options) == 0 {
		return
	}
	p.head(p.v.say("question", nil))
	p.paragraph(question)
	for i, o := range options {
		p.labelled(letter(i)+") ", o)
	}
}

// Tell writes the result of a lesson: whether the answer that was given (an
// option from 0, −1 for none) is right, what was measured, what holds, the
// charts, what that means.
func (v View) Tell(w io.Writer, r *Record, given int) error {
	p := v.page()
	p.blankLine()
	p.answered(r, given)
	p.result(r)
	return p.write(w)
}

// blankLine begins the page with an empty line, below what was written before.
func (p *page) blankLine() { p.lines = append(p.lines, "") }

// answered says which of the options is right.
func (p *page) answered(r *Record, given int) {
	if r.Answer < 0 || r.Answer >= len(r.Texts.Options) {
		return
	}
	p.head(p.v.say("answer", nil))
	values := words.Map{"right": letter(r.Answer), "given": letter(max(given, 0)), "text": r.Texts.Options[r.Answer]}
	switch given {
	case r.Answer:
		p.paragraph(p.v.say("right", values))
	case -1:
		p.paragraph(p.v.say("unasked", values))
	default:
		p.paragraph(p.v.say("wrong", values))
	}
}

// result adds all that was measured.
func (p *page) result(r *Record) {
	v := p.v
	if decides, _, ok := r.Deciding(); ok {
		p.head(v.say("decides", nil))
		p.verdict(r, decides)
	}
	p.section("finding", r.Texts.Finding)
	for _, t := range r.Tables {
		p.blank()
		p.add(inset, strings.Split(strings.TrimRight(t.text(v.Width-inset), "\n"), "\n")...)
	}
	for _, chart := range r.Charts {
		d := term.Drawing{Width: v.Width - inset, ASCII: v.ASCII, Bare: v.Plain, Say: func(key string) string { return v.say("chart."+key, nil) }}
		if lines := d.Lines(chart.Data); lines != nil {
			p.blank()
			p.add(inset, lines...)
		}
	}
	if len(r.Verdicts) > 1 {
		p.head(v.say("verdicts", nil))
		for _, x := range r.Verdicts[1:] {
			p.verdict(r, x)
		}
	}
	p.section("shows", r.Texts.Shows)
	p.section("caveat", r.Texts.Caveat)
	p.section("takeaway", r.Texts.Takeaway)
	p.section("task", r.Texts.Task)
}

// verdict adds whether one holds, and the number that it is on.
func (p *page) verdict(r *Record, x Verdict) {
	sign := map[string]string{"holds": p.v.sign("✓ ", "+ "), "undecided": "? ", "fails": p.v.sign("✗ ", "x ")}[x.Outcome()]
	label := sign + p.v.say(x.Outcome(), nil)
	n, _ := r.Number(x.Number)
	rule := p.v.say("rules."+ruleNames[x.Rule], words.Map{"limit": n.Unit.format(x.Limit)})
	p.labelled(label+": ", x.Text+" ("+p.v.value(n)+"; "+rule+")")
}

// value is a number with its interval and unit.
func (v View) value(n Number) string {
	if key := "units." + string(n.Unit); v.Words.Has("explain." + key) {
		return v.say(key, words.Map{"n": n.WithInterval()})
	}
	return n.WithInterval()
}

// ruleNames are the names of rules in the catalogue.
var ruleNames = map[string]string{"<=": "most", "<": "below", ">=": "least", ">": "above"}

// List writes the lessons of the course in their groups, numbered, and those of
// the quiz.
func (v View) List(w io.Writer) error {
	p := v.page()
	wide := 0
	for _, list := range [][]*Lesson{Course, Quiz} {
		for _, l := range list {
			wide = max(wide, len(l.Name))
		}
	}
	line := func(number string, l *Lesson) {
		label := number + l.Name + strings.Repeat(" ", wide-len(l.Name)+2)
		p.add(0, strings.Split(term.Hanging(label, v.Words.Say(l.key("title"), nil), v.Width), "\n")...)
	}
	n := 0
	for _, g := range Groups {
		p.head(v.say("groups."+g.Name, nil))
		for _, l := range g.Lessons {
			n++
			line(fmt.Sprintf("%4d  ", n), l)
		}
	}
	p.head(v.say("groups.quiz", nil))
	p.add(0, strings.Split(term.Hanging("      quiz"+strings.Repeat(" ", wide-len("quiz")+2), v.say("quiz", nil), v.Width), "\n")...)
	for _, l := range Quiz {
		line("      ", l)
	}
	return p.write(w)
}
