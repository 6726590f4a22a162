package sampler_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// A token is a candidate of a naive stage.
type token struct {
	id argen.ID
	l  float64
}

// A scene is what a naive stage sees besides the candidates.
type scene struct {
	argen.Past
	samplertest.Vocabulary
	whole bool // no stage so far has chosen which tokens to keep
	// blurred is set where tokens of different probabilities come to logits so
	// near each other that rounding alone says which is the better.
	blurred *bool
}

// naive are the stages again, each straight from its definition: plain loops
// over all candidates in order of ID, everything sorted, nothing shared with
// the stages. Every stage of the table that needs no text has one.
var naive = map[string]func(argen.Transform, []token, scene) []token{}

// oneByOne are the stages that remove single tokens, whatever the others are.
var oneByOne = map[string]bool{
	"ignore_eos": true, "logit_bias": true, "sequence_bias": true, "ban": true, "begin_suppress": true,
	"no_repeat_ngram": true, "encoder_no_repeat_ngram": true, "min_tokens": true,
}

// best are tokens in the order of the draw.
func best(all []token) []token {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b token) int {
		switch {
		case a.l > b.l:
			return -1
		case a.l < b.l:
			return 1
		}
		return int(a.id - b.id)
	})
	return all
}

// weights are e^(l − max), which is p·Σ, and their sum.
func weights(all []token) (w []float64, sum float64) {
	most := math.Inf(-1)
	for _, t := range all {
		most = max(most, t.l)
	}
	for _, t := range all {
		w = append(w, math.Exp(t.l-most))
	}
	for _, x := range w {
		sum += x
	}
	return w, sum
}

// entropy is that of tokens, in nats.
func entropy(all []token) float64 {
	h := 0.0
	w, sum := weights(all)
	for _, x := range w {
		if p := x / sum; p > 0 {
			h -= p * math.Log(p)
		}
	}
	return h
}

// among keeps the tokens of all that are among some, in order of ID.
func among(all, some []token) []token {
	var kept []token
	for _, t := range all {
		if slices.Contains(some, t) {
			kept = append(kept, t)
		}
	}
	return kept
}

// without removes tokens, or all but the best if nothing else is left.
func without(all []token, gone func(token) bool) []token {
	var kept []token
	for _, t := range all {
		if !gone(t) {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return best(all)[:1]
	}
	return kept
}

// A still model predicts the same whatever stands before.
type still struct {
	samplertest.Vocabulary
	logits []float64
}

func (s still) Start() argen.State { return &stillState{still: s} }

type stillState struct {
	still
	n int
}

func (s *stillState) Len() int          { return s.n }
func (s *stillState) Rewind(n int)      { s.n = n }
func (s *stillState) Fork() argen.State { fork := *s; return &fork }
func (s *stillState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	s.n += len(ids)
	return s.logits, nil
}

// randomLogits are those of a vocabulary of any shape.
func randomLogits(rng *rand.Rand) []float64 {
	logits := make([]float64, 1+rng.IntN([]int{4, 30, 150, 600}[rng.IntN(4)]))
	spread := math.Exp(1.2 * rng.NormFloat64())
	ties, holes := rng.IntN(4) == 0, rng.IntN(4) == 0
	for i := range logits {
		l := 2 * spread * rng.NormFloat64()
		if ties {
			l = math.Round(2*l) / 2
		}
		if holes && i > 0 && rng.IntN(3) == 0 {
			l = math.Inf(-1)
		}
		logits[i] = float64(float32(l))
	}
	return logits
}

// needsText reports whether a stage is about a text or a program of its own, so
// that no random one makes sense.
func needsText(s sampler.Spec) bool {
	return slices.ContainsFunc(s.Params, func(p sampler.Param) bool { return p.Kind == sampler.Text })
}

// randomStage is a stage with any values in its ranges, bound to v tokens.
func randomStage(t *testing.T, rng *rand.Rand, s sampler.Spec, v int) argen.Transform {
	t.Helper()
	for range 1000 {
		var values []sampler.Value
		for _, p := range s.Params[:len(s.Params)-s.Repeat] {
			values = append(values, randomValue(rng, p, v))
		}
		if s.Repeat > 0 {
			for range rng.IntN(4) {
				for _, p := range s.Params[len(s.Params)-s.Repeat:] {
					values = append(values, randomValue(rng, p, v))
				}
			}
		}
		stage, err := s.Make(values...)
		if err != nil {
			continue // two that do not go together, or a list without members
		}
		b, ok := stage.(argen.Binder)
		if !ok {
			return stage
		}
		if _, err := b.Bind(samplertest.Vocabulary(v), samplertest.Vocabulary(v)); err == nil {
			return stage
		}
	}
	t.Fatalf("%s: no values are good for it", s.Name)
	return nil
}

func randomValue(rng *rand.Rand, p sampler.Param, v int) sampler.Value {
	switch p.Kind {
	case sampler.Choice:
		return sampler.Value{Text: p.Words[rng.IntN(len(p.Words))]}
	case sampler.Token:
		text := fmt.Sprintf("#%d", rng.IntN(min(v, 8)))
		if rng.IntN(4) == 0 {
			text += fmt.Sprintf(" #%d", rng.IntN(min(v, 8)))
		}
		return sampler.Value{Text: text}
	}
	for {
		x := 0.0
		switch rng.IntN(8) {
		case 0:
			x = p.Default
		case 1:
			x = p.Off
		case 2:
			x = p.Least
		case 3:
			x = -3 * rng.Float64()
		case 4:
			x = 1 + 3*rng.ExpFloat64()
		default:
			x = rng.Float64()
		}
		if p.Kind == sampler.Int {
			x = math.Trunc(4 * x)
		}
		// What is beyond all numbers is left to the contract of stages.
		removes := p.Lowest != "" && math.IsInf(x, -1)
		if value := (sampler.Value{Number: x}); (math.Abs(x) < 1e9 || removes) && p.Check(value) == nil {
			return value
		}
	}
}

// Random chains on random vectors leave what their definitions say, and the
// ledger accounts for all of the mass: what was removed and what is left come
// to 1, stage by stage and all together.
func TestNaive(t *testing.T) {
	var table []sampler.Spec
	for _, s := range sampler.Table {
		switch {
		case needsText(s):
		case naive[s.Name] == nil:
			t.Errorf("%s has no naive definition to compare with", s.Name)
		default:
			table = append(table, s)
		}
	}
	used, blurred := map[string]int{}, 0
	for seed := uint64(0); seed < uint64(1000+blurred); seed++ {
		rng := rand.New(rand.NewPCG(seed, 5))
		logits := randomLogits(rng)
		var chain []argen.Transform
		for _, i := range rng.Perm(len(table))[:1+rng.IntN(6)] {
			chain = append(chain, randomStage(t, rng, table[i], len(logits)))
			used[table[i].Name]++
		}
		blur := false
		switch err := checkNaive(t, rng, logits, chain, &blur); {
		case blur:
			blurred++
		case err != nil:
			t.Errorf("%d, %s of %d logits: %v", seed, sampler.Format(chain), len(logits), err)
		}
	}
	if blurred > 30 {
		t.Errorf("%d chains depend on rounding", blurred)
	}
	for _, s := range table {
		if used[s.Name] < 50 {
			t.Errorf("%s was in %d chains only", s.Name, used[s.Name])
		}
	}
}

// checkNaive puts logits through a chain, as a step of a run and naively.
func checkNaive(t *testing.T, rng *rand.Rand, logits []float64, chain []argen.Transform, blurred *bool) error {
	v := samplertest.Vocabulary(len(logits))
	m := still{v, logits}
	few := func(n int) []argen.ID {
		ids := make([]argen.ID, rng.IntN(n))
		for i := range ids {
			ids[i] = argen.ID(rng.IntN(min(len(logits), 6)))
		}
		return ids
	}
	gen := argen.Generator{Model: m, Tokenizer: v, Seed: rng.Uint64(), NoStop: true, Top: len(logits)}
	run, err := gen.StartIDs(few(4))
	if err != nil {
		return err
	}
	for _, id := range few(25) {
		if _, err := run.Predict(t.Context()); err != nil {
			return err
		}
		if _, err := run.Force(id); err != nil {
			return err
		}
	}
	if err := run.SetChain(chain); err != nil {
		return err
	}
	if _, err := run.Predict(t.Context()); err != nil {
		return err
	}
	step, err := run.Preview(0)
	if err != nil {
		return err
	}
	ids := run.Context()
	dice := rand.New(rand.NewPCG(gen.Seed, 1))
	return ledger(step, logits, chain, scene{
		Past:       argen.Past{IDs: ids, Prompt: len(ids) - step.T, Float64: dice.Float64},
		Vocabulary: v, whole: true, blurred: blurred,
	})
}

// ledger compares what a step says of its stages with what they naively do.
func ledger(step argen.Step, logits []float64, chain []argen.Transform, s scene) error {
	var now []token
	for id, l := range logits {
		if !math.IsInf(l, -1) {
			now = append(now, token{argen.ID(id), l})
		}
	}
	by := map[argen.ID]string{}
	kept, removed, left := 1.0, 0.0, 1.0
	for i, stage := range chain {
		before, record := now, step.Stages[i]
		w, sum := weights(before)
		now = naive[stage.Name()](stage, before, s)
		gone := 0.0
		for n, t := range before {
			if !slices.ContainsFunc(now, func(other token) bool { return other.id == t.id }) {
				gone += w[n] / sum
				by[t.id] = stage.Name()
			}
		}
		for _, t := range now {
			delete(by, t.id) // also what a stage forced that was gone
		}
		s.whole = s.whole && (len(now) == len(before) || oneByOne[stage.Name()])
		if record.In != len(before) || record.Kept != len(now) {
			return fmt.Errorf("%s: %d tokens become %d, want %d and %d", stage, record.In, record.Kept, len(before), len(now))
		}
		if math.Abs(record.MassRemoved-gone) > 1e-12 {
			return fmt.Errorf("%s: removes a mass of %v, want %v", stage, record.MassRemoved, gone)
		}
		if h := entropy(now) / math.Ln2; math.Abs(record.Entropy-h) > 1e-9 {
			return fmt.Errorf("%s: leaves an entropy of %v, want %v", stage, record.Entropy, h)
		}
		kept *= 1 - record.MassRemoved
		removed += left * gone
		left *= 1 - gone
	}
	if math.Abs(kept+removed-1) > 1e-12 {
		return fmt.Errorf("kept %v and removed %v are %v", kept, removed, kept+removed)
	}
	want := make([]float64, len(logits))
	w, sum := weights(now)
	for i, t := range now {
		want[t.id] = w[i] / sum
	}
	for _, top := range step.Top {
		id := top.ID
		is := slices.ContainsFunc(now, func(t token) bool { return t.id == id })
		switch {
		case is != (top.RemovedBy == "") && !math.IsInf(logits[id], -1), top.RemovedBy != by[id]:
			return fmt.Errorf("%d is removed by %q, want %q", id, top.RemovedBy, by[id])
		case !is && top.RemovedBy != "" && top.Why == "":
			return fmt.Errorf("%d: %s does not say why it removed it", id, top.RemovedBy)
		case math.Abs(top.SampledProb-want[id]) > 1e-12:
			return fmt.Errorf("P(%d) = %v, want %v", id, top.SampledProb, want[id])
		}
	}
	return nil
}
