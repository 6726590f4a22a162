package argen_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
	"argen/sampler"
	"argen/tokenizer"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// truth is a generator of stories with the exact model.
func truth(seed uint64) argen.Generator {
	return argen.Generator{
		Model: story.Truth(), Tokenizer: tokenizer.NewStory(story.Default().Vocab()), Seed: seed,
	}
}

func chain(t testing.TB, s string) []argen.Transform {
	t.Helper()
	stages, err := sampler.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return stages
}

// steps takes n steps and returns the last.
func steps(t testing.TB, r *argen.Run, n int) argen.Step {
	t.Helper()
	var last argen.Step
	for range n {
		step, err := r.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		last = step
	}
	return last
}

func start(t testing.TB, g argen.Generator, prompt string) *argen.Run {
	t.Helper()
	r, err := g.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunWritesAStory(t *testing.T) {
	var trace argen.Trace
	g := truth(7)
	g.Top, g.Sinks = 8, []argen.Sink{&trace}
	r := start(t, g, "")
	sum, text := 0.0, ""
	for step, err := range r.Steps(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		sum += step.LogProb
		text += step.Text
		if math.Abs(sum-step.CumLogProb) > 1e-12*max(1, -sum) {
			t.Fatalf("step %d: cumulative logprob %v, sum %v", step.T, step.CumLogProb, sum)
		}
		if step.U < step.Low || step.U >= step.High || math.Abs(step.High-step.Low-step.SampledProb) > 1e-12 {
			t.Fatalf("step %d: u = %v, part [%v, %v), P = %v", step.T, step.U, step.Low, step.High, step.SampledProb)
		}
		listed := step.Rest.Prob
		for _, top := range step.Top {
			listed += top.Prob
		}
		if math.Abs(listed-1) > 1e-12 {
			t.Fatalf("step %d: listed and rest have mass %v", step.T, listed)
		}
	}
	if trace.Ended == nil || trace.Ended.Reason != argen.StopToken || trace.Ended.Text != text || !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "”") {
		t.Errorf("the end is %+v, the text %q", trace.Ended, text)
	}
	if trace.Steps[len(trace.Steps)-1].ID != story.EOS || trace.Ended.LogProb != trace.LogProb() {
		t.Errorf("the last step is %+v", trace.Steps[len(trace.Steps)-1])
	}
	verdict, err := story.Default().Judge(words(&trace))
	if err != nil || !verdict.Coherent {
		t.Errorf("the truth wrote an incoherent story: %+v, %v", verdict, err)
	}
}

func words(trace *argen.Trace) []string {
	var list []string
	for _, s := range trace.Steps {
		list = append(list, s.Token)
	}
	return list
}

// The distribution drawn from is the model's own where the chain is empty.
func TestDrawFollowsTheModel(t *testing.T) {
	const n = 20000
	counts := map[argen.ID]int{}
	var p map[argen.ID]float64
	for seed := range uint64(n) {
		g := truth(seed)
		r := start(t, g, "")
		c, err := r.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if p == nil {
			p = map[argen.ID]float64{}
			c.Each(func(id argen.ID, _ float64) { p[id] = c.Prob(id) })
		}
		counts[r.Choose()]++
	}
	// χ² with k−1 degrees of freedom stays below mean + 6 standard deviations.
	chi2 := 0.0
	for id, prob := range p {
		d := float64(counts[id]) - n*prob
		chi2 += d * d / (n * prob)
	}
	k := float64(len(p) - 1)
	if chi2 > k+6*math.Sqrt(2*k) {
		t.Errorf("χ² = %.1f for %v degrees of freedom", chi2, k)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	log := func() string {
		var b bytes.Buffer
		g := truth(11)
		g.Top, g.MaxTokens, g.Chain = 10, 60, chain(t, "top_k=20,top_p=0.9,temperature=0.8")
		g.Sinks = []argen.Sink{argen.NewJSONL(&b)}
		for _, err := range start(t, g, "It was").Steps(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	want := log()
	for _, procs := range []int{1, 2, 3, 8} {
		old := runtime.GOMAXPROCS(procs)
		if got := log(); got != want {
			t.Errorf("with GOMAXPROCS=%d the log differs: %s", procs, cmp.Diff(want, got))
		}
		runtime.GOMAXPROCS(old)
	}
	if !strings.HasPrefix(want, `{"type":"header","version":1,`) || strings.Count(want, "\n") != 62 {
		t.Errorf("the log has %d lines: %.200s", strings.Count(want, "\n"), want)
	}
}

// The listing must not change what is drawn.
func TestTopChangesNothing(t *testing.T) {
	run := func(top int) []argen.Step {
		g := truth(3)
		g.Top, g.MaxTokens, g.Chain = top, 80, chain(t, "top_k=30,min_p=0.02,temperature=1.3")
		r := start(t, g, "")
		for _, err := range r.Steps(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		return r.Trace().Steps
	}
	ignore := cmpopts.IgnoreFields(argen.Step{}, "Top", "Rest", "Stages")
	want := run(0)
	for _, top := range []int{1, 5, 686} {
		if d := cmp.Diff(want, run(top), ignore); d != "" {
			t.Errorf("Top = %d: %s", top, d)
		}
	}
}

// A chain belongs to the place where it was set: coming back there finds it.
// After any walk of steps, forced tokens, changed chains, backs and forks, a
// run goes on as one that never did anything else.
func TestBackAndForkAreExact(t *testing.T) {
	chains := []string{"", "temperature=0.5", "top_k=3,temperature=1.5", "min_p=0.1"}
	rapid.Check(t, func(t *rapid.T) {
		g := truth(rapid.Uint64().Draw(t, "seed"))
		g.Top = 3
		type act struct {
			forced bool
			chain  string // set before the step
		}
		type branch struct {
			run  *argen.Run
			acts []act
			set  string // the chain set at this place before it was come back to
		}
		first, err := g.Start("")
		if err != nil {
			t.Fatal(err)
		}
		take := func(r *argen.Run, a act) argen.Step {
			if a.chain != "" {
				stages, err := sampler.Parse(a.chain)
				if err != nil {
					t.Fatal(err)
				}
				r.SetChain(stages)
			}
			c, err := r.Predict(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			id := c.At(0).ID
			if !a.forced {
				id = r.Choose()
			}
			step, err := r.Append(id)
			if err != nil {
				t.Fatal(err)
			}
			return step
		}
		branches := []*branch{{run: first}}
		for range rapid.IntRange(1, 25).Draw(t, "moves") {
			b := branches[rapid.IntRange(0, len(branches)-1).Draw(t, "branch")]
			switch rapid.IntRange(0, 5).Draw(t, "move") {
			case 0:
				n := rapid.IntRange(0, len(b.acts)).Draw(t, "back")
				if err := b.run.Back(n); err != nil {
					t.Fatal(err)
				}
				if n > 0 {
					b.set = b.acts[len(b.acts)-n].chain
				}
				b.acts = b.acts[: len(b.acts)-n : len(b.acts)-n]
			case 1:
				if rapid.Bool().Draw(t, "pending") && b.run.Over() == "" {
					if _, err := b.run.Predict(context.Background()); err != nil {
						t.Fatal(err)
					}
					b.run.Choose()
				}
				f, err := b.run.Fork()
				if err != nil {
					t.Fatal(err)
				}
				branches = append(branches, &branch{f, slices.Clone(b.acts), b.set})
			default:
				if b.run.Over() != "" {
					continue
				}
				a := act{forced: rapid.Bool().Draw(t, "forced"), chain: rapid.SampledFrom(chains).Draw(t, "chain")}
				if a.chain == "" {
					a.chain = b.set
				}
				b.acts, b.set = append(b.acts, a), ""
				take(b.run, a)
			}
		}
		for _, b := range branches {
			fresh, err := g.Start("")
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range b.acts {
				take(fresh, a)
			}
			if d := cmp.Diff(fresh.Trace().Steps, b.run.Trace().Steps, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("the run differs from a fresh one: %s", d)
			}
			if fresh.Text() != b.run.Text() {
				t.Fatalf("text %q, fresh %q", b.run.Text(), fresh.Text())
			}
		}
	})
}

func TestForkHasItsOwnTrace(t *testing.T) {
	r := start(t, truth(5), "")
	steps(t, r, 4)
	var trace argen.Trace
	f, err := r.Fork(&trace)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Fork()
	if err != nil {
		t.Fatal(err)
	}
	h := f.Trace().Head
	if h.Parent != r.Trace().Head.ID || h.ForkT != 4 || h.ID == h.Parent || h.ID == second.Trace().Head.ID || len(trace.Steps) != 4 {
		t.Errorf("the fork's header is %+v, its trace has %d steps", h, len(trace.Steps))
	}
	steps(t, f, 2)
	if len(trace.Steps) != 6 || len(r.Trace().Steps) != 4 {
		t.Errorf("the fork's trace has %d steps, the parent's %d", len(trace.Steps), len(r.Trace().Steps))
	}
}

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

func BenchmarkNext(b *testing.B) {
	for name, top := range map[string]int{"quiet": 0, "logged": 10} {
		b.Run(name, func(b *testing.B) {
			g := truth(1)
			g.Top, g.Chain = top, chain(b, "top_k=40,top_p=0.95,temperature=0.8")
			if top > 0 {
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
