package argen_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen"
)

// The ledger says what each stage made of every listed token: the probabilities
// after it are those of a chain that ends there, also for a chosen token that is
// not among the best, and stages that did nothing are idle.
func TestLedger(t *testing.T) {
	words := []string{"top_k=500", "temperature=1.7", "min_p=0.2", "top_p=0.99"}
	whole := "top_k=500,temperature=1.7,min_p=0.2,top_p=0.99"
	for seed := range uint64(20) {
		g := truth(seed)
		g.Top, g.Chain = 3, chain(t, whole)
		r := start(t, g, "One morning,")
		s := steps(t, r, 1)
		if !s.Idle(0) || s.Idle(1) {
			t.Errorf("idle: %t, %t", s.Idle(0), s.Idle(1))
		}
		for _, top := range s.Top {
			path := s.Path(&top)
			at := slices.IndexFunc(s.Stages, func(g argen.Stage) bool { return g.Name == top.RemovedBy })
			if want := len(words) + 1; at < 0 && len(path) != want || at >= 0 && len(path) != at+1 {
				t.Errorf("%q, removed by stage %d: path %v", top.Token, at, path)
			}
			for n, p := range path[1:] {
				g.Chain = chain(t, whole)[:n+1]
				c, err := start(t, g, "One morning,").Predict(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if want := c.Prob(top.ID); !c.Has(top.ID) || math.Abs(p-want) > 1e-15 {
					t.Errorf("%q after %s: %v, want %v", top.Token, words[n], p, want)
				}
			}
		}
		var log bytes.Buffer
		if err := r.Trace().Replay(argen.NewJSONL(&log)); err != nil {
			t.Fatal(err)
		}
		back, err := argen.ReadTraces("log", &log)
		if err != nil || !cmp.Equal(back[0].Steps[0].Top, s.Top) {
			t.Errorf("read back: %v\n%s", err, cmp.Diff(s.Top, back[0].Steps[0].Top))
		}
	}
}

// What is listed and the rest are everything, before the chain and after it.
func TestLedgerAddsUp(t *testing.T) {
	for _, whole := range []string{"none", "min_p=0.2", "temperature=1.7,top_p=0.9", "temperature=3,top_k=40"} {
		g := truth(1)
		g.Top, g.Chain = 3, chain(t, whole)
		r := start(t, g, "One morning,")
		steps(t, r, 20)
		for _, s := range r.Trace().Steps {
			before, after := s.Rest.Prob, s.Rest.SampledProb
			for _, top := range s.Top {
				before += top.Prob
				after += top.SampledProb
			}
			if math.Abs(before-1) > 1e-12 || math.Abs(after-1) > 1e-12 {
				t.Errorf("%s, step %d: the probabilities sum to %v, after the chain to %v", whole, s.T, before, after)
			}
		}
	}
}

// The path of a token that one stage removes and a later one forces is 0 between
// the two.
func TestLedgerOfTheForced(t *testing.T) {
	g := truth(1)
	g.Top, g.Chain = 3, chain(t, "ignore_eos,temperature=2,forced_eos=1")
	s := steps(t, start(t, g, "One morning,"), 1)
	stop := g.Model.Info().Stop[0]
	at := slices.IndexFunc(s.Top, func(top argen.TopToken) bool { return top.ID == stop })
	if at < 0 {
		t.Fatalf("#%d is not listed", stop)
	}
	if path := s.Path(&s.Top[at]); !slices.Equal(path[1:], []float64{0, 0, 1}) || s.Top[at].RemovedBy != "" {
		t.Errorf("its path is %v, removed by %q", path, s.Top[at].RemovedBy)
	}
}
