package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTakeLeave: the text and how it comes again stand on the terminal when
// the view is gone.
func TestTakeLeave(t *testing.T) {
	for _, c := range []struct {
		args []string
		keys string
		want string
		code int
	}{
		{nil, "q", "argen: truth, chain temperature=1, seed 1, 1 token so far; the same command with --seed 1 writes it again", 0},
		{nil, "\x03", "with --seed 1 writes it again", 130},
		{[]string{"--log", "x.jsonl"}, "q", "1 token in x.jsonl; argen step --replay shows it again", 0},
		{nil, "1q", "2 tokens, some by hand; w in the view or --log FILE keeps them", 0},
	} {
		x := onTerminal(t, "", append([]string{"step", "-m", "truth", "--seed", "1", "It was"}, c.args...)...)
		x.wait("paused")
		x.types("...")
		x.types(".")
		x.wait("1 token ")
		if keys, ok := strings.CutSuffix(c.keys, "q"); ok && keys != "" {
			x.types(keys)
			x.wait("2 token")
		}
		x.types(c.keys[len(c.keys)-1:])
		if code := x.ends(); code != c.code {
			t.Errorf("%q: exit code %d", c.keys, code)
		}
		x.wait(otherScreen + "l")
		x.wait(c.want)
		_, left, _ := strings.Cut(x.seen(), otherScreen+"l")
		if !strings.Contains(left, "It was ") || strings.Index(left, "It was ") > strings.Index(left, "argen: ") {
			t.Errorf("%q leaves %q", c.keys, left)
		}
	}
}

// TestDamagedReplay: a trace whose numbers cannot be is refused, and the file
// named.
func TestDamagedReplay(t *testing.T) {
	x := onTerminal(t, "", "step", "-m", "truth", "--seed", "1", "-n", "1", "--plain", "--log", "good.jsonl", "It was")
	x.ends()
	path := filepath.Join(x.cmd.Dir, "good.jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tr := readLog(t, path)
	prob := fmt.Sprintf(`"prob":%v,`, tr.Steps[0].Prob)
	if !strings.Contains(string(data), prob) {
		t.Fatalf("no %s in the log", prob)
	}
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte(strings.Replace(string(data), prob, `"prob":2,`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	x = onTerminal(t, "", "step", "--replay", bad)
	if code := x.ends(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	x.wait("bad.jsonl: ")
	if seen := x.seen(); !strings.Contains(seen, "prob") || strings.Contains(seen, otherScreen) {
		t.Error(seen)
	}
}
