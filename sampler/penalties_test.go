package sampler_test

import (
	"math"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// behind applies a stage to logits behind a text and returns the candidates.
func behind(t *testing.T, tr argen.Transform, past argen.Past, logits ...float64) *argen.Candidates {
	t.Helper()
	c, err := argen.NewCandidates(logits)
	if err != nil {
		t.Fatal(err)
	}
	samplertest.Bind(t, tr, len(logits)).Apply(c, past)
	return c
}

// logits are those of all candidates, by ID; NaN where a token is none.
func logits(c *argen.Candidates) []float64 {
	all := make([]float64, c.VocabSize())
	for id := range all {
		if all[id] = math.NaN(); c.Has(argen.ID(id)) {
			all[id] = c.Logit(argen.ID(id))
		}
	}
	return all
}

// ids are those of all candidates.
func ids(c *argen.Candidates) []argen.ID {
	var all []argen.ID
	c.Each(func(id argen.ID, _ float64) { all = append(all, id) })
	return all
}

// A changed is a stage, a text of which some is the prompt, and the logits that
// it makes of 2, −2, 0 and 1, NaN where it removes the token.
type changed struct {
	chain  string
	ids    []argen.ID
	prompt int
	want   []float64
}

func (k changed) check(t *testing.T) {
	t.Helper()
	chain, err := sampler.Parse(k.chain)
	if err != nil {
		t.Fatal(err)
	}
	c := behind(t, chain[0], argen.Past{IDs: k.ids, Prompt: k.prompt}, 2, -2, 0, 1)
	if got := logits(c); !slices.EqualFunc(got, k.want, func(a, b float64) bool { return a == b || a != a && b != b }) {
		t.Errorf("%s after %v, %d of them the prompt: %v, want %v", k.chain, k.ids, k.prompt, got, k.want)
	}
}

func TestPenalties(t *testing.T) {
	long := append([]argen.ID{1}, slices.Repeat([]argen.ID{3}, 64)...)
	for _, k := range []changed{
		// Divided above 0, multiplied below, once a token; 0 stays 0.
		{"repetition_penalty=4", []argen.ID{0, 1, 2, 0}, 0, []float64{0.5, -8, 0, 1}},
		{"repetition_penalty=0.5", []argen.ID{0, 1, 2}, 0, []float64{4, -1, 0, 1}},
		{"repetition_penalty=4/1", []argen.ID{1, 0}, 0, []float64{0.5, -2, 0, 1}},
		{"repetition_penalty=4/0", []argen.ID{1, 0}, 0, []float64{2, -2, 0, 1}},
		{"repetition_penalty=4", long, 0, []float64{2, -2, 0, 0.25}}, // 65 tokens ago is too far
		{"repetition_penalty=4/-1", long, 0, []float64{2, -8, 0, 0.25}},
		{"repetition_penalty=4/part:generated", []argen.ID{0, 3}, 1, []float64{2, -2, 0, 0.25}},
		{"repetition_penalty=4/part:generated", []argen.ID{0, 3}, 9, []float64{2, -2, 0, 1}},
		{"repetition_penalty=4", nil, 0, []float64{2, -2, 0, 1}},
		{"repetition_penalty=4", []argen.ID{7, -1}, 0, []float64{2, -2, 0, 1}}, // of another vocabulary
		{"encoder_repetition_penalty=4", []argen.ID{0, 1, 3}, 2, []float64{8, -0.5, 0, 1}},
		{"encoder_repetition_penalty=4", []argen.ID{0, 1}, 9, []float64{8, -0.5, 0, 1}},
		{"frequency_penalty=0.5", []argen.ID{0, 3, 0, 0}, 0, []float64{0.5, -2, 0, 0.5}},
		{"frequency_penalty=-0.5/3", []argen.ID{0, 3, 0, 0}, 0, []float64{3, -2, 0, 1.5}},
		{"frequency_penalty=0.5/part:generated", []argen.ID{0, 3, 0, 0}, 2, []float64{1, -2, 0, 1}},
		{"presence_penalty=0.5", []argen.ID{0, 3, 0, 0}, 0, []float64{1.5, -2, 0, 0.5}},
		{"presence_penalty=0.5/1", []argen.ID{3, 1}, 0, []float64{2, -2.5, 0, 1}},
		{"presence_penalty=0.5/part:generated", []argen.ID{3, 1}, 1, []float64{2, -2.5, 0, 1}},
	} {
		k.check(t)
	}
}

// Which tokens count is the engine's where a chain does not say.
func TestPenaltiesByEngine(t *testing.T) {
	for by, want := range map[sampler.Semantics]string{
		"":         "repetition_penalty=2,frequency_penalty=1,presence_penalty=1/5",
		"llamacpp": "repetition_penalty=2,frequency_penalty=1,presence_penalty=1/5",
		"hf":       "repetition_penalty=2/-1,frequency_penalty=1/-1,presence_penalty=1/5",
		"textgen":  "repetition_penalty=2/1024,frequency_penalty=1/1024,presence_penalty=1/5",
		"exllama":  "repetition_penalty=2/-1,frequency_penalty=1/-1,presence_penalty=1/5",
		"openai":   "repetition_penalty=2/-1,frequency_penalty=1/-1/generated,presence_penalty=1/5/generated",
	} {
		chain, err := by.Parse("repetition_penalty=2,frequency_penalty=1,presence_penalty=1/5")
		if got := sampler.Format(chain); err != nil || got != plain(t, want) {
			t.Errorf("%q: %s, %v, want %s", by, got, err, want)
		}
	}
}

// plain is a chain as it is written with all names.
func plain(t *testing.T, text string) string {
	t.Helper()
	chain, err := sampler.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return sampler.Format(chain)
}
