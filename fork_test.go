package argen_test

import (
	"bytes"
	"context"
	"testing"

	"argen"

	"github.com/google/go-cmp/cmp"
)

// A fork replays its past to its sinks, and knows where it came from.
func TestLogOfAFork(t *testing.T) {
	var log bytes.Buffer
	var want argen.Trace
	g := truth(6)
	r := start(t, g, "")
	steps(t, r, 5)
	f, err := r.Fork(argen.NewJSONL(&log), &want)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Back(3); err != nil { // before the fork's beginning
		t.Fatal(err)
	}
	steps(t, f, 2)
	steps(t, r, 2)
	if err := f.Close(nil); err != nil {
		t.Fatal(err)
	}
	traces, err := argen.ReadTraces("fork", &log)
	if err != nil || len(traces) != 1 {
		t.Fatal(len(traces), err)
	}
	got := traces[0]
	if got.Head.Parent != r.Trace().Head.ID || got.Head.ForkT != 5 || len(got.Steps) != 4 {
		t.Errorf("%d steps, header %+v", len(got.Steps), got.Head)
	}
	if d := cmp.Diff(&want, got, traceOptions); d != "" {
		t.Error(d)
	}
}

// A run and its forks may go on at once; each writes what it writes alone.
func TestForksAtOnce(t *testing.T) {
	g := truth(12)
	g.Top, g.Chain = 2, parsed(t, "fading=0.5,gambler,temperature=1.2")
	r := start(t, g, "It")
	steps(t, r, 8)
	const forks = 4
	write := func(f *argen.Run, i int) error {
		if err := f.Back(i); err != nil {
			return err
		}
		for range 20 {
			if _, err := f.Predict(context.Background()); err != nil {
				return err
			}
			if _, err := f.Append(f.ChooseAt(float64(i) / forks)); err != nil {
				return err
			}
			if f.Over() != "" {
				return nil
			}
		}
		return nil
	}
	var at [forks]*argen.Run
	var alone [forks]*argen.Trace
	for i := range at {
		var err error
		if at[i], err = r.Fork(); err != nil {
			t.Fatal(err)
		}
		other := start(t, g, "It")
		steps(t, other, 8)
		if err := write(other, i); err != nil {
			t.Fatal(err)
		}
		alone[i] = other.Trace()
	}
	failed := make(chan error, forks)
	for i, f := range at {
		go func() { failed <- write(f, i) }()
	}
	for range at {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range at {
		if d := cmp.Diff(alone[i].Steps, f.Trace().Steps, traceOptions); d != "" {
			t.Errorf("fork %d differs from a run alone: %s", i, d)
		}
	}
	if n := len(r.Trace().Steps); n != 8 {
		t.Errorf("the first run has %d steps", n)
	}
}
