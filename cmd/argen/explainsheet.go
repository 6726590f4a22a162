package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/lesson"
	"argen/internal/safefile"
)

// largestSheet is how long a filled-in worksheet may be, in bytes.
const largestSheet = 4 << 20

func explainWorksheetCommand(a *app) *cobra.Command {
	e := &explaining{a: a}
	c := &cobra.Command{
		Use:   "worksheet [LESSON...]",
		Short: "Exercises for a student, by a seed",
		Long: `Write a worksheet: exercises of the lessons that are named, or of all, made from
the student's seed. --key writes the answers beside. argen explain grade reads
what was filled in. argen report --worksheet writes the same as a page to click.`,
		Example: `  argen explain worksheet --seed 7
  argen explain worksheet --seed 7 --key
  argen explain worksheet chain-rule --exercises 3 --seed 7 -o sheet.txt`,
		ValidArgsFunction: completeSheetLessons,
		RunE:              func(c *cobra.Command, args []string) error { return e.worksheet(c.Context(), args) },
	}
	fs := c.Flags()
	e.common(fs)
	fs.Var(&fromOneValue{&e.exercises}, "exercises", "how many: `N` of the lessons in turn (default one of each)")
	fs.BoolVar(&e.key, "key", false, "with the answers and how one gets to them")
	fs.StringVarP(&e.sheet, "output", "o", "", "write the worksheet to `FILE`")
	return c
}

func completeSheetLessons(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	names, directive := completeLessons(nil, nil, typed)
	return names, directive
}

func (e *explaining) worksheet(ctx context.Context, args []string) (err error) {
	if err := e.begin(); err != nil {
		return err
	}
	if e.sheet != "" {
		if err := writable(e.sheet, nil); err != nil {
			return err
		}
		if err := unfilled(e.sheet); err != nil {
			return err
		}
	}
	var list []*lesson.Lesson
	for _, name := range args {
		l, err := findLesson(name)
		if err != nil {
			return err
		}
		if l.Exercise == nil {
			return usagef("lesson %s has no exercise: argen explain worksheet without names takes all that have", name)
		}
		list = append(list, l)
	}
	if e.exercises > lesson.MostExercises {
		return usagef("--exercises %d: a worksheet has at most %d", e.exercises, lesson.MostExercises)
	}
	lab, closeLab, err := e.a.lab(ctx, &e.explainFlags, e.words)
	defer func() { err = errors.Join(err, closeLab()) }()
	if err != nil {
		return err
	}
	sheet, err := lesson.NewWorksheet(ctx, lab, list, e.exercises)
	if err != nil {
		return err
	}
	if !e.key {
		sheet = sheet.WithoutKey()
	}
	write := func(w io.Writer) error {
		if !e.json {
			return sheet.WriteText(w, e.words, 80, e.key)
		}
		line, err := jsonLine(sheet)
		if err == nil {
			_, err = w.Write(line)
		}
		return err
	}
	if e.sheet == "" {
		return write(e.a.stdout)
	}
	if err := safefile.Write(e.sheet, write); err != nil {
		return err
	}
	e.a.hint("%s is written", argen.Visible(e.sheet))
	return nil
}

func explainGradeCommand(a *app) *cobra.Command {
	e := &explaining{a: a}
	c := &cobra.Command{
		Use:   "grade FILE",
		Short: "Grade a worksheet that was filled in",
		Long: `Grade a worksheet: the text that argen explain worksheet wrote, filled in, or
the JSON that the page of argen report --worksheet saves; - is stdin. The
answers are computed again from the seed in it. What cannot be read is said with
its line.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("explain grade takes one worksheet, found %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return e.grade(c.Context(), args[0]) },
	}
	fs := c.Flags()
	fs.StringVar(&e.language, "lang", "", "`LANGUAGE` of the result (default that of the worksheet)")
	fs.BoolVar(&e.json, "json", false, "print the result as JSON")
	e.a.engineFlags(fs)
	return c
}

func (e *explaining) grade(ctx context.Context, path string) (err error) {
	data, err := e.a.readFile(ctx, path, largestSheet)
	if err != nil {
		return err
	}
	name := path
	if path == "-" {
		name = "standard input"
	}
	sheet, err := lesson.ReadSheet(argen.Visible(name), data)
	if err != nil {
		return err
	}
	fromSheet := e.language == ""
	if fromSheet {
		e.language = sheet.Language
	}
	switch err := e.begin(); {
	case err != nil && fromSheet:
		return fmt.Errorf("%s: language %q: give --lang", argen.Visible(name), argen.Visible(sheet.Language))
	case err != nil:
		return err
	}
	e.model, e.seed = sheet.Model, sheet.Seed
	lab, closeLab, err := e.a.lab(ctx, &e.explainFlags, e.words)
	defer func() { err = errors.Join(err, closeLab()) }()
	if err != nil {
		return fmt.Errorf("%s: %w", argen.Visible(name), err)
	}
	g, err := sheet.Mark(ctx, lab)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", argen.Visible(name), err)
	case e.json:
		return e.a.printJSON(g)
	}
	v, w := e.view()
	return g.WriteText(w, e.words, v.Width)
}
