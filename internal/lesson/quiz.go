package lesson

import (
	"context"
	"io"
	"strconv"
	"strings"

	"argen"
	"argen/internal/words"
)

// A QuizRecord is the quiz with the experiments of the options that were chosen.
type QuizRecord struct {
	Type     string       `json:"type"` // "quiz"
	Version  int          `json:"version"`
	Argen    string       `json:"argen"`
	Language string       `json:"language"`
	Model    string       `json:"model"`
	Seed     uint64       `json:"seed"`
	Question string       `json:"question"`
	Options  []QuizOption `json:"options"`
	Holds    bool         `json:"holds"` // every verdict of every experiment that ran
}

// A QuizOption is one answer; Record is what its experiment measured, nil if it
// was not chosen.
type QuizOption struct {
	Key    string  `json:"key"` // "a"
	Text   string  `json:"text"`
	Right  bool    `json:"right"`
	Record *Record `json:"record,omitempty"`
}

// AskQuiz returns the quiz before anything is chosen.
func AskQuiz(lab *Lab) *QuizRecord {
	q := &QuizRecord{
		Type: "quiz", Version: Version, Argen: argen.Version, Language: lab.Words.Language,
		Seed: lab.Seed, Question: lab.Words.Say("quiz.question", nil),
	}
	if lab.LM != nil {
		q.Model = lab.LM.Ref
	}
	for i, l := range Quiz {
		q.Options = append(q.Options, QuizOption{Key: letter(i), Text: lab.Words.Say(l.key("title"), nil), Right: i == 0})
	}
	return q
}

// Choose runs the experiment of option i, from 0.
func (q *QuizRecord) Choose(ctx context.Context, lab *Lab, i int) error {
	r, err := Quiz[i].Do(ctx, lab)
	if err != nil {
		return err
	}
	q.Options[i].Record = r
	q.Holds = q.failed() == 0
	return nil
}

// failed counts the verdicts that do not hold.
func (q *QuizRecord) failed() int {
	n := 0
	for _, o := range q.Options {
		if o.Record == nil {
			continue
		}
		for _, v := range o.Record.Verdicts {
			if !v.Holds {
				n++
			}
		}
	}
	return n
}

// AskQuiz writes the question and the options.
func (v View) AskQuiz(w io.Writer, q *QuizRecord) error {
	p := v.page()
	p.title(q.Question)
	for _, o := range q.Options {
		p.labelled(o.Key+") ", o.Text)
	}
	return p.write(w)
}

// TellQuiz writes what the experiment of option i says of it.
func (v View) TellQuiz(w io.Writer, q *QuizRecord, i int) error {
	o := q.Options[i]
	p := v.page()
	p.blankLine()
	p.head(o.Key + ") " + o.Text)
	sign, key := v.answerSign(o)
	p.labelled(sign, v.Words.Say(key, nil))
	p.section("claim", o.Record.Texts.Claim)
	p.result(o.Record)
	return p.write(w)
}

// SumQuiz writes what decided each answer, if more than one experiment ran, and how
// many claims hold, of all that ran.
func (v View) SumQuiz(w io.Writer, q *QuizRecord) error {
	p := v.page()
	p.blankLine()
	all, ran := 0, 0
	for _, o := range q.Options {
		if o.Record != nil {
			ran++
			all += len(o.Record.Verdicts)
		}
	}
	if ran > 1 {
		p.head(v.Words.Say("quiz.sum", nil))
		for _, o := range q.Options {
			p.decided(o)
		}
		p.blank()
	}
	key := "quiz.held"
	if !q.Holds {
		key = "quiz.failed"
	}
	p.add(0, strings.TrimSpace(v.Words.Say(key, words.Map{"n": strconv.Itoa(q.failed()), "all": strconv.Itoa(all)})))
	return p.write(w)
}

// decided adds what the deciding number of an option says of it.
func (p *page) decided(o QuizOption) {
	r := o.Record
	if r == nil || len(r.Verdicts) == 0 {
		return
	}
	text, decides := o.Key+") "+o.Text+". ", r.Verdicts[0]
	n, _ := r.Number(decides.Number)
	sign, key := p.v.answerSign(o)
	if !r.Holds {
		sign, key = "? ", "quiz.open"
	}
	p.labelled(sign, text+p.v.Words.Say(key, nil)+" "+decides.Text+" ("+n.WithInterval()+")")
}

// answerSign is the sign of a right or wrong answer, and the key of what it means.
func (v View) answerSign(o QuizOption) (sign, key string) {
	if o.Right {
		return v.sign("✓ ", "+ "), "quiz.right"
	}
	return v.sign("✗ ", "x "), "quiz.wrong"
}

// ReadOption reads the choice of one of n options: its letter or its number from
// 1, maybe in brackets.
func ReadOption(given string, n int) (int, bool) {
	given = strings.ToLower(strings.Trim(strings.TrimSpace(given), "()[]. "))
	if len(given) == 1 && given[0] >= 'a' && int(given[0]-'a') < n {
		return int(given[0] - 'a'), true
	}
	i, err := strconv.Atoi(given)
	return i - 1, err == nil && i >= 1 && i <= n
}

// Letters are those of n options, for a prompt: a, b, c.
func Letters(n int) string {
	var all []string
	for i := range n {
		all = append(all, letter(i))
	}
	return strings.Join(all, ", ")
}
