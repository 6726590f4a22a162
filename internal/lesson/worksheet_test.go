package lesson

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"argen/internal/words"
)

// sheetText is a worksheet of six exercises of one lesson as a student gets it,
// with answers.
func sheetText(t *testing.T, lab *Lab, answer func(i int, e *Exercise) string) (*Worksheet, string) {
	t.Helper()
	w, err := NewWorksheet(t.Context(), lab, []*Lesson{chainRule}, 6)
	if err != nil {
		t.Fatal(err)
	}
	return w, filled(t, lab, w, answer)
}

// mark grades a sheet.
func mark(t *testing.T, lab *Lab, text string) *Grade {
	t.Helper()
	s, err := ReadSheet("sheet.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	own := *lab
	own.Seed = s.Seed
	g, err := s.Mark(t.Context(), &own)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestWorksheet: what the engine says is right is graded as right, in both forms
// and every language; a wrong answer, one that cannot be read and none are told
// apart; no answer stands on the student's sheet.
func TestWorksheet(t *testing.T) {
	for _, language := range words.Languages {
		lab := newLab(t, "story", language)
		lab.Seed = 7
		w, text := sheetText(t, lab, func(i int, e *Exercise) string {
			return []string{fmt.Sprint(e.Answer.Number), "0.9999", "many", "", "  " + fmt.Sprint(e.Answer.Number) + "  ", "1/0"}[i]
		})
		want := []string{Right, Wrong, Unreadable, Empty, Right, Unreadable}
		g := mark(t, lab, text)
		for i, m := range g.Exercises {
			if m.Mark != want[i] || m.Number != i+1 || m.Answer != w.Exercises[i].Answer.String() {
				t.Errorf("%s: exercise %d: %+v, want %s", language, i+1, m, want[i])
			}
		}
		if g.Right != 2 || g.All != 6 || len(g.Notes) != 0 {
			t.Errorf("%s: %d of %d, notes %v", language, g.Right, g.All, g.Notes)
		}
		var b bytes.Buffer
		if err := g.WriteText(&b, lab.Words, 80); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "⟨⟩") {
			t.Errorf("a text is missing:\n%s", &b)
		}
		answers := make([]any, 6)
		for i, a := range w.Exercises {
			answers[i] = a.Answer.Number
		}
		data, err := json.Marshal(map[string]any{"worksheet": 1, "seed": "7", "lessons": w.Lessons, "answers": answers, "check": w.Check})
		if err != nil {
			t.Fatal(err)
		}
		if g := mark(t, lab, string(data)); g.Right != 6 {
			t.Errorf("%s: %d right answers of a page are right:\n%+v", language, g.Right, g)
		}
		open, err := json.Marshal(w.WithoutKey())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range w.Exercises {
			if strings.Contains(string(open), e.Solution) || strings.Contains(string(open), fmt.Sprint(e.Answer.Number)) || strings.Contains(text, e.Solution) {
				t.Errorf("the student's sheet has the answer: %s", open)
			}
		}
	}
}

// TestSheets: the same seed gives the same sheet, another one another, and no
// exercise of a sheet is another's twin.
func TestSheets(t *testing.T) {
	lab := newLab(t, "story", "en")
	blank := func(int, *Exercise) string { return "" }
	w, first := sheetText(t, lab, blank)
	if _, again := sheetText(t, lab, blank); again != first {
		t.Error("the same seed gave another sheet")
	}
	seen := map[string]bool{}
	for _, e := range w.Exercises {
		seen[fmt.Sprint(e.Tables)+e.Question] = true
	}
	if len(seen) < len(w.Exercises) {
		t.Errorf("%d different exercises of %d", len(seen), len(w.Exercises))
	}
	lab.Seed++
	other, _ := sheetText(t, lab, blank)
	if other.Check == w.Check {
		t.Error("another seed gave the same sheet")
	}
	for n, list := range map[int][]*Lesson{-1: nil, MostExercises + 1: nil, 1: {{Name: "chain-rule"}}} {
		if w, err := NewWorksheet(t.Context(), lab, list, n); err == nil {
			t.Errorf("%d exercises of %v: %v", n, names(list), w.Lessons)
		}
	}
}

// TestEditedSheets: what students do to a sheet is understood or said.
func TestEditedSheets(t *testing.T) {
	lab := newLab(t, "story", "en")
	_, text := sheetText(t, lab, func(i int, e *Exercise) string { return fmt.Sprint(e.Answer.Number) })
	cut := func(n int) (head, exercise, tail string) { // exercise n with its line
		from := strings.Index(text, fmt.Sprintf("\n## %d.", n))
		to := strings.Index(text[from+1:]+"\n## ", "\n## ") + from + 1
		return text[:from], text[from:min(to, len(text))], text[min(to, len(text)):]
	}
	head, second, tail := cut(2)
	for name, c := range map[string]struct {
		text, note string
		right      int
	}{
		"as it was":             {text, "", 6},
		"with a mark and CRLF":  {"\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"), "", 6},
		"reordered":             {head + tail + second, "", 6},
		"one missing":           {head + tail, "", 5},
		"one twice":             {text + second, "Exercise 2 is there twice, first in line ", 6},
		"one too many":          {text + strings.Replace(second, "## 2.", "## 9.", 1), "There is no exercise 9 on this sheet, which has 6", 6},
		"huge number":           {text + strings.Replace(second, "## 2.", "## 99999999999999999999.", 1), "There is no exercise 99999999999999999999", 6},
		"answer twice":          {text + "\nAnswer: 0.5\n", "Exercise 6 has another answer here", 6},
		"answer in German":      {strings.ReplaceAll(text, "\nAnswer: ", "\n> **antwort:** "), "", 6},
		"answers one line down": {strings.ReplaceAll(text, "\nAnswer: ", "\nAnswer:\n"), "", 6},
		"name":                  {strings.Replace(text, "Name: ", "Name: Ada <script>\x1b", 1), "", 6},
		"without check":         {strings.Replace(text, "\ncheck: ", "\n", 1), "no check", 6},
		"not UTF-8":             {strings.Replace(text, "## 3", "\xff\n## 3", 1), "", 6},
		"UTF-16":                {utf16Of(text), "", 6},
		"Windows-1252":          {strings.NewReplacer("“", "\x93", "”", "\x94", "’", "\x92", "−", "-").Replace(text), "", 6},
		"old line ends":         {strings.ReplaceAll(text, "\n", "\r"), "", 6},
		"from a word processor": {"\ufeff" + strings.NewReplacer("\n", "\r\n", "## ", "", "Answer: ", "Answer:\u00a0", "  ", "\t", "'", "’", "----", "—").Replace(text), "", 6},
		"without blanks":        {strings.ReplaceAll(text, "Answer: ", "answer :"), "", 6},
		"without colons":        {strings.ReplaceAll(text, "Answer: ", "Answer "), "", 6},
		"with working":          {strings.ReplaceAll(text, "\nAnswer: ", "\n\n1. I multiply\n0.5 * 0.5 = 0.25\n\nAnswer: "), "", 6},
		"answers alone":         {regexp.MustCompile(`(?s)\n\n  A model.*?\nAnswer`).ReplaceAllString(text, "\nAnswer"), "", 6},
		"a table changed":       {strings.Replace(text, "0.220", "0.500", 1), "Exercise 1 was changed on the sheet, where “One 0.220” stood: it is graded as it was handed out", 6},
		"a question changed":    {strings.Replace(text, "Within 2 %", "Within 50 %", 1), "Exercise 1 was changed on the sheet, where “", 6},
		"half a million lines":  {strings.ReplaceAll(text, "\nAnswer: ", strings.Repeat("\n", 1e5)+"\nAnswer: "), "", 6},
		"lines broken":          {strings.ReplaceAll(text, " exactly these", "\nexactly\n these"), "", 6},
	} {
		g := mark(t, lab, c.text)
		notes := fmt.Sprint(g.Notes)
		if g.Right != c.right || !strings.Contains(notes, c.note) || c.note == "" && len(g.Notes) > 0 {
			t.Errorf("%s: %d right, want %d; notes %s, want %q", name, g.Right, c.right, notes, c.note)
		}
	}
	stray := strings.Replace(text, "\n## 1.", "\n## 0.", 1)
	if g := mark(t, lab, stray); g.Right != 5 || len(g.Notes) != 1 || g.Exercises[0].Mark != Missing {
		t.Errorf("a stray answer: %+v", g)
	}
	for name, c := range map[string]struct{ text, says string }{
		"empty":           {"", "sheet.txt:1: this is no worksheet"},
		"prose":           {"Dear teacher,\n\n## 1. my dog ate it\n", "this is no worksheet"},
		"a document":      {"PK\x03\x04", "save it as plain text (.txt)"},
		"rich text":       {`{\rtf1\ansi seed: 7}`, "RTF"},
		"a page":          {"<!doctype html>\n<html>", "the file of answers"},
		"newer":           {strings.Replace(text, "worksheet 1\n", "worksheet 2\n", 1), `sheet.txt:3: version "2"`},
		"no seed":         {strings.Replace(text, "seed: ", "", 1), "seed: N is missing"},
		"bad seed":        {strings.Replace(text, "seed: 1", "seed: -1", 1), `sheet.txt:4: the seed is "-1"`},
		"no lessons":      {strings.Replace(text, "lessons: ", "", 1), "lessons: … is missing"},
		"empty lessons":   {strings.Replace(text, "lessons: chain-rule", "lessons:\nx: chain-rule", 1), "names 0 lessons"},
		"unknown lesson":  {strings.Replace(text, "lessons: chain-rule", "lessons: chain-rue", 1), `a lesson "chain-rue"`},
		"too many":        {strings.Replace(text, "lessons: ", "lessons: "+strings.Repeat("chain-rule ", 100), 1), "106 lessons"},
		"JSON cut":        {`{"worksheet":1,` + "\n" + `"seed":`, "sheet.txt:2: "},
		"JSON of all":     {`{}`, "no \"worksheet\""},
		"JSON newer":      {`{"worksheet":2}`, "version 2"},
		"JSON no seed":    {`{"worksheet":1,"lessons":["chain-rule"]}`, "the seed is"},
		"JSON bad seed":   {`{"worksheet":1,"seed":1.5,"lessons":["chain-rule"]}`, "the seed is"},
		"JSON answers":    {`{"worksheet":1,"seed":1,"lessons":["chain-rule"],"answers":[{}]}`, "answer 1 is neither"},
		"JSON of a trace": {`{"type":"header","version":1,"model":{"ref":"story"}}`, "this is no worksheet"},
		"JSON types":      {`{"worksheet":1,"seed":1,"lessons":"chain-rule"}`, "lessons: found a string"},
		"JSON no lessons": {`{"worksheet":1,"seed":1}`, "names 0 lessons"},
	} {
		s, err := ReadSheet("sheet.txt", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %+v, %v; want an error with %q", name, s, err, c.says)
		}
	}
	changed, err := ReadSheet("sheet.txt", []byte(strings.Replace(text, "seed: 1", "seed: 2", 1)))
	if err != nil {
		t.Fatal(err)
	}
	lab.Seed = changed.Seed
	if g, err := changed.Mark(t.Context(), lab); err == nil || !strings.Contains(err.Error(), "its head was changed") {
		t.Errorf("another seed is graded: %+v, %v", g, err)
	}
}

// utf16Of is a text as some editors save it.
func utf16Of(text string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// TestOtherLanguage: a sheet in one language is graded by somebody who reads
// another, and a list that is broken over lines is one list.
func TestOtherLanguage(t *testing.T) {
	lab := newLab(t, "story", "de")
	w, err := NewWorksheet(t.Context(), lab, []*Lesson{truncation, quizContext, greedy}, 3)
	if err != nil {
		t.Fatal(err)
	}
	text := filled(t, lab, w, func(_ int, e *Exercise) string {
		return strings.Replace(strings.ToUpper(e.Answer.String()), ", ", ",\n ", 1)
	})
	reader := newLab(t, "story", "en")
	if g := mark(t, reader, text); g.Right != 3 || g.Language != "en" || len(g.Notes) > 0 {
		t.Errorf("%+v\n%s", g, text)
	}
}

// FuzzReadSheet: no sheet makes the reader panic, an error names the file, and
// what is read has as many answers as lessons.
func FuzzReadSheet(f *testing.F) {
	f.Add([]byte("argen worksheet 1\nseed: 7\nlessons: chain-rule chain-rule\nName: A\n## 1. x\nAnswer: 1/4\n## 2. y\nAnswer:\n0.5\n## 2\n## 7\nAntwort: 3\n"))
	f.Add([]byte(`{"worksheet":1,"seed":"7","lessons":["chain-rule"],"answers":[0.25,null,"x"]}`))
	f.Add([]byte("\xff\xfe"))
	f.Add([]byte("## 1\n"))
	f.Add([]byte("argen worksheet 1\r\nseed: 7\r\nlessons: counting order\r\n1. A model made by counting\r\nAnswer 1,\r\n2\r\n"))
	f.Add([]byte(utf16Of("argen worksheet 1\nseed: 7\nlessons: greedy\n## 1.\nAnswer: b")))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadSheet("sheet", data)
		switch {
		case err != nil && !strings.HasPrefix(err.Error(), "sheet:"):
			t.Errorf("the error does not name the file: %v", err)
		case err == nil && (len(s.Answers) != len(s.Lessons) || len(s.Lessons) == 0):
			t.Errorf("%d answers of %d lessons", len(s.Answers), len(s.Lessons))
		}
	})
}
