package argen_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

// The noise has the standard Gumbel distribution, whichever of seed, step and
// token moves: by the test of Kolmogorov and Smirnov, √n·D > 2.2 has a
// probability of 1.3e-4.
func TestGumbelDistribution(t *testing.T) {
	const n = 20_000
	for name, f := range map[string]func(i int) float64{
		"tokens": func(i int) float64 { return argen.Gumbel(7, 3, argen.ID(i)) },
		"steps":  func(i int) float64 { return argen.Gumbel(7, i, 3) },
		"seeds":  func(i int) float64 { return argen.Gumbel(uint64(i), 7, 3) },
	} {
		noise := make([]float64, n)
		for i := range noise {
			noise[i] = f(i)
		}
		slices.Sort(noise)
		d := 0.0
		for i, g := range noise {
			p := math.Exp(-math.Exp(-g))
			d = max(d, p-float64(i)/n, float64(i+1)/n-p)
		}
		if d*math.Sqrt(n) > 2.2 {
			t.Errorf("%s: √n·D = %.2f", name, d*math.Sqrt(n))
		}
	}
}

// The bits are the same on every platform.
func TestGumbelBits(t *testing.T) {
	for _, c := range []struct {
		seed uint64
		t    int
		id   argen.ID
		want float64
	}{
		{0, 0, 0, -0.6807578025137786},
		{1, 0, 0, 1.0051587347812547},
		{7, 12, 345, 2.73684630273904},
		{1<<64 - 1, 4095, 151935, 1.2549619088765098},
	} {
		if got := argen.Gumbel(c.seed, c.t, c.id); got != c.want {
			t.Errorf("seed %d, step %d, token %d: %v, want %v", c.seed, c.t, c.id, got, c.want)
		}
	}
}

// Tokens are drawn with their probabilities after the chain: Pearson's
// chi-squared over many seeds, at the first step and at a later one.
func TestGumbelLaw(t *testing.T) {
	const n = 20_000
	for _, at := range []int{0, 6} {
		times := map[argen.ID]int{}
		g := truth(0)
		g.Gumbel, g.Chain = true, chain(t, "temperature=1.5,top_k=12")
		var c *argen.Candidates
		for seed := range uint64(100) {
			g.Seed = seed
			r := start(t, g, "One morning,")
			for _, s := range []string{"Noah", "the", "sailor", "was", "on", "the"}[:at] {
				id, err := argen.FindToken(g.Tokenizer, s)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := r.Predict(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, err := r.Force(id); err != nil {
					t.Fatal(err)
				}
			}
			var err error
			if c, err = r.Predict(t.Context()); err != nil {
				t.Fatal(err)
			}
			if id := r.Choose(); id != winner(c, seed, at) {
				t.Errorf("seed %d, step %d: chooses %d, want %d", seed, at, id, winner(c, seed, at))
			}
		}
		for seed := range uint64(n) {
			times[winner(c, seed, at)]++
		}
		chi2 := 0.0
		for k := range c.Len() {
			want := c.At(k).Prob * n
			d := float64(times[c.At(k).ID]) - want
			chi2 += d * d / want
		}
		// At most 11 degrees of freedom: P(χ² > 40) = 4e-5.
		if chi2 > 40 || c.Len() < 2 {
			t.Errorf("step %d: χ² = %.1f over %d tokens", at, chi2, c.Len())
		}
	}
}

// winner is the candidate with the largest sum of ln P and noise.
func winner(c *argen.Candidates, seed uint64, t int) argen.ID {
	best, chosen := math.Inf(-1), argen.NoID
	c.Each(func(id argen.ID, _ float64) {
		if sum := c.LogProb(id) + argen.Gumbel(seed, t, id); sum > best {
			best, chosen = sum, id
		}
	})
	return chosen
}

// thrower is a stage that throws dice of its own: it keeps the best candidates,
// one more or one less.
type thrower struct{}

func (thrower) Name() string   { return "thrower" }
func (thrower) String() string { return "thrower" }
func (thrower) Apply(c *argen.Candidates, past argen.Past) {
	c.Keep(2 + int(4*past.Float64()))
}

// No edit, no change: a token that was drawn, put there by hand, leaves all
// later ones as they were, also where stages throw dice. Another one does not.
func TestGumbelEdit(t *testing.T) {
	for seed := range uint64(10) {
		g := truth(seed)
		g.Gumbel, g.MaxTokens = true, 30
		g.Chain = []argen.Transform{sampler.Temperature{T: 1.2}, thrower{}}
		r := start(t, g, "")
		for range r.Steps(t.Context()) { // to the end
		}
		text := r.Trace().Steps
		for at := 0; at < len(text); at += 7 {
			again := start(t, g, "")
			steps(t, again, at)
			if _, err := again.Predict(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := again.Force(text[at].ID); err != nil {
				t.Fatal(err)
			}
			for range again.Steps(t.Context()) { // to the end
			}
			for i, s := range again.Trace().Steps {
				if s.ID != text[i].ID || i != at && (s.Noise != text[i].Noise || s.Kept != text[i].Kept) {
					t.Fatalf("seed %d, edit at %d: step %d is %q, was %q", seed, at, i, s.Token, text[i].Token)
				}
			}
		}
	}
}

// Going back and forking meet the same dice, a trace is read as it was written
// and verifies, and one that was changed does not.
func TestGumbelTrace(t *testing.T) {
	g := truth(5)
	g.Gumbel, g.Top, g.Chain = true, 5, chain(t, "top_k=9,temperature=1.3")
	var log bytes.Buffer
	g.Sinks = []argen.Sink{argen.NewJSONL(&log)}
	r := start(t, g, "")
	steps(t, r, 8)
	want := r.Trace().Steps[4:8]
	f, err := r.Fork()
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range []*argen.Run{r, f} {
		if err := run.Back(4); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if s := steps(t, run, 1); s.ID != w.ID || s.Noise != w.Noise {
				t.Errorf("step %d again: %q, was %q", s.T, s.Token, w.Token)
			}
		}
	}
	if _, err := r.Predict(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := r.Append(r.ChooseAt(0.5)); err != nil || s.Gumbel || !s.Dice || s.U != 0.5 {
		t.Errorf("a u by hand: %+v, %v", s, err)
	}
	if err := r.Close(nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), `"rng":"gumbel"`) || strings.Count(log.String(), `"u":null,"gumbel":`) != 12 {
		t.Errorf("log\n%s", log.String())
	}
	read := func() *argen.Trace {
		all, err := argen.ReadTraces("log", bytes.NewReader(log.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	if err := argen.Verify(t.Context(), g, read(), sampler.Parse); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*argen.Trace){
		"gumbel": func(tr *argen.Trace) { tr.Steps[2].Noise += 1e-6 },
		"step 0": func(tr *argen.Trace) { tr.Head.Gumbel = false },
		"seed":   func(tr *argen.Trace) { tr.Head.Seed++ },
	} {
		bad := read()
		change(bad)
		if err := argen.Verify(t.Context(), g, bad, sampler.Parse); err == nil || name != "seed" && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
