package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

func TestXTC(t *testing.T) {
	for _, k := range []keeps{
		{"all likely ones but the least", sampler.XTC{Probability: 1, Threshold: 0.1}, []float64{4, 0.5, 3, 2, 0.5}, []argen.ID{1, 3, 4}},
		{"exactly the threshold", sampler.XTC{Probability: 1, Threshold: 0.25}, []float64{1, 1, 1, 1}, []argen.ID{3}},
		{"one likely: nothing", sampler.XTC{Probability: 1, Threshold: 0.4}, []float64{4, 3, 3}, []argen.ID{0, 1, 2}},
		{"above one half: nothing", sampler.XTC{Probability: 1, Threshold: 0.6}, []float64{9, 1}, []argen.ID{0, 1}},
		{"two halves", sampler.XTC{Probability: 1, Threshold: 0.5}, []float64{1, 1}, []argen.ID{1}},
		{"too few would be left", sampler.XTC{Probability: 1, Threshold: 0.1, Keep: 4}, []float64{4, 0.5, 3, 2, 0.5}, []argen.ID{0, 1, 2, 3, 4}},
		{"just enough", sampler.XTC{Probability: 1, Threshold: 0.1, Keep: 3}, []float64{4, 0.5, 3, 2, 0.5}, []argen.ID{1, 3, 4}},
		{"impossible ones count", sampler.XTC{Probability: 1, Threshold: 0.1, Keep: 4, Rule: "llamacpp"}, []float64{4, 0, 0.5, 3, 2, 0.5}, []argen.ID{2, 4, 5}},
		{"off", sampler.XTC{Threshold: 0.1}, []float64{4, 3}, []argen.ID{0, 1}},
		{"the end of the text would go", sampler.XTC{Probability: 1, Threshold: 0.1, Rule: "textgen"}, []float64{3, 3, 4}, []argen.ID{0, 1, 2}},
		{"the end of the text is the least", sampler.XTC{Probability: 1, Threshold: 0.1, Rule: "textgen"}, []float64{4, 4, 3}, []argen.ID{2}},
		{"llama.cpp has no such rule", sampler.XTC{Probability: 1, Threshold: 0.1}, []float64{3, 3, 4}, []argen.ID{1}},
	} {
		k.check(t)
	}
}

// With the rule of text-generation-webui a line break does not go either.
func TestXTCLineBreak(t *testing.T) {
	d := dictionary{Vocabulary: samplertest.Vocabulary(4), texts: map[string]argen.ID{"\n": 1}}
	for rule, want := range map[sampler.Semantics]int{"textgen": 4, "": 3} {
		stage, err := sampler.XTC{Probability: 1, Threshold: 0.2, Rule: rule}.Bind(d, d)
		if err != nil {
			t.Fatal(err)
		}
		c, err := argen.NewCandidates(logs(3, 4, 1, 1))
		if err != nil {
			t.Fatal(err)
		}
		if stage.Apply(c, argen.Past{}); c.Len() != want {
			t.Errorf("rule %q leaves %d, want %d", rule, c.Len(), want)
		}
	}
}

// The dice decide, once a step.
func TestXTCDice(t *testing.T) {
	for u, want := range map[float64]int{0: 1, 0.29: 1, 0.3: 2, 0.9: 2} {
		c, err := argen.NewCandidates([]float64{1, 1})
		if err != nil {
			t.Fatal(err)
		}
		thrown := 0
		stage := sampler.XTC{Probability: 0.3, Threshold: 0.1}
		stage.Apply(c, argen.Past{Float64: func() float64 { thrown++; return u }})
		if c.Len() != want || thrown != 1 {
			t.Errorf("u = %v: %d left, %d numbers taken", u, c.Len(), thrown)
		}
	}
}
