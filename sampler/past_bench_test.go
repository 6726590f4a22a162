//go:build !race

// The race detector lets pools forget: then stages allocate.

package sampler_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// pastChains are stages that look at what stands before, or at few tokens.
var pastChains = []string{
	"repetition_penalty=1.1/-1", "frequency_penalty=0.5/-1", "presence_penalty=0.5/-1", "encoder_repetition_penalty=1.1",
	`dry=0.8/last_n:-1/breakers:"#7"/"#9 #11"`, "dry=0.8/last_n:-1/rule:textgen/breakers:#7", "no_repeat_ngram=1", "no_repeat_ngram=3", "encoder_no_repeat_ngram=3",
	"min_tokens=9999/eos:#3", "exponential_length=10/1.01/#3", `logit_bias=#3/2/#4/-inf`, `sequence_bias="#5 #6"/2/#4/-inf`, `ban=#3/"#5 #6"`,
	"begin_suppress=#3", "allow=#3/#5", "forced_bos=#3", "forced_eos=1001/eos:#3", "dynatemp=0.5", "quadratic=0.3/2",
}

// texts are contexts of 4,096 tokens: as a language has them, and one token
// over and over.
func texts() map[string][]argen.ID {
	rng := rand.New(rand.NewPCG(6, 6))
	natural, same := make([]argen.ID, 4096), make([]argen.ID, 4096)
	for i := range natural {
		natural[i] = argen.ID(math.Pow(vocabSize, rng.Float64()*rng.Float64()))
		same[i] = 12
	}
	return map[string][]argen.ID{"natural": natural, "same": same}
}

// pastRun returns a function that puts a vocabulary through one stage behind a
// text.
func pastRun(t testing.TB, c *argen.Candidates, logits []float64, chain string, text []argen.ID) func() {
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	stages[0] = samplertest.Bind(t, stages[0], vocabSize)
	return func() {
		if err := c.Reset(logits); err != nil {
			t.Fatal(err)
		}
		stages[0].Apply(c, argen.Past{IDs: text, Prompt: len(text) - 1000})
	}
}

func TestPastStagesDoNotAllocate(t *testing.T) {
	c, logits := &argen.Candidates{}, vocabulary(3)
	for name, text := range texts() {
		for _, chain := range pastChains {
			step := pastRun(t, c, logits, chain, text)
			for range 3 {
				step()
			}
			if n := testing.AllocsPerRun(2, step); n != 0 {
				t.Errorf("%s after a %s text allocates %v times a step", chain, name, n)
			}
		}
	}
}

func BenchmarkPast(b *testing.B) {
	c, logits := &argen.Candidates{}, vocabulary(3)
	for name, text := range texts() {
		for _, chain := range append(pastChains, "temperature=1") {
			b.Run(name+"/"+chain, func(b *testing.B) {
				step := pastRun(b, c, logits, chain, text)
				step()
				b.ReportAllocs()
				for b.Loop() {
					step()
				}
			})
		}
	}
}
