//go:build full

package sampler_test

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"argen"
	"argen/sampler"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestTenThousandChains(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	defer func() {
		if err := checks.Value.Set(before); err != nil {
			t.Error(err)
		}
	}()
	if err := checks.Value.Set("10000"); err != nil {
		t.Fatal(err)
	}
	checkChains(t)
}

// A million draws by inverting the cumulative distribution, as a Run does it,
// fall as the probabilities say.
func TestDraws(t *testing.T) {
	const draws = 1_000_000
	logits := make([]float64, 200)
	rng := rand.New(rand.NewPCG(11, 12))
	for i := range logits {
		logits[i] = 1.5 * rng.NormFloat64()
	}
	for _, text := range []string{"", "temperature=0.7", "temperature=1.5", "top_k=40", "top_p=0.9", "min_p=0.05", "top_k=40,top_p=0.95,min_p=0.05,temperature=0.8"} {
		chain, err := sampler.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		c, err := argen.NewCandidates(logits)
		if err != nil {
			t.Fatal(err)
		}
		for _, stage := range chain {
			stage.Apply(c, argen.Past{})
		}
		order, drawn := c.Top(c.Len()), make([]float64, c.Len())
		for range draws {
			u, sum := rng.Float64(), 0.0
			for i, id := range order {
				if sum += c.Prob(id); u < sum || i == len(order)-1 {
					drawn[i]++
					break
				}
			}
		}
		// What is expected comes from the definition, not from c.
		want := definition(text, logits)
		chi, cells := 0.0, 0
		rest, restDrawn := 0.0, 0.0
		for i, id := range order {
			e := draws * want[id]
			if e == 0 {
				t.Fatalf("%q: %d is drawn, by definition it cannot be", text, id)
			}
			if e < 5 {
				rest, restDrawn = rest+e, restDrawn+drawn[i]
				continue
			}
			chi += (drawn[i] - e) * (drawn[i] - e) / e
			cells++
			delete(want, id)
		}
		if rest > 0 {
			chi += (restDrawn - rest) * (restDrawn - rest) / rest
			cells++
		}
		p := distuv.ChiSquared{K: float64(cells - 1)}.Survival(chi)
		if !(p >= 0.001 && p <= 0.999) {
			t.Errorf("%q: chi-square %v of %d cells, p = %v", text, chi, cells, p)
		}
		t.Logf("%q: %d cells, chi-square %.1f, p = %.3f", text, cells, chi, p)
	}
}

// definition is what a chain leaves, computed from the formulas of the stages
// over plain maps.
func definition(text string, logits []float64) map[argen.ID]float64 {
	p := map[argen.ID]float64{}
	for id, l := range logits {
		p[argen.ID(id)] = math.Exp(l)
	}
	normalise := func() {
		sum := 0.0
		for id := range logits {
			sum += p[argen.ID(id)]
		}
		for id := range p {
			p[id] /= sum
		}
	}
	normalise()
	chain, _ := sampler.Parse(text)
	for _, stage := range chain {
		next := map[argen.ID]float64{}
		for id, own := range p {
			better, above, best := 0, 0.0, 0.0
			for other := range logits { // in order of ID, so that sums are
				if q, ok := p[argen.ID(other)]; ok && q > own {
					better++
					above += q
				}
				best = max(best, p[argen.ID(other)])
			}
			switch s := stage.(type) {
			case sampler.Temperature:
				next[id] = math.Pow(own, 1/s.T)
			case sampler.TopK:
				if better < s.K {
					next[id] = own
				}
			case sampler.TopP:
				if above < s.P {
					next[id] = own
				}
			case sampler.MinP:
				if own >= s.M*best {
					next[id] = own
				}
			}
		}
		p = next
		normalise()
	}
	return p
}
