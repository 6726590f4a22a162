package lesson

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/viz/table"
	"argen/viz/term"
)

// Grades are those of a class: several worksheets with what each is worth.
type Grades struct {
	Type     string    `json:"type"` // "grades"
	Version  int       `json:"version"`
	Argen    string    `json:"argen"`
	Language string    `json:"language"`
	Sheets   []*Grade  `json:"sheets"`
	Refused  []Refused `json:"refused,omitempty"` // what could not be graded
	Notes    []Remark  `json:"notes,omitempty"`   // what is odd about them together
}

// A Refused is a file that could not be graded, and why.
type Refused struct {
	File  string `json:"file"`
	Error string `json:"error"`
}

// NewGrades puts grades together and remarks which sheets are two times the same:
// a student's that was handed in twice, or one that two have filled in.
func NewGrades(sheets []*Grade, refused []Refused, c *words.Catalogue) *Grades {
	g := &Grades{Type: "grades", Version: SheetVersion, Argen: argen.Version, Language: c.Language, Sheets: sheets, Refused: refused}
	type sheet struct {
		seed           uint64
		model, lessons string
	}
	first := map[sheet]*Grade{}
	for _, s := range sheets {
		key := sheet{s.Seed, s.Model, s.lessons()}
		switch other := first[key]; {
		case other == nil:
			first[key] = s
		default:
			g.Notes = append(g.Notes, Remark{0, c.Say("worksheet.notes.same", words.Map{"file": s.File, "other": other.File, "seed": strconv.FormatUint(s.Seed, 10)})})
		}
	}
	return g
}

// lessons are those of the exercises.
func (g *Grade) lessons() string {
	var all []string
	for _, m := range g.Exercises {
		all = append(all, m.Lesson)
	}
	return strings.Join(all, " ")
}

// marks are how a mark is written in a column.
var marks = map[string]string{Right: "✓", Wrong: "✗", Empty: "–", Unreadable: "?", Missing: "o"}

// WriteText writes a line a sheet, what is odd or unclear about them, and how many
// had each exercise right.
func (g *Grades) WriteText(out io.Writer, c *words.Catalogue, width int) error {
	say := func(name string, values words.Map) string { return c.Say("worksheet."+name, values) }
	var b strings.Builder
	t := term.Table{
		Heads: []string{say("student", nil), say("file", nil), say("seed", nil), say("exercises", nil), say("marks.right", nil)},
		Right: []bool{false, false, true, false, true},
	}
	for _, s := range g.Sheets {
		row := ""
		for i, m := range s.Exercises {
			if row += marks[m.Mark]; i%5 == 4 && i+1 < len(s.Exercises) {
				row += " "
			}
		}
		name := s.Student
		if name == "" {
			name = "–"
		}
		t.Rows = append(t.Rows, []string{name, s.File, strconv.FormatUint(s.Seed, 10), row, fmt.Sprintf("%d/%d", s.Right, s.All)})
	}
	b.WriteString(strings.Join(t.Lines(width), "\n") + "\n\n")
	b.WriteString(term.Wrap(say("legend", nil), width) + "\n")
	var odd []string
	remark := func(file string, line int, text string) {
		if line > 0 {
			file += ", " + say("line", words.Map{"line": strconv.Itoa(line)})
		}
		odd = append(odd, term.Hanging("  ! ", file+": "+text, width))
	}
	for _, s := range g.Sheets {
		for _, n := range s.Notes {
			remark(s.File, n.Line, n.Text)
		}
		for _, m := range s.Exercises {
			if m.Problem != "" {
				remark(s.File, m.Line, fmt.Sprintf("%d. %s: %s. %s", m.Number, say("marks."+m.Mark, nil), m.Given, m.Problem))
			}
		}
	}
	for _, n := range g.Notes {
		odd = append(odd, term.Hanging("  ! ", n.Text, width))
	}
	for _, r := range g.Refused {
		odd = append(odd, term.Hanging("  ! ", say("refused", words.Map{"error": r.Error}), width))
	}
	if len(odd) > 0 {
		b.WriteString("\n" + strings.Join(odd, "\n") + "\n")
	}
	if same := g.sameLessons(); len(same) > 0 {
		b.WriteString("\n" + term.Wrap(say("by_exercise", nil), width) + "\n")
		for i, m := range same {
			right := 0
			for _, s := range g.Sheets {
				if s.Exercises[i].Mark == Right {
					right++
				}
			}
			e := Exercise{Lesson: m.Lesson}
			text := say("of_sheets", words.Map{"right": strconv.Itoa(right), "all": strconv.Itoa(len(g.Sheets)), "title": e.Title(c)})
			b.WriteString(term.Hanging(fmt.Sprintf("%3d. ", i+1), text, width) + "\n")
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// sameLessons are the exercises of the first sheet if all sheets ask the same, none
// otherwise.
func (g *Grades) sameLessons() []Marked {
	for _, s := range g.Sheets {
		if s.lessons() != g.Sheets[0].lessons() {
			return nil
		}
	}
	if len(g.Sheets) == 0 {
		return nil
	}
	return g.Sheets[0].Exercises
}

// WriteCSV writes a row a sheet: file, student, seed, how many exercises are right,
// of how many, how many remarks there are, and the mark of each exercise.
func (g *Grades) WriteCSV(out io.Writer) error {
	columns, most := []string{"file", "student", "seed", "right", "all", "notes"}, 0
	for _, s := range g.Sheets {
		most = max(most, len(s.Exercises))
	}
	for i := range most {
		columns = append(columns, "exercise "+strconv.Itoa(i+1))
	}
	t := table.New(out, columns...)
	for _, s := range g.Sheets {
		row := []any{s.File, s.Student, strconv.FormatUint(s.Seed, 10), s.Right, s.All, len(s.Notes)}
		for i := range most {
			if i < len(s.Exercises) {
				row = append(row, s.Exercises[i].Mark)
			} else {
				row = append(row, nil)
			}
		}
		if err := t.Row(row...); err != nil {
			return err
		}
	}
	return nil
}
