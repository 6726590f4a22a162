package study

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"argen"
)

// known are candidates of given probabilities, −Inf where one is 0.
func known(t *testing.T, probs ...float64) *argen.Candidates {
	t.Helper()
	logits := make([]float64, len(probs))
	for i, p := range probs {
		logits[i] = math.Log(p)
	}
	c, err := argen.NewCandidates(logits)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDivergence(t *testing.T) {
	truth := []float64{math.Log(.5), math.Log(.5), math.Inf(-1)}
	var d Divergence
	// ½ log₂(½ / ¼) + ½ log₂(½ / ¾) = ½ + ½ log₂ ⅔; ½ (¼ + ¼)
	d.add(truth, known(t, .25, .75, 0))
	near(t, "KL", d.KL, .5+.5*math.Log2(2./3))
	near(t, "TV", d.TV, .25)
	d = Divergence{}
	// Q has ½ where the truth has nothing: log₂ 2; ½ (¼ + ¼ + ½)
	d.add(truth, known(t, .25, .25, .5))
	near(t, "KL", d.KL, 1)
	near(t, "TV", d.TV, .5)
	d = Divergence{}
	d.add(truth, known(t, 1, 0, 0))
	d.add(truth, known(t, .5, .5, 0))
	if d.Infinite != 1 || d.Steps != 2 {
		t.Errorf("%+v", d)
	}
	near(t, "KL of the other", d.KL, 0)
	near(t, "TV", d.TV, .5)
}

// The sums are gonum's.
func TestGap(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func() []float64 {
		p := make([]float64, 9)
		sum := 0.0
		for i := range p {
			p[i] = rng.Float64()
			sum += p[i]
		}
		for i := range p {
			p[i] /= sum
		}
		return p
	}
	for range 20 {
		p, q := random(), random()
		a, b := newDist(9), newDist(9)
		a.set(known(t, p...))
		b.set(known(t, q...))
		var g gap
		g.add(a, b)
		near(t, "KL", g.kl, stat.KullbackLeibler(p, q)/math.Ln2)
		near(t, "reverse", g.reverse, stat.KullbackLeibler(q, p)/math.Ln2)
		near(t, "JS", g.js, stat.JensenShannon(p, q)/math.Ln2)
		tv := 0.0
		for i := range p {
			tv += math.Abs(p[i]-q[i]) / 2
		}
		near(t, "TV", g.tv, tv)
	}
	a, b := newDist(2), newDist(2)
	a.set(known(t, 1, 0))
	b.set(known(t, 0, 1))
	var g gap
	g.add(a, b)
	if g.infinite != 1 || g.reverseInfinite != 1 || g.js != 1 || g.tv != 1 {
		t.Errorf("of two certain tokens: %+v", g)
	}
}

// On the truth itself temperature 1 is no distance from the model, and what
// top_k=1 removes makes KL infinite.
func TestDistances(t *testing.T) {
	p := storyPlan(t, "truth", 3, "temperature=1", "none", "top_k=1")
	told := 0
	d, err := p.Distances(context.Background(), Compare{Place: 2, Jobs: 2, Models: []NamedModel{{"again", p.Model}}, Each: func(done, all int) {
		if told++; done != told || all != 3 {
			t.Errorf("%d of %d, want %d of 3", done, all, told)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Texts != 3 || d.Places < 100 || len(d.Strategies) != 3 || len(d.Models) != 1 {
		t.Fatalf("%+v", d)
	}
	zero := Estimate{}
	for _, same := range []Distance{d.Strategies[0], d.Models[0]} {
		if same.KL != zero || same.Reverse != zero || same.JS != zero || same.TV != zero || same.Infinite != 0 {
			t.Errorf("%+v is not 0", same)
		}
	}
	cut := d.Strategies[1]
	if cut.A != "temperature=1" || cut.B != "top_k=1" || !math.IsInf(cut.KL.Mean, 1) || !(cut.Infinite > .1 && cut.Infinite < .9) || cut.ReverseInfinite != 0 || !(cut.Reverse.Mean > .1) {
		t.Errorf("%+v", cut)
	}
	// What is left of a certain token is certain: TV = 1 − P(best).
	if s := d.Step; s.T != 2 || len(s.Strategies) != 3 || s.Strategies[2].Kept != 1 || s.Strategies[2].Bits != 0 || s.Strategies[2].Probs[0] != 1 || strings.Count(s.Context, " ") != 1 {
		t.Errorf("%+v", s)
	}
	sum := d.Step.Rest
	for _, tok := range d.Step.Tokens {
		sum += tok.Prob
	}
	near(t, "Σ P of the step", sum, 1)
}

// The models may differ: the transformer is a little off the truth.
func TestModelDistance(t *testing.T) {
	p := storyPlan(t, "truth", 2, "none")
	d, err := p.Distances(context.Background(), Compare{Place: -1, Jobs: 1, Models: []NamedModel{{"story", storyPlan(t, "story", 1, "none").Model}}})
	if err != nil {
		t.Fatal(err)
	}
	m := d.Models[0]
	if m.A != "truth" || m.B != "story" || !(m.KL.Mean > 1e-4 && m.KL.Mean < .1) || m.Infinite != 0 || m.ReverseInfinite != 1 || !(m.TV.Mean > 1e-3 && m.TV.Mean < .1) {
		t.Errorf("%+v", m)
	}
}

// After a token that a model holds impossible it is left out.
func TestDeadEnd(t *testing.T) {
	p := storyPlan(t, "story-ngram", 3, "temperature=1")
	truth := storyPlan(t, "truth", 1, "none").Model
	d, err := p.Distances(context.Background(), Compare{Place: -1, Models: []NamedModel{{"truth", truth}}})
	if err != nil {
		t.Fatal(err)
	}
	if m := d.Models[0]; m.Places == 0 || m.Places > d.Places/2 {
		t.Errorf("%d places of %d: no story of n-grams is coherent to its end", m.Places, d.Places)
	}
}

func TestContexts(t *testing.T) {
	p := storyPlan(t, "truth", 100, "none")
	// 4e9 / (150 · 686 · pairs) are more than 20 up to 1,943 pairs.
	for pairs, want := range map[int]int{0: 20, 66: 20, 5000: 7, 1 << 30: 1} {
		if got := p.contexts(pairs); got != want {
			t.Errorf("%d pairs at places of %d texts, want %d", pairs, got, want)
		}
	}
	if p.Samples = 3; p.contexts(1) != 3 {
		t.Error("there are three texts only")
	}
}
