package study

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/sampler"
	"argen/sampler/search"
)

// storyPlan is a plan of chains on an embedded model.
func storyPlan(t testing.TB, ref string, samples int, chains ...string) *Plan {
	t.Helper()
	lm, err := model.Open(context.Background(), ref, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &Plan{Model: lm.Model, Tokenizer: lm.Tokenizer, Prompts: []Prompt{{}}, Samples: samples, Seed: 1, MaxTokens: 256}
	for _, c := range chains {
		chain, err := sampler.Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		p.Strategies = append(p.Strategies, Strategy{Name: c, Chain: chain})
	}
	return p
}

func (p *Plan) prompt(t testing.TB, texts ...string) {
	t.Helper()
	p.Prompts = nil
	for _, text := range texts {
		ids, err := p.Tokenizer.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		p.Prompts = append(p.Prompts, Prompt{text, ids})
	}
}

func run(t testing.TB, p *Plan, jobs int) []Sample {
	t.Helper()
	samples, err := p.Run(context.Background(), jobs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// value is a metric of a strategy.
func value(t testing.TB, r *Result, strategy int, name string) Measure {
	t.Helper()
	i := slices.IndexFunc(r.Metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("no metric %s", name)
	}
	return r.Outcomes[strategy].Measures[i]
}

// On the story world the coherent share falls as temperature rises, and greedy
// writes the same again and again.
func TestStoryWorld(t *testing.T) {
	p := storyPlan(t, "story", 60, "temperature=1", "temperature=0.7", "temperature=1.3", "temperature=1.6", "greedy")
	r := p.Measure(run(t, p, 2))
	order := []int{1, 0, 2, 3}
	for i, s := range order[1:] {
		cooler, hotter := value(t, r, order[i], "coherent"), value(t, r, s, "coherent")
		if cooler.Mean <= hotter.Mean {
			t.Errorf("coherent at %s %v, at %s %v", p.Strategies[order[i]].Name, cooler.Mean, p.Strategies[s].Name, hotter.Mean)
		}
	}
	for _, s := range []int{2, 3} {
		if m := value(t, r, s, "coherent"); !m.Differs || m.Diff.Hi >= 0 {
			t.Errorf("coherent at %s: difference %+v from temperature 1", p.Strategies[s].Name, m.Diff)
		}
	}
	for _, name := range []string{"distinct_1", "distinct_2", "distinct_3", "distinct_4", "vocab"} {
		if m := value(t, r, 4, name); !m.Differs || m.Mean > value(t, r, 0, name).Mean/4 {
			t.Errorf("%s of greedy: %+v, of temperature 1 %+v", name, m.Estimate, value(t, r, 0, name).Estimate)
		}
	}
	if m := value(t, r, 4, "self_bleu"); m.Estimate != (Estimate{1, 1, 1}) {
		t.Errorf("self-BLEU of greedy: %+v", m.Estimate)
	}
	if m := value(t, r, 4, "rep_2"); m.Mean < 2*value(t, r, 0, "rep_2").Mean {
		t.Errorf("rep-2 of greedy: %+v", m.Estimate)
	}
	if m := value(t, r, 4, "coherent"); m.Lo != m.Hi {
		t.Errorf("one story, as often as it is written, has an interval: %+v", m.Estimate)
	}
}

// The truth is no distance from itself and writes nothing but coherent stories.
func TestTruth(t *testing.T) {
	p := storyPlan(t, "truth", 6, "none", "temperature=2", "top_k=1")
	r := p.Measure(run(t, p, 1))
	for name, want := range map[string]float64{"coherent": 1, "well_formed": 1, "kl_truth": 0, "tv_truth": 0, "model_kl_truth": 0, "model_tv_truth": 0} {
		near(t, name, value(t, r, 0, name).Mean, want)
	}
	if hot := value(t, r, 1, "kl_truth"); !(hot.Mean > .01) || hot.Infinite != 0 || !hot.Differs {
		t.Errorf("KL from the truth at temperature 2: %+v", hot)
	}
	if cut := value(t, r, 2, "kl_truth"); !(cut.Mean > 1e300) || !(cut.Infinite > .1 && cut.Infinite < .9) {
		t.Errorf("KL from the truth of the best token alone: %+v", cut)
	}
	if m := value(t, r, 0, "logprob"); m.Diff != (Estimate{}) || m.Differs {
		t.Errorf("the first differs from itself by %+v", m.Diff)
	}
}

// How many texts are written at once changes nothing, nor does it if some were
// there before.
func TestRun(t *testing.T) {
	p := storyPlan(t, "story-ngram", 4, "temperature=1", "greedy", "mirostat")
	p.MaxTokens = 30
	p.prompt(t, "", "It was a")
	want := run(t, p, 1)
	if len(want) != 24 || !slices.Equal([]int{want[23].Strategy, want[23].Prompt, want[23].Number}, []int{2, 1, 3}) {
		t.Fatalf("%d samples, the last %+v", len(want), want[len(want)-1])
	}
	if diff := cmp.Diff(want, run(t, p, 7)); diff != "" {
		t.Errorf("seven at once: %s", diff)
	}
	for _, done := range []int{1, 5, 7, 24} {
		var told []Sample
		got, err := p.Run(context.Background(), 3, want[:done], func(s Sample) error {
			told = append(told, s)
			return nil
		})
		if err != nil || cmp.Diff(want, got) != "" || cmp.Diff(append([]Sample(nil), want[done:]...), told) != "" {
			t.Errorf("after %d: %v, %d told", done, err, len(told))
		}
	}
	// Greedy was written once: it is what any seed gives.
	for i := range want {
		if want[i].Strategy == 1 {
			s, err := p.write(context.Background(), i)
			if err != nil || cmp.Diff(s, want[i]) != "" {
				t.Errorf("%d: %v\n%s", i, err, cmp.Diff(s, want[i]))
			}
		}
	}
}

// What differs between strategies is the strategy, not the dice: where the
// stages do nothing the texts are the same.
func TestCommonDice(t *testing.T) {
	p := storyPlan(t, "story-ngram", 3, "none", "temperature=1", "top_k=686")
	all := run(t, p, 2)
	for i := 0; i < len(all); i += 3 {
		for _, s := range all[i+1 : i+3] {
			s.Strategy = 0
			if diff := cmp.Diff(all[i], s); diff != "" {
				t.Error(diff)
			}
		}
	}
	if all[0].Text == all[3].Text {
		t.Error("two seeds give the same text")
	}
}

func TestRunErrors(t *testing.T) {
	p := storyPlan(t, "story-ngram", 4, "temperature=1")
	full := errors.New("disk full")
	if _, err := p.Run(context.Background(), 2, nil, func(Sample) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	got, err := p.Run(ctx, 2, nil, func(Sample) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || len(got) == 0 {
		t.Errorf("%d samples, %v", len(got), err)
	}
	p.Prompts[0].IDs = []argen.ID{9999}
	if _, err := p.Run(context.Background(), 2, nil, nil); err == nil || !strings.Contains(err.Error(), "strategy temperature=1, seed 1: ") {
		t.Error(err)
	}
}

// best is a search that always picks the best token: greedy. What it has no
// numbers of is left out.
type best struct{}

func (best) Name() string { return "best" }

func (best) String() string { return "best" }

func (best) Picker() search.Picker { return best{} }

// Choose implements search.Picker.
func (best) Choose(ctx context.Context, r *argen.Run) (argen.ID, argen.Explanation, error) {
	c, err := r.Predict(ctx)
	if err != nil {
		return argen.NoID, nil, err
	}
	return c.At(0).ID, along{}, nil
}

func TestSearch(t *testing.T) {
	p := storyPlan(t, "story", 2, "greedy")
	beam, err := search.Parse("beams=1")
	if err != nil {
		t.Fatal(err)
	}
	p.Strategies = append(p.Strategies, Strategy{Name: "search", Search: best{}}, Strategy{Name: "beam", Search: beam})
	if s := p.Strategies[1].String(); s != "best" {
		t.Error(s)
	}
	all := run(t, p, 2)
	r := p.Measure(all)
	for _, name := range []string{"coherent", "logprob", "entropy", "rep_4", "model_tv_truth"} {
		for s := 1; s < 3; s++ {
			if m := value(t, r, s, name); m.Differs || m.Mean != value(t, r, 0, name).Mean {
				t.Errorf("%s of %s: %+v", name, p.Strategies[s].Name, m)
			}
		}
	}
	for _, name := range []string{"sampled_entropy", "kl_truth", "tv_truth"} {
		if m := value(t, r, 1, name); m.Mean == m.Mean || m.Differs {
			t.Errorf("%s of a search: %+v", name, m)
		}
	}
	if all[1].Reason != argen.StopToken || all[1].Text != all[0].Text {
		t.Errorf("%+v", all[1])
	}
	d, err := p.Distances(context.Background(), Compare{Place: -1})
	if err != nil || len(d.Strategies) != 0 || len(d.Step.Strategies) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestStrategyText(t *testing.T) {
	both := Strategy{Chain: sampler.Default(), Search: best{}}
	if both.String() != "temperature=1,best" || (Strategy{}).String() != "none" {
		t.Errorf("%s, %s", both, Strategy{})
	}
}

// A model that writes no stories has no numbers of them.
func TestNoStories(t *testing.T) {
	p := storyPlan(t, "truth", 2, "none")
	p.Tokenizer = renamed{p.Tokenizer}
	r := p.Measure(run(t, p, 1))
	for _, m := range r.Metrics {
		if m.story {
			t.Errorf("%s is measured", m.Name)
		}
	}
	if len(story.Default().Vocab()) != p.Tokenizer.VocabSize() {
		t.Error("the vocabulary should be as large")
	}
}

type renamed struct{ argen.Tokenizer }

func (r renamed) Piece(id argen.ID) []byte { return append([]byte("_"), r.Tokenizer.Piece(id)...) }

func TestMetrics(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Metrics {
		if seen[m.Name] || m.Label == "" || m.Doc == "" || strings.HasSuffix(m.Doc, ".") || m.of == nil && m.each == nil || m.share && m.Unit != "share" {
			t.Errorf("%+v", m)
		}
		seen[m.Name] = true
	}
}

// 2 · (1 + 10) / 2¹⁰ for one of ten; 2/2ⁿ for none.
func TestSignTest(t *testing.T) {
	for _, test := range []struct {
		up, down int
		want     float64
	}{{0, 0, 1}, {1, 9, 22. / 1024}, {5, 0, 1. / 16}, {0, 6, 1. / 32}, {3, 3, 1}} {
		near(t, "sign test", signTest(test.up, test.down), test.want)
	}
}

func TestDiffers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ones := func(n int) series { return series{values: slices.Repeat([]float64{1}, n)} }
	for _, test := range []struct {
		e              Estimate
		of             series
		share, certain bool
		want           bool
	}{
		{Estimate{1, .5, 1.5}, ones(6), false, false, true},
		{Estimate{1, .5, 1.5}, ones(5), false, false, false},
		{Estimate{1, -.5, 1.5}, ones(6), false, false, false},
		{Estimate{1, 1, 1}, ones(1), false, true, true},
		{Estimate{0, 0, 0}, ones(1), false, true, false},
		{Estimate{.05, .01, .1}, ones(5), true, false, false},
		{Estimate{.06, .01, .1}, ones(6), true, false, true},
		{Estimate{inf, inf, inf}, ones(5), false, false, false},
		{Estimate{inf, inf, inf}, ones(6), false, false, true},
		{Estimate{inf, inf, inf}, series{}, false, true, true},
		{Estimate{nan, nan, nan}, series{}, false, true, false},
		{Estimate{1e-17, 1e-17, 1e-17}, ones(6), false, true, false},
		{Estimate{1e-17, 1e-18, 1e-16}, series{values: slices.Repeat([]float64{1e-17}, 6)}, false, false, false},
	} {
		up, down := uneven(test.of.values)
		if got := differs(test.e, up, down, test.share, test.certain); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestQuartiles(t *testing.T) {
	if low, middle, high := Quartiles([]float64{5, 1, math.NaN(), 4, 2, 3}); low != 2 || middle != 3 || high != 4 {
		t.Error(low, middle, high)
	}
	if _, middle, _ := Quartiles([]float64{math.NaN()}); middle == middle {
		t.Error("no values have quartiles")
	}
}
