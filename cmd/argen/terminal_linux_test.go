package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"argen"
)

// A terminal is the far end of a pseudo-terminal: what a person sees and types.
type terminal struct {
	t      *testing.T
	far    *os.File
	cmd    *exec.Cmd
	mu     sync.Mutex
	screen bytes.Buffer
}

// onTerminal starts argen on a terminal of its own.
func onTerminal(t *testing.T, env string, args ...string) *terminal {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(far.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, far: far}
	x.resize(100, 30)
	near, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	hangups()
	x.cmd = exec.Command("argen", args...)
	x.cmd.Dir = t.TempDir()
	x.cmd.Env = append(os.Environ(), "TERM=xterm", env)
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = near, near, near
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The file is made blocking by Fd: a goroutine of its own reads it.
	go func() {
		b := make([]byte, 1<<12)
		for {
			n, err := unix.Read(fd, b)
			x.mu.Lock()
			x.screen.Write(b[:max(n, 0)])
			x.mu.Unlock()
			if err != nil || n <= 0 {
				return
			}
		}
	}()
	return x
}

func (x *terminal) resize(columns, rows uint16) {
	if err := unix.IoctlSetWinsize(int(x.far.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: rows}); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) seen() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.screen.String()
}

// wait waits until something is on the screen.
func (x *terminal) wait(what string) {
	x.t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(x.seen(), what); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			x.cmd.Process.Kill()
			x.t.Fatalf("no %q on the screen: %q", what, x.seen())
		}
	}
}

func (x *terminal) types(keys string) {
	if _, err := x.far.WriteString(keys); err != nil {
		x.t.Error(err)
	}
}

// ends returns the exit code, −1 if a signal ended the program.
func (x *terminal) ends() int {
	x.t.Helper()
	done := make(chan error, 1)
	go func() { done <- x.cmd.Wait() }()
	select {
	case err := <-done:
		return code(err)
	case <-time.After(time.Minute):
		x.cmd.Process.Kill()
		x.t.Fatalf("does not end: %q", x.seen())
		return 0
	}
}

const otherScreen = "\x1b[?1049" // h enters it, l leaves it

// On a terminal step is interactive, and it leaves the terminal as it was
// however it ends.
func TestTerminal(t *testing.T) {
	for name, end := range map[string]struct {
		do   func(*terminal)
		code int
	}{
		"by its key":             {func(x *terminal) { x.types("q") }, 0},
		"by Ctrl-C":              {func(x *terminal) { x.types("\x03") }, 130},
		"by SIGINT":              {func(x *terminal) { x.cmd.Process.Signal(syscall.SIGINT) }, 130},
		"by SIGTERM":             {func(x *terminal) { x.cmd.Process.Signal(syscall.SIGTERM) }, 143},
		"when it is hung up":     {func(x *terminal) { x.cmd.Process.Signal(syscall.SIGHUP) }, 129},
		"after it became tiny":   {func(x *terminal) { x.resize(3, 2); time.Sleep(50 * time.Millisecond); x.types("q") }, 0},
		"after it became larger": {func(x *terminal) { x.resize(300, 90); time.Sleep(50 * time.Millisecond); x.types("q") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := onTerminal(t, "", "step", "-m", "truth", "--seed", "1", "--log", "x.jsonl", "It was")
			x.wait(otherScreen + "h")
			x.wait("paused")
			end.do(x)
			if got := x.ends(); got != end.code {
				t.Errorf("exit code %d, want %d", got, end.code)
			}
			x.wait(otherScreen + "l")
			trace := readLog(t, filepath.Join(x.cmd.Dir, "x.jsonl"))
			if trace.Ended == nil || trace.Ended.Reason != argen.Interrupted {
				t.Errorf("the log ends with %+v", trace.Ended)
			}
		})
	}
}

// Nothing moves and nothing is coloured on a dumb terminal, with --plain, or
// by any command but step; NO_COLOR takes the colour from step.
func TestPlainTerminal(t *testing.T) {
	for _, c := range []struct {
		env  string
		args []string
	}{
		{"TERM=dumb", []string{"step", "-m", "truth", "-n", "2", "It was"}},
		{"", []string{"step", "--plain", "-m", "truth", "-n", "2", "It was"}},
		{"", []string{"step", "--json", "-m", "truth", "-n", "2", "It was"}},
		{"", []string{"step", "-m", "truth", "-n", "2", "--force", "0=a", "It was"}},
		{"", []string{"generate", "-m", "truth", "-n", "2", "It was"}},
		{"", []string{"score", "-m", "truth", "It was"}},
		{"", []string{"step", "--nosuch"}},
	} {
		x := onTerminal(t, c.env, c.args...)
		x.ends()
		x.wait("\n")
		if strings.Contains(x.seen(), "\x1b") {
			t.Errorf("%s argen %q: %q", c.env, c.args, x.seen())
		}
	}
	x := onTerminal(t, "NO_COLOR=1", "step", "-m", "truth", "It was")
	x.wait("paused")
	x.types("q")
	x.ends()
	if s := x.seen(); strings.Contains(s, "\x1b[38") || strings.Contains(s, "\x1b[48") || strings.Contains(s, "\x1b[31") {
		t.Errorf("colour with NO_COLOR: %q", s)
	}
}
