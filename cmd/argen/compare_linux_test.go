package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"argen/internal/filelock"
)

// A comparison that was killed, or interrupted, goes on to the same bytes.
func TestCompareKilled(t *testing.T) {
	args := []string{"compare", "--samples", "20", "--strategy", "temperature=1", "--strategy", "beams=3", "--strategy", "mirostat", "--show", "0", "-o", "kept"}
	whole, _, stderr := command(t, args...)
	if err := whole.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	want, err := os.ReadFile(filepath.Join(whole.Dir, "kept", samplesFile))
	if err != nil {
		t.Fatal(err)
	}
	var modes [2]os.FileMode
	for i, name := range []string{samplesFile, compareFile} {
		info, err := os.Stat(filepath.Join(whole.Dir, "kept", name))
		if err != nil {
			t.Fatal(err)
		}
		modes[i] = info.Mode()
	}
	if modes[0] != modes[1] {
		t.Errorf("%s is %v, %s is %v: both have the texts", samplesFile, modes[0], compareFile, modes[1])
	}
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		c, _, stderr := command(t, args...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(c.Dir, "kept", samplesFile)
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if data, _ := os.ReadFile(path); bytes.Count(data, []byte("\n")) > 5 {
				break
			}
		}
		if err := c.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		err := c.Wait()
		cut, readErr := os.ReadFile(path)
		if readErr != nil || len(cut) >= len(want) || !bytes.HasPrefix(want, cut) {
			t.Fatalf("%v left %d bytes of %d, %v", sig, len(cut), len(want), readErr)
		}
		if sig == syscall.SIGINT && (code(err) != 130 || !strings.Contains(stderr.String(), " of 60 texts are kept; go on with: argen compare --resume kept\n")) {
			t.Errorf("exit code %d, %q", code(err), stderr)
		}
		again, stdout, stderr := command(t, "compare", "--resume", "kept", "--jobs", "1")
		again.Dir = c.Dir
		if err := again.Run(); err != nil || stdout.Len() == 0 {
			t.Fatalf("%v\n%s", err, stderr)
		}
		for _, name := range []string{samplesFile, compareFile, "frontier.svg"} {
			x, err := os.ReadFile(filepath.Join(whole.Dir, "kept", name))
			y, err2 := os.ReadFile(filepath.Join(c.Dir, "kept", name))
			if err != nil || err2 != nil || !bytes.Equal(x, y) {
				t.Errorf("after %v %s is another (%v, %v)", sig, name, err, err2)
			}
		}
	}
}

// Two comparisons do not write into one folder.
func TestCompareLocked(t *testing.T) {
	dir := t.TempDir()
	f, err := os.OpenFile(filepath.Join(dir, samplesFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !filelock.Try(f) {
		t.Fatal("the file is locked already")
	}
	r := runArgs("", "compare", "--samples", "1", "--strategy", "greedy", "-o", dir)
	if r.code != 1 || !strings.Contains(r.stderr, "another comparison is going on in ") {
		t.Errorf("exit code %d, %q", r.code, r.stderr)
	}
}
