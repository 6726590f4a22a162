// Package lesson holds the course: one file a lesson, each a claim with the
// experiment that shows it.
//
// A [Lesson] asks what the learner expects, runs its experiment now, on the
// learner's model and dice, and fills a [Record]: numbers with their intervals,
// verdicts, tables and charts. Its texts stand in the catalogue
// ([argen/internal/words]) under lessons.NAME, with places for the numbers, so
// that nothing is said that was not measured:
//
//	title     what it is about
//	claim     the claim, one sentence
//	question  what the learner is asked before the reveal
//	options   the possible answers, a list; Record.Answer is the right one
//	finding   what was measured, with the numbers
//	shows     what that means
//	caveat    what it does not show, one sentence
//	takeaway  what to remember
//	task      an exercise for the learner, to be done with argen
//	exercise  question, table and solution of its exercise on worksheets
//	words     what tables and charts say
//
// A record is all that views know of a lesson: the terminal, JSON, the report,
// slides. What they print are its numbers.
package lesson

import (
	"context"
	"fmt"
	"strconv"

	"argen"
)

// A Lesson is one claim and the experiment that shows it.
type Lesson struct {
	Name string // in commands, and in the catalogue

	// Run runs the experiment.
	Run func(ctx context.Context, lab *Lab, r *Record) error

	// Exercise makes an exercise for a worksheet from dice of the student's, nil
	// if there is none.
	Exercise func(ctx context.Context, lab *Lab) (*Exercise, error)
}

// A Group is some lessons of the course under one head; explain.groups.NAME in
// the catalogue.
type Group struct {
	Name    string
	Lessons []*Lesson
}

// Groups are the lessons of the course in the order in which they are taught.
var Groups = []Group{
	{"loop", []*Lesson{loop, chainRule, tokens}},
	{"models", []*Lesson{counting, smoothing, memory}},
	{"inside", []*Lesson{attention, inside}},
	{"choosing", []*Lesson{temperature, truncation, order, greedy, loops}},
	{"running", []*Lesson{drift, cache, speculative}},
	{"measuring", []*Lesson{calibration, compression, counterfactuals, topKAPI}},
	{"learning", []*Lesson{training}},
}

// Course are the lessons of all groups.
var Course = inOrder(Groups)

func inOrder(groups []Group) []*Lesson {
	var all []*Lesson
	for _, g := range groups {
		all = append(all, g.Lessons...)
	}
	return all
}

// Quiz are the options of the quiz in the order in which they are asked, each
// a lesson; the first is right.
var Quiz = []*Lesson{
	quizRight,
	quizParallel,
	quizSupervision,
	quizContext,
}

// Lookup returns the lesson of a name, or of a number as the course counts.
func Lookup(name string) (*Lesson, bool) {
	for _, list := range [][]*Lesson{Course, Quiz} {
		for _, l := range list {
			if l.Name == name {
				return l, true
			}
		}
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(Course) {
		return Course[n-1], true
	}
	return nil, false
}

// key is that of a text of the lesson.
func (l *Lesson) key(part string) string { return "lessons." + l.Name + "." + part }

// Do runs a lesson and returns its record with all texts.
func (l *Lesson) Do(ctx context.Context, lab *Lab) (*Record, error) {
	r := &Record{
		Type: "lesson", Version: Version, Argen: argen.Version,
		Lesson: l.Name, Language: lab.Words.Language, Seed: lab.Seed,
		Model: lab.LM.Ref, Answer: -1, Facts: map[string]string{"model": argen.Visible(lab.LM.Ref)},
		lesson: l, words: lab.Words,
	}
	if err := l.Run(ctx, lab, r); err != nil {
		return nil, fmt.Errorf("lesson %s: %w", l.Name, err)
	}
	r.decide()
	r.say()
	return r, nil
}

// Ask returns what a learner is asked before the experiment.
func (l *Lesson) Ask(lab *Lab) (claim, question string, options []string) {
	return lab.Words.Say(l.key("claim"), nil), lab.Words.Say(l.key("question"), nil), lab.Words.List(l.key("options"), nil)
}
