package viz

import (
	"math"
	"strings"
	"testing"

	"argen"
	"argen/model"
	"argen/sampler"
)

// The probabilities between the stages are those of a run whose chain ends
// there, whatever the stages do.
func TestFlow(t *testing.T) {
	for _, chain := range []string{
		"top_k=5,top_p=0.8", "temperature=1.3,top_k=6,top_p=0.9", "top_k=8,temperature=0.7,top_p=0.8",
		"min_p=0.3", "temperature=2", "top_k=9,min_p=0.2,temperature=1.5,greedy", "temperature=1", "top_k=1000,temperature=1",
	} {
		checkFlow(t, argen.Generator{Seed: 3, MaxTokens: 12}, chain)
	}
	// Models in which no stage leads to a dead end: all words, or all bytes.
	words, bytes := opened(t, "story-ngram"), opened(t, "../model/transformer/testdata/gpt2")
	for _, s := range sampler.Table {
		word, gen := s.Name, words
		if s.Example != "" {
			word = s.Example
		}
		chains := []string{word + ",temperature=1.5", "min_p=0.001," + word, "temperature=1.5," + word + ",min_p=0.001"}
		if s.Group == sampler.Constraint {
			gen, chains = bytes, chains[:1]
		}
		for _, chain := range chains {
			if strings.Count(","+chain, ","+s.Name) == 1 {
				checkFlow(t, gen, chain)
			}
		}
	}
}

// opened is a generator of one step: what comes later depends on what was drawn.
func opened(t *testing.T, ref string) argen.Generator {
	t.Helper()
	lm, err := model.Open(t.Context(), ref, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lm.Close() })
	return argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, Seed: 3, MaxTokens: 1}
}

// checkFlow compares the columns of the first steps with runs of the beginnings
// of the chain.
func checkFlow(t *testing.T, gen argen.Generator, chain string) {
	t.Helper()
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	whole := writeWith(t, gen, "It was", chain)
	known := 0
	for n := range stages {
		head := writeWith(t, gen, "It was", sampler.Format(stages[:n+1]))
		for i := range whole.Steps {
			s := &whole.Steps[i]
			if i > 0 && whole.Steps[i-1].ID != head.Steps[i-1].ID {
				break // from here on the texts differ
			}
			list := rows(s, 15)
			g := flowOf(s, list)
			for r := range list {
				if list[r].rest {
					continue
				}
				p, want := g.p[r][n+1], after(&head.Steps[i], s.Top[r].ID)
				switch out := g.gone[r] > 0 && g.gone[r] <= n+1; {
				case out && want != 0:
					t.Errorf("%s, step %d: %s is gone, after %d stages it has %v", chain, i, list[r].name, n+1, want)
				case !out && math.IsNaN(p):
					t.Errorf("%s, step %d: %s is not known after %d stages, it has %v", chain, i, list[r].name, n+1, want)
				case !out && math.Abs(p-want) > 1e-9:
					t.Errorf("%s, step %d: %s has %v after %d stages, want %v", chain, i, list[r].name, p, n+1, want)
				default:
					known++
				}
			}
		}
	}
	if known == 0 {
		t.Errorf("%s: nothing was compared", chain)
	}
}

// after is what a step says of a token.
func after(s *argen.Step, id argen.ID) float64 {
	for _, t := range s.Top {
		if t.ID == id {
			return t.SampledProb
		}
	}
	return math.NaN()
}

// What does not follow from the record is said to be unknown.
func TestFlowUnknown(t *testing.T) {
	tr := poisoned("fox")
	s := &tr.Steps[0]
	s.Stages = []argen.Stage{{Name: "mystery", Entropy: .5, Kept: 3}, {Name: "riddle", Entropy: .4, Kept: 3}}
	g := flowOf(s, rows(s, 15))
	if !math.IsNaN(g.p[0][1]) || g.p[0][2] != .6 {
		t.Errorf("%v, want ? and 0.6", g.p[0])
	}
	f, err := Stages(Input{Traces: []*argen.Trace{tr}, Step: 0})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.Caption, "? is not recorded in the trace.") {
		t.Errorf("caption %q", f.Caption)
	}
}

// Many stages stand in several rows, those that did nothing are named only, and
// few stand side by side whatever they did.
func TestManyStages(t *testing.T) {
	const few = "top_k=500,temperature=1.3,min_p=0"
	const many = "frequency_penalty=0.3,presence_penalty=0.2,repetition_penalty=1.2,dry=1,no_repeat_ngram=3,top_n_sigma=3,top_k=12,tail_free=1,typical_p=0.99,top_p=0.98,min_p=0.001,top_a=0,epsilon_cutoff=0.001,eta_cutoff=0,xtc=1,temperature=1.3,quadratic=0.2,watermark=0.5"
	for chain, want := range map[string]int{few: 4, many: 0} {
		tr := writeWith(t, opened(t, "story-ngram"), "It was", chain)
		s := &tr.Steps[0]
		cols, said := columnsOf(s)
		shown := 1
		for i, g := range s.Stages {
			switch drawn := len(cols) > shown && cols[shown] == i+1; {
			case drawn:
				shown++
			case want > 0 || !s.Idle(i) || !strings.Contains(said, " "+g.Name):
				t.Errorf("%s: %s is not drawn: %q", chain, g.Name, said)
			}
		}
		if want > 0 && (len(cols) != want || said != "") || want == 0 && (len(cols) <= mostColumns || said == "") {
			t.Errorf("%s: columns %v, %q", chain, cols, said)
		}
		f, err := Stages(Input{Traces: []*argen.Trace{tr}, Step: 0})
		if err != nil {
			t.Fatal(err)
		}
		if f.Width > 2*pageWidth {
			t.Errorf("%s: %v wide", chain, f.Width)
		}
		checkTexts(t, chain, f)
	}
}
