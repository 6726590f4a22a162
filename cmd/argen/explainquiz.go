package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/lesson"
	"argen/internal/words"
)

func explainQuizCommand(a *app) *cobra.Command {
	e := &explaining{a: a}
	c := &cobra.Command{
		Use:   "quiz",
		Short: "A question, and an experiment for each answer",
		Long: `Why are large language models called autoregressive? Choose one of four answers:
its experiment runs now, and shows by its numbers whether it is right. --answer
chooses without asking, --all runs all four and ends with what decides each, its
number and interval. The exit code is 1 where a claim does not hold on this run
or is undecided.`,
		Example: `  argen explain quiz --answer a`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("explain quiz takes no argument, found %q: --answer OPTION chooses", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return e.quiz(c.Context()) },
	}
	fs := c.Flags()
	e.common(fs)
	e.showing(fs)
	fs.StringVar(&e.answer, "answer", "", "`OPTION` that you choose, by its letter or number, instead of being asked")
	fs.BoolVar(&e.all, "all", false, "run the experiments of all answers")
	return c
}

func (e *explaining) quiz(ctx context.Context) (err error) {
	if err := e.begin(); err != nil {
		return err
	}
	if e.all && e.answer != "" {
		return usagef("--all runs all answers: leave out --answer")
	}
	n := len(lesson.Quiz)
	var chosen []int
	if e.all {
		for i := range n {
			chosen = append(chosen, i)
		}
	}
	if e.answer != "" {
		i, ok := lesson.ReadOption(e.answer, n)
		if !ok {
			return usagef("--answer %q is none of %s", e.answer, lesson.Letters(n))
		}
		chosen = []int{i}
	}
	q, err := e.askQuiz()
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		i, err := e.firstAnswer(ctx, n)
		if errors.Is(err, errLeft) {
			return nil
		}
		if err != nil {
			return err
		}
		chosen = []int{i}
	}
	lab, closeLab, err := e.a.lab(ctx, &e.explainFlags, e.words)
	defer func() { err = errors.Join(err, closeLab()) }()
	if err == nil {
		err = e.answers(ctx, lab, q, chosen, e.talks() && e.answer == "" && !e.all)
	}
	if err == nil {
		err = e.saveCharts()
	}
	if err == nil && !q.Holds {
		e.a.hint("quiz: on this run not every claim holds")
		err = errFailed
	}
	return err
}

// askQuiz shows the question with its options.
func (e *explaining) askQuiz() (*lesson.QuizRecord, error) {
	q := lesson.AskQuiz(&lesson.Lab{Words: e.words, Seed: e.seed})
	q.Model = e.model
	if e.json {
		return q, nil
	}
	v, w := e.view()
	return q, v.AskQuiz(w, q)
}

// answers runs the experiments of the options that are chosen, and of those that a
// learner who is asked chooses then, and shows them and how many claims hold.
func (e *explaining) answers(ctx context.Context, lab *lesson.Lab, q *lesson.QuizRecord, chosen []int, ask bool) (err error) {
	for len(chosen) > 0 {
		if err := e.choose(ctx, lab, q, chosen[0]); err != nil {
			return err
		}
		if chosen = chosen[1:]; len(chosen) == 0 && ask {
			if chosen, err = e.another(ctx, q); err != nil {
				return err
			}
		}
	}
	if e.json {
		return e.a.printJSON(q)
	}
	v, w := e.view()
	return v.SumQuiz(w, q)
}

// quizIn asks the quiz within the course.
func (e *explaining) quizIn(ctx context.Context, lab *lesson.Lab) error {
	q, err := e.askQuiz()
	if err != nil {
		return err
	}
	i, err := e.question(ctx, len(q.Options))
	switch {
	case errors.Is(err, errLeft) || err == nil && i < 0:
		return nil
	case err != nil:
		return err
	}
	return e.answers(ctx, lab, q, []int{i}, true)
}

// choose runs the experiment of option i and shows it.
func (e *explaining) choose(ctx context.Context, lab *lesson.Lab, q *lesson.QuizRecord, i int) error {
	r, err := e.experiment(ctx, lab, lesson.Quiz[i].Name, func(ctx context.Context, lab *lesson.Lab) (*lesson.Record, error) {
		err := q.Choose(ctx, lab, i)
		return q.Options[i].Record, err
	})
	if err != nil {
		return err
	}
	e.charts = append(e.charts, r.Charts...)
	if e.json {
		return nil
	}
	v, w := e.view()
	return v.TellQuiz(w, q, i)
}

// firstAnswer takes the answer from whoever is there: at a terminal until it is
// one or the learner leaves, elsewhere the first line of the input.
func (e *explaining) firstAnswer(ctx context.Context, n int) (int, error) {
	letters := lesson.Letters(n)
	text := ""
	if e.talks() {
		text = "\n" + e.words.Say("quiz.ask", words.Map{"letters": letters})
	}
	for {
		line, err := e.prompt(ctx, text)
		left := errors.Is(err, errLeft) || err == nil && (line == "q" || line == "quit")
		if left && e.talks() {
			return 0, errLeft
		}
		if left || err == nil && line == "" && !e.talks() {
			return 0, usagef("quiz: there is no answer: --answer OPTION gives one of %s, --all runs all", letters)
		}
		if err != nil {
			return 0, err
		}
		i, ok := lesson.ReadOption(line, n)
		switch {
		case ok:
			return i, nil
		case !e.talks():
			return 0, usagef("quiz: the answer %q is none of %s", line, letters)
		case line == "":
			text = e.words.Say("quiz.ask", words.Map{"letters": letters})
			continue
		}
		text = e.words.Say("quiz.again", words.Map{"given": argen.Visible(line), "letters": letters})
	}
}

// another asks for one of the options that were not chosen yet; none is the end.
func (e *explaining) another(ctx context.Context, q *lesson.QuizRecord) ([]int, error) {
	letters := ""
	for _, o := range q.Options {
		if o.Record == nil {
			if letters != "" {
				letters += ", "
			}
			letters += o.Key
		}
	}
	if letters == "" {
		return nil, nil
	}
	text := "\n" + e.words.Say("quiz.another", words.Map{"letters": letters})
	for {
		line, err := e.prompt(ctx, text)
		switch {
		case errors.Is(err, errLeft), err == nil && (line == "" || line == "q"):
			return nil, nil
		case err != nil:
			return nil, err
		}
		if i, ok := lesson.ReadOption(line, len(q.Options)); ok {
			return []int{i}, nil
		}
		text = e.words.Say("quiz.again", words.Map{"given": argen.Visible(line), "letters": letters})
	}
}
