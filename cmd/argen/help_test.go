package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// The help of every command and topic fits a terminal 80 columns wide.
func TestHelpIs80ColumnsWide(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		var out strings.Builder
		c.SetOut(&out)
		c.InitDefaultHelpFlag()
		if err := c.Help(); err != nil || out.Len() == 0 {
			t.Fatalf("%s: help of %d bytes, %v", c.CommandPath(), out.Len(), err)
		}
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), utf8.RuneCountInString(line), line)
			}
		}
		for _, below := range c.Commands() {
			if c.Name() != "completion" { // the text of the shells is cobra's
				visit(below)
			}
		}
	}
	visit(newApp(nil, nil, nil, func(string) string { return "" }).root(""))
}

// Only the commands that search send their reader to the help of searches.
func TestHelpOfStagesNamesSearchesWhereThereAreAny(t *testing.T) {
	root := newApp(nil, nil, nil, func(string) string { return "" }).root("")
	for name, want := range map[string]bool{"step": true, "generate": true, "tree": false, "sample": false} {
		c, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(c.UsageString(), "argen help search"); got != want {
			t.Errorf("%s: names the help of searches: %v, want %v", name, got, want)
		}
	}
}

// A start makes the command that it runs alone: it is the one of the table, with
// the flags that it has among the others.
func TestACommandAloneIsThatOfTheTree(t *testing.T) {
	silent := func() *app { return newApp(nil, nil, nil, func(string) string { return "" }) }
	all := silent().root("")
	for _, c := range commands {
		want, _, err := all.Find([]string{c.name})
		if err != nil || want == all {
			t.Fatalf("%s: not in the tree: %v", c.name, err)
		}
		root := silent().root(commandOf([]string{c.name, "help"}))
		got, _, err := root.Find([]string{c.name})
		if err != nil || len(root.Commands()) != 1 {
			t.Fatalf("%s: %d commands are made to run it, %v", c.name, len(root.Commands()), err)
		}
		for _, c := range []*cobra.Command{got, want} {
			c.InitDefaultHelpFlag()
		}
		if got.UsageString() != want.UsageString() || got.CommandPath() != want.CommandPath() {
			t.Errorf("%s alone:\n%s\nwant\n%s", c.name, got.UsageString(), want.UsageString())
		}
	}
	for _, args := range [][]string{nil, {"help"}, {"help", "step"}, {"-q", "step"}, {"stepp"}, {"completion"}, {"__complete", "st"}} {
		if name := commandOf(args); name != "" {
			t.Errorf("%q makes %s alone", args, name)
		}
	}
}
