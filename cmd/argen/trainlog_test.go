package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen/model/transformer/train"
)

// headOf is the head of a training and its line.
func headOf(t *testing.T, out string, seed uint64, done int) (*trainingHead, string) {
	t.Helper()
	h := &trainingHead{Type: "header", Out: out, Parameters: 9, Options: train.Options{Steps: 9, Seed: seed}, Tokenizer: "story", From: done}
	line, err := jsonLine(h)
	if err != nil {
		t.Fatal(err)
	}
	return h, string(line)
}

// A log of the training goes on behind the steps that are done; any other file
// is refused and stays as it was.
func TestTrainingLogGoesOn(t *testing.T) {
	h, head := headOf(t, "some/out", 1, 1)
	_, moved := headOf(t, "out", 1, 5) // named from elsewhere, begun at another step
	_, seed := headOf(t, "some/out", 2, 1)
	_, folder := headOf(t, "other", 1, 1)
	step := func(n string) string { return `{"type":"step","step":` + n + `,"tokens":10,"bits":3}` + "\n" }
	one, two := step("1"), step("2")
	const end = `{"type":"end"}` + "\n"
	for _, c := range []struct {
		log, want, says string
		past            int
	}{
		{log: "", want: ""},
		{log: "\n\n", want: ""},
		{log: head, want: head},
		{log: strings.TrimSuffix(head, "\n"), want: ""},
		{log: head + one + two, want: head + one, past: 1},
		{log: head + one + end, want: head + one + end, past: 1},
		{log: "\n" + head + "\n" + one + two + end, want: "\n" + head + "\n" + one, past: 1},
		{log: head + one + two[:9], want: head + one, past: 1},
		{log: head + one[:9], want: head},
		{log: moved + one, want: moved + one, past: 1},
		{log: seed + one + two, says: "is the log of another training, in some/out with seed 2: name another file"},
		{log: "\n" + seed, says: "seed 2"},
		{log: folder, says: "in other with seed 1"},
		{log: head + one + two + seed, says: "more trainings than one"},
		{log: one + two, says: "before the header"},
		{log: "Once upon a time", says: "no log of a training: name another file"},
		{log: head + "{}\n" + one, says: "log:2"},
		{log: head[:20], says: "no log of a training"},
	} {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, []byte(c.log), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := openTrainingLog(path, h, true)
		want := c.want
		if c.says != "" {
			want = c.log
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q: %v, want %q", c.log, err, c.says)
			}
		} else if err != nil {
			t.Errorf("%q: %v", c.log, err)
		} else {
			if len(l.past) != c.past {
				t.Errorf("%q: %d steps, want %d", c.log, len(l.past), c.past)
			}
			if err := l.end(); err != nil {
				t.Error(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%q leaves %q, want %q; %v", c.log, got, want, err)
		}
	}
}
