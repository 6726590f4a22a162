package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"argen/internal/lesson"
	"argen/internal/words"
	"argen/model"
)

// explainFlags is a command line of explain.
type explainFlags struct {
	model, language string
	seed            uint64
	list, json      bool
}

func explainCommand(a *app) *cobra.Command {
	f := explainFlags{}
	c := &cobra.Command{
		Use:   "explain [LESSON]",
		Short: "Lessons: each claim shown by an experiment that runs now",
		Long: `Run a lesson: a claim about how language models write, the experiment that shows
it, with its figures and charts, and what it does not show. The experiment runs
now, on the model of your choice. --list shows the lessons.`,
		Example: `  argen explain --list
  argen explain chain-rule
  argen explain chain-rule --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.explain(c.Context(), &f, args) },
	}
	fs := c.Flags()
	a.modelFlag(fs, &f.model)
	a.engineFlags(fs)
	fs.StringVar(&f.language, "lang", words.Languages[0], "`LANGUAGE` of the texts: "+strings.Join(words.Languages, " or "))
	fs.Uint64Var(&f.seed, "seed", 1, "`N` sets the dice of the experiments")
	fs.BoolVar(&f.list, "list", false, "list the lessons")
	fs.BoolVar(&f.json, "json", false, "print the result as JSON")
	return c
}

func (a *app) explain(ctx context.Context, f *explainFlags, args []string) (err error) {
	catalogue, err := words.In(f.language)
	if err != nil {
		return usagef("--lang: %v", err)
	}
	if f.list || len(args) == 0 {
		return a.explainList(catalogue)
	}
	l, ok := lesson.Lookup(args[0])
	if !ok {
		return usagef("unknown lesson %q%s; argen explain --list shows them", args[0], didYouMean(args[0], lessonNames()))
	}
	lab, closeLab, err := a.lab(ctx, f, catalogue)
	defer func() { err = errors.Join(err, closeLab()) }()
	if err != nil {
		return err
	}
	r, err := l.Do(ctx, lab)
	if err != nil {
		return err
	}
	if f.json {
		return a.printJSON(r)
	}
	v := lesson.View{Words: catalogue, Width: a.width()}
	if err := v.Ask(a.stdout, l, lab); err != nil {
		return err
	}
	return v.Tell(a.stdout, r, -1)
}

// lab opens the model that a learner chose. What it returns closes it and those
// that experiments opened.
func (a *app) lab(ctx context.Context, f *explainFlags, catalogue *words.Catalogue) (*lesson.Lab, func() error, error) {
	kept := a.models()
	closeAll := func() error { kept.close(); return nil }
	lm, err := kept.get(ctx, f.model)
	if err != nil {
		return nil, closeAll, err
	}
	begin := time.Now()
	return &lesson.Lab{
		LM: lm, Words: catalogue, Seed: f.seed, Jobs: runtime.GOMAXPROCS(0),
		Open:  func(ctx context.Context, ref string) (*model.LM, error) { return kept.get(ctx, ref) },
		Clock: func() time.Duration { return time.Since(begin) },
	}, closeAll, nil
}

func (a *app) explainList(catalogue *words.Catalogue) error {
	var b strings.Builder
	for _, l := range append(lesson.Course, lesson.Quiz...) {
		fmt.Fprintf(&b, "%-18s  %s\n", l.Name, catalogue.Say("lessons."+l.Name+".title", nil))
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// lessonNames are the names of all lessons.
func lessonNames() []string {
	names := []string{"quiz"}
	for _, l := range append(lesson.Course, lesson.Quiz...) {
		names = append(names, l.Name)
	}
	return names
}
