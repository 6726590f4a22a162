package report

import (
	"io"
	"slices"

	"argen/internal/lesson"
	"argen/internal/words"
)

// A Deck is lessons as slides: the question stands alone before its answer, and
// each slide has notes for whoever speaks. Without its script it is a page to
// scroll.
type Deck struct {
	Title   string // "" for that of the only lesson
	Words   *words.Catalogue
	Records []*lesson.Record
	Quiz    *lesson.QuizRecord // asked before all, nil for none
}

// A slide is one of a deck.
type slide struct {
	Kind    string // of its look: "title", "ask", "found", "figure", "table", "say", "big"
	Title   string
	Label   string // above the title: which lesson
	Big     string // a number or a sentence that fills the slide
	Good    string // "good" or "bad", of what was found
	Texts   []string
	Options []option
	List    []string
	Figure  *figure
	Table   table
	Notes   []string
}

// Long reports whether texts or table need smaller type to fit a screen.
func (s slide) Long() bool {
	n := 0
	for _, t := range s.Texts {
		n += len([]rune(t))
	}
	return n > 380 || len(s.Table.Rows) > 7
}

// Write writes the slides.
func (d *Deck) Write(w io.Writer) error { return write(w, d.Words, d.render) }

func (d *Deck) render(p *page) ([]byte, error) {
	p.big = true
	title := d.Title
	if title == "" && len(d.Records) == 1 {
		title = d.Records[0].Texts.Title
	}
	if title == "" {
		title = p.say("deck")
	}
	v := view{page: p, Title: visible(title), Script: "deck"}
	if d.Quiz != nil {
		v.Slides = p.quizSlides(d.Quiz)
	} else if len(d.Records) > 1 {
		first := slide{Kind: "title", Title: v.Title}
		for _, r := range d.Records {
			first.List = append(first.List, visible(r.Texts.Title))
		}
		v.Slides = append(v.Slides, first)
	}
	for _, r := range d.Records {
		list, err := p.slides(r)
		if err != nil {
			return nil, err
		}
		v.Slides = append(v.Slides, list...)
	}
	return v.bytes()
}

// slides are those of a lesson, in the order in which it is taught.
func (p *page) slides(r *lesson.Record) ([]slide, error) {
	l, err := p.lesson(r)
	if err != nil {
		return nil, err
	}
	explain := p.Explain
	t := l.Texts
	list := []slide{{
		Kind: "title", Title: t.Title, Texts: []string{t.Claim},
		Notes: []string{p.say("note_run", "command", l.Command), p.say("note_model", "model", l.Model)},
	}}
	if t.Question != "" {
		ask := slide{Kind: "ask", Title: explain("question"), Texts: []string{t.Question}, Options: l.Options, Notes: []string{p.say("note_ask")}}
		for i, o := range l.Options {
			if o.Known && o.Right {
				ask.Notes = append(ask.Notes, p.say("note_right", "letter", string(rune('a'+i)), "text", o.Text))
			}
		}
		list = append(list, ask)
	}
	list = append(list, p.found(l))
	for i := range l.Figures {
		f := &l.Figures[i]
		list = append(list, slide{Kind: "figure", Title: visible(f.Title), Figure: f, Notes: notes(f.Read)})
	}
	for _, table := range l.Tables {
		list = append(list, slide{Kind: "table", Title: table.Caption, Table: table, Notes: []string{p.say("note_table")}})
	}
	list = append(list,
		slide{Kind: "say", Title: explain("shows"), Texts: []string{t.Shows}, Notes: []string{p.say("note_shows")}},
		slide{Kind: "say", Title: explain("caveat"), Texts: []string{t.Caveat}, Notes: []string{p.say("note_caveat")}},
		slide{Kind: "big", Title: explain("takeaway"), Big: t.Takeaway, Notes: []string{p.say("note_takeaway")}},
	)
	if t.Task != "" {
		list = append(list, slide{Kind: "say", Title: explain("task"), Texts: []string{t.Task}, Notes: []string{p.say("note_task")}})
	}
	for i := range list[1:] {
		list[i+1].Label = t.Title
	}
	return list, nil
}

// found is the slide with the deciding number and what it decides.
func (p *page) found(l lessonView) slide {
	s := slide{Kind: "found", Title: p.Explain("finding"), Good: "bad"}
	if l.Holds {
		s.Good = "good"
	}
	if len(l.Record.Numbers) > 0 {
		n := l.Record.Numbers[0]
		s.Big = n.WithInterval()
		if n.Unit == lesson.Bits {
			s.Big += " " + p.say("unit_bits")
		}
		for i, v := range l.Record.Verdicts {
			if v.Number == n.Name {
				row := l.Verdicts.Rows[i]
				s.Texts = append(s.Texts, row[0]+" "+p.say("must_said", "limit", row[2], "outcome", row[3]))
				break
			}
		}
		s.Notes = append(s.Notes, p.say("note_number", "name", visible(n.Name)))
	}
	for _, row := range l.Verdicts.Rows {
		s.Notes = append(s.Notes, row[0]+" "+p.say("note_verdict", "value", row[1], "limit", row[2], "outcome", row[3]))
	}
	// A paragraph of figures is for whoever speaks.
	if len([]rune(l.Texts.Finding)) > mostRead && len(s.Texts) > 0 {
		s.Notes = append([]string{l.Texts.Finding}, s.Notes...)
	} else {
		s.Texts = append(s.Texts, l.Texts.Finding)
	}
	return s
}

// mostRead is how many characters of what was found are read from a slide.
const mostRead = 260

// notes are those that say something.
func notes(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
