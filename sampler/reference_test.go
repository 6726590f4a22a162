package sampler_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"argen"
)

// callFiles hold calls of one stage or chain, with what it left.
var callFiles = []string{"hf_warpers", "hf_processors", "hf_watermark", "hf_chains", "webui", "llama_samplers", "llama_dry", "llama_chains"}

// errMissing is what a call comes to that cannot be translated yet.
var errMissing = errors.New("no translation")

// errExempt is what a call comes to that has no meaning here; exempt counts
// them.
var errExempt = errors.New("exempt")

// chain is the call in stages of ours, bound.
func (k *call) chain() ([]argen.Transform, error) {
	f := translations[k.name()]
	if f == nil {
		return nil, fmt.Errorf("%s: %w", k.name(), errMissing)
	}
	stages, err := f(k)
	if err != nil {
		return nil, err
	}
	d := k.dictionary()
	for i, stage := range stages {
		if b, ok := stage.(argen.Binder); ok {
			if stages[i], err = b.Bind(d, d); err != nil {
				return nil, err
			}
		}
	}
	return stages, nil
}

// A verdict is how far we are from an engine.
type verdict struct {
	cases  int
	probs  float64 // the largest difference of a probability, vectors tagged huge left out
	huge   float64 // the same for those
	logits float64 // the largest difference of a logit over the largest logit
}

// compare applies a call's chain and returns what differs.
func (v *verdict) compare(k *call) error {
	stages, err := k.chain()
	if err != nil {
		return err
	}
	before := floats(k.vector().Logits)
	c, err := argen.NewCandidates(before)
	if err != nil {
		return err
	}
	for _, stage := range stages {
		stage.Apply(c, k.past())
	}
	if c.Err() != nil {
		return c.Err()
	}
	v.cases++
	if k.Penalties != nil {
		return v.penalties(k, c, before)
	}
	if k.emptied() {
		if c.Len() != 1 {
			return fmt.Errorf("%d left, want one where the engine leaves none", c.Len())
		}
		return nil
	}
	return v.outcome(k, c, before)
}

// emptied reports whether the engine leaves nothing, so that no draw is possible.
// A chain of ours leaves the best then.
func (k *call) emptied() bool { return k.Out.IDs != nil && k.Out.Kept == 0 }

// outcome compares what is left.
func (v *verdict) outcome(k *call, c *argen.Candidates, before []float64) error {
	var ids []argen.ID
	var probs, logits []float64
	c.Each(func(id argen.ID, l float64) {
		ids = append(ids, id)
		probs = append(probs, c.Prob(id))
		logits = append(logits, l)
	})
	want := slices.Clone(k.Out.Probs)
	if k.Tie {
		slices.Sort(probs)
		slices.Sort(want)
	}
	if len(ids) != k.Out.Kept || !k.Tie && !slices.Equal(ids, k.Out.IDs) {
		return fmt.Errorf("%d left %v, want %d %v", len(ids), ids, k.Out.Kept, k.Out.IDs)
	}
	bound := k.vector().bound()
	if k.Out.Logits == nil && k.name() != "hf/chain" && k.name() != "llamacpp/chain" && bound < 1e-5 {
		bound = 1e-6 // no logit changes
	}
	for i, p := range probs {
		off := math.Abs(p - want[i])
		if !(off <= bound) {
			return fmt.Errorf("P(%d) = %v, want %v", ids[i], p, want[i])
		}
		if bound < 1e-5 {
			v.probs = max(v.probs, off)
		} else {
			v.huge = max(v.huge, off)
		}
	}
	if k.Out.Logits == nil || k.Tie {
		return nil
	}
	return v.logit(k, ids, logits, floats(k.Out.Logits), largest(before, floats(k.Out.Logits)))
}

// logit compares logits, relative to the largest of all.
func (v *verdict) logit(k *call, ids []argen.ID, got, want []float64, largest float64) error {
	bound := 3e-6
	if k.Sampler == "temp_ext" || k.Processor == "dynatemp" {
		bound = 5e-4 // the entropy of float32 probabilities decides the temperature
	}
	for i, l := range got {
		off := math.Abs(l - want[i])
		if !(off <= bound*largest) {
			return fmt.Errorf("the logit of %d is %v, want %v", ids[i], l, want[i])
		}
		if off > 0 {
			v.logits = max(v.logits, off/largest)
		}
	}
	return nil
}

// penalties compares what was taken from logits.
func (v *verdict) penalties(k *call, c *argen.Candidates, before []float64) error {
	want := slices.Clone(before)
	for i, id := range k.Penalised {
		want[id] -= float64(k.Penalties[i])
	}
	most := largest(before, want)
	for id, l := range before {
		if math.IsInf(l, -1) {
			continue
		}
		if err := v.logit(k, []argen.ID{argen.ID(id)}, []float64{c.Logit(argen.ID(id))}, want[id:], most); err != nil {
			return err
		}
	}
	return nil
}

// largest is the largest finite magnitude.
func largest(all ...[]float64) float64 {
	most := 0.0
	for _, numbers := range all {
		for _, x := range numbers {
			if !math.IsInf(x, 0) {
				most = max(most, math.Abs(x))
			}
		}
	}
	return most
}

// Every call of an engine leaves what our stages leave.
func TestReference(t *testing.T) {
	groups, names := map[string][]*call{}, []string{}
	for _, file := range callFiles {
		for _, k := range calls(t, file) {
			if groups[k.name()] == nil {
				names = append(names, k.name())
			}
			groups[k.name()] = append(groups[k.name()], k)
		}
	}
	for _, name := range names {
		if translations[name] == nil {
			continue // TestReferenceComplete says so
		}
		t.Run(name, func(t *testing.T) {
			v := verdict{}
			for _, k := range groups[name] {
				if err := v.compare(k); err != nil && !errors.Is(err, errMissing) && !errors.Is(err, errExempt) {
					t.Errorf("%s %s of %s: %v", name, k.Params.all(), k.Vector, err)
				}
			}
			if v.cases == 0 && len(groups[name]) > 0 {
				t.Error("nothing was compared")
			}
			t.Logf("%d cases, probabilities within %.1e (huge logits: %.1e), logits within %.1e of the largest", v.cases, v.probs, v.huge, v.logits)
		})
	}
}
