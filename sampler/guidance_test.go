package sampler_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

func init() {
	build("hf/classifier_free_guidance", func(k *call) ([]argen.Transform, error) {
		chain, err := sampler.Parse("guidance=" + k.Params.text("guidance_scale"))
		if err != nil {
			return nil, err
		}
		other := ""
		k.Params.read("unconditional_vector", &other)
		d := k.dictionary()
		t, err := chain[0].(argen.Binder).Bind(d, fixed{d, floats(vectors()[other].Logits)})
		return []argen.Transform{bound{t}}, err
	})
}

// bound hides Bind.
type bound struct{ argen.Transform }

// A fixed model predicts the same always.
type fixed struct {
	dictionary
	logits []float64
}

func (f fixed) Start() argen.State {
	return &echo{predict: func([]argen.ID) []float64 { return f.logits }}
}

// An echo is the state of a model whose prediction is a function of the text.
type echo struct {
	predict func([]argen.ID) []float64
	ids     []argen.ID
	reads   *int // tokens read
}

func (e *echo) Len() int          { return len(e.ids) }
func (e *echo) Rewind(n int)      { e.ids = e.ids[:n] }
func (e *echo) Fork() argen.State { return &echo{e.predict, slices.Clone(e.ids), e.reads} }
func (e *echo) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.reads != nil {
		*e.reads += len(ids)
	}
	e.ids = append(e.ids, ids...)
	return e.predict(e.ids), nil
}

// A toy model predicts by all tokens of a text.
type toy struct {
	samplertest.Vocabulary
	context int
	bos     argen.ID
	reads   *int
}

func (m toy) Info() argen.Info {
	return argen.Info{VocabSize: int(m.Vocabulary), ContextLength: m.context, BOS: m.bos, AddBOS: m.bos != argen.NoID}
}

func (m toy) Start() argen.State { return &echo{predict: m.predict, reads: m.reads} }

func (m toy) predict(ids []argen.ID) []float64 {
	logits := make([]float64, m.Vocabulary)
	for i := range logits {
		x := float64(i + 1)
		for _, id := range ids {
			x = math.Mod(x*1.7+float64(id)+0.3, 5)
		}
		logits[i] = x
	}
	return logits
}

// guided are the probabilities by the formula, from models read anew.
func (m toy) guided(scale float64, text, other []argen.ID) []float64 {
	logprobs := func(ids []argen.ID) []float64 {
		logits := m.predict(ids)
		all := make([]float64, len(logits))
		for id := range logits {
			all[id], _ = argen.LogProb(logits, argen.ID(id))
		}
		return all
	}
	p, q := logprobs(text), logprobs(other)
	mixed := make([]float64, len(p))
	for i := range p {
		mixed[i] = scale*(p[i]-q[i]) + q[i]
	}
	sum := 0.0
	for i, l := range mixed {
		mixed[i] = math.Exp(l)
		sum += mixed[i]
	}
	for i := range mixed {
		mixed[i] /= sum
	}
	return mixed
}

// holds compares what a run predicts next with the formula.
func holds(t *testing.T, r *argen.Run, m toy, other []argen.ID) {
	t.Helper()
	c, err := r.Predict(t.Context())
	if err != nil {
		t.Error(err)
		return
	}
	fresh := r.Context()[len(r.Trace().Head.PromptIDs):]
	want := m.guided(1.8, r.Context(), slices.Concat(other, fresh))
	for id, p := range want {
		if math.Abs(c.Prob(argen.ID(id))-p) > 1e-12 {
			t.Errorf("after %v: P(%d) = %v, want %v", r.Context(), id, c.Prob(argen.ID(id)), p)
			return
		}
	}
}

// Whatever a run does, going on, back, by force, in forks, what is drawn from is
// the mixture of the two texts as they stand; and the other text is read token
// by token, not anew.
func TestGuidanceInRuns(t *testing.T) {
	for _, k := range []struct {
		negative string
		bos      argen.ID
		other    []argen.ID
	}{
		{"", argen.NoID, []argen.ID{2}},
		{"de", argen.NoID, []argen.ID{3, 4}},
		{"de", 9, []argen.ID{9, 3, 4}},
	} {
		reads := 0
		m := toy{Vocabulary: 12, bos: k.bos, reads: &reads}
		gen := argen.Generator{Model: m, Tokenizer: m, Seed: 1, Chain: []argen.Transform{sampler.Guidance{Scale: 1.8, Negative: k.negative}, sampler.TopK{K: 12}}}
		r, err := gen.Start("abc")
		if err != nil {
			t.Fatal(err)
		}
		next := func(id argen.ID) {
			t.Helper()
			holds(t, r, m, k.other)
			if id < 0 {
				id = r.Choose()
			}
			if _, err := r.Append(id); err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			next(-1)
		}
		next(7)
		if err := r.Back(3); err != nil {
			t.Fatal(err)
		}
		next(0)
		if err := r.SetChain(gen.Chain); err != nil { // the new tokens so far stand in the other text too
			t.Fatal(err)
		}
		next(-1)
		f, err := r.Fork()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Predict(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Force(5); err != nil {
			t.Fatal(err)
		}
		holds(t, f, m, k.other)
		next(-1)
		holds(t, r, m, k.other)
		// To begin anew at each of the 12 predictions would be over 100.
		if most := 35; reads > most {
			t.Errorf("%d tokens were read, want %d at most", reads, most)
		}
	}
}

// Forks share what they have read and may go on at the same time.
func TestGuidanceInForks(t *testing.T) {
	m := toy{Vocabulary: 12, bos: argen.NoID}
	gen := argen.Generator{Model: m, Tokenizer: m, Chain: []argen.Transform{sampler.Guidance{Scale: 1.8, Negative: "de"}}}
	r, err := gen.Start("abc")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range 20 { // more than are remembered
		f, err := r.Fork()
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			for i := range 10 {
				holds(t, f, m, []argen.ID{3, 4})
				if _, err := f.Force(argen.ID(n * (i + 1) % 12)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// Where the other text is longer than the model's context it slides, as a run's
// does.
func TestGuidanceSlides(t *testing.T) {
	m := toy{Vocabulary: 12, context: 9, bos: 11}
	gen := argen.Generator{Model: m, Tokenizer: m, ContextShift: true, Chain: []argen.Transform{sampler.Guidance{Scale: 1.8, Negative: "defg"}}}
	r, err := gen.StartIDs(nil)
	if err != nil {
		t.Fatal(err)
	}
	// BOS and the last four to seven tokens: (9 − 1) / 2 are dropped at a time.
	text := func(ids ...argen.ID) []argen.ID {
		for len(ids) >= 9 {
			ids = slices.Delete(ids, 1, 5)
		}
		return ids
	}
	for i := range 20 {
		c, err := r.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fresh := r.Context()[1:]
		want := m.guided(1.8, text(slices.Clone(r.Context())...), text(append([]argen.ID{11, 3, 4, 5, 6}, fresh...)...))
		for id, p := range want {
			if math.Abs(c.Prob(argen.ID(id))-p) > 1e-12 {
				t.Fatalf("step %d: P(%d) = %v, want %v", i, id, c.Prob(argen.ID(id)), p)
			}
		}
		if _, err := r.Force(argen.ID(i * 5 % 11)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGuidanceErrors(t *testing.T) {
	m := toy{Vocabulary: 12, context: 4, bos: argen.NoID}
	for _, k := range []struct {
		stage argen.Transform
		model argen.Model
		want  string
	}{
		{sampler.Guidance{Scale: 2, Negative: "abcd"}, m, "negative prompt: 4 tokens leave no room in the model's context of 4"},
		{sampler.Guidance{Scale: 2, Negative: "a"}, toy{Vocabulary: 12, context: 1, bos: argen.NoID}, "negative prompt: 1 token leaves no room in the model's context of 1: shorten it"},
		{sampler.Guidance{Scale: 2}, nil, "needs a model"},
	} {
		if _, err := k.stage.(argen.Binder).Bind(m, k.model); err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: %v, want %s", k.stage, err, k.want)
		}
	}
	c, err := argen.NewCandidates([]float64{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	sampler.Guidance{Scale: 2}.Apply(c, argen.Past{})
	if err := c.Err(); err == nil || err.Error() != "it is not bound to a model" {
		t.Errorf("a stage that is not bound: %v", err)
	}
	broken := fixed{dictionary{Vocabulary: 2}, []float64{math.NaN(), 1}}
	gen := argen.Generator{Model: m, Tokenizer: m}
	stage, err := sampler.Guidance{Scale: 2}.Bind(m, broken)
	if err != nil {
		t.Fatal(err)
	}
	gen.Chain = []argen.Transform{bound{stage}}
	r, err := gen.Start("ab")
	if err != nil {
		t.Fatal(err)
	}
	var bad *argen.LogitsError
	if _, err := r.Predict(t.Context()); !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), "step 0: guidance: after the negative prompt: ") {
		t.Errorf("%v", err)
	}
}

// A token that cannot follow the negative prompt is what guidance seeks, yet
// those that can keep their distances.
func TestGuidanceOfTheImpossible(t *testing.T) {
	inf := math.Inf(-1)
	d := dictionary{Vocabulary: 4}
	for _, k := range []struct {
		scale float64
		other []float64
		want  []float64
	}{
		{2, []float64{0, 0, inf, inf}, []float64{0, 0, 0.8, 0.2}},    // of 2/6 and 1/6, squared
		{2, []float64{0, 0, -800, -1000}, []float64{0, 0, 0.8, 0.2}}, // e^−745 is the least number: less is as impossible
		{0.5, []float64{0, 0, inf, inf}, []float64{0.5, 0.5, 0, 0}},
	} {
		stage, err := sampler.Guidance{Scale: k.scale}.Bind(d, fixed{d, k.other})
		if err != nil {
			t.Fatal(err)
		}
		c, err := argen.NewCandidates(logs(1.5, 1.5, 2, 1))
		if err != nil {
			t.Fatal(err)
		}
		stage.Apply(c, argen.Past{IDs: []argen.ID{0}, Prompt: 1})
		for id, p := range k.want {
			if math.Abs(c.Prob(argen.ID(id))-p) > 1e-12 {
				t.Errorf("scale %v: P(%d) = %v, want %v", k.scale, id, c.Prob(argen.ID(id)), p)
			}
		}
	}
}
