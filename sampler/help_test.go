package sampler_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"argen/internal/golden"
	"argen/sampler"
)

func TestHelp(t *testing.T) {
	help := sampler.Help()
	golden.String(t, "help.txt", help)
	for line := range strings.Lines(help) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	help = strings.Join(strings.Fields(help), " ") // lines break anywhere
	for _, s := range sampler.Table {
		for _, p := range s.Params {
			for _, word := range []string{p.Flag, p.Alias, p.Range()} {
				if !strings.Contains(help, word) {
					t.Errorf("the help lacks %s", word)
				}
			}
		}
	}
}
