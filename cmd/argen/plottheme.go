package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"argen/viz"
)

// chartLook are the flags of all commands that write charts: how one looks.
type chartLook struct {
	theme theme
	big   bool
}

func (l *chartLook) add(f *pflag.FlagSet) {
	l.theme.add(f)
	f.BoolVar(&l.big, "big", false, "larger type, fewer ticks and rows, for a lecture hall")
}

// check says that a look changes nothing where -o names no chart.
func (l *chartLook) check(out string) error {
	if chosen := l.theme.Name; out == "" && (l.big || chosen != "" && chosen != viz.Light.Name) {
		return usagef("--theme and --big are of the chart that -o writes: name one")
	}
	return nil
}

// draw draws a chart that looks so.
func (l *chartLook) draw(chart viz.Chart, inputs ...viz.Input) (*viz.Figure, error) {
	for i := range inputs {
		inputs[i].Big = l.big
	}
	fig, err := chart.Figure(inputs...)
	if err == nil {
		fig.Theme = l.theme.Theme
	}
	return fig, err
}

// A theme is the flag --theme, in which charts are painted.
type theme struct{ viz.Theme }

// add adds the flag; light is the default.
func (t *theme) add(f *pflag.FlagSet) {
	t.Theme = viz.Light
	f.Var(t, "theme", "colours of the chart, `NAME`: light, dark, or print, which is black on white with patterns")
}

// String implements pflag.Value.
func (t *theme) String() string { return t.Name }

// Type implements pflag.Value.
func (*theme) Type() string { return "string" }

// Set implements pflag.Value.
func (t *theme) Set(name string) error {
	found, ok := viz.LookupTheme(name)
	if !ok {
		var names []string
		for _, t := range viz.Themes {
			names = append(names, t.Name)
		}
		return fmt.Errorf("there is no theme %q%s: themes are light, dark and print", name, didYouMean(name, names))
	}
	t.Theme = found
	return nil
}
