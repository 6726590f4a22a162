package sampler_test

import (
	"context"
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
			chain = append(chain, anyStage(t, s))
		}
		return chain
	})
}

// anyStage draws a stage of the table; one whose parameters must be given is as
// in its example.
func anyStage(t *rapid.T, s sampler.Spec) argen.Transform {
	if s.Example != "" {
		chain, err := sampler.Parse(s.Example)
		if err != nil {
			t.Fatal(err)
		}
		return chain[0]
	}
	var values []sampler.Value
	for _, p := range s.Params[:len(s.Params)-s.Repeat] {
		var v sampler.Value
		switch p.Kind {
		case sampler.Choice:
			v.Text = rapid.SampledFrom(p.Words).Draw(t, p.Name)
		case sampler.Text, sampler.Token:
		default:
			v.Number = rapid.OneOf(
				rapid.SampledFrom([]float64{p.Least, p.Most, p.Default, p.Off, 1, 5e-324, 1e-9, 1e9, math.MaxFloat64}),
				rapid.Float64Range(0, 1), rapid.Float64Range(0, 30),
			).Draw(t, p.Name)
			if p.Kind == sampler.Int {
				v.Number = math.Trunc(v.Number)
			}
			if p.Check(v) != nil {
				v.Number = p.Default
			}
		}
		values = append(values, v)
	}
	tr, err := s.Make(values...)
	if err != nil {
		tr, err = s.Make()
	}
	if err != nil {
		t.Fatal(err)
	}
	return tr
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
			past := argen.Past{Float64: dice.Float64, IDs: []argen.ID{0, 0, 0}, Prompt: 2, Context: context.Background()}
			for _, stage := range chain {
				before := c.Len()
				stage := samplertest.Bind(t, stage, len(d.Logits))
				stage.Apply(c, past)
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
