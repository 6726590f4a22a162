package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shortTraining is a training with many checkpoints, a fraction of a second
// long.
var shortTraining = []string{
	"train", "transformer", "--stories", "--steps", "60", "--hidden", "16", "--layers", "1", "--batch", "4",
	"--every", "4", "--validate-every", "20", "--patience", "9", "--crops", "0.2", "--dropout", "0.1", "--seed", "1", "-q",
}

func TestKilledTraining(t *testing.T) { killTraining(t, 3, shortTraining) }

// killTraining kills a training so many times, each time to go on with it, and
// wants the weights of one that was left alone.
func killTraining(t *testing.T, kills int, args []string) {
	whole, _, says := command(t, append(args, "-o", "out")...)
	start := time.Now()
	if err := whole.Run(); err != nil {
		t.Fatalf("%v: %s", err, says)
	}
	spent := time.Since(start)

	c, _, _ := command(t, append(args, "-o", "out")...)
	folder := c.Dir
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	recipe := filepath.Join(folder, "out", checkpointFolder, recipeFile)
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(recipe); err == nil {
			break
		} else if time.Now().After(end) {
			t.Fatal("no training begins")
		}
	}
	atWork := 0
	for range kills {
		time.Sleep(time.Duration(rand.Int64N(int64(spent) * 3 / 4)))
		c.Process.Kill()
		if c.Wait() != nil {
			atWork++
		}
		leaveAHalf(t, folder)
		c, _, _ = command(t, "train", "transformer", "--resume", "out", "-q")
		c.Dir = folder
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("the last one: %v", err)
	}
	if atWork == 0 {
		t.Error("it was always done before it was killed")
	}
	for _, name := range []string{"model.safetensors", "config.json", "tokenizer.json", "generation_config.json"} {
		sameBytes(t, filepath.Join(whole.Dir, "out", name), filepath.Join(folder, "out", name))
	}
	for _, pattern := range []string{"out/.argen-*.tmp", "out/checkpoints/.argen-*.tmp"} {
		if left, err := filepath.Glob(filepath.Join(folder, pattern)); err != nil || len(left) > 0 {
			t.Errorf("left are %v, error %v", left, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(folder, "out/checkpoints/*.ckpt")); err != nil || len(left) != 2 {
		t.Errorf("checkpoints %v, error %v", left, err)
	}
}

// leaveAHalf leaves what a kill in the middle of a write leaves.
func leaveAHalf(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"out/.argen-0123456789abcdef.tmp", "out/checkpoints/.argen-fedcba9876543210.tmp"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func sameBytes(t *testing.T, want, got string) {
	t.Helper()
	a, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("%s and %s differ", want, got)
	}
}

// Ctrl-C stops a training with a checkpoint, and a full disk keeps the one
// before; both go on to the weights of one that was left alone, and the log
// has each step once.
func TestStoppedTraining(t *testing.T) {
	whole, _, says := command(t, append(shortTraining, "-o", "out", "--log", "x.jsonl")...)
	if err := whole.Run(); err != nil {
		t.Fatalf("%v: %s", err, says)
	}
	for name, stop := range map[string]func(t *testing.T, c *exec.Cmd){
		"interrupt": func(t *testing.T, c *exec.Cmd) {
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
				if log, err := os.ReadFile(filepath.Join(c.Dir, "x.jsonl")); err == nil && bytes.Contains(log, []byte(`"step":11,`)) {
					break
				} else if time.Now().After(end) {
					t.Fatal("step 11 does not come")
				}
			}
			if err := c.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if got := code(c.Wait()); got != 130 {
				t.Errorf("exit code %d", got)
			}
		},
		// A checkpoint has 15,120 weights and twice as many means, 181 KB; from
		// the first measurement on, at step 20, the best weights too, 242 KB. A
		// file may have 420 blocks, 215 KB.
		"full disk": func(t *testing.T, c *exec.Cmd) {
			line := `trap "" XFSZ; ulimit -f 420; exec argen "$@"`
			limited := exec.Command("sh", append([]string{"-c", line, "argen"}, c.Args[1:]...)...)
			limited.Dir, limited.Stdout, limited.Stderr = c.Dir, c.Stdout, c.Stderr
			if got := code(limited.Run()); got != 1 {
				t.Errorf("exit code %d", got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{}, shortTraining[:len(shortTraining)-1]...) // not quiet
			c, _, says := command(t, append(args, "-o", "out", "--log", "x.jsonl")...)
			stop(t, c)
			want := "argen: stopped after step "
			if name == "full disk" {
				want = "argen: out/checkpoints/step-000000000020.ckpt is not written: "
			}
			if !strings.Contains(says.String(), want) {
				t.Errorf("says %q, want %q", says, want)
			}
			if !strings.Contains(says.String(), "argen train transformer --resume out") {
				t.Errorf("does not say how to go on: %q", says)
			}
			again, _, says := command(t, "train", "transformer", "--resume", "out", "--log", "x.jsonl", "-q")
			again.Dir = c.Dir
			if err := again.Run(); err != nil {
				t.Fatalf("%v: %s", err, says)
			}
			sameBytes(t, filepath.Join(whole.Dir, "out/model.safetensors"), filepath.Join(c.Dir, "out/model.safetensors"))
			steps := func(dir string) int {
				log, err := os.ReadFile(filepath.Join(dir, "x.jsonl"))
				if err != nil {
					t.Fatal(err)
				}
				return bytes.Count(log, []byte(`{"type":"step",`))
			}
			if steps(whole.Dir) != 60 || steps(c.Dir) != 60 {
				t.Errorf("logs of %d and %d steps", steps(whole.Dir), steps(c.Dir))
			}
		})
	}
}

// On a terminal a training is drawn, and q stops it.
func TestTrainingOnTerminal(t *testing.T) {
	x := onTerminal(t, "", "train", "transformer", "--stories", "--steps", "100000", "--hidden", "16", "--layers", "1", "--batch", "4", "--validate-every", "20", "--seed", "1", "-o", "out")
	x.wait("15,120 weights learn from new stories")
	x.wait("of the right word")
	x.wait("what it writes after step 20")
	x.types("q")
	if got := x.ends(); got != 130 {
		t.Errorf("exit code %d", got)
	}
	x.wait("go on with: argen train transformer --resume out")
	if seen := x.seen(); strings.Contains(seen, "argen: interrupted") || strings.Contains(seen, otherScreen) {
		t.Errorf("%q", seen)
	}
	// It goes on with what was measured, before it measures again.
	y := onTerminal(t, "", "train", "transformer", "--resume", filepath.Join(x.cmd.Dir, "out"))
	y.wait("● held out ")
	y.wait(" at step ")
	y.types("q")
	if got := y.ends(); got != 130 {
		t.Errorf("exit code %d", got)
	}
}
