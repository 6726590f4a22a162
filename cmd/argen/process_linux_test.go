package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"argen"
)

// hangups keeps SIGHUP from being ignored where the tests run under nohup: a
// signal that is caught here has its default in a process started from here.
var hangups = sync.OnceFunc(func() { signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) })

// command makes a process of argen, which testscript.Main has put in the PATH,
// in a folder of its own. It is killed if
// it is still there after three minutes.
func command(t testing.TB, args ...string) (c *exec.Cmd, stdout, stderr *bytes.Buffer) {
	hangups()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	c = exec.CommandContext(ctx, "argen", args...)
	c.Dir = t.TempDir()
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	c.Stdout, c.Stderr = stdout, stderr
	return c, stdout, stderr
}

// startUp is how long a process takes on this machine until it does something:
// much longer under the race detector, or where others are at work.
func startUp() time.Duration {
	start := time.Now()
	exec.Command("argen", "version").Run() // a failure is found elsewhere
	return time.Since(start)
}

// reading starts a process with an input that does not end, and waits until it
// reads that, as long as it takes on a machine that has much to do.
func reading(t *testing.T, c *exec.Cmd) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	c.Stdin = r
	err = c.Start()
	r.Close()
	if err == nil {
		_, err = w.WriteString(" ") // a blank is the beginning of any input
	}
	left := 1 // bytes that it has not read
	for end := time.Now().Add(time.Minute); err == nil && left > 0; time.Sleep(2 * time.Millisecond) {
		if left, err = unix.IoctlGetInt(int(w.Fd()), unix.TIOCINQ); time.Now().After(end) {
			t.Fatal("it does not read its input")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// endless are commands that are at work until they are told to stop: some
// write, some wait for an input that does not come.
var endless = [][]string{
	{"step", "-m", "story-ngram", "--json", "--log", "x.jsonl", "--speed", "200", "-n", "-1", "--ignore-eos", "It was"},
	{"step", "--plain", "--log", "x.jsonl", "--speed", "1", "It was"},
	{"generate", "-m", "story-ngram", "--log", "x.jsonl", "-n", "-1", "--ignore-eos", "It was"},
	{"generate", "-m", "story-ngram", "--json", "--log", "x.jsonl", "-n", "-1", "--ignore-eos", "It was"},
	{"generate", "-m", "story-ngram", "--log", "x.csv", "-n", "-1", "--ignore-eos", "It was"},
	{"step", "--dice", "--plain", "--log", "x.jsonl", "It was"},
	{"step"},
	{"score"},
	{"score", "--batch", "-"},
	{"sample", "--logits", "-"},
	{"verify", "-"},
}

// A signal ends every command at once, with its exit code and one line, and
// what was logged is a whole trace that says so.
func TestSignals(t *testing.T) {
	for i, args := range endless {
		sig, want := syscall.SIGINT, 130
		switch i % 3 {
		case 1:
			sig, want = syscall.SIGTERM, 143
		case 2:
			sig, want = syscall.SIGHUP, 129
		}
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			c, stdout, stderr := command(t, args...)
			log := ""
			if j := slices.Index(args, "--log"); j < 0 {
				reading(t, c)
			} else {
				log = filepath.Join(c.Dir, args[j+1])
				in, err := c.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				defer in.Close()
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				waitForLog(t, log)
			}
			time.Sleep(time.Duration(50+rand.IntN(100)) * time.Millisecond)
			start := time.Now()
			if err := c.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			got := code(c.Wait())
			// Half a second where nothing else runs; what else runs slows a process
			// down that starts now too.
			if spent := time.Since(start); spent > 2*time.Second && spent > 2*time.Second+5*startUp() {
				t.Errorf("took %v to end", spent)
			}
			if got != want {
				t.Errorf("exit code %d, want %d", got, want)
			}
			if !strings.HasSuffix(stderr.String(), "argen: interrupted\n") {
				t.Errorf("says %q", stderr)
			}
			if len(args) > 2 && args[1] == "--json" {
				if lines := bytes.Split(stdout.Bytes(), []byte("\n")); !bytes.Contains(lines[len(lines)-2], []byte(`"reason":"interrupted"`)) {
					t.Errorf("the last line is %.200s", lines[len(lines)-2])
				}
			}
			if strings.HasSuffix(log, ".jsonl") {
				trace := readLog(t, log)
				if trace.Torn || trace.Ended == nil || trace.Ended.Reason != argen.Interrupted || trace.Ended.Tokens != len(trace.Steps) {
					t.Errorf("the log ends with %+v, torn %v", trace.Ended, trace.Torn)
				}
			}
		})
	}
}

// waitForLog waits until something stands in a log.
func waitForLog(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			if info.Mode().Perm() != 0o600 {
				t.Errorf("the log has mode %v", info.Mode())
			}
			return
		}
	}
	t.Fatal("no log appears")
}

func readLog(t *testing.T, path string) *argen.Trace {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	traces, err := argen.ReadTraces("log", f)
	if err != nil {
		t.Fatal(err)
	}
	if len(traces) != 1 {
		t.Fatalf("%d traces", len(traces))
	}
	return traces[0]
}

// A second signal does not wait for anything.
func TestSecondSignal(t *testing.T) {
	c, _, _ := command(t, "score")
	reading(t, c)
	for range 20 {
		c.Process.Signal(syscall.SIGINT)
	}
	err := c.Wait()
	status, _ := c.ProcessState.Sys().(syscall.WaitStatus)
	if got := code(err); got != 130 && !status.Signaled() {
		t.Errorf("exit code %d", got)
	}
}

// A process that is killed leaves whole lines, but maybe for the last.
func TestKill(t *testing.T) {
	for range 20 {
		c, _, _ := command(t, "generate", "-m", "story-ngram", "--log", "x.jsonl", "-n", "-1", "--ignore-eos", "It was")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		log := filepath.Join(c.Dir, "x.jsonl")
		waitForLog(t, log)
		time.Sleep(time.Duration(rand.IntN(20000)) * time.Microsecond)
		c.Process.Kill()
		c.Wait()
		trace := readLog(t, log)
		if trace.Ended != nil || len(trace.Steps) == 0 && !trace.Torn {
			t.Logf("%d steps", len(trace.Steps))
		}
		for i, s := range trace.Steps {
			if s.T != i {
				t.Fatalf("step %d is followed by %d", i-1, s.T)
			}
		}
	}
}

// writers are commands that print enough to find out that they cannot.
var writers = [][]string{
	{"step", "--seed", "1", "It was"},
	{"step", "--json", "--seed", "1", "It was"},
	{"generate", "--seed", "1", "It was"},
	{"generate", "--json", "--seed", "1", "It was"},
	{"generate", "-m", "story-ngram", "-n", "-1", "--ignore-eos", "--seed", "1", "-q", "It was"},
	{"score", "It was"},
	{"score", "--json", "It was"},
	{"sample", "It was"},
	{"sample", "--json", "It was"},
	{"--help"},
	{"step", "--help"},
	{"version"},
	{"models"},
	{"help", "sampling"},
}

// A full disk is one line and exit code 1.
func TestFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for _, args := range writers {
		c, _, stderr := command(t, append(args, "-q")...)
		c.Stdout = full
		want := "argen: cannot write the output: no space left on device\n"
		if slices.Contains(args, "--json") {
			want = `{"error":"cannot write the output: no space left on device"}` + "\n"
		}
		if got := code(c.Run()); got != 1 || stderr.String() != want {
			t.Errorf("argen %q: exit code %d, %q", args, got, stderr)
		}
	}
	c, stdout, stderr := command(t, "generate", "-q", "--seed", "1", "--log", "x.jsonl", "It was")
	if err := os.Symlink("/dev/full", filepath.Join(c.Dir, "x.jsonl")); err != nil {
		t.Fatal(err)
	}
	if got := code(c.Run()); got != 1 || stderr.String() != "argen: cannot write the log: x.jsonl: no space left on device\n" || stdout.Len() > 0 {
		t.Errorf("a log on a full disk: exit code %d, %q, prints %q", got, stderr, stdout)
	}
}

// A reader that has seen enough is no error.
func TestClosedPipe(t *testing.T) {
	for _, args := range writers {
		c, _, stderr := command(t, append(args, "-q")...)
		c.Stdout = nil
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		_, err = bufio.NewReaderSize(out, 16).ReadByte()
		out.Close()
		if got := code(c.Wait()); got != 0 || stderr.Len() > 0 || err != nil && err != io.EOF {
			t.Errorf("argen %q: exit code %d, %q, %v", args, got, stderr, err)
		}
	}
}

// Streams that are closed from the start are as good as /dev/null, which Go
// opens in their place.
func TestClosedStreams(t *testing.T) {
	for script, want := range map[string]int{
		"argen generate --seed 1 'It was' >&- 2>&-": 0,
		"argen generate --seed 1 <&- >&- 2>&-":      0,
		"argen nosuch 2>&-":                         2,
	} {
		c, _, stderr := command(t)
		c = &exec.Cmd{Path: "/bin/sh", Args: []string{"sh", "-c", script}, Dir: c.Dir, Stderr: stderr}
		if got := code(c.Run()); got != want || stderr.Len() > 0 {
			t.Errorf("%s: exit code %d, %q", script, got, stderr)
		}
	}
}

// How long it takes until a command is done: an empty one, and the first token
// on the screen.
func BenchmarkStartUp(b *testing.B) {
	for _, args := range [][]string{{"version"}, {"step", "-n", "1", "--seed", "1"}} {
		b.Run(args[0], func(b *testing.B) {
			for b.Loop() {
				c, _, _ := command(b, args...)
				if err := c.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
