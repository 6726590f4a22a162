package report

import (
	"argen"
	"argen/internal/lesson"
)

// A Quiz is a section with the question and its options, before those of the
// experiments that were run for them: a [Lesson] for each of its records, in
// order.
type Quiz struct{ Record *lesson.QuizRecord }

// A quizView is what the template of a quiz gets.
type quizView struct{ Options []option }

func (q Quiz) section(p *page) (section, error) {
	next := p.part + 1
	var v quizView
	for _, o := range q.Record.Options {
		x := option{Text: argen.Printable(o.Text), Right: o.Right, Known: true}
		if o.Record != nil {
			x.Experiment = partID(next)
			next++
		}
		v.Options = append(v.Options, x)
	}
	return section{Title: visible(q.Record.Question), Kind: "quiz", View: v}, nil
}

// quizSlides are the question, and the question with its answer.
func (p *page) quizSlides(q *lesson.QuizRecord) []slide {
	ask := slide{Kind: "ask", Title: visible(q.Question), Notes: []string{p.say("note_ask")}}
	for i, o := range q.Options {
		ask.Options = append(ask.Options, option{Text: argen.Printable(o.Text), Right: o.Right, Known: true})
		if o.Right {
			ask.Notes = append(ask.Notes, p.say("note_right", "letter", string(rune('a'+i)), "text", argen.Printable(o.Text)))
		}
	}
	return []slide{ask}
}
