package transformer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
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
		if err := transformer.WriteFolder(dir, m.Config(), f.Tensors(), []byte("{}")); err != nil {
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
		if data, err := os.ReadFile(filepath.Join(dir, "tokenizer.json")); err != nil || string(data) != "{}" {
			t.Errorf("the tokenizer is %q, %v", data, err)
		}
	})
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
	c.Arch = "rnn"
	if _, err := c.JSON("float32"); err == nil || !strings.Contains(err.Error(), `"rnn" is not known`) {
		t.Errorf("an rnn: %v", err)
	}
}
