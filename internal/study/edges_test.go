package study

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen"
)

// What sums of probabilities are off by is no difference from the truth.
func TestRoundingIsNoDifference(t *testing.T) {
	p := storyPlan(t, "truth", 8, "none", "greedy", "temperature=2")
	r := p.Measure(run(t, p, 2))
	for s := range p.Strategies {
		for _, name := range []string{"model_kl_truth", "model_tv_truth"} {
			if m := value(t, r, s, name); m.Differs || m.Lo != m.Hi {
				t.Errorf("%s of %s: %+v", name, p.Strategies[s].Name, m)
			}
		}
	}
}

// A strategy that the dice do not change has no interval, also after several
// prompts, whose texts differ.
func TestFixed(t *testing.T) {
	p := storyPlan(t, "story-ngram", 3, "greedy", "greedy,temperature=2")
	p.prompt(t, "It was a", "One morning", "They")
	p.MaxTokens = 40
	r := p.Measure(run(t, p, 2))
	for _, m := range r.Outcomes[0].Measures {
		if m.Lo != m.Mean || m.Hi != m.Mean {
			t.Errorf("%+v", m)
		}
	}
}

// Each text of a strategy has dice of its own, also after prompts that are the
// same: otherwise two would count for what one says.
func TestPromptsShareNoDice(t *testing.T) {
	p := storyPlan(t, "story-ngram", 2, "temperature=1", "top_p=0.9")
	p.prompt(t, "One morning", "One morning")
	seen := map[string]bool{}
	seeds := map[uint64]int{}
	for _, s := range run(t, p, 2) {
		if s.Strategy == 0 {
			seen[s.Text] = true
		}
		seeds[s.Seed]++
	}
	if len(seen) != 4 || len(seeds) != 4 || seeds[4] != 2 {
		t.Errorf("%d texts, seeds %v", len(seen), seeds)
	}
}

// Texts so short that they have no number without one of them, ones of a token
// that is impossible under the model, and none at all.
func TestDegenerate(t *testing.T) {
	for _, chain := range []string{"temperature=2", "forced_eos=1", "forced_eos=2", `allow="."`} {
		for n := 1; n < 4; n++ {
			p := storyPlan(t, "truth", n, "none", chain)
			p.MaxTokens = 1
			for i, m := range p.Measure(run(t, p, 1)).Outcomes[1].Measures {
				if m.Lo > m.Mean || m.Hi < m.Mean {
					t.Errorf("%s, %d texts, %d: %+v", chain, n, i, m)
				}
			}
		}
	}
}

func TestSampleJSON(t *testing.T) {
	want := Sample{IDs: []argen.ID{1, 2}, LogProbs: logs{-.5, math.Inf(-1)}}
	data, err := json.Marshal(&want)
	if err != nil || !strings.Contains(string(data), `"logprobs":[-0.5,"-inf"]`) {
		t.Fatalf("%s, %v", data, err)
	}
	var got Sample
	if err := json.Unmarshal(data, &got); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v: %s", err, cmp.Diff(want, got))
	}
	if err := json.Unmarshal([]byte(`{"logprobs":["inf"]}`), &got); err == nil {
		t.Error("a probability is infinite")
	}
}

// Few texts say little, but no more than can be: a probability is at most 1,
// nothing is shorter than nothing, and the number measured is in its interval.
func TestIntervalsOfTheirMetric(t *testing.T) {
	p := storyPlan(t, "story-ngram", 2, "temperature=1", "temperature=2")
	r := p.Measure(run(t, p, 2))
	wide := 0
	for _, o := range r.Outcomes {
		for i, m := range o.Measures {
			least, most := 0.0, math.Inf(1)
			switch metric := r.Metrics[i]; {
			case metric.Name == "logprob":
				least, most = math.Inf(-1), 0
			case metric.Unit == "share", metric.Name == "self_bleu":
				most = 1
			}
			if m.Lo < least || m.Hi > most || m.Mean < m.Lo || m.Mean > m.Hi {
				t.Errorf("%s: %v in %v to %v", r.Metrics[i].Name, m.Mean, m.Lo, m.Hi)
			}
			if m.Lo == least || m.Hi == most {
				wide++
			}
		}
	}
	if wide < 4 {
		t.Errorf("%d limits of two texts are those of their metric", wide)
	}
}
