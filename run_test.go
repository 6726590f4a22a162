package argen_test

import (
	"bytes"
	"context"
	"math"
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

// After any walk of steps, forced tokens, changed chains, backs and forks, a
// run is as one that never did anything else. A chain belongs to the place where
// it was set: coming back there finds it.
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

// A hashed model's SHA256 costs: it is in the header of a run unless nobody keeps
// a trace of it.
func TestHasher(t *testing.T) {
	for _, no := range []bool{false, true} {
		g := truth(1)
		g.Model, g.NoHash = hasher{g.Model}, no
		if info := g.Model.Info(); info.SHA256 != "" {
			t.Errorf("the info has the SHA256 %q", info.SHA256)
		}
		want := "cafe"
		if no {
			want = ""
		}
		if got := start(t, g, "").Trace().Head.Model.SHA256; got != want {
			t.Errorf("NoHash is %v: the header has the SHA256 %q, want %q", no, got, want)
		}
	}
}

type hasher struct{ argen.Model }

func (h hasher) Info() argen.Info {
	info := h.Model.Info()
	info.SHA256 = ""
	return info
}

func (hasher) SHA256() string { return "cafe" }
