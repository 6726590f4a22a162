package search

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/sampler"
)

// layered is a random llama of so many layers, of which all but the first two
// change little: those two are a draft of it that is often right.
func layered(tb testing.TB, layers int) argen.Model {
	tb.Helper()
	const vocab, hidden, heads, ffn = 4096, 384, 6, 1024
	w := safetensors.Tensors{}
	rng := rand.New(rand.NewPCG(1, 2))
	add := func(name string, scale float64, shape ...int) {
		t := safetensors.Tensor{Shape: shape}
		data := make([]float32, t.Len())
		for i := range data {
			if data[i] = 1; len(shape) > 1 { // the weights of a norm are 1
				data[i] = float32(scale * rng.NormFloat64())
			}
		}
		t = safetensors.FromFloat32(name, data, shape...)
		w[name] = &t
	}
	add("model.embed_tokens.weight", 0.15, vocab, hidden)
	add("model.norm.weight", 1, hidden)
	for i := range layers {
		at := "model.layers." + strconv.Itoa(i) + "."
		out := 0.05
		if i >= 2 {
			out = 0.002
		}
		add(at+"input_layernorm.weight", 1, hidden)
		add(at+"post_attention_layernorm.weight", 1, hidden)
		for _, name := range []string{"q", "k", "v"} {
			add(at+"self_attn."+name+"_proj.weight", 0.05, hidden, hidden)
		}
		add(at+"self_attn.o_proj.weight", out, hidden, hidden)
		add(at+"mlp.gate_proj.weight", 0.05, ffn, hidden)
		add(at+"mlp.up_proj.weight", 0.05, ffn, hidden)
		add(at+"mlp.down_proj.weight", out, hidden, ffn)
	}
	m, err := transformer.New(transformer.Config{
		Arch: "llama", VocabSize: vocab, Context: 512, Hidden: hidden, Layers: layers, Heads: heads, KVHeads: heads,
		HeadDim: hidden / heads, FFN: ffn, Eps: 1e-5, Act: "silu", Tied: true, Rope: transformer.Rope{Theta: 10000}, BOS: argen.NoID,
	}, w)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// BenchmarkSpeculation writes texts of 128 tokens with and without guesses. What
// guesses save are passes of the model: time only where a pass over some tokens
// costs less than a pass each, and the draft less than what it saves. On one core
// of an AMD Zen 4 (-cpu 1) the llama, 30 million weights, is 1.6 times as fast with
// its first two layers as draft, and the embedded model half as fast with
// story-ngram.
func BenchmarkSpeculation(b *testing.B) {
	wide := argen.Generator{Model: layered(b, 16), Tokenizer: numbers(4096)}
	narrow := argen.Generator{Model: layered(b, 2), Tokenizer: wide.Tokenizer}
	story := stories(b, "story")
	for _, c := range []struct {
		name string
		g    argen.Generator
		p    Procedure
		d    argen.Generator
	}{
		{"llama/alone", wide, nil, wide},
		{"llama/draft-2-layers", wide, Draft{Tokens: 8}, narrow},
		{"llama/lookup", wide, Lookup{Tokens: 8, NGram: 2}, wide},
		{"story/alone", story, nil, story},
		{"story/draft-ngram", story, Draft{Tokens: 4}, stories(b, "story-ngram")},
		{"story/draft-story:500", story, Draft{Tokens: 4}, stories(b, "story:500")},
		{"story/lookup", story, Lookup{Tokens: 4, NGram: 2}, story},
	} {
		for _, chain := range []string{"greedy", "temperature=1"} {
			b.Run(fmt.Sprint(c.name, "/", chain), func(b *testing.B) {
				g := c.g
				g.MaxTokens, g.NoStop = 128, true
				var err error
				if g.Chain, err = sampler.Parse(chain); err != nil {
					b.Fatal(err)
				}
				p := c.p
				if s, ok := p.(Seconded); ok {
					if p, err = s.Bind(g.Model, g.Tokenizer, c.d.Model, c.d.Tokenizer); err != nil {
						b.Fatal(err)
					}
				}
				var sum Tally
				for b.Loop() {
					g.Seed++
					r, err := g.StartIDs([]argen.ID{44, 647, 122})
					if err != nil {
						b.Fatal(err)
					}
					var picker Picker
					if p != nil {
						picker = p.Picker()
					}
					for r.Over() == "" {
						if picker == nil {
							_, err = r.Next(b.Context())
							sum.Passes++
							sum.Tokens++
						} else {
							_, err = Next(b.Context(), r, picker)
						}
						if err != nil {
							b.Fatal(err)
						}
					}
					if s, ok := picker.(Speculator); ok {
						t := s.Tally()
						sum.Drafted, sum.Accepted = sum.Drafted+t.Drafted, sum.Accepted+t.Accepted
						sum.Passes, sum.Tokens = sum.Passes+t.Passes, sum.Tokens+t.Tokens
					}
				}
				b.ReportMetric(float64(sum.Tokens)/b.Elapsed().Seconds(), "tokens/s")
				b.ReportMetric(float64(sum.Tokens)/float64(sum.Passes), "tokens/pass")
				b.ReportMetric(100*sum.Rate(), "%accepted")
			})
		}
	}
}

// numbers is a tokenizer whose tokens are their numbers.
type numbers int

func (numbers) Encode(text string) ([]argen.ID, error) {
	id, err := strconv.Atoi(text)
	return []argen.ID{argen.ID(id)}, err
}
func (numbers) Decode([]argen.ID) string { return "" }
func (numbers) Piece(id argen.ID) []byte { return strconv.AppendInt(nil, int64(id), 10) }
func (numbers) Control(argen.ID) bool    { return false }
func (n numbers) VocabSize() int         { return int(n) }
