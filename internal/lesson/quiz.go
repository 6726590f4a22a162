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

// A QuizOption is one answer; Record is what its experiment measured, Number and
// Verdict what of it decides, nil if it was not chosen.
type QuizOption struct {
	Key     string   `json:"key"` // "a"
	Text    string   `json:"text"`
	Right   bool     `json:"right"`
	Number  *Number  `json:"number,omitempty"`
	Verdict *Verdict `json:"verdict,omitempty"`
	Record  *Record  `json:"record,omitempty"`
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
	o := &q.Options[i]
	o.Record = r
	if v, n, ok := r.Deciding(); ok {
		o.Number, o.Verdict = &n, &v
	}
	q.Holds = q.failed() == 0
	return nil
}

// failed counts the verdicts that do not hold or are undecided.
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
	sign, key := v.sign("✗ ", "x "), "quiz.wrong"
	if o.Right {
		sign, key = v.sign("✓ ", "+ "), "quiz.right"
	}
	p.labelled(sign, v.Words.Say(key, nil))
	p.section("claim", o.Record.Texts.Claim)
	p.result(o.Record)
	return p.write(w)
}

// SumQuiz writes, after several experiments, what each was decided by, and how many
// claims hold of all experiments that ran.
func (v View) SumQuiz(w io.Writer, q *QuizRecord) error {
	all, ran := 0, 0
	for _, o := range q.Options {
		if o.Record != nil {
			all += len(o.Record.Verdicts)
			ran++
		}
	}
	key := "quiz.held"
	if !q.Holds {
		key = "quiz.failed"
	}
	p := v.page()
	p.blankLine()
	if ran > 1 {
		p.head(v.Words.Say("quiz.sum", nil))
		for _, o := range q.Options {
			if o.Verdict != nil && o.Number != nil {
				p.labelled(o.Key+") "+v.answer(o)+": ", o.Verdict.Text+" ("+v.value(*o.Number)+")")
			}
		}
		p.blank()
	}
	p.add(0, strings.TrimSpace(v.Words.Say(key, words.Map{"n": strconv.Itoa(q.failed()), "all": strconv.Itoa(all)})))
	return p.write(w)
}

// answer says what its experiment makes of an answer: right or wrong, where what it
// claims came out.
func (v View) answer(o QuizOption) string {
	switch {
	case !o.Verdict.Holds:
		return "? " + v.Words.Say("quiz.not_shown", nil)
	case o.Right:
		return v.sign("✓ ", "+ ") + v.Words.Say("quiz.is_right", nil)
	default:
		return v.sign("✗ ", "x ") + v.Words.Say("quiz.is_wrong", nil)
	}
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
