package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"argen/viz"
)

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
