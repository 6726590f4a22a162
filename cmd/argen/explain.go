package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/internal/lesson"
	"argen/internal/words"
	"argen/model"
	"argen/viz"
)

// explainFlags say where experiments run, and in which language they are told.
type explainFlags struct {
	model, language string
	seed            uint64
}

// An explaining is a command line of explain with what it opens.
type explaining struct {
	a *app
	explainFlags

	list, json         bool
	plain, ascii, all  bool
	answer, out, sheet string
	exercises          int
	key                bool

	look chartLook

	words  *words.Catalogue
	charts []lesson.Chart // of all that was shown, for -o
}

func explainCommand(a *app) *cobra.Command {
	e := &explaining{a: a}
	c := &cobra.Command{
		Use:   "explain [LESSON]",
		Short: "Lessons: each claim shown by an experiment that runs now",
		Long: `Run a lesson: a claim about how language models write, the experiment that shows
it, with its figures and charts, and what it does not show. The experiment runs
now, on the model of your choice. On a terminal it first asks what you expect;
without a name it goes through the course. The exit code is 1 where a claim does
not hold, or is undecided since its interval lies on both sides of the limit.
--list shows the lessons; LESSON is one of its names or numbers.`,
		Example: `  argen explain --list
  argen explain chain-rule
  argen explain chain-rule --answer b
  argen explain chain-rule --json
  argen explain chain-rule -o chain-rule.svg -q`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("explain runs one lesson, found %d names: argen report --lesson %s -o FILE.html takes several", len(args), argen.Visible(strings.Join(args, ",")))
			}
			return nil
		},
		ValidArgsFunction: completeLessons,
		RunE:              func(c *cobra.Command, args []string) error { return e.run(c.Context(), args) },
	}
	fs := c.Flags()
	e.common(fs)
	e.showing(fs)
	fs.StringVar(&e.answer, "answer", "", "`OPTION` that you expect, by its letter or number, instead of being asked")
	fs.BoolVar(&e.list, "list", false, "list the lessons")
	for _, below := range []func(*app) *cobra.Command{explainQuizCommand, explainWorksheetCommand, explainGradeCommand} {
		c.AddCommand(below(a))
	}
	return c
}

// common adds the flags of all that runs experiments.
func (e *explaining) common(fs *pflag.FlagSet) {
	e.a.modelFlag(fs, &e.model)
	e.a.engineFlags(fs)
	e.languageFlag(fs)
	seedVar(fs, &e.seed, "`N` sets the dice of the experiments")
	fs.BoolVar(&e.json, "json", false, "print the result as JSON")
}

func (e *explaining) languageFlag(fs *pflag.FlagSet) {
	fs.StringVar(&e.language, "lang", words.Languages[0], "`LANGUAGE` of the texts: "+strings.Join(words.Languages, " or "))
}

// showing adds the flags of what is shown.
func (e *explaining) showing(fs *pflag.FlagSet) {
	fs.StringVarP(&e.out, "output", "o", "", "write the chart to `FILE`: *.png, *.svg or *.pdf; several to FILE-1, FILE-2, …")
	e.look.add(fs)
	fs.BoolVar(&e.plain, "plain", false, "nothing is asked and nothing drawn: charts are numbers, for a screen reader")
	fs.BoolVar(&e.ascii, "ascii", false, "draw charts with ASCII alone")
}

// begin finds what is wrong with the flags.
func (e *explaining) begin() (err error) {
	if e.words, err = words.In(e.language); err != nil {
		return usagef("--lang: %v", err)
	}
	if err := e.look.check(e.out); err != nil {
		return err
	}
	if e.out != "" {
		return checkChart(e.out, nil)
	}
	return nil
}

func (e *explaining) run(ctx context.Context, args []string) (err error) {
	if err := e.begin(); err != nil {
		return err
	}
	talks := e.talks()
	switch {
	case e.list && len(args) > 0:
		return usagef("--list lists the lessons and runs none: leave out %q", args[0])
	case len(args) == 0 && (e.json && !e.list || e.answer != "" || e.out != ""):
		return usagef("explain: which lesson? argen explain --list shows them")
	case e.list || len(args) == 0 && !talks:
		return e.showList()
	}
	var l *lesson.Lesson
	given := -1
	if len(args) == 1 {
		if l, err = findLesson(args[0]); err != nil {
			return err
		}
		if given, err = e.expected(l); err != nil {
			return err
		}
	}
	lab, closeLab, err := e.a.lab(ctx, &e.explainFlags, e.words)
	defer func() { err = errors.Join(err, closeLab()) }()
	switch {
	case err != nil:
		return err
	case l == nil:
		return e.course(ctx, lab)
	}
	holds, err := e.lesson(ctx, lab, l, given, talks && e.answer == "")
	if errors.Is(err, errLeft) {
		return nil
	}
	if err == nil {
		err = e.saveCharts()
	}
	if err == nil && !holds {
		e.a.hint("lesson %s: on this run not every claim holds", l.Name)
		err = errFailed
	}
	return err
}

// talks reports whether a learner sits at a terminal and is asked.
func (e *explaining) talks() bool { return e.a.stdinTTY && e.a.stdoutTTY && !e.plain && !e.json }

// findLesson finds the lesson of a name.
func findLesson(name string) (*lesson.Lesson, error) {
	l, ok := lesson.Lookup(name)
	if !ok {
		return nil, usagef("unknown lesson %q%s; argen explain --list shows them", name, didYouMean(name, append(lessonNames(), "quiz", "worksheet", "grade")))
	}
	return l, nil
}

// expected reads --answer, −1 if there is none.
func (e *explaining) expected(l *lesson.Lesson) (int, error) {
	if e.answer == "" {
		return -1, nil
	}
	_, _, options := l.Ask(&lesson.Lab{Words: e.words})
	if len(options) == 0 {
		return 0, usagef("--answer: lesson %s asks nothing", l.Name)
	}
	i, ok := lesson.ReadOption(e.answer, len(options))
	if !ok {
		return 0, usagef("--answer %q is none of %s", e.answer, lesson.Letters(len(options)))
	}
	return i, nil
}

// lesson runs one lesson and shows it. Given is the answer of the learner, −1 for
// none, who is asked for it if ask is set.
func (e *explaining) lesson(ctx context.Context, lab *lesson.Lab, l *lesson.Lesson, given int, ask bool) (holds bool, err error) {
	v, w := e.view()
	if !e.json {
		if err := v.Ask(w, l, lab); err != nil {
			return false, err
		}
	}
	if ask {
		_, _, options := l.Ask(lab)
		if given, err = e.question(ctx, len(options)); err != nil {
			return false, err
		}
	}
	r, err := e.experiment(ctx, lab, l.Name, l.Do)
	if err != nil {
		return false, err
	}
	e.charts = append(e.charts, r.Charts...)
	if e.json {
		return r.Holds, e.a.printJSON(r)
	}
	return r.Holds, v.Tell(w, r, given)
}

// experiment runs something in the lab while the progress is shown.
func (e *explaining) experiment(ctx context.Context, lab *lesson.Lab, name string, do func(context.Context, *lesson.Lab) (*lesson.Record, error)) (*lesson.Record, error) {
	p := e.a.progress()
	var mu sync.Mutex // experiments tell from several goroutines
	lab.Progress = func(done, all int) {
		mu.Lock()
		defer mu.Unlock()
		p.set(name, int64(done), int64(all), "parts")
	}
	defer p.end()
	if e.talks() {
		e.say("\n" + e.words.Say("explain.runs", nil) + "\n")
	}
	return do(ctx, lab)
}

// say prints what the dialogue says.
func (e *explaining) say(text string) { fmt.Fprint(e.a.stdout, text) }

// view is how lessons are shown, and where to.
func (e *explaining) view() (lesson.View, io.Writer) {
	const widest = 100 // lines that are longer are no pleasure to read
	v := lesson.View{Words: e.words, Width: min(e.a.width(), widest), ASCII: e.ascii, Plain: e.plain || e.a.stdoutTTY && e.a.env("TERM") == "dumb"}
	profile := e.a.colors()
	if profile <= colorprofile.ASCII || e.a.raw {
		return v, e.a.stdout
	}
	v.Head = func(s string) string { return lipgloss.NewStyle().Bold(true).Render(s) }
	return v, &colorprofile.Writer{Forward: e.a.screen, Profile: profile}
}

// lab opens the model that a learner chose. What it returns closes it and those
// that experiments opened.
func (a *app) lab(ctx context.Context, f *explainFlags, catalogue *words.Catalogue) (*lesson.Lab, func() error, error) {
	kept := a.models()
	lab, err := kept.lab(ctx, f, catalogue)
	return lab, func() error { kept.close(); return nil }, err
}

// lab is one whose models are kept.
func (m *models) lab(ctx context.Context, f *explainFlags, catalogue *words.Catalogue) (*lesson.Lab, error) {
	lm, err := m.get(ctx, f.model)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	return &lesson.Lab{
		LM: lm, Words: catalogue, Seed: f.seed, Jobs: runtime.GOMAXPROCS(0),
		Open:  func(ctx context.Context, ref string) (*model.LM, error) { return m.get(ctx, ref) },
		Clock: func() time.Duration { return time.Since(begin) },
	}, nil
}

// saveCharts writes the charts of what was shown to -o.
func (e *explaining) saveCharts() error {
	if e.out == "" {
		return nil
	}
	for i, chart := range e.charts {
		path := e.out
		if ending := filepath.Ext(path); len(e.charts) > 1 {
			path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ending), i+1, ending)
		}
		kind, _ := viz.Lookup(chart.Kind)
		fig, err := e.look.draw(kind, viz.Input{Data: chart.Data})
		if err == nil {
			err = viz.Save(fig, path)
		}
		if err != nil {
			return err
		}
		e.a.hint("%s is written", argen.Visible(path))
	}
	return nil
}

// showList lists the lessons.
func (e *explaining) showList() error {
	type entry struct {
		Name  string `json:"name"`
		Group string `json:"group"`
		Title string `json:"title"`
	}
	if !e.json {
		v, w := e.view()
		return v.List(w)
	}
	var list []entry
	add := func(group string, lessons []*lesson.Lesson) {
		for _, l := range lessons {
			list = append(list, entry{l.Name, group, e.words.Say("lessons."+l.Name+".title", nil)})
		}
	}
	for _, g := range lesson.Groups {
		add(g.Name, g.Lessons)
	}
	add("quiz", lesson.Quiz)
	return e.a.printJSON(list)
}

// lessonNames are the names of all lessons.
func lessonNames() []string {
	var names []string
	for _, list := range [][]*lesson.Lesson{lesson.Course, lesson.Quiz} {
		for _, l := range list {
			names = append(names, l.Name)
		}
	}
	return names
}

func completeLessons(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	var names []string
	catalogue, err := words.In(words.Languages[0])
	if len(args) > 0 || err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, name := range lessonNames() {
		if strings.HasPrefix(name, typed) {
			names = append(names, cobra.CompletionWithDesc(name, catalogue.Say("lessons."+name+".title", nil)))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
