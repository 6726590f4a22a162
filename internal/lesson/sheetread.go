package lesson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"argen/internal/strict"
	"argen/internal/words"
)

// A Sheet is a worksheet that somebody has filled in.
type Sheet struct {
	Student  string
	Seed     uint64
	Model    string
	Language string
	Check    string // that of the sheet, "" if it has none
	Lessons  []string
	Answers  []Given // of each exercise
	Notes    []Note  // what is odd about the sheet
}

// Given is what stands in the place of an answer.
type Given struct {
	Text string
	Line int    // 0 in JSON
	Gone bool   // the exercise is not on the sheet any more
	Body string // what else stands there, "" in JSON
}

// A Note is a remark on a sheet, of a line of it or of none (0). Its text is a
// key of the catalogue under worksheet.notes.
type Note struct {
	Line   int
	Key    string
	Values words.Map
}

// ReadSheet reads a filled-in worksheet: the text that [Worksheet.WriteText]
// writes, edited in any way, or the JSON that a page of argen report saves,
//
//	{"worksheet":1,"seed":7,"lessons":["loop","order"],"answers":["0.25",""]}
//
// and maybe model (story without it), language, check and student. Exercises may
// stand in another order, twice or not at all: the notes say so. Only what makes
// grading impossible is an error, with its line.
func ReadSheet(name string, data []byte) (*Sheet, error) {
	r := sheetReader{file: name, sheet: &Sheet{Model: "story", Language: words.Languages[0]}}
	text, says := decodeSheet(data)
	if says != "" {
		return nil, r.errorf(1, "%s", says)
	}
	var err error
	if strings.HasPrefix(strings.TrimLeft(text, " \t\n"), "{") {
		err = r.readJSON([]byte(text))
	} else {
		err = r.readText(text)
	}
	if err != nil {
		return nil, err
	}
	return r.sheet, nil
}

// A sheetReader reads one sheet.
type sheetReader struct {
	file  string
	sheet *Sheet
	seed  bool // was there
}

func (r *sheetReader) errorf(line int, format string, args ...any) error {
	return &strict.Error{File: r.file, Offset: -1, Line: line, Msg: fmt.Sprintf(format, args...)}
}

// note remarks something on a line.
func (r *sheetReader) note(line int, key string, values words.Map) {
	r.sheet.Notes = append(r.sheet.Notes, Note{line, key, values})
}

// readJSON reads what a page saves.
func (r *sheetReader) readJSON(data []byte) error {
	var in struct {
		Worksheet *int        `json:"worksheet"`
		Seed      json.Number `json:"seed"` // a string too: JavaScript has no whole numbers of 64 bits
		Model     *string     `json:"model"`
		Language  *string     `json:"language"`
		Check     string      `json:"check"`
		Student   string      `json:"student"`
		Lessons   []string    `json:"lessons"`
		Answers   []any       `json:"answers"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	err := dec.Decode(&in)
	line := 1 + bytes.Count(data[:min(int(dec.InputOffset()), len(data))], []byte("\n"))
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return r.errorf(1+bytes.Count(bytes.TrimSpace(data), []byte("\n")), "the file is cut short: save the page's answers again")
	case errors.As(err, &syntax):
		return r.errorf(1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")), "this is no complete JSON: %v", err)
	case in.Worksheet == nil && (err == nil || !bytes.Contains(data, []byte(`"worksheet"`))):
		return r.errorf(1, `this is no worksheet: there is no "worksheet" with its version`)
	case err != nil:
		return r.errorf(line, "%v", wording(err))
	case *in.Worksheet != SheetVersion:
		return r.errorf(1, "version %d of worksheets, this program grades version %d: use the argen that made it", *in.Worksheet, SheetVersion)
	}
	if in.Model != nil {
		r.sheet.Model = *in.Model
	}
	if in.Language != nil {
		r.sheet.Language = *in.Language
	}
	r.sheet.Check, r.sheet.Student = in.Check, in.Student
	if err := r.setSeed(1, in.Seed.String()); err != nil {
		return err
	}
	if err := r.setLessons(1, in.Lessons); err != nil {
		return err
	}
	for i, a := range in.Answers {
		if i >= len(r.sheet.Answers) {
			r.note(0, "unknown", words.Map{"n": strconv.Itoa(i + 1), "all": strconv.Itoa(len(r.sheet.Answers))})
			continue
		}
		switch a := a.(type) {
		case nil:
		case string:
			r.sheet.Answers[i].Text = strings.TrimSpace(a)
		case json.Number:
			r.sheet.Answers[i].Text = a.String()
		default:
			return r.errorf(1, "answer %d is neither a text nor a number", i+1)
		}
	}
	for i := len(in.Answers); i < len(r.sheet.Answers); i++ {
		r.sheet.Answers[i].Gone = true
	}
	return nil
}

func (r *sheetReader) setSeed(line int, text string) error {
	seed, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return r.errorf(line, "the seed is %q: it is a whole number from 0, without which nobody knows what was asked", clip(text))
	}
	r.sheet.Seed, r.seed = seed, true
	return nil
}

func (r *sheetReader) setLessons(line int, list []string) error {
	if len(list) == 0 || len(list) > MostExercises {
		return r.errorf(line, "the sheet names %d lessons of exercises: there are 1 to %d", len(list), MostExercises)
	}
	for i, name := range list {
		if l, ok := Lookup(name); !ok || l.Exercise == nil {
			return r.errorf(line, "exercise %d is of a lesson %q, and there is none that has exercises", i+1, clip(name))
		}
	}
	r.sheet.Lessons, r.sheet.Answers = list, make([]Given, len(list))
	return nil
}

// clip cuts what a message quotes.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

// exerciseLine is the line above an exercise: its number is what counts, and a word
// processor may have taken the ## away.
var exerciseLine = compiled(`^[\s>*_]*(#+)?[\s*_]*(\d+)\s*[.):]?\s*(.*)$`)

// labels are the words before the colon of answers and of the student's name, in
// all languages.
func labels(key string) []string {
	var all []string
	for _, c := range catalogues() {
		all = append(all, strings.ToLower(c.Say("worksheet."+key, nil)))
	}
	return all
}

// catalogues are those of all languages.
func catalogues() []*words.Catalogue {
	var all []*words.Catalogue
	for _, language := range words.Languages {
		if c, err := words.In(language); err == nil {
			all = append(all, c)
		}
	}
	return all
}

// heading reports whether a line begins an exercise, and which number it has.
func (r *sheetReader) heading(line string) (number string, ok bool) {
	m := exerciseLine().FindStringSubmatch(line)
	switch {
	case m == nil:
		return "", false
	case len(m[1]) >= 2:
		return m[2], true
	}
	n, err := strconv.Atoi(m[2])
	if err != nil || n < 1 || n > len(r.sheet.Lessons) {
		return "", false
	}
	e := Exercise{Lesson: r.sheet.Lessons[n-1]}
	if l, ok := Lookup(e.Lesson); ok {
		e.Lesson = l.Name
	}
	for _, c := range catalogues() {
		if gist(m[3]) == gist(e.Title(c)) {
			return m[2], true
		}
	}
	return "", false
}

// readText reads the text form.
func (r *sheetReader) readText(text string) error {
	lines := strings.Split(text, "\n")
	first, err := r.readHead(lines)
	if err == nil {
		r.readExercises(lines, first)
	}
	return err
}

// readHead reads the lines before the first exercise and says where that stands.
func (r *sheetReader) readHead(lines []string) (first int, err error) {
	version, at, named := "", 1, labels("student")
	lessonsAt := 0
	for i, line := range lines {
		first = i
		if _, ok := r.heading(line); ok {
			break
		}
		first++
		line = strings.TrimSpace(strings.TrimLeft(plain(line), "#>* "))
		if rest, ok := strings.CutPrefix(strings.ToLower(line), sheetMark); ok && version == "" {
			if version, at = strings.TrimSpace(rest), i+1; version != strconv.Itoa(SheetVersion) {
				return 0, r.errorf(at, "version %q of worksheets, this program grades version %d: use the argen that made it", clip(version), SheetVersion)
			}
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch {
		case key == "seed":
			if err := r.setSeed(i+1, value); err != nil {
				return 0, err
			}
		case key == "model" && value != "":
			r.sheet.Model = value
		case key == "language" && value != "":
			r.sheet.Language = value
		case key == "check":
			r.sheet.Check = value
		case key == "lessons":
			lessonsAt = i + 1
			if err := r.setLessons(i+1, strings.Fields(strings.ReplaceAll(value, ",", " "))); err != nil {
				return 0, err
			}
		case slices.Contains(named, key):
			_, name, _ := strings.Cut(lines[i], ":")
			r.sheet.Student = strings.Trim(name, " \t\u00a0_*")
		}
	}
	switch {
	case version == "":
		return 0, r.errorf(1, "this is no worksheet: no line %q stands before the exercises", fmt.Sprintf("%s %d", sheetMark, SheetVersion))
	case !r.seed:
		return 0, r.errorf(at, "the line seed: N is missing, without which nobody knows what was asked")
	case lessonsAt == 0:
		return 0, r.errorf(at, "the line lessons: … is missing, without which nobody knows what was asked")
	}
	return first, nil
}

// readExercises reads the answers.
func (r *sheetReader) readExercises(lines []string, first int) {
	s := r.sheet
	seen, filled := make([]int, len(s.Answers)), make([]int, len(s.Answers)) // the lines of exercises and answers
	texts, bodies := make([][]string, len(s.Answers)), make([][]string, len(s.Answers))
	answer := answerLine()
	const none, other = -1, -2
	at := none    // the exercise that is being read; other is one that is not on the sheet
	open := false // its answer may stand in the next line, or go on there
	for i := first; i < len(lines); i++ {
		if number, ok := r.heading(lines[i]); ok {
			open = false
			n, err := strconv.Atoi(number)
			if err != nil || n < 1 || n > len(seen) {
				at = other
				r.note(i+1, "unknown", words.Map{"n": clip(number), "all": strconv.Itoa(len(seen))})
				continue
			}
			at = n - 1
			if seen[at] > 0 {
				r.note(i+1, "twice", words.Map{"n": number, "line": strconv.Itoa(seen[at])})
			} else {
				seen[at] = i + 1
			}
			continue
		}
		m := answer.FindStringSubmatch(lines[i])
		if m == nil {
			line := strings.TrimSpace(lines[i])
			switch {
			case at >= 0 && open && line != "":
				texts[at] = append(texts[at], line)
				s.Answers[at].Line, filled[at] = i+1, i+1
				open = goesOn(line)
			case at >= 0 && line != "":
				bodies[at] = append(bodies[at], line)
			}
			continue
		}
		text := strings.Trim(m[1], "*_ \t\u00a0")
		open = false
		switch {
		case at == none:
			r.note(i+1, "stray", nil)
		case at == other: // which was remarked
		case filled[at] > 0 && text != "":
			r.note(i+1, "again", words.Map{"n": strconv.Itoa(at + 1), "line": strconv.Itoa(filled[at])})
		case text != "":
			texts[at] = []string{text}
			s.Answers[at].Line, filled[at] = i+1, i+1
			open = goesOn(text)
		case filled[at] == 0:
			s.Answers[at].Line, open = i+1, true
		}
	}
	for i := range seen {
		s.Answers[i].Text, s.Answers[i].Body = strings.Join(texts[i], " "), strings.Join(bodies[i], "\n")
		s.Answers[i].Gone = seen[i] == 0
	}
}

// answerLine finds an answer, its word in any language before a colon, which may be
// left out, and the answer behind it.
func answerLine() *regexp.Regexp {
	var all []string
	for _, label := range labels("answer") {
		all = append(all, regexp.QuoteMeta(label))
	}
	return regexp.MustCompile(`(?i)^[\s>*_#-]*(?:` + strings.Join(all, "|") + `)[\s*_\x{a0}]*(?:[:=：]|\s|$)(.*)$`)
}

// goesOn reports whether a list goes on in the next line.
func goesOn(text string) bool { return strings.HasSuffix(text, ",") || strings.HasSuffix(text, ";") }
