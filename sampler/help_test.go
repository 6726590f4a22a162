package sampler_test

import (
	"os"
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
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	help = strings.Join(strings.Fields(help), " ") // lines break anywhere
	for _, s := range sampler.Table {
		if s.Group == "" || s.Source == "" {
			t.Errorf("%s: no Group or no Source; help and docs need both", s.Name)
		}
		for _, p := range s.Params {
			for _, word := range []string{p.Flag, p.Alias} {
				if !strings.Contains(help, word) {
					t.Errorf("the help lacks %s", word)
				}
			}
			if limits := p.Range(); p.Kind <= sampler.Int && !strings.Contains(strings.Join(strings.Fields(help), " "), limits) {
				t.Errorf("the help lacks %s", limits)
			}
		}
	}
}

// The page in Markdown is that of the table, and each stage it names has a file.
func TestHelpMarkdown(t *testing.T) {
	golden.File(t, "README.md", []byte(sampler.Markdown()))
	for _, s := range sampler.Table {
		if _, err := os.Stat(s.Name + ".go"); err != nil {
			t.Errorf("the page links to a file of stage %s: %v", s.Name, err)
		}
	}
}
