package model

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"argen"
	"argen/internal/quant"
	"argen/model/gguf"
)

// A GGUF that names one end stops at those that llama.cpp knows by their names,
// unless they are words, or argen wrote the file.
func TestEndsByName(t *testing.T) {
	file, err := gguf.Open("testdata/gguf/llama-tied.Q8_0.gguf")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	names, _ := file.Meta.Value("tokenizer.ggml.tokens").([]string)
	kinds, _ := file.Meta.Value("tokenizer.ggml.token_type").([]int32)
	path := filepath.Join(t.TempDir(), "m.gguf")
	open := func(change func(names []string, kinds []int32), more ...gguf.KV) *LM {
		t.Helper()
		names, kinds := slices.Clone(names), slices.Clone(kinds)
		change(names, kinds)
		var meta gguf.Meta
		for _, kv := range file.Meta {
			switch kv.Key {
			case keyEOS, keyEOT, keyEOM:
				continue
			case "tokenizer.ggml.tokens":
				kv.Value = names
			case "tokenizer.ggml.token_type":
				kv.Value = kinds
			}
			meta = append(meta, kv)
		}
		var b bytes.Buffer
		if err := gguf.Write(&b, append(meta, more...), file.Tensors); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		lm, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { lm.Close() })
		return lm
	}
	im := argen.ID(slices.Index(names, "<|im_end|>"))
	other := argen.ID(slices.Index(names, "<|im_start|>"))
	if im < 0 || other < 0 || kinds[im] != tokenControl {
		t.Fatalf("the file has other tokens: %d, %d", im, other)
	}
	same := func([]string, []int32) {}
	as := func(name string, kind int32) func([]string, []int32) {
		return func(names []string, kinds []int32) { names[0], kinds[0] = name, kind }
	}
	eos := gguf.KV{Key: keyEOS, Value: uint32(other)}
	for _, c := range []struct {
		what   string
		change func([]string, []int32)
		more   []gguf.KV
		want   []argen.ID
	}{
		{"by name alone", same, nil, []argen.ID{0, im}},
		{"by key and by name", same, []gguf.KV{eos}, []argen.ID{other, 0, im}},
		{"by two keys", same, []gguf.KV{eos, {Key: keyEOT, Value: uint32(im)}}, []argen.ID{other, im, 0}},
		{"another of them", as("<end_of_turn>", tokenControl), nil, []argen.ID{0, im}},
		{"one that a user defined", as("<end_of_turn>", tokenUser), nil, []argen.ID{0, im}},
		{"a word", as("</s>", tokenNormal), nil, []argen.ID{im}},
		{"a name that ends nothing", as("<|im_begin|>", tokenControl), nil, []argen.ID{im}},
	} {
		lm := open(c.change, c.more...)
		if got := lm.Model.Info().Stop; !slices.Equal(got, c.want) {
			t.Errorf("%s: a text ends at %v, want %v", c.what, got, c.want)
		}
		for _, id := range c.want {
			if !lm.Tokenizer.Control(id) {
				t.Errorf("%s: token %d is text", c.what, id)
			}
		}
	}
}

// A folder and a GGUF that are made of each other end texts at the same tokens,
// whatever their names, as far as a GGUF has keys for them.
func TestConvertedEnds(t *testing.T) {
	tok := trainable(t)["bpe"]
	bos := control(tok, "<s>")
	c, tensors := randomLlama(tok.VocabSize(), bos, 7, false)
	for _, ends := range [][]argen.ID{{7}, {7, 5}, {9, 7, 5}, {9, 7, 5, 6}} {
		c.EOS = ends
		from := openWritten(t, c, tensors, tok, bos)
		defer from.Close()
		path := filepath.Join(t.TempDir(), "model.gguf")
		var b bytes.Buffer
		notes, err := WriteGGUF(&b, from, quant.F32)
		if err != nil || slices.ContainsFunc(notes, func(n string) bool {
			return n == "a GGUF has keys for 3 tokens that end a text, of which the model has 4: the others no longer end one"
		}) != (len(ends) > 3) {
			t.Fatalf("%v: %q, %v", ends, notes, err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		to, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer to.Close()
		if got, want := to.Model.Info().Stop, from.Model.Info().Stop[:min(3, len(ends))]; !slices.Equal(got, want) {
			t.Errorf("a text ends at %v in the GGUF, at %v in the folder", got, want)
		}
	}
}
