package transformer_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"argen"
	"argen/internal/tensor"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// add adds a tensor of random numbers, or of ones if it is the weight of a norm.
func add(w safetensors.Tensors, rng *rand.Rand, half bool, name string, shape ...int) {
	t := &safetensors.Tensor{Name: name, Shape: shape}
	x := make([]float32, t.Len())
	for i := range x {
		if x[i] = 1; len(shape) > 1 {
			x[i] = float32(rng.NormFloat64() * 0.05)
		}
	}
	if !half {
		*t = safetensors.FromFloat32(name, x, shape...)
	} else {
		h := make([]uint16, len(x))
		tensor.F32ToF16(h, x)
		t.DType = safetensors.F16
		for _, v := range h {
			t.Data = append(t.Data, byte(v), byte(v>>8))
		}
	}
	w[name] = t
}

// randomLlama returns a llama of random weights.
func randomLlama(tb testing.TB, half bool, vocab, hidden, layers, heads, ffn int) *transformer.Model {
	tb.Helper()
	c := transformer.Config{
		Arch: "llama", VocabSize: vocab, Context: 1024, Hidden: hidden, Layers: layers, Heads: heads, KVHeads: heads,
		HeadDim: hidden / heads, FFN: ffn, Eps: 1e-5, Act: "silu", Tied: true, Rope: transformer.Rope{Theta: 10000}, BOS: argen.NoID,
	}
	w, rng := safetensors.Tensors{}, rand.New(rand.NewPCG(1, 2))
	add(w, rng, half, "model.embed_tokens.weight", vocab, hidden)
	add(w, rng, half, "model.norm.weight", hidden)
	for i := range layers {
		at := "model.layers." + strconv.Itoa(i) + "."
		add(w, rng, half, at+"input_layernorm.weight", hidden)
		add(w, rng, half, at+"post_attention_layernorm.weight", hidden)
		for _, name := range []string{"q", "k", "v", "o"} {
			add(w, rng, half, at+"self_attn."+name+"_proj.weight", hidden, hidden)
		}
		add(w, rng, half, at+"mlp.gate_proj.weight", ffn, hidden)
		add(w, rng, half, at+"mlp.up_proj.weight", ffn, hidden)
		add(w, rng, half, at+"mlp.down_proj.weight", hidden, ffn)
	}
	m, err := transformer.New(c, w)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// Decoding 128 tokens one by one, as large as the embedded model and, with 15 M
// weights, as the smallest llama that others measure.
func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name                              string
		half                              bool
		vocab, hidden, layers, heads, ffn int
	}{
		{"story-f32", false, 687, 128, 3, 4, 352},
		{"story-f16", true, 687, 128, 3, 4, 352},
		{"15M-f32", false, 32000, 288, 6, 6, 768},
		{"110M-f32", false, 32000, 768, 12, 12, 2048},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := randomLlama(b, c.half, c.vocab, c.hidden, c.layers, c.heads, c.ffn)
			s := m.Start()
			ids := []argen.ID{1}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%128 == 0 {
					s.Rewind(0)
				}
				ids[0] = argen.ID(i * 7 % c.vocab)
				if _, err := s.Extend(ctx, ids...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

// Prompts of so many tokens at once.
func BenchmarkPrefill(b *testing.B) {
	for _, n := range []int{16, 256} {
		b.Run(fmt.Sprint("15M-f32/", n), func(b *testing.B) {
			m := randomLlama(b, false, 32000, 288, 6, 6, 768)
			s := m.Start()
			ids := make([]argen.ID, n)
			for i := range ids {
				ids[i] = argen.ID(i * 7)
			}
			for b.Loop() {
				s.Rewind(0)
				if _, err := s.Extend(ctx, ids...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}
