package argen_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
	"argen/tokenizer"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A trial writes what its run would write, and the run does not notice.
func TestTrialIsTheRunAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var told argen.Trace
		g := truth(rapid.Uint64().Draw(t, "seed"))
		g.MaxTokens, g.Top = 12, 3
		g.Chain = []argen.Transform{sampler.Temperature{T: 1.2}, fading{Step: 0.1}, gambler{}}
		alone, err := g.Start("")
		if err != nil {
			t.Fatal(err)
		}
		g.Sinks = []argen.Sink{&told}
		r, err := g.Start("")
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; r.Over() == ""; n++ {
			trial, before := r.Trial(), r.Text()
			for trial.Over() == "" {
				if _, err := trial.Next(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			c, err := r.Predict(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			id := c.Top(1)[0]
			with, err := r.Try(id, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := with.Over(), r.OverAfter(id); got != want {
				t.Fatalf("after %d: over %q, said before %q", id, got, want)
			}
			if left := r.Left(); left != 12-n {
				t.Fatalf("%d tokens left after %d", left, n)
			}
			for _, run := range []*argen.Run{r, alone} {
				if _, err := run.Next(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if ids := r.Context(); !slices.Equal(trial.Context()[:len(ids)], ids) {
				t.Fatalf("the trial went %v, the run %v", trial.Context(), ids)
			}
			ahead := trial.Trace().Steps
			if len(ahead) > 12-n+1 || ahead[len(ahead)-1].T != len(trial.Context())-len(r.Trace().Head.PromptIDs)-1 || len(ahead[len(ahead)-1].Top) > 0 {
				t.Fatalf("at %d a trial has %d steps, the last %+v", n, len(ahead), ahead[len(ahead)-1])
			}
			if err := trial.Back(len(ahead) - min(n, 1)); err != nil || len(trial.Context())-len(r.Trace().Head.PromptIDs) != n || trial.Text() != before {
				t.Fatalf("back from the trial at %d: %q, the run had %q, %v", n, trial.Text(), before, err)
			}
		}
		if d := cmp.Diff(alone.Trace().Steps, told.Steps); d != "" || r.Trace().Head.ID != alone.Trace().Head.ID {
			t.Fatalf("trials changed the run: %s", d)
		}
	})
}

// Try appends as Force does.
func TestTryIsForce(t *testing.T) {
	g := truth(3)
	g.Chain = []argen.Transform{fading{Step: 0.5}}
	r := start(t, g, "")
	for range 5 {
		c, err := r.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		id := c.Top(2)[c.Len()/2%2]
		f, err := r.Try(id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Force(id); err != nil {
			t.Fatal(err)
		}
		want, err := r.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if f.Text() != r.Text() || got.Len() != want.Len() || got.Entropy() != want.Entropy() {
			t.Fatalf("tried %q, forced %q", f.Text(), r.Text())
		}
	}
	if _, err := r.Try(-1, nil); err == nil {
		t.Error("a token outside the vocabulary was tried")
	}
}

// A trial with a seed of its own throws the dice of a run of that seed.
func TestReseed(t *testing.T) {
	r := start(t, truth(3), "")
	trial := r.Trial(sampler.Temperature{T: 1})
	trial.Reseed(4)
	want := start(t, truth(4), "")
	steps(t, want, 6)
	steps(t, trial, 6)
	if !slices.Equal(trial.Context(), want.Context()) {
		t.Errorf("reseeded %v, of that seed %v", trial.Context(), want.Context())
	}
}

func TestOverAfterStopString(t *testing.T) {
	g := truth(5)
	whole := start(t, g, "")
	steps(t, whole, 4)
	text := whole.Text()
	g.Stop = []string{text[len(text)/2:]}
	r := start(t, g, "")
	for n := range 4 {
		if _, err := r.Predict(t.Context()); err != nil {
			t.Fatal(err)
		}
		id := whole.Context()[len(r.Context())]
		over := r.OverAfter(id)
		if _, err := r.Force(id); err != nil {
			t.Fatal(err)
		}
		if over != r.Over() || n == 3 && over != argen.StopString {
			t.Fatalf("%q: over %q, said before %q", r.Text(), r.Over(), over)
		}
	}
}

// What a token would complete costs the same however long the text is.
func TestOverAfterALongText(t *testing.T) {
	g := truth(5)
	g.NoStop, g.Stop = true, []string{"no such text"}
	bytes := func(length int) uint64 {
		r := start(t, g, "")
		steps(t, r, length)
		if _, err := r.Predict(t.Context()); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 100 {
			r.OverAfter(44)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if short, long := bytes(10), bytes(120); long > short+4096 {
		t.Errorf("%d bytes behind 10 tokens, %d behind 120", short, long)
	}
}

func TestLeft(t *testing.T) {
	if left := start(t, truth(1), "").Left(); left != math.MaxInt {
		t.Errorf("nothing limits the text, and %d tokens are left", left)
	}
	g := argen.Generator{Model: &narrow{window: 8, bos: argen.NoID}, Tokenizer: tokenizer.NewBytes(), MaxTokens: 20}
	r, err := g.StartIDs([]argen.ID{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if left := r.Left(); left != 5 {
		t.Errorf("%d tokens are left of a context of 8 with 3", left)
	}
	g.ContextShift = true
	if r, err = g.StartIDs([]argen.ID{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if left := r.Left(); left != 20 {
		t.Errorf("%d tokens are left where the window slides", left)
	}
}
