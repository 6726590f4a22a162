package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/lesson"
	"argen/internal/report"
	"argen/internal/safefile"
	"argen/internal/words"
)

// reportFlags is a command line of report.
type reportFlags struct {
	out, title string
	lessons    []string
	deck       []string
	sheet      sheetFlags
	explain    explainFlags // model, language, seed
	ofRun      string       // a flag of what runs now that was given, "" for none
}

func reportCommand(a *app) *cobra.Command {
	f := reportFlags{}
	c := &cobra.Command{
		Use:   "report [FILE...] -o FILE.html",
		Short: "Pages to hand out: reports, worksheets with their keys, slides",
		Long: `Make one HTML file that needs nothing else: no network, no server. It shows
traces (--log wrote them) token by token, comparisons (compare --json or the
folder of -o) and lessons (explain --json), with charts and every number in a
table; it works with the keyboard, in light and dark, and on paper. - is stdin.

--lesson runs lessons now: names, quiz, or all. --deck makes slides of lessons:
arrow keys turn them, n shows the notes, o all slides. --worksheet makes
exercises whose numbers are each student's own; argen explain grade reads the
saved answers.`,
		Example: `  argen generate --seed 1 --top 10 --log trace.jsonl
  argen report trace.jsonl -o trace.html
  argen report --lesson chain-rule,temperature -o week1.html
  argen report --deck chain-rule -o slides.html
  argen report --worksheet --exercises 4 --seed 7 -o sheet.html
  argen report --worksheet --exercises 4 --seed 7 --key -o key.html`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"jsonl", "json"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(c *cobra.Command, args []string) error {
			for _, name := range []string{"model", "seed"} {
				if c.Flags().Changed(name) {
					f.ofRun = name
				}
			}
			return a.makeReport(c.Context(), &f, args)
		},
	}
	fs := c.Flags()
	fs.StringVarP(&f.out, "output", "o", "", "write the page to `FILE`.html")
	fs.StringVar(&f.title, "title", "", "`TEXT` above the page")
	fs.StringSliceVar(&f.lessons, "lesson", nil, "run these lessons now: `NAMES` with commas, quiz, or all")
	fs.StringSliceVar(&f.deck, "deck", nil, "make slides of these lessons, run now: `NAMES`, quiz, or all")
	f.sheet.add(fs)
	a.modelFlag(fs, &f.explain.model)
	a.engineFlags(fs)
	fs.StringVar(&f.explain.language, "lang", words.Languages[0], "`LANGUAGE` of the page: "+strings.Join(words.Languages, " or "))
	seedVar(fs, &f.explain.seed, "`N` sets the dice of the experiments, and of the student's worksheet")
	names := append([]string{"all"}, lessonNames()...)
	completeWords(c, "lesson", names)
	completeWords(c, "deck", names)
	completeWords(c, "lang", words.Languages)
	return c
}

func (a *app) makeReport(ctx context.Context, f *reportFlags, files []string) error {
	catalogue, err := words.In(f.explain.language)
	if err != nil {
		return usagef("--lang: %v", err)
	}
	if err := f.check(files); err != nil {
		return err
	}
	lessons, err := lessonsOf(append(slices.Clone(f.lessons), f.deck...))
	if err != nil {
		return err
	}
	if f.sheet.on {
		return a.makeSheets(ctx, f, catalogue, lessons)
	}
	parts, err := a.readParts(ctx, files)
	if err != nil {
		return err
	}
	records, err := a.runLessons(ctx, &f.explain, catalogue, lessons)
	if err != nil {
		return err
	}
	quiz := f.quiz(catalogue, records)
	if len(f.deck) > 0 {
		deck := report.Deck{Title: f.title, Words: catalogue, Records: records, Quiz: quiz}
		return a.writePage(f.out, deck.Write)
	}
	page := report.Report{Title: f.title, Words: catalogue, Parts: append(lessonParts(records, quiz), parts...)}
	return a.writePage(f.out, page.Write)
}

// quiz is the quiz with the experiments that were run, nil if it was not named.
func (f *reportFlags) quiz(catalogue *words.Catalogue, records []*lesson.Record) *lesson.QuizRecord {
	if !slices.Contains(append(slices.Clone(f.lessons), f.deck...), "quiz") {
		return nil
	}
	q := lesson.AskQuiz(&lesson.Lab{Words: catalogue, Seed: f.explain.seed})
	for _, r := range records {
		for i, l := range lesson.Quiz {
			if l.Name == r.Lesson {
				q.Options[i].Record = r
			}
		}
	}
	return q
}

// lessonParts are lessons in order, those of the quiz together where the first of
// them stands.
func lessonParts(records []*lesson.Record, quiz *lesson.QuizRecord) []report.Part {
	var parts []report.Part
	asked := false
	for _, r := range records {
		switch {
		case quiz == nil || !slices.Contains(quiz.Records(), r):
			parts = append(parts, report.Lesson{Record: r})
		case !asked:
			parts, asked = append(parts, quizParts(quiz)...), true
		}
	}
	return parts
}

// check finds what is wrong with a command line before anything is run.
func (f *reportFlags) check(files []string) error {
	if err := f.sheet.check(len(files), len(f.deck)); err != nil {
		return err
	}
	switch {
	case f.out == "" && f.sheet.many():
		return usagef("report: give -o FOLDER for the worksheets")
	case f.out == "":
		return usagef("report: give -o FILE.html")
	case f.sheet.many() && isPage(f.out):
		return usagef("-o %s: several worksheets go into a folder: give a name without an ending", argen.Visible(f.out))
	case f.sheet.many():
		return nil
	case f.sheet.on:
	case len(files) == 0 && len(f.lessons) == 0 && len(f.deck) == 0:
		return usagef("report: of what? name traces, comparisons or lessons, or --lesson to run some")
	case f.ofRun != "" && len(f.lessons) == 0 && len(f.deck) == 0:
		return usagef("--%s is of what runs now, and a file has its own: add --lesson NAMES, or leave it out", f.ofRun)
	case len(f.deck) > 0 && (len(files) > 0 || len(f.lessons) > 0):
		return usagef("--deck makes slides of the lessons that it names: leave out the files and --lesson")
	}
	return checkPage(f.out, files)
}

// isPage reports whether a name ends as that of a page does.
func isPage(path string) bool {
	ending := strings.ToLower(filepath.Ext(path))
	return ending == ".html" || ending == ".htm"
}

// checkPage finds what is wrong with the name of a page.
func checkPage(path string, inputs []string) error {
	if !isPage(path) || len(filepath.Base(path)) == len(filepath.Ext(path)) {
		return usagef("-o %s: a page's name ends in .html", argen.Visible(path))
	}
	for i, name := range inputs {
		for _, other := range inputs[:i] {
			if name == other || sameFile(name, other) {
				return usagef("%s and %s are the same file: name it once", argen.Visible(other), argen.Visible(name))
			}
		}
	}
	return writable(path, inputs)
}

// writePage writes a page whole or not at all.
func (a *app) writePage(path string, write func(io.Writer) error) error {
	if err := safefile.Write(path, write); err != nil {
		return err
	}
	a.hint("%s is written", argen.Visible(path))
	return nil
}

// lessonsOf returns the lessons of names, quiz for its options and all for the
// course, each once.
func lessonsOf(names []string) ([]*lesson.Lesson, error) {
	var list []*lesson.Lesson
	for _, name := range names {
		more := lesson.Course
		switch name = strings.TrimSpace(name); name {
		case "all":
		case "quiz":
			more = lesson.Quiz
		default:
			l, ok := lesson.Lookup(name)
			if !ok {
				return nil, usagef("unknown lesson %q%s; argen explain --list shows them", name, didYouMean(name, append([]string{"all", "quiz"}, lessonNames()...)))
			}
			more = []*lesson.Lesson{l}
		}
		for _, l := range more {
			if !slices.Contains(list, l) {
				list = append(list, l)
			}
		}
	}
	return list, nil
}

// runLessons runs lessons one after the other.
func (a *app) runLessons(ctx context.Context, f *explainFlags, catalogue *words.Catalogue, lessons []*lesson.Lesson) (records []*lesson.Record, err error) {
	if len(lessons) == 0 {
		return nil, nil
	}
	lab, closeLab, err := a.lab(ctx, f, catalogue)
	defer func() { err = errors.Join(err, closeLab()) }()
	if err != nil {
		return nil, err
	}
	for _, l := range lessons {
		a.hint("%s", l.Name)
		r, err := l.Do(ctx, lab)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}
