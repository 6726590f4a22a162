package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"argen": main})
}

// TestScript runs every command as a user types it.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Values[testingT{}] = t
			transformers, err := filepath.Abs("../../model/transformer/testdata")
			e.Setenv("TRANSFORMERS", transformers)
			e.Setenv("GGUF", filepath.Join(filepath.Dir(filepath.Dir(transformers)), "testdata", "gguf"))
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"usage": usage, "hub": serveHub},
	})
}

// oneLine is what a wrong command line is answered with: one line, and of a
// grammar the wrong line of it, indented, with a mark below.
var oneLine = regexp.MustCompile(`^argen: .*\n(  .*\n  .*\^\n)?$`)

// usage runs argen with a command line that is wrong: exit code 2, one line
// on standard error and nothing else.
func usage(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("argen", args...)
	if got := code(err); got != 2 {
		ts.Fatalf("exit code %d, want 2", got)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("prints %q", out)
	}
	if says := ts.ReadFile("stderr"); !oneLine.MatchString(says) {
		ts.Fatalf("not one line: %q", says)
	}
}

// TestExamples runs what the help of every command gives as examples, those of
// one command after the other in one folder.
func TestExamples(t *testing.T) {
	all := newApp(nil, nil, nil, func(string) string { return "" }).root("")
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Example != "" {
			t.Run(c.CommandPath(), func(t *testing.T) { runExamples(t, c.Example) })
		}
		for _, below := range c.Commands() {
			visit(below)
		}
	}
	visit(all)
}

func runExamples(t *testing.T, example string) {
	t.Chdir(t.TempDir())
	for line := range strings.SplitSeq(example, "\n") {
		words := splitWords(line)
		var stdin []byte
		for more := len(words) > 0; more; {
			var command []string
			command, words, more = cutWords(words, "|")
			switch {
			case len(command) == 2 && command[0] == "echo":
				stdin = []byte(command[1] + "\n")
				continue
			case len(command) == 0 || command[0] != "argen":
				t.Errorf("%s: not a command of argen", line)
				continue
			}
			var stdout, stderr bytes.Buffer
			a := newApp(bytes.NewReader(stdin), &stdout, &stderr, func(string) string { return "" })
			if code := a.run(command[1:]); code != 0 {
				t.Errorf("%s: exit code %d\n%s", line, code, stderr.String())
			}
			if stdout.Len() == 0 && !slices.Contains(command, "-o") {
				t.Errorf("%s: prints nothing", line)
			}
			stdin = stdout.Bytes()
		}
	}
}

// cutWords cuts a command line at the first word that is sep.
func cutWords(words []string, sep string) (before, after []string, found bool) {
	if i := slices.Index(words, sep); i >= 0 {
		return words[:i], words[i+1:], true
	}
	return words, nil, false
}

// splitWords splits a command line as a shell does, quotes removed.
func splitWords(line string) []string {
	var words []string
	var word strings.Builder
	in, quote := false, rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			in, quote = true, r
		case quote == 0 && r == ' ':
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
		default:
			in = true
			word.WriteRune(r)
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words
}

// code is the exit code that a process ended with.
func code(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return -2
	}
	return 0
}
