package report

import (
	"io"
	"strconv"

	"argen"
	"argen/internal/lesson"
	"argen/internal/words"
)

// A Sheet is a worksheet as a page: fields to fill in on the screen, room to
// write on paper, and a button that saves the answers as the JSON that
// [lesson.ReadSheet] reads. With Key it has the answers, and how one gets to
// them, in place of the fields.
type Sheet struct {
	Title     string // "" for the usual one
	Words     *words.Catalogue
	Worksheet *lesson.Worksheet
	Student   string // "" where the student writes the name
	Key       bool
}

// A sheetView is what the template of a worksheet gets.
type sheetView struct {
	Student   string
	Seed      string
	Check     string
	Key       bool
	Exercises []exerciseView
	Data      sheetData
}

type exerciseView struct {
	Lesson   string // its title
	Question string
	Tables   []table
	Options  []string
	Kind     string // of the answer: "number", "tokens" or "option"
	Answer   string // of a key
	Solution string
}

// A sheetData is what the answers are saved with.
type sheetData struct {
	Worksheet int      `json:"worksheet"`
	Seed      string   `json:"seed"` // JavaScript has no whole numbers of 64 bits
	Model     string   `json:"model"`
	Language  string   `json:"language"`
	Check     string   `json:"check"`
	Lessons   []string `json:"lessons"`
}

// Write writes the page.
func (s *Sheet) Write(w io.Writer) error { return write(w, s.Words, s.render) }

func (s *Sheet) render(p *page) ([]byte, error) {
	w := s.Worksheet
	v := sheetView{
		Student: visible(s.Student), Seed: strconv.FormatUint(w.Seed, 10), Check: visible(w.Check), Key: s.Key,
		Data: sheetData{w.Version, strconv.FormatUint(w.Seed, 10), w.Model, w.Language, w.Check, w.Lessons},
	}
	for _, e := range w.Exercises {
		x := exerciseView{
			Lesson: visible(e.Title(p.words)), Question: argen.Printable(e.Question), Kind: e.Answer.Kind,
		}
		for i := range e.Tables {
			x.Tables = append(x.Tables, p.lessonTable(&e.Tables[i]))
		}
		for _, o := range e.Options {
			x.Options = append(x.Options, argen.Printable(o))
		}
		if s.Key {
			x.Answer, x.Solution = visible(e.Answer.String()), argen.Printable(e.Solution)
		}
		v.Exercises = append(v.Exercises, x)
	}
	title := s.Title
	if title == "" {
		title = p.words.Say("worksheet.title", nil)
	}
	if s.Key {
		title = p.say("key_of", "title", title)
	}
	return view{page: p, Title: visible(title), Script: "sheet", Sheet: &v}.bytes()
}
