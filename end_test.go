package argen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
	"argen/tokenizer"
)

func TestForced(t *testing.T) {
	g := truth(1)
	g.Top, g.Chain = 2, chain(t, "greedy")
	r := start(t, g, "")
	c, err := r.Predict(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.Len() != 1 {
		t.Fatalf("greedy leaves %d candidates", c.Len())
	}
	other := g.Tokenizer.(*tokenizer.Story)
	ids, err := other.Encode("Mia")
	if err != nil {
		t.Fatal(err)
	}
	step, err := r.Append(ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if !step.Forced || step.U != 0 || step.SampledProb != 0 || step.Token != "Mia" || len(step.Top) != 3 || step.Top[2].RemovedBy != "greedy" && step.Prob > 0 {
		t.Errorf("forced step %+v", step)
	}
	if _, err := r.Append(ids[0]); err == nil {
		t.Error("a second token was appended without a prediction")
	}
	if _, err := r.Predict(t.Context()); err == nil {
		if _, err := r.Append(999999); err == nil {
			t.Error("an id outside the vocabulary was appended")
		}
	}
}

func TestChooseAt(t *testing.T) {
	r := start(t, truth(1), "")
	c, err := r.Predict(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first, sum := c.At(0), 0.0
	for k := range c.Len() {
		want := c.At(k).ID
		if got := r.ChooseAt(sum + c.At(k).Prob/2); got != want {
			t.Errorf("in the middle of part %d: token %d, want %d", k, got, want)
		}
		sum += c.At(k).Prob
	}
	if got := r.ChooseAt(math.Nextafter(1, 0)); got != c.At(c.Len()-1).ID {
		t.Errorf("just below 1: token %d", got)
	}
	if r.ChooseAt(0) != first.ID {
		t.Error("u = 0 does not choose the most probable token")
	}
	step, err := r.Append(first.ID)
	if err != nil || !step.Dice || step.Forced || step.Low != 0 {
		t.Errorf("%+v, %v", step, err)
	}
}

func TestEnds(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*argen.Generator)
		reason string
	}{
		"length":      {func(g *argen.Generator) { g.MaxTokens = 5 }, argen.Length},
		"stop string": {func(g *argen.Generator) { g.Stop = []string{"zzz", ". "} }, argen.StopString},
		"stop token":  {func(*argen.Generator) {}, argen.StopToken},
		"at once":     {func(g *argen.Generator) { g.Stop = []string{"Lena"} }, argen.StopString},
		"no string":   {func(g *argen.Generator) { g.Stop = []string{""} }, argen.StopToken},
	} {
		t.Run(name, func(t *testing.T) {
			var trace argen.Trace
			g := truth(2)
			test.change(&g)
			g.Sinks = []argen.Sink{&trace}
			r := start(t, g, "")
			for _, err := range r.Steps(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
			}
			if trace.Ended == nil || trace.Ended.Reason != test.reason || trace.Ended.Tokens != len(trace.Steps) || strings.Contains(trace.Ended.Text, ". ") && test.reason == argen.StopString {
				t.Errorf("ended %+v", trace.Ended)
			}
			if _, err := r.Next(t.Context()); !errors.Is(err, io.EOF) {
				t.Errorf("a step after the end: %v", err)
			}
			if err := r.Back(1); err != nil || trace.Ended != nil {
				t.Errorf("after Back the trace is still ended: %v", err)
			}
			if _, err := r.Next(t.Context()); err != nil {
				t.Errorf("no step after Back: %v", err)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	var trace argen.Trace
	g := truth(2)
	g.Sinks = []argen.Sink{&trace}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range start(t, g, "").Steps(ctx) {
		last = err
		if n++; n == 3 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || trace.Ended == nil || trace.Ended.Reason != argen.Interrupted || len(trace.Steps) != 3 {
		t.Errorf("%v, %d steps, ended %+v", last, len(trace.Steps), trace.Ended)
	}
}

// A fake model says the same logits everywhere.
type fake struct {
	logits  []float64
	context int
}

func (f *fake) Info() argen.Info {
	return argen.Info{Ref: "fake", VocabSize: len(f.logits), BOS: argen.NoID, ContextLength: f.context}
}
func (f *fake) Start() argen.State { return &fakeState{f: f} }

type fakeState struct {
	f *fake
	n int
}

func (s *fakeState) Len() int          { return s.n }
func (s *fakeState) Rewind(n int)      { s.n = n }
func (s *fakeState) Fork() argen.State { c := *s; return &c }
func (s *fakeState) Extend(_ context.Context, ids ...argen.ID) ([]float64, error) {
	s.n += len(ids)
	return s.f.logits, nil
}

func bytesGenerator(logits []float64) argen.Generator {
	return argen.Generator{Model: &fake{logits: logits}, Tokenizer: tokenizer.NewBytes()}
}

func TestBadLogits(t *testing.T) {
	logits := func(change func([]float64)) []float64 {
		l := make([]float64, 258)
		change(l)
		return l
	}
	for want, l := range map[string][]float64{
		`step 0, after "ab": the logit of token 3 is NaN (2 of 258 logits are not finite): the model computes nonsense here`: logits(func(l []float64) { l[3], l[7] = math.NaN(), math.Inf(1) }),
		`step 0, after "ab": all 258 logits are -Inf: no token can follow here`: logits(func(l []float64) {
			for i := range l {
				l[i] = math.Inf(-1)
			}
		}),
	} {
		var trace argen.Trace
		g := bytesGenerator(l)
		g.Sinks = []argen.Sink{&trace}
		r := start(t, g, "ab")
		var last error
		for _, err := range r.Steps(t.Context()) {
			last = err
		}
		if last == nil || last.Error() != want || trace.Ended == nil || trace.Ended.Reason != argen.Failed || trace.Ended.Error != want {
			t.Errorf("got  %v\nwant %s\nend %+v", last, want, trace.Ended)
		}
	}
}

func TestContextIsFull(t *testing.T) {
	g := bytesGenerator(make([]float64, 258))
	g.Model.(*fake).context = 6
	if _, err := g.Start("123456"); err == nil || !strings.Contains(err.Error(), "6 tokens leave no room in the model's context of 6") {
		t.Errorf("a prompt as long as the context: %v", err)
	}
	r := start(t, g, "12")
	n := 0
	for _, err := range r.Steps(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 4 || r.Over() != argen.Length {
		t.Errorf("%d steps, over: %q", n, r.Over())
	}
}

// A text that is longer than the context is told so, and never scored in part
// without a word.
func TestScoreOfALongText(t *testing.T) {
	g := bytesGenerator(make([]float64, 258))
	g.Model.(*fake).context = 6
	trace, err := g.Score(t.Context(), nil, make([]argen.ID, 9))
	const want = "text: 9 tokens are more than the model's context of 6: shorten it, or --context-shift drops the oldest"
	if trace != nil || err == nil || err.Error() != want {
		t.Errorf("%v, %v, want %s", trace, err, want)
	}
	if trace, err := g.Score(t.Context(), nil, make([]argen.ID, 6)); err != nil || len(trace.Steps) != 6 {
		t.Errorf("a text as long as the context: %v", err)
	}
	// The same in a trace: a model with a shorter context cannot have made it.
	g.Model.(*fake).context = 0
	if trace, err = g.Score(t.Context(), nil, make([]argen.ID, 9)); err != nil {
		t.Fatal(err)
	}
	g.Model.(*fake).context = 6
	if err := argen.Verify(t.Context(), g, trace, parse); err == nil || !strings.Contains(err.Error(), "step 6: token is ") || !strings.Contains(err.Error(), "the model's context is full") {
		t.Errorf("Verify: %v", err)
	}
}

// A needy model predicts nothing from an empty context.
type needy struct{ fake }

func (n *needy) Start() argen.State { return &needyState{fakeState{f: &n.fake}} }

type needyState struct{ fakeState }

func (s *needyState) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	if s.n+len(ids) == 0 {
		return nil, fmt.Errorf("needy: %w", argen.ErrEmptyContext)
	}
	return s.fakeState.Extend(ctx, ids...)
}

// Where the first token cannot be predicted it is the prompt, and the sinks
// hear of one run only.
func TestScoreWithoutABeginning(t *testing.T) {
	var log bytes.Buffer
	g := bytesGenerator(nil)
	g.Model = &needy{fake{logits: make([]float64, 258)}}
	g.Sinks = []argen.Sink{argen.NewJSONL(&log)}
	trace, err := g.Score(t.Context(), nil, []argen.ID{65, 66, 67})
	if err != nil || len(trace.Steps) != 2 || !slices.Equal(trace.Head.PromptIDs, []argen.ID{65}) {
		t.Fatalf("%+v, %v", trace, err)
	}
	if n := strings.Count(log.String(), "\n"); n != 4 {
		t.Errorf("the log has %d lines, want 4:\n%s", n, log.String())
	}
	if trace, err := g.Score(t.Context(), nil, nil); err != nil || len(trace.Steps) != 0 {
		t.Errorf("no text: %v, %v", trace, err)
	}
}

type failing struct{ argen.Trace }

func (f *failing) Step(argen.Step) error { return errors.New("disk full") }

func TestSinkFails(t *testing.T) {
	var other argen.Trace
	g := truth(1)
	g.Sinks = []argen.Sink{&failing{}, &other}
	var last error
	for _, err := range start(t, g, "").Steps(t.Context()) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "disk full") || other.Ended == nil || other.Ended.Reason != argen.Failed {
		t.Errorf("%v, the other sink ended with %+v", last, other.Ended)
	}
}

// The stream of dice is part of the format: a trace of today must verify for
// ever.
func TestRandomStream(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 0))
	g := bytesGenerator(make([]float64, 258))
	g.Seed, g.MaxTokens = 7, 1000
	for step, err := range start(t, g, "").Steps(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if want := rng.Float64(); step.U != want {
			t.Fatalf("step %d: u = %v, want %v", step.T, step.U, want)
		}
		if want := []float64{0.9949265554419318, 0.8224958921129435, 0.02570066298413043}; step.T < len(want) && step.U != want[step.T] {
			t.Errorf("number %d of seed 7 is %v, was %v when the format was made", step.T, step.U, want[step.T])
		}
	}
}

// A step of the loop by the truth and by the n-gram, alone and with all that a
// log holds.
func BenchmarkNext(b *testing.B) {
	ngram, err := story.NGram()
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range []struct {
		name  string
		model argen.Model
		top   int
	}{
		{"truth", story.Truth(), 0},
		{"truth,logged", story.Truth(), 10},
		{"story-ngram", ngram, 0},
		{"story-ngram,logged", ngram, 10},
	} {
		b.Run(m.name, func(b *testing.B) {
			g := truth(1)
			g.Model, g.Top, g.Explain, g.Chain = m.model, m.top, m.top > 0, chain(b, "top_k=40,top_p=0.95,temperature=0.8")
			if m.top > 0 {
				g.Sinks = []argen.Sink{argen.NewJSONL(io.Discard)}
			}
			b.ReportAllocs()
			r := start(b, g, "")
			for b.Loop() {
				if _, err := r.Next(b.Context()); errors.Is(err, io.EOF) {
					g.Seed++
					r = start(b, g, "")
				} else if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
