package sampler_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"

	"pgregory.net/rapid"
)

// anyChain draws a chain of stages with values in their ranges, both ends
// included.
func anyChain() *rapid.Generator[[]argen.Transform] {
	return rapid.Custom(func(t *rapid.T) []argen.Transform {
		var chain []argen.Transform
		for range rapid.IntRange(1, 6).Draw(t, "stages") {
			s := rapid.SampledFrom(sampler.Table).Draw(t, "stage")
			var values []float64
			for _, p := range s.Params {
				v := rapid.OneOf(
					rapid.SampledFrom([]float64{p.Least, p.Most, p.Default, p.Off, 1, 5e-324, 1e-9, 1e9, math.MaxFloat64}),
					rapid.Float64Range(0, 1), rapid.Float64Range(0, 30),
				).Draw(t, p.Name)
				if p.Kind == sampler.Int {
					v = math.Trunc(v)
				}
				if p.Check(v) != nil {
					v = p.Default
				}
				values = append(values, v)
			}
			tr, err := s.Make(values...)
			if err != nil {
				t.Fatal(err)
			}
			chain = append(chain, tr)
		}
		return chain
	})
}

// checkChains puts every distribution through random chains.
func checkChains(t *testing.T) {
	distributions := slices.Clip(samplertest.Distributions())
	c := &argen.Candidates{}
	rapid.Check(t, func(t *rapid.T) {
		chain := anyChain().Draw(t, "chain")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		random := make([]float64, 1+rng.IntN(300))
		spread := math.Exp(4 * rng.NormFloat64())
		for i := range random {
			random[i] = spread * rng.NormFloat64()
		}
		for _, d := range append(distributions, samplertest.Distribution{Name: "random", Logits: random}) {
			if err := c.Reset(d.Logits); err != nil {
				t.Fatal(err)
			}
			dice := rand.New(rand.NewPCG(3, 3))
			for _, stage := range chain {
				before := c.Len()
				stage.Apply(c, argen.Past{Float64: dice.Float64})
				if err := samplertest.Valid(c, d.Logits); err != nil {
					t.Fatalf("%s, %s on %s: %v", sampler.Format(chain), stage, d.Name, err)
				}
				if c.Len() > before {
					t.Fatalf("%s adds candidates", stage)
				}
			}
		}
	})
}

func TestChains(t *testing.T) { checkChains(t) }
