package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/lesson"
	"argen/internal/safefile"
)

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
	list, err := lessonsOf(args)
	if err != nil {
		return err
	}
	for _, l := range list {
		if l.Exercise == nil && len(args) > 0 && slices.Contains(args, l.Name) {
			return usagef("lesson %s has no exercise: argen explain worksheet without names takes all that have", l.Name)
		}
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
