package sampler_test

import (
	"context"
	"math"
	"testing"

	"argen"
)

// states say what a stage has learnt, under the names of llama_stateful, by the
// name of the call. The tests of stages that learn add theirs.
var states = map[string]func(argen.Transform) map[string]float64{}

// A learning is a run of a stage that learns: at each step the distribution
// after it, the token that the engine drew, and what it knows then.
type learning struct {
	Sampler string
	Params  params
	Steps   []*learned
}

type learned struct {
	Vector      string
	IDs         []argen.ID `json:"candidate_ids"`
	Probs       []float64  `json:"candidate_probs"`
	Partial     bool       // only the most probable candidates are listed
	Selected    argen.ID
	Mu          *float64 `json:"mu_after"`
	WeightedSum *float64 `json:"weighted_sum_after"`
	TotalWeight *float64 `json:"total_weight_after"`
}

// learnings are the runs of stages that learn.
func learnings(t testing.TB) []learning {
	t.Helper()
	var file struct{ Runs []learning }
	read(t, "llama_stateful", &file)
	return file.Runs
}

// call is what the run asks for at each step, with the distribution of the first.
func (l learning) call() *call {
	return &call{Engine: "llamacpp", Sampler: l.Sampler, Params: l.Params, Vector: l.Steps[0].Vector}
}

// A recorded model predicts the vectors of a run, one after the other.
type recorded struct {
	dictionary
	steps []*learned
}

func (r recorded) Start() argen.State { return &recordedState{recorded: r} }

type recordedState struct {
	recorded
	n int
}

func (s *recordedState) Len() int          { return s.n }
func (s *recordedState) Rewind(n int)      { s.n = n }
func (s *recordedState) Fork() argen.State { fork := *s; return &fork }
func (s *recordedState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	s.n += len(ids)
	return floats(vectors()[s.steps[s.n].Vector].Logits), nil
}

// Stages that learn follow the engine's runs, given what it drew.
func TestReferenceLearners(t *testing.T) {
	runs := learnings(t)
	if len(runs) != 10 {
		t.Fatalf("%d runs", len(runs))
	}
	for _, l := range runs {
		k := l.call()
		if translations[k.name()] == nil {
			continue // TestReferenceComplete says so
		}
		t.Run(k.name()+" "+k.Params.all(), func(t *testing.T) { l.check(t, k) })
	}
}

func (l learning) check(t *testing.T, k *call) {
	chain, err := translations[k.name()](k)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Steps { // the largest vocabulary is that of the run
		if len(vectors()[s.Vector].Logits) > len(k.vector().Logits) {
			k.Vector = s.Vector
		}
	}
	m := recorded{k.dictionary(), l.Steps}
	gen := argen.Generator{Model: m, Tokenizer: m, Chain: chain, NoStop: true}
	run, err := gen.Start("")
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for i, s := range l.Steps {
		c, err := run.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !s.Partial && c.Len() != len(s.IDs) {
			t.Fatalf("step %d: %d candidates, want %d", i, c.Len(), len(s.IDs))
		}
		for n, id := range s.IDs {
			if !c.Has(id) {
				t.Fatalf("step %d: %d is no candidate", i, id)
			}
			off := math.Abs(c.Prob(id) - s.Probs[n])
			if bound := vectors()[s.Vector].bound(); !(off <= bound) {
				t.Errorf("step %d: P(%d) = %v, want %v", i, id, c.Prob(id), s.Probs[n])
			}
			worst = max(worst, off)
		}
		if _, err := run.Force(s.Selected); err != nil {
			t.Fatal(err)
		}
		state := states[k.name()](run.Chain()[0])
		for name, want := range map[string]*float64{"mu_after": s.Mu, "weighted_sum_after": s.WeightedSum, "total_weight_after": s.TotalWeight} {
			if want == nil {
				continue
			}
			if got, ok := state[name]; !ok || !(math.Abs(got-*want) <= 2e-4) {
				t.Errorf("step %d: %s = %v, want %v", i, name, got, *want)
			}
		}
	}
	t.Logf("%d steps, probabilities within %.1e", len(l.Steps), worst)
}
