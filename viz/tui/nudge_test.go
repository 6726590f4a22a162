package tui

import (
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

// A key that turns one parameter of a stage leaves the others as they are.
func TestNudgeKeepsTheRest(t *testing.T) {
	d := drive(t, truth(t, "top_k=20/keep:3/rule:hf,temperature=0.8"), "It was a", Options{}).size(80, 24)
	d.keys("k", "t")
	if got, want := d.m.cur().chain, "top_k=15/keep:3/rule:hf,temperature=0.7"; chainOf(t, got) != chainOf(t, want) {
		t.Errorf("chain %s, want %s", got, want)
	}
}

// chainOf is a chain as it is written.
func chainOf(t *testing.T, text string) string {
	t.Helper()
	chain, err := sampler.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return sampler.Format(chain)
}

// Whatever keys do to a chain with a stage that learns, on the way and after
// steps back, the trace verifies.
func TestNudgeLearners(t *testing.T) {
	for _, learner := range []string{"mirostat=2/tau:3", "mirostat=1", "adaptive_p=0.3"} {
		gen := truth(t, learner+",temperature=0.9")
		d := drive(t, gen, "It was a", Options{}).size(80, 24)
		d.tokens(4).keys("T").tokens(4).keys("k", "k").tokens(3).keys("left", "left").tokens(2).keys("c").typing(",greedy").keys("enter").tokens(2)
		trace := &argen.Trace{Head: d.m.cur().head, Steps: d.m.cur().steps}
		if err := argen.Verify(t.Context(), gen, trace, sampler.Parse); err != nil || len(trace.Steps) < 10 || !strings.HasSuffix(d.m.cur().chain, ",greedy") {
			t.Errorf("%s, %d steps: %v", learner, len(trace.Steps), err)
		}
	}
}
