package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"argen/internal/golden"
)

// realModelFlag marks the lines of the README that take the real model.
const realModelFlag = " -m smollm2 "

// TestReadme runs what the README shows: each line "$ argen …" of its console
// blocks prints what stands below it, and the pictures that these commands
// draw are those that the README has. A line "…" stands for any lines. What
// takes the real model is run by the full tests alone, which have it; the blocks
// of such lines and those that read what they logged hold no others.
func TestReadme(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	blocks := strings.Split(string(readme), "```console\n")
	out.WriteString(blocks[0])
	for _, block := range blocks[1:] {
		shown, rest, found := strings.Cut(block, "```")
		if !found {
			t.Fatal("a console block does not end")
		}
		if withRealModel || !strings.Contains(shown, realModelFlag) {
			shown = runShown(t, shown)
		}
		out.WriteString("```console\n" + shown + "```" + rest)
	}
	golden.File(t, filepath.Join(top, "README.md"), out.Bytes())

	pictures := regexp.MustCompile(`\]\((testdata/readme/[\w.-]+)\)`).FindAllStringSubmatch(string(readme), -1)
	for _, p := range pictures {
		drawn, err := os.ReadFile(filepath.Base(p[1]))
		if err == nil {
			golden.File(t, filepath.Join(top, filepath.FromSlash(p[1])), drawn)
		} else if _, err := os.Stat(filepath.Join(top, filepath.FromSlash(p[1]))); err != nil {
			t.Errorf("the README shows %s, which is not there", p[1])
		}
	}
	if len(blocks) < 6 || len(pictures) < 4 {
		t.Errorf("%d console blocks and %d pictures found", len(blocks)-1, len(pictures))
	}
}

// runShown runs the commands of a console block and returns it as it should be.
func runShown(t *testing.T, block string) string {
	var out strings.Builder
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		line, shown, _ := strings.Cut(part, "\n")
		got := runLine(t, line)
		if elided(shown, got) {
			got = shown
		}
		out.WriteString("$ " + line + "\n" + got)
	}
	return out.String()
}

// elided reports whether shown is got with some lines left out where it has a
// line "…".
func elided(shown, got string) bool {
	parts := strings.Split(shown, "…\n")
	if len(parts) == 1 {
		return false
	}
	rest, ok := strings.CutPrefix(got, parts[0])
	for _, p := range parts[1:] {
		i := strings.Index(rest, p)
		if !ok || i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return rest == "" || parts[len(parts)-1] == ""
}

// runLine runs a command line of argen and returns what it prints.
func runLine(t *testing.T, line string) string {
	words := splitWords(line)
	if len(words) == 0 || words[0] != "argen" {
		t.Errorf("%s: not a command of argen", line)
		return ""
	}
	var screen bytes.Buffer // results and hints, as a person sees them
	a := newApp(strings.NewReader(""), &screen, &screen, func(string) string { return "" })
	if code := a.run(words[1:]); code != 0 {
		t.Errorf("%s: exit code %d\n%s", line, code, screen.String())
	}
	return screen.String()
}
