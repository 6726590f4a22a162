package lesson

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"argen"
)

// SheetVersion is that of worksheets, as text and as JSON.
const SheetVersion = 1

// MostExercises is how many exercises a worksheet may have.
const MostExercises = 100

// A Worksheet is exercises for one student, made from the seed alone: the same
// seed, model and lessons give the same sheet, so that a filled-in one is graded
// by making it again.
type Worksheet struct {
	Type      string      `json:"type"`      // "worksheet"
	Version   int         `json:"worksheet"` // SheetVersion
	Argen     string      `json:"argen"`
	Language  string      `json:"language"`
	Model     string      `json:"model"` // as the user named it
	Seed      uint64      `json:"seed"`
	Check     string      `json:"check"`   // of lessons and answers: the same sheet has the same
	Lessons   []string    `json:"lessons"` // of each exercise
	Exercises []*Exercise `json:"exercises"`
}

// WithExercises are the lessons of a list that have exercises, of all if the list
// is empty.
func WithExercises(list []*Lesson) []*Lesson {
	if len(list) == 0 {
		list = append(append(list, Course...), Quiz...)
	}
	var found []*Lesson
	for _, l := range list {
		if l.Exercise != nil {
			found = append(found, l)
		}
	}
	return found
}

// NewWorksheet makes n exercises from those lessons of a list that have any, one
// of each in turn; 0 is one of each, an empty list all lessons. The lab's seed is
// the student's.
func NewWorksheet(ctx context.Context, lab *Lab, list []*Lesson, n int) (*Worksheet, error) {
	from := WithExercises(list)
	switch {
	case len(from) == 0:
		return nil, fmt.Errorf("none of these lessons has exercises: those that have are %s", strings.Join(names(WithExercises(nil)), ", "))
	case n == 0:
		n = len(from)
	case n < 0 || n > MostExercises:
		return nil, fmt.Errorf("a worksheet has 1 to %d exercises, not %d", MostExercises, n)
	}
	var lessons []string
	for i := range n {
		lessons = append(lessons, from[i%len(from)].Name)
	}
	return makeSheet(ctx, lab, lessons)
}

// names are those of lessons.
func names(list []*Lesson) []string {
	var all []string
	for _, l := range list {
		all = append(all, l.Name)
	}
	return all
}

// makeSheet makes an exercise of each lesson that is named. One that comes again
// throws other dice, until it asks something else.
func makeSheet(ctx context.Context, lab *Lab, lessons []string) (*Worksheet, error) {
	w := &Worksheet{
		Type: "worksheet", Version: SheetVersion, Argen: argen.Version, Language: lab.Words.Language,
		Model: lab.LM.Ref, Seed: lab.Seed, Lessons: lessons,
	}
	thrown := map[string]int{} // how many exercises of a lesson were made
	asked := map[string]bool{} // no exercise is asked twice
	const throws = 10          // of one that may have few forms
	for i, name := range lessons {
		l, ok := Lookup(name)
		if !ok || l.Exercise == nil {
			return nil, fmt.Errorf("exercise %d: there is no lesson %q that has exercises", i+1, name)
		}
		for k := 0; ; k++ {
			own := *lab
			own.Seed = lab.Dice(fmt.Sprintf("exercise %s %d", name, thrown[name])).Uint64()
			thrown[name]++
			e, err := l.Exercise(ctx, &own)
			if err == nil {
				err = e.check()
			}
			if err != nil {
				return nil, fmt.Errorf("exercise %d, lesson %s: %w", i+1, name, err)
			}
			key, err := json.Marshal(e)
			if err != nil {
				return nil, fmt.Errorf("exercise %d, lesson %s: %w", i+1, name, err)
			}
			if asked[string(key)] && k < throws {
				continue
			}
			asked[string(key)] = true
			e.Lesson = name
			w.Exercises = append(w.Exercises, e)
			break
		}
	}
	w.Check = w.sum()
	return w, nil
}

// sum is a short hash of what is asked for and what is right.
func (w *Worksheet) sum() string {
	type line struct {
		Lesson string
		Answer Answer
	}
	var all []line
	for _, e := range w.Exercises {
		all = append(all, line{e.Lesson, e.Answer})
	}
	data, err := json.Marshal(all)
	if err != nil {
		return "" // an answer that is no number, which check finds
	}
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:4])
}

// WithoutKey is the worksheet as a student gets it: no answers but for their
// kind, no solutions.
func (w *Worksheet) WithoutKey() *Worksheet {
	sheet := *w
	sheet.Exercises = nil
	for _, e := range w.Exercises {
		open := *e
		open.Answer, open.Solution = Answer{Kind: e.Answer.Kind}, ""
		sheet.Exercises = append(sheet.Exercises, &open)
	}
	return &sheet
}
