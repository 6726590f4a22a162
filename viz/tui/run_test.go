package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"go.uber.org/goleak"

	"argen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run is Run on a pipe. typed are pairs: a text to be waited for on the screen,
// and what is typed then.
func run(ctx context.Context, t *testing.T, words fake, o Options, typed ...string) (*argen.Trace, string, error) {
	t.Helper()
	log := &argen.Trace{}
	gen := words.generator(3)
	gen.Sinks = []argen.Sink{log}
	r, err := gen.Start("It was a")
	if err != nil {
		t.Fatal(err)
	}
	in, keys := io.Pipe()
	defer keys.Close()
	out := &output{changed: make(chan struct{}, 1)}
	over := make(chan struct{})
	defer close(over)
	go func() {
		for ; len(typed) > 1; typed = typed[2:] {
			for !out.has(typed[0]) {
				select {
				case <-out.changed:
				case <-over:
					return
				}
			}
			for _, k := range typed[1] {
				io.WriteString(keys, string(k))
			}
		}
	}()
	o.Dark, o.Color = new(bool), colorprofile.TrueColor
	err = Run(ctx, r, gen, in, out, o)
	return log, out.b.String(), err
}

// output is a terminal that tells when something was written.
type output struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.changed <- struct{}{}:
	default:
	}
	return o.b.Write(p)
}

func (o *output) has(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Contains(o.b.Bytes(), []byte(text))
}

func TestRunQuits(t *testing.T) {
	log, out, err := run(t.Context(), t, plain(), Options{}, "choose", "1", "perplexity", "q")
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Steps) != 1 || !log.Steps[0].Forced || log.Ended == nil || log.Ended.Reason != argen.Interrupted {
		t.Errorf("the log has %d steps and ends with %+v", len(log.Steps), log.Ended)
	}
	if !strings.Contains(out, "\x1b[?1049h") || !strings.Contains(out, "\x1b[?1049l") {
		t.Error("the screen before is not brought back")
	}
}

func TestRunInterrupted(t *testing.T) {
	log, _, err := run(t.Context(), t, plain(), Options{}, "choose", "\x03")
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "\n") {
		t.Errorf("after ctrl+c the error is %v", err)
	}
	if log.Ended == nil || log.Ended.Reason != argen.Interrupted {
		t.Errorf("the log ends with %+v", log.Ended)
	}
}

func TestRunContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	log, _, err := run(ctx, t, plain(), Options{Speed: 100})
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "\n") {
		t.Errorf("after the deadline the error is %v", err)
	}
	if log.Ended == nil || log.Ended.Reason != argen.Timeout && log.Ended.Reason != argen.StopToken {
		t.Errorf("the log ends with %+v", log.Ended)
	}
}

func TestRunFails(t *testing.T) {
	words := plain()
	words.broken = "home"
	log, out, err := run(t.Context(), t, words, Options{}, "choose", "ihome\r", "engine", "q")
	if err == nil || !strings.Contains(err.Error(), "the engine") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
	if log.Ended == nil || log.Ended.Reason != argen.Failed {
		t.Errorf("the log ends with %+v", log.Ended)
	}
	if strings.Contains(out, "\x1b[2J is") {
		t.Error("the error reached the screen raw")
	}
}

func TestRunNothing(t *testing.T) {
	if err := Run(t.Context(), nil, argen.Generator{}, nil, io.Discard, Options{}); err == nil {
		t.Error("nothing to show is no error")
	}
}

func TestStopWhen(t *testing.T) {
	gen := plain().generator(3)
	d := drive(t, gen, "It was a", Options{Speed: 20, StopWhen: func(s argen.Step) bool { return s.T == 2 }})
	d.pass(100)
	if n := len(d.m.cur().steps); n != 3 || d.m.playing || !strings.Contains(d.m.note, "stopped at step 2") {
		t.Errorf("%d steps, playing %v, %q", n, d.m.playing, d.m.note)
	}
}

// TestBeats: at slow speed the phases are seen one after the other. Choosing
// is two of the four beats: u falls, then it picks.
func TestBeats(t *testing.T) {
	d := drive(t, plain().generator(3), "It was a", Options{Speed: 0.5})
	var lasted [3]time.Duration
	for len(d.m.cur().steps) == 0 {
		at, wait := d.m.phase(), d.wait
		d.pass(1)
		lasted[at] += wait
		if next := d.m.phase(); next != at && next != (at+1)%3 {
			t.Errorf("after phase %d comes %d", at, next)
		}
	}
	const beat = 500 * time.Millisecond
	for i, want := range [3]time.Duration{beat, 2 * beat, beat} {
		if d := lasted[i] - want; d < -time.Microsecond || d > time.Microsecond {
			t.Errorf("phase %d lasts %v, not %v", i, lasted[i], want)
		}
	}
	d.keys("space").pass(1)
	if d.m.playing || d.m.beat != deal {
		t.Error("it plays on")
	}
}

// TestFalls: u comes down line by line, always above its place.
func TestFalls(t *testing.T) {
	for _, o := range []Options{{}, {Big: true}, {ASCII: true}} {
		d := drive(t, truth(t, chain), "It was a", o).size(80, 24)
		d.keys("enter")
		y := 0
		for range drops {
			line, column := find(d.text(), d.m.s.g.fall)
			at := cell(d.m.cur().next.U, 80)
			if o.Big {
				at = 2 + cell(d.m.cur().next.U, 76)
			}
			if line < y || column != at {
				t.Errorf("u is at line %d, column %d; before at %d, it falls on column %d", line, column, y, at)
			}
			y = line
			d.pass(1)
		}
		if line, _ := find(d.text(), "u = "); line < y {
			t.Errorf("u landed at line %d, above %d", line, y)
		}
	}
}

// TestEachPressIsAToken, whether one waits for the beats to end or not.
func TestEachPressIsAToken(t *testing.T) {
	d := drive(t, truth(t, chain), "It was a", Options{})
	d.keys("enter", "enter", "enter").pass(100)
	if n := len(d.m.cur().steps); n != 3 || d.m.beat != deal || d.m.hurry {
		t.Errorf("3 presses wrote %d tokens, the beat is %d", n, d.m.beat)
	}
	d.keys(".", ".", "enter").pass(100)
	if n := len(d.m.cur().steps); n != 4 {
		t.Errorf("one more wrote %d", n-3)
	}
}

// find returns the line and column of a text on a screen, −1 if it is not
// there.
func find(screen, text string) (line, column int) {
	for y, l := range strings.Split(screen, "\n") {
		if i := strings.Index(l, text); i >= 0 && y > 0 {
			return y, width(l[:i])
		}
	}
	return -1, -1
}

func TestSave(t *testing.T) {
	t.Chdir(t.TempDir())
	d := drive(t, truth(t, chain), "It was a", Options{Save: saveNew}).tokens(3)
	d.keys("w", "w", "s")
	for _, name := range []string{"argen-trace.jsonl", "argen-trace-2.jsonl", "argen-step.svg"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) == ".jsonl" && bytes.Count(data, []byte("\n")) != 5 {
			t.Errorf("%s has not a header, 3 steps and an end:\n%s", name, data)
		}
	}
	if d.m.note != "saved: argen-step.svg" {
		t.Error(d.m.note)
	}
	d.m.o.Save = func(string, []byte, fs.FileMode) (string, error) { return "", errors.New("the disk is full") }
	if d.keys("w"); d.m.note != "not saved: the disk is full" {
		t.Error(d.m.note)
	}
}

// TestNudges: what the keys make of a chain.
func TestNudges(t *testing.T) {
	for _, c := range []struct{ chain, keys, want string }{
		{"temperature=1", "t", "temperature=0.9"},
		{"temperature=1", "TT", "temperature=1.2"},
		{"temperature=0.1", "tt", "temperature=0"},
		{"temperature=1", "k", "top_k=40,temperature=1"},
		{"top_k=2,temperature=1", "kkk", "top_k=1,temperature=1"},
		{"top_k=1000", "K", "none"},
		{"top_k=7", "K", "top_k=8"},
		{"top_k=7", "k", "top_k=6"},
		{"", "p", "top_p=0.95"},
		{"top_p=0.95", "P", "none"},
		{"min_p=0.1", "kp", "top_k=40,top_p=0.95,min_p=0.1"},
		{"", "KPT", "temperature=1.1"},
	} {
		d := drive(t, truth(t, c.chain), "It was a", Options{})
		d.typing(c.keys)
		if got := d.m.cur().chain; got != c.want {
			t.Errorf("%q, keys %s: %q, not %q", c.chain, c.keys, got, c.want)
		}
		if got := d.m.cur().next.Chain; got != c.want && got != "" {
			t.Errorf("%q, keys %s: the run has %q", c.chain, c.keys, got)
		}
	}
}

// TestForcedIsMarked: also where the dice would have chosen the same.
func TestForcedIsMarked(t *testing.T) {
	d := drive(t, truth(t, ""), "It was a", Options{})
	want := d.m.cur().next.ID
	d.keys("i")
	d.typing(d.m.piece(want)).keys("enter")
	if s := d.m.cur().steps; len(s) != 1 || s[0].ID != want || !s[0].Forced {
		t.Errorf("%+v", s)
	}
}
