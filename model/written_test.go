package model

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/safetensors"
	"argen/model/story"
	"argen/model/transformer"
	"argen/tokenizer"
)

// randomLlama returns a llama with random weights, two query heads on each key.
func randomLlama(v int, bos, eos argen.ID, tied bool) (transformer.Config, []safetensors.Tensor) {
	c := transformer.Config{
		Arch: "llama", VocabSize: v, Context: 64, Hidden: 32, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 8, FFN: 64,
		Eps: 1e-5, Act: "silu", Tied: tied, Rope: transformer.Rope{Theta: 10000}, BOS: bos, EOS: []argen.ID{eos},
	}
	rng := rand.New(rand.NewPCG(1, uint64(v)))
	var tensors []safetensors.Tensor
	add := func(name string, shape ...int) {
		n := 1
		for _, d := range shape {
			n *= d
		}
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(rng.NormFloat64()) * 0.3
			if len(shape) == 1 {
				x[i]++
			}
		}
		tensors = append(tensors, safetensors.FromFloat32(name, x, shape...))
	}
	add("model.embed_tokens.weight", v, c.Hidden)
	for _, layer := range []string{"model.layers.0.", "model.layers.1."} {
		add(layer+"input_layernorm.weight", c.Hidden)
		add(layer+"self_attn.q_proj.weight", c.Heads*c.HeadDim, c.Hidden)
		add(layer+"self_attn.k_proj.weight", c.KVHeads*c.HeadDim, c.Hidden)
		add(layer+"self_attn.v_proj.weight", c.KVHeads*c.HeadDim, c.Hidden)
		add(layer+"self_attn.o_proj.weight", c.Hidden, c.Heads*c.HeadDim)
		add(layer+"post_attention_layernorm.weight", c.Hidden)
		add(layer+"mlp.gate_proj.weight", c.FFN, c.Hidden)
		add(layer+"mlp.up_proj.weight", c.FFN, c.Hidden)
		add(layer+"mlp.down_proj.weight", c.Hidden, c.FFN)
	}
	add("model.norm.weight", c.Hidden)
	if !tied {
		add("lm_head.weight", v, c.Hidden)
	}
	return c, tensors
}

// trainable are tokenizers of each kind that a model can be trained with.
func trainable(t testing.TB) map[string]argen.Tokenizer {
	t.Helper()
	bpe, err := tokenizer.TrainBPE(context.Background(), tokenizer.Lines(strings.NewReader("the cat sat on the mat\n")), tokenizer.BPEOptions{VocabSize: 270, Special: []string{"<s>", "</s>"}})
	if err != nil {
		t.Fatal(err)
	}
	words, err := tokenizer.NewWords([]string{"<unk>", "<s>", "</s>", "the", "cat", "sat"})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]argen.Tokenizer{
		"story": tokenizer.NewStory(story.Default().Vocab()), "words": words, "bpe": bpe,
		"chars": tokenizer.NewChars("the cats"), "bytes": tokenizer.NewBytes(),
	}
}

// control returns the control token of a name.
func control(tok argen.Tokenizer, name string) argen.ID {
	for id := range argen.ID(tok.VocabSize()) {
		if tok.Control(id) && string(tok.Piece(id)) == name {
			return id
		}
	}
	return argen.NoID
}

// A folder of any tokenizer is opened with that tokenizer, and prompts begin
// with BOS if the tokenizer.json says so.
func TestOpenWrittenFolder(t *testing.T) {
	for kind, tok := range trainable(t) {
		bos, eos := control(tok, "<s>"), control(tok, "</s>")
		c, tensors := randomLlama(tok.VocabSize(), bos, eos, true)
		for _, begin := range []argen.ID{bos, argen.NoID} {
			file, err := tokenizer.HuggingFace(tok, begin)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "model")
			if err := transformer.WriteFolder(dir, c, tensors, file); err != nil {
				t.Fatal(err)
			}
			lm, err := Open(context.Background(), dir, Options{})
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			info := lm.Model.Info()
			if tokenizer.Kind(lm.Tokenizer) != kind || info.AddBOS != (begin != argen.NoID) || info.BOS != bos || !slices.Equal(info.Stop, []argen.ID{eos}) {
				t.Errorf("%s: a %s tokenizer, %+v", kind, tokenizer.Kind(lm.Tokenizer), info)
			}
			want, err := tok.Encode("the cat sat")
			if kind == "story" {
				want, err = tok.Encode("“The cat’s,” (to).")
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := lm.Tokenizer.Encode(tok.Decode(want))
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: ids %v, want %v; error %v", kind, got, want, err)
			}
			if err := lm.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
