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

// Runners stand in order of their probabilities, those without any do not run, and
// the chosen one is always among those for whom there is room.
func TestRunners(t *testing.T) {
	s := &argen.Step{T: 2, ID: 5, Top: []argen.TopToken{
		{ID: 1, Token: "a", SampledProb: .1},
		{ID: 2, Token: "b", SampledProb: .5},
		{ID: 3, Token: "c", Prob: .2},
		{ID: 4, Token: "d", SampledProb: .3},
		{ID: 5, Token: "e", SampledProb: .05},
		{ID: 6, Token: "f", SampledProb: .05},
	}}
	tr := &argen.Trace{Head: argen.Header{Seed: 7}, Steps: []argen.Step{*s}}
	for most, want := range map[int]string{9: "b d a e f", 5: "b d a e f", 4: "b d a e", 3: "b d e", 1: "e"} {
		var names []string
		for _, r := range runners(tr, s, most) {
			names = append(names, r.name)
			if id := argen.ID(r.name[0]-'a') + 1; r.chosen != (id == 5) || r.noise != argen.Gumbel(7, 2, id) || r.sum != math.Log(r.prob)+r.noise {
				t.Errorf("%d of them: %+v", most, r)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%d of them are %s, want %s", most, got, want)
		}
	}
}
