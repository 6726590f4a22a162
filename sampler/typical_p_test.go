package sampler_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
)

func TestTypicalP(t *testing.T) {
	equal := []float64{1, 1, 1, 1}
	for _, k := range []keeps{
		// H = 1.28: surprises 0.69, 1.20, 1.90, 2.30 of 5, 3, 1.5, 1 tenths …
		{"the nearest to the entropy", sampler.TypicalP{P: 0.2}, []float64{5, 3, 1.5, 1}, []argen.ID{1}},
		{"… and the next: the best", sampler.TypicalP{P: 0.31}, []float64{5, 3, 1.5, 1}, []argen.ID{0, 1}},
		{"the best may go", sampler.TypicalP{P: 0.3}, []float64{40, 15, 15, 15, 15}, []argen.ID{1, 2}},
		{"ties: the lower ids", sampler.TypicalP{P: 0.4}, equal, []argen.ID{0, 1}},
		{"exactly p", sampler.TypicalP{P: 0.5}, equal, []argen.ID{0, 1}},
		{"exactly p, llama.cpp", sampler.TypicalP{P: 0.5, Rule: "llamacpp"}, equal, []argen.ID{0, 1, 2}},
		{"ties, transformers", sampler.TypicalP{P: 0.4, Rule: "hf"}, equal, []argen.ID{0, 1, 2, 3}},
		{"ties, text-generation-webui", sampler.TypicalP{P: 0.4, Rule: "textgen"}, equal, []argen.ID{0, 1, 2, 3}},
		{"at least", sampler.TypicalP{P: 0.2, Keep: 3}, []float64{5, 3, 1.5, 1}, []argen.ID{0, 1, 2}},
		{"at least, more than there are", sampler.TypicalP{P: 0.2, Keep: 9}, []float64{5, 3}, []argen.ID{0, 1}},
		{"off", sampler.TypicalP{P: 1}, []float64{5, 3, 1.5, 1}, []argen.ID{0, 1, 2, 3}},
		{"nothing to keep", sampler.TypicalP{}, []float64{5, 3, 1.5, 1}, []argen.ID{1}},
	} {
		k.check(t)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	flat := make([]float64, 3000)
	for i := range flat {
		flat[i] = rng.NormFloat64()
	}
	if ids, _ := left(t, sampler.TypicalP{P: math.Nextafter(1, 0)}, flat...); len(ids) < 2990 {
		t.Errorf("p just below 1 leaves %d of 3000", len(ids))
	}
}

// Where very many are about as far away, and where all are very far, the order
// is the same as sorting gives.
func TestTypicalPNarrow(t *testing.T) {
	for _, spread := range []float64{1e-300, 1e-9, 1, 300, 1e300} {
		rng := rand.New(rand.NewPCG(3, 4))
		logits := make([]float64, 2500)
		for i := range logits {
			logits[i] = spread * math.Round(4*rng.NormFloat64()) / 4
			if i%3 == 0 {
				logits[i] += spread * rng.NormFloat64() * 1e-4
			}
		}
		for _, s := range []sampler.TypicalP{{P: 0.3}, {P: 0.9}, {P: 0.01, Keep: 700}, {P: 0.5, Rule: "hf"}} {
			want := sorted(s, logits)
			if got, _ := left(t, s, logits...); !slices.Equal(got, want) {
				t.Errorf("spread %g: %s leaves %d, want %d", spread, s, len(got), len(want))
			}
		}
	}
}

// sorted is what a stage leaves, found by sorting all.
func sorted(s sampler.TypicalP, logits []float64) []argen.ID {
	c, _ := argen.NewCandidates(logits)
	mean := 0.0 // the expected logit over the best
	best := c.At(0).Logit
	c.Each(func(id argen.ID, l float64) { mean += c.Prob(id) * max(l-best, -1000) })
	type place struct {
		id       argen.ID
		distance float64
	}
	var all []place
	c.Each(func(id argen.ID, l float64) { all = append(all, place{id, math.Abs(l - best - mean)}) })
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(a.distance, b.distance) })
	var ids []argen.ID
	sum := 0.0
	for i, p := range all {
		if sum >= s.P*c.Total() && i >= s.Keep && !(s.Rule == "hf" && p.distance == all[i-1].distance) {
			break
		}
		ids = append(ids, p.id)
		sum += c.Weight(p.id)
	}
	slices.Sort(ids)
	return ids
}
