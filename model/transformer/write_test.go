package transformer_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/tokenizer"
)

// A folder that was written is the model that it was written from.
func TestWriteFolder(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, r *reference) {
		f, err := safetensors.OpenFolder(filepath.Join("testdata", filepath.Base(t.Name())))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		dir := filepath.Join(t.TempDir(), "new", "model")
		tok := words(t, m.Config(), m.Config().BOS)
		if err := transformer.WriteFolder(dir, m.Config(), f.Tensors(), tok); err != nil {
			t.Fatal(err)
		}
		again, err := transformer.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if fmt.Sprintf("%+v", again.Config()) != fmt.Sprintf("%+v", m.Config()) {
			t.Errorf("the configuration is %+v, want %+v", again.Config(), m.Config())
		}
		ids := r.ids(t, "long")
		for i, row := range score(t, again, ids) {
			near(t, "logits", row, score(t, m, ids[:i+1])[i], 0)
			if i > 4 {
				break
			}
		}
		if data, err := os.ReadFile(filepath.Join(dir, "tokenizer.json")); err != nil || !bytes.Equal(data, tok) {
			t.Errorf("the tokenizer is %q, %v", data, err)
		}
		bos := "  \"bos_token\": \"<s>\",\n"
		switch m.Config().BOS {
		case m.Config().EOS[0]:
			bos = "  \"bos_token\": \"</s>\",\n"
		case argen.NoID:
			bos = ""
		}
		want := "{\n  \"tokenizer_class\": \"PreTrainedTokenizerFast\",\n" + bos + "  \"eos_token\": \"</s>\",\n"
		if data, err := os.ReadFile(filepath.Join(dir, "tokenizer_config.json")); err != nil || !strings.HasPrefix(string(data), want) {
			t.Errorf("the tokenizer's configuration is %s, %v", data, err)
		}
	})
}

// words is the tokenizer.json of words w0, w1, …, among which the model's BOS
// and EOS, that puts bos before a text.
func words(t *testing.T, c transformer.Config, bos argen.ID) []byte {
	t.Helper()
	vocab := make([]string, c.VocabSize)
	for id := range vocab {
		vocab[id] = fmt.Sprintf("w%d", id)
	}
	if c.BOS != argen.NoID {
		vocab[c.BOS] = "<s>"
	}
	vocab[c.EOS[0]] = "</s>"
	tok, err := tokenizer.NewWords(vocab)
	if err != nil {
		t.Fatal(err)
	}
	data, err := tokenizer.HuggingFace(tok, bos)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWriteFolderRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	c := transformer.Config{Arch: "llama", VocabSize: 2, Context: 4, Hidden: 2, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 2, FFN: 1, BOS: argen.NoID}
	err := transformer.WriteFolder(dir, c, nil, nil)
	if err == nil || !strings.Contains(err.Error(), `"model.embed_tokens.weight" is missing`) {
		t.Errorf("without weights: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder is there")
	}
	for _, c := range []struct {
		tok  []byte
		want string
	}{
		{[]byte("{}"), "tokenizer.json"},
		{words(t, transformer.Config{VocabSize: 9, EOS: []argen.ID{1}}, argen.NoID), "the tokenizer has 9 tokens, the model 512"},
		{words(t, transformer.Config{VocabSize: 512, BOS: 7, EOS: []argen.ID{1}}, 7), "the tokenizer puts token 7 before a text"},
	} {
		f, err := safetensors.OpenFolder("testdata/llama-tied")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m, _ := load(t, "llama-tied")
		if err := transformer.WriteFolder(dir, m.Config(), f.Tensors(), c.tok); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
	c.Arch = "rnn"
	if _, err := c.JSON("float32"); err == nil || !strings.Contains(err.Error(), `"rnn" is not known`) {
		t.Errorf("an rnn: %v", err)
	}
}

func TestWriteFolderBelowAFile(t *testing.T) {
	f, err := safetensors.OpenFolder("testdata/llama-tied")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m, _ := load(t, "llama-tied")
	dir := filepath.Join(file, "model")
	if err := transformer.WriteFolder(dir, m.Config(), f.Tensors(), nil); err == nil || !strings.HasPrefix(err.Error(), "the folder "+dir+" cannot be made: ") {
		t.Errorf("the error is %v", err)
	}
}
