package model

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen/internal/quant"
	"argen/model/gguf"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// llamaGGUF writes a small llama as a GGUF after change.
func llamaGGUF(t *testing.T, change func(f *gguf.File)) (path string) {
	t.Helper()
	tok := trainable(t)["words"]
	c, tensors := randomLlama(tok.VocabSize(), control(tok, "<s>"), control(tok, "</s>"), true)
	m, err := transformer.New(c, safetensors.ByName(tensors))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := WriteGGUF(&b, &LM{Model: m, Tokenizer: tok}, quant.F32); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Read("m.gguf", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	b = bytes.Buffer{}
	if err := gguf.Write(&b, f.Meta, f.Tensors); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "m.gguf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is wrong with the tensors of a GGUF is said in its own names.
func TestGGUFTensorsRefused(t *testing.T) {
	set := func(f *gguf.File, key string, value any) {
		for i := range f.Meta {
			if f.Meta[i].Key == key {
				f.Meta[i].Value = value
			}
		}
	}
	tensor := func(f *gguf.File, name string) *gguf.Tensor {
		x, ok := f.Tensor(name)
		if !ok {
			t.Fatalf("no tensor %s", name)
		}
		return x
	}
	vector := func(name string, n int) gguf.Tensor {
		x, err := gguf.Quantize(name, quant.F32, make([]float32, n), n)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for want, change := range map[string]func(f *gguf.File){
		`tensor "blk.1.ffn_gate.weight" is missing: llama needs it (llama.block_count 2)`: func(f *gguf.File) {
			f.Tensors = slices.DeleteFunc(f.Tensors, func(x gguf.Tensor) bool { return x.Name == "blk.1.ffn_gate.weight" })
		},
		`tensor "blk.0.ffn_down.weight": shape [64 32], the metadata wants [32 64] (llama.embedding_length, llama.feed_forward_length)`: func(f *gguf.File) {
			tensor(f, "blk.0.ffn_down.weight").Shape = []int{64, 32}
		},
		`tensor "blk.1.attn_norm.weight" is there, but the metadata says that llama.block_count is 1`: func(f *gguf.File) {
			set(f, "llama.block_count", uint32(1))
		},
		`tensor "blk.0.attn_k.weight": dtype I32 is not supported`: func(f *gguf.File) {
			tensor(f, "blk.0.attn_k.weight").Type = 26
		},
		`tensor "output_norm.weight": its number 1 is NaN`: func(f *gguf.File) {
			copy(tensor(f, "output_norm.weight").Data[4:], "\xff\xff\xff\xff")
		},
		`tensor "blk.0.attn_q.bias" is missing`: func(f *gguf.File) {
			f.Tensors = append(f.Tensors, vector("blk.0.attn_k.bias", 16))
		},
		`tensor "token_embd.bias" is there, but the metadata says that there is none`: func(f *gguf.File) {
			f.Tensors = append(f.Tensors, vector("token_embd.bias", 6))
		},
	} {
		lm, err := Open(t.Context(), llamaGGUF(t, change), Options{})
		if err == nil || lm != nil || !strings.HasPrefix(err.Error(), "m.gguf: "+want) {
			t.Errorf("the error is %v, want one with %q", err, want)
		}
	}
}
