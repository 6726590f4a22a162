package lesson

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/viz/term"
)

// A Grade is what a filled-in worksheet is worth.
type Grade struct {
	Type      string   `json:"type"` // "grade"
	Version   int      `json:"version"`
	Argen     string   `json:"argen"`
	File      string   `json:"file,omitempty"`
	Language  string   `json:"language"`
	Student   string   `json:"student,omitempty"`
	Seed      uint64   `json:"seed"`
	Model     string   `json:"model"`
	Right     int      `json:"right"` // exercises
	All       int      `json:"all"`
	Exercises []Marked `json:"exercises"`
	Notes     []Remark `json:"notes,omitempty"` // what is odd about the sheet
}

// How an answer was marked.
const (
	Right      = "right"
	Wrong      = "wrong"
	Empty      = "empty"
	Unreadable = "unreadable"
	Missing    = "missing" // the exercise is not on the sheet
)

// A Marked is one exercise with what was given and what is right.
type Marked struct {
	Number   int    `json:"number"` // on the sheet, from 1
	Lesson   string `json:"lesson"`
	Line     int    `json:"line,omitempty"` // of the answer
	Mark     string `json:"mark"`
	Given    string `json:"given,omitempty"`
	Answer   string `json:"answer"`
	Solution string `json:"solution"`
	Problem  string `json:"problem,omitempty"` // why it could not be read
}

// A Remark is something odd about a sheet, of a line or of none (0).
type Remark struct {
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
}

// Mark makes the worksheet again from what the sheet says it was made of, and
// compares the answers. The lab has the sheet's model and seed.
func (s *Sheet) Mark(ctx context.Context, lab *Lab) (*Grade, error) {
	own := *lab
	if c, err := words.In(s.Language); err == nil {
		own.Words = c // whose words the tokens on the sheet are
	}
	w, err := makeSheet(ctx, &own, s.Lessons)
	if err != nil {
		return nil, err
	}
	if s.Check != "" && s.Check != w.Check {
		return nil, fmt.Errorf("the exercises of these lessons, seed %d and model %s are not those of this sheet, its check is %s and theirs %s: its head was changed, or another argen made it",
			s.Seed, argen.Visible(s.Model), argen.Visible(clip(s.Check)), w.Check)
	}
	g := &Grade{
		Type: "grade", Version: SheetVersion, Argen: argen.Version, Language: lab.Words.Language,
		Student: argen.Visible(s.Student), Seed: s.Seed, Model: w.Model, All: len(w.Exercises),
	}
	for _, n := range s.Notes {
		g.Notes = append(g.Notes, Remark{n.Line, lab.Words.Say("worksheet.notes."+n.Key, n.Values)})
	}
	if s.Check == "" {
		g.Notes = append(g.Notes, Remark{0, lab.Words.Say("worksheet.notes.unchecked", nil)})
	}
	for i, e := range w.Exercises {
		m := Marked{Number: i + 1, Lesson: e.Lesson, Line: s.Answers[i].Line, Given: argen.Visible(s.Answers[i].Text), Answer: e.Answer.String(), Solution: e.Solution}
		given := s.Answers[i]
		switch {
		case given.Gone:
			m.Mark = Missing
		case strings.TrimSpace(given.Text) == "":
			m.Mark = Empty
		default:
			why, values := "", words.Map(nil)
			if m.Mark, why, values = e.mark(given.Text); why != "" {
				m.Problem = argen.Visible(lab.Words.Say("worksheet.unclear."+why, values))
			}
		}
		if line := gone(e, given.Body); line != "" {
			g.Notes = append(g.Notes, Remark{given.Line, lab.Words.Say("worksheet.notes.changed", words.Map{"n": strconv.Itoa(i + 1), "line": argen.Visible(line)})})
		}
		if m.Mark == Right {
			g.Right++
		}
		g.Exercises = append(g.Exercises, m)
	}
	return g, nil
}

// WriteText writes the grade, a line an exercise, what is right where it was
// missed, and the sum.
func (g *Grade) WriteText(out io.Writer, c *words.Catalogue, width int) error {
	say := func(name string, values words.Map) string { return c.Say("worksheet."+name, values) }
	var b strings.Builder
	head := say("of", words.Map{"seed": strconv.FormatUint(g.Seed, 10)})
	if g.Student != "" {
		head += ": " + g.Student
	}
	b.WriteString(term.Wrap(head, width) + "\n\n")
	for _, n := range g.Notes {
		text := n.Text
		if n.Line > 0 {
			text = say("line", words.Map{"line": strconv.Itoa(n.Line)}) + ": " + text
		}
		b.WriteString(term.Hanging("  ! ", text, width) + "\n")
	}
	if len(g.Notes) > 0 {
		b.WriteByte('\n')
	}
	for _, m := range g.Exercises {
		label := fmt.Sprintf("%3d. ", m.Number)
		text := say("marks."+m.Mark, nil)
		if m.Given != "" {
			text += ": " + m.Given
		}
		if m.Problem != "" {
			text += ". " + m.Problem
		}
		if m.Problem != "" && m.Line > 0 {
			text += " (" + say("line", words.Map{"line": strconv.Itoa(m.Line)}) + ")"
		}
		sign := "✗ "
		if m.Mark == Right {
			sign = "✓ "
		}
		b.WriteString(term.Hanging(label+sign, text, width) + "\n")
		if m.Mark != Right {
			b.WriteString(term.Hanging("       ", say("solution", words.Map{"answer": m.Answer, "solution": m.Solution}), width) + "\n")
		}
	}
	b.WriteString("\n" + say("sum", words.Map{"right": strconv.Itoa(g.Right), "all": strconv.Itoa(g.All)}) + "\n")
	_, err := io.WriteString(out, b.String())
	return err
}
