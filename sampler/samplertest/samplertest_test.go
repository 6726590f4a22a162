package samplertest

import (
	"strings"
	"testing"

	"argen"
)

// broken is a stage that breaks its promise.
type broken struct {
	apply func(*argen.Candidates, argen.Past)
}

func (broken) Name() string                                 { return "broken" }
func (broken) String() string                               { return "broken" }
func (b broken) Apply(c *argen.Candidates, past argen.Past) { b.apply(c, past) }

func (broken) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "it is broken" }
}

// silent removes tokens and does not say why.
type silent struct{ broken }

func (silent) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "" }
}

// The contract finds what it is there to find.
func TestCheckFinds(t *testing.T) {
	var held *argen.Candidates
	calls := 0
	for want, f := range map[string]func(*argen.Candidates, argen.Past){
		"applied to other candidates it changes the first": func(c *argen.Candidates, _ argen.Past) {
			if held != nil {
				held.Keep(1)
			}
			held = c
		},
		"applied again": func(c *argen.Candidates, _ argen.Past) {
			calls++
			c.Keep(calls)
		},
	} {
		held, calls = nil, 0
		var err error
		for _, d := range Distributions() {
			if err == nil {
				err = apply(broken{f}, d.Logits)
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := apply(broken{func(c *argen.Candidates, _ argen.Past) { c.Keep(2) }}, []float64{3, 2, 1}); err != nil {
		t.Errorf("a good stage: %v", err)
	}
	err := apply(silent{broken{func(c *argen.Candidates, _ argen.Past) { c.Keep(2) }}}, []float64{3, 2, 1})
	if err == nil || !strings.Contains(err.Error(), "why it removes") {
		t.Errorf("%v, want that it does not say why", err)
	}
}

// learner is a stage that learns by a function.
type learner struct {
	seen  *int
	learn func(learner) argen.Transform
}

func (learner) Name() string                              { return "learner" }
func (learner) String() string                            { return "learner" }
func (l learner) Apply(c *argen.Candidates, _ argen.Past) { c.Keep(1 + *l.seen) }
func (l learner) Learn(argen.Drawn) argen.Transform       { return l.learn(l) }

func (l learner) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "it has learned so" }
}

func TestCheckFindsInLearners(t *testing.T) {
	for want, learn := range map[string]func(learner) argen.Transform{
		"learns to be <nil>":                nil,
		"learns to be broken":               func(learner) argen.Transform { return broken{} },
		"learning changed the stage itself": func(l learner) argen.Transform { *l.seen++; return l },
		"": func(l learner) argen.Transform {
			next := *l.seen + 1
			return learner{&next, l.learn}
		},
	} {
		if learn == nil {
			learn = func(learner) argen.Transform { return nil }
		}
		got := ""
		if err := apply(learner{new(int), learn}, []float64{3, 2, 1}); err != nil {
			got = err.Error()
		}
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestValidFinds(t *testing.T) {
	c, err := argen.NewCandidates([]float64{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := Valid(c, []float64{1, 2}); err == nil {
		t.Error("a candidate outside the vocabulary is not found")
	}
}
