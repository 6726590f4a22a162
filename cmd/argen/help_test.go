package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// The help of every command and topic fits a terminal 80 columns wide, but for
// examples, which are there to be pasted.
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
			example := line != "" && strings.Contains(c.Example, line)
			if utf8.RuneCountInString(line) > 80 && !example {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), utf8.RuneCountInString(line), line)
			}
		}
		for _, below := range c.Commands() {
			if c.Name() != "completion" { // the text of the shells is cobra's
				visit(below)
			}
		}
	}
	visit(newApp(nil, nil, nil, func(string) string { return "" }).root())
}

// Only the commands that search send their reader to the help of searches.
func TestHelpOfStagesNamesSearchesWhereThereAreAny(t *testing.T) {
	root := newApp(nil, nil, nil, func(string) string { return "" }).root()
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
