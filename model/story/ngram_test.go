package story

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"argen"
)

// The model shares the grammar's vocabulary, sums to 1 and comes as near to
// the truth, 0.57 bits a word, as an order-5 model can.
func TestNGram(t *testing.T) {
	m, err := NGram()
	if err != nil {
		t.Fatal(err)
	}
	info := m.Info()
	if info.Ref != "story-ngram" || info.Kind != "ngram" || info.Order != 5 || len(info.SHA256) != 64 ||
		info.VocabSize != len(Default().Vocab()) || info.BOS != BOS || !info.AddBOS || !slices.Equal(info.Stop, []argen.ID{EOS}) {
		t.Errorf("Info() = %+v", info)
	}
	if !slices.Equal(m.Vocab().Words, Default().Vocab()) {
		t.Error("the vocabulary is not the grammar's")
	}
	rng := rand.New(rand.NewPCG(99, 0))
	state := m.Start()
	bits, tokens := 0.0, 0
	for i := range 300 {
		s, err := Default().Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		c, log10 := m.Begin(), 0.0
		for _, id := range s {
			c, log10 = m.Score(c, id)
			bits -= log10 / math.Log10(2)
		}
		tokens += len(s)
		if i >= 3 {
			continue
		}
		state.Rewind(0)
		for j := range s {
			logits, err := state.Extend(context.Background(), append([]argen.ID{BOS}, s...)[j])
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, l := range logits {
				sum += math.Exp(l)
			}
			if math.Abs(sum-1) > 1e-5 { // 686 numbers of 24 bits
				t.Fatalf("story %d, token %d: probabilities sum to %v", i, j, sum)
			}
		}
	}
	if rate := bits / float64(tokens); rate < 1.2 || rate > 1.3 {
		t.Errorf("%.3f bits a word on new stories, expected 1.24", rate)
	}
}

func BenchmarkNGramExtend(b *testing.B) {
	m, err := NGram()
	if err != nil {
		b.Fatal(err)
	}
	s, err := Default().Sample(rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		b.Fatal(err)
	}
	state := m.Start()
	ctx := context.Background()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(s) == 0 {
			state.Rewind(0)
		}
		if _, err := state.Extend(ctx, s[i%len(s)]); err != nil {
			b.Fatal(err)
		}
	}
}
