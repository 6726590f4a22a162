package model

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
	"argen/internal/quant"
	"argen/model/gguf"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/tokenizer"
)

// openWritten writes and opens a folder with the given weights and tokenizer.
func openWritten(t *testing.T, c transformer.Config, tensors []safetensors.Tensor, tok argen.Tokenizer, bos argen.ID) *LM {
	t.Helper()
	data, err := tokenizer.HuggingFace(tok, bos)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "model")
	if err := transformer.WriteFolder(dir, c, tensors, data); err != nil {
		t.Fatal(err)
	}
	lm, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return lm
}

// A model's logits and tokenizer are the same from a folder and a GGUF.
func TestGGUFIsTheFolder(t *testing.T) {
	for kind, tok := range trainable(t) {
		bos := control(tok, "<s>")
		c, tensors := randomLlama(tok.VocabSize(), bos, control(tok, "</s>"), kind == "story")
		from := openWritten(t, c, tensors, tok, bos)
		var b bytes.Buffer
		if _, err := WriteGGUF(&b, from, quant.F32); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "model.gguf")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		to, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if info := argen.Identify(to.Model); tokenizer.Kind(to.Tokenizer) != kind || !info.AddBOS || info.BOS != bos || len(info.SHA256) != 64 || to.Size != int64(b.Len()) {
			t.Errorf("%s: a %s tokenizer, %+v", kind, tokenizer.Kind(to.Tokenizer), info)
		}
		want, err := from.Model.Start().Extend(t.Context(), bos, 3, 2, 5)
		if err != nil {
			t.Fatal(err)
		}
		got, err := to.Model.Start().Extend(t.Context(), bos, 3, 2, 5)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%s: logit %d is %v, want %v", kind, i, got[i], want[i])
			}
		}
		for _, lm := range []*LM{from, to} {
			if err := lm.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestGGUFRefused(t *testing.T) {
	dir := t.TempDir()
	// with is the metadata of a small llama with another value of a key.
	with := func(key string, value any) gguf.Meta {
		meta := gguf.Meta{{Key: "general.architecture", Value: "llama"}}
		for _, size := range []struct {
			key string
			n   uint32
		}{{"llama.embedding_length", 8}, {"llama.block_count", 1}, {"llama.feed_forward_length", 4}, {"llama.attention.head_count", 4}, {"llama.context_length", 16}, {"llama.vocab_size", 3}} {
			if size.key != key {
				meta = append(meta, gguf.KV{Key: size.key, Value: size.n})
			}
		}
		if key != "llama.attention.layer_norm_rms_epsilon" {
			meta = append(meta, gguf.KV{Key: "llama.attention.layer_norm_rms_epsilon", Value: float32(1e-5)})
		}
		return append(meta, gguf.KV{Key: key, Value: value})
	}
	for _, c := range []struct {
		meta gguf.Meta
		want string
	}{
		{nil, "general.architecture: missing"},
		{gguf.Meta{{Key: "general.architecture", Value: "mamba"}}, `general.architecture: "mamba" is not supported in a GGUF: argen reads llama`},
		{gguf.Meta{{Key: "general.architecture", Value: "llama"}}, "llama.embedding_length: missing"},
		{gguf.Meta{{Key: "general.architecture", Value: "llama"}, {Key: "llama.embedding_length", Value: "x"}}, "llama.embedding_length: x is no size"},
		{gguf.Meta{{Key: "general.architecture", Value: "llama"}, {Key: "llama.embedding_length", Value: uint32(0)}}, "llama.embedding_length: 0, want a size"},
		{with("llama.vocab_size", int32(-1)), "llama.vocab_size: -1 is no size"},
		{with("llama.attention.head_count_kv", uint32(3)), "llama.attention.head_count_kv: 3: it must divide llama.attention.head_count, 4"},
		{with("llama.attention.key_length", uint32(3)), "llama.attention.key_length: 3: it must be even"},
		{with("llama.attention.value_length", uint32(4)), "llama.attention.value_length: 4 is not supported: the width of a head is 2"},
		{with("llama.rope.dimension_count", uint32(1)), "llama.rope.dimension_count: 1: it must be even"},
		{with("llama.rope.dimension_count", "1"), "llama.rope.dimension_count: 1 is no size"},
		{with("llama.attention.layer_norm_rms_epsilon", float32(0)), "llama.attention.layer_norm_rms_epsilon: 0, want a number above 0"},
		{with("llama.rope.freq_base", float32(math.Inf(1))), "llama.rope.freq_base: +Inf, want a number above 0"},
		{with("llama.rope.freq_base", uint32(10000)), "llama.rope.freq_base: 10000, want a number above 0"},
		{with("llama.rope.scaling.type", "dynamic"), `llama.rope.scaling.type: "dynamic" is not supported in a GGUF: argen reads none, linear, yarn and longrope`},
		{with("llama.rope.scaling.type", "linear"), "llama.rope.scaling.factor: missing"},
		{with("llama.attention.scale", float32(0.5)), "llama.attention.scale: 0.5 is not supported for this architecture: scores are multiplied by 0.7071"},
		{with("llama.rope.scaling.yarn_log_multiplier", float32(0.1)), "llama.rope.scaling.yarn_log_multiplier: 0.1 is not supported for this architecture"},
		{with("llama.rope.scaling.attn_factor", float32(1.5)), "llama.rope.scaling.attn_factor: 1.5 is not supported without yarn or longrope"},
		{with("llama.expert_count", uint32(8)), "llama.expert_count: 8 is not supported for this architecture"},
		{with("llama.logit_scale", "2"), "llama.logit_scale: 2 is not supported for this architecture"},
		{with("llama.attention.causal", false), "llama.attention.causal: false is not supported: argen reads decoders only"},
		{with(keyBOS, uint32(3)), "tokenizer.ggml.bos_token_id: 3 is outside the vocabulary of 3 tokens"},
		{with(keyEOS, "</s>"), "tokenizer.ggml.eos_token_id: </s> is outside the vocabulary of 3 tokens"},
		{with(keyEOS, uint32(1)), "tokenizer.ggml.model: missing"},
		{with("llama.attention.scale", float32(math.Sqrt(0.5))), "tokenizer.ggml.model: missing"},
		{with("llama.expert_count", uint32(0)), "tokenizer.ggml.model: missing"},
	} {
		var b bytes.Buffer
		if err := gguf.Write(&b, c.meta, nil); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "m.gguf")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		lm, err := Open(context.Background(), path, Options{})
		if err == nil || lm != nil || !strings.HasPrefix(err.Error(), "m.gguf: "+c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
}

// Each replacement is found again by walking the array as SentencePiece does.
func TestCharsMap(t *testing.T) {
	replace := map[string]string{".": " . ", "”": " ” ", "“": " “ ", "’": "x", "’s": " ’s ", "\t": " "}
	m := charsMap(replace)
	size := int(m[0]) | int(m[1])<<8 | int(m[2])<<16 | int(m[3])<<24
	unit := func(i int) uint32 {
		b := m[4+4*i:]
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
	}
	texts := m[4+size:]
	for _, text := range []string{".", "”", "“", "’", "’s", "\t", "a", "’t", "‘"} {
		node, got := int(unit(0)>>10), ""
		for i := range len(text) {
			node ^= int(text[i])
			if unit(node)&(1<<31|0xff) != uint32(text[i]) {
				got = ""
				break
			}
			leaf := unit(node)>>8&1 == 1
			node ^= int(unit(node) >> 10)
			got = ""
			if leaf {
				rest := texts[unit(node)&(1<<31-1):]
				got = string(rest[:bytes.IndexByte(rest, 0)])
			}
		}
		if got != replace[text] {
			t.Errorf("%q becomes %q, want %q", text, got, replace[text])
		}
	}
}
