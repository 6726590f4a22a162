package viz

import (
	"math"
	"strings"
	"testing"

	"argen"
)

// The winner of a race is the token that the run drew, and its noise is that of
// the trace.
func TestRace(t *testing.T) {
	tr := writeWith(t, argen.Generator{Seed: 11, MaxTokens: 40, Gumbel: true}, "It was", "temperature=2,top_k=9")
	for i := range tr.Steps {
		s := &tr.Steps[i]
		chosen, best := 0.0, math.Inf(-1)
		for _, r := range runners(tr, s, mostRows) {
			best = max(best, r.sum)
			if r.chosen {
				chosen = r.sum
			}
		}
		if chosen != best || math.Abs(chosen-math.Log(s.SampledProb)-s.Noise) > 1e-12 {
			t.Errorf("step %d: %q has %v, the largest is %v, noise %v", i, s.Token, chosen, best, s.Noise)
		}
	}
	f, err := Draw(Input{Traces: []*argen.Trace{tr}, Step: 3})
	if err != nil || !strings.Contains(f.Alt, "has the largest sum and is next") {
		t.Errorf("%v, %v", f, err)
	}
	if s := how(&tr.Steps[3]); !strings.Contains(s, "noise fixed by seed, step and token picked") {
		t.Error(s)
	}
}
