package model

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
)

// folder returns a copy of a folder of transformer/testdata without the files
// left out.
func folder(t *testing.T, name string, without ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("transformer", "testdata", name))); err != nil {
		t.Fatal(err)
	}
	for _, name := range without {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOpenTransformer(t *testing.T) {
	dir := folder(t, "gpt2")
	if err := os.WriteFile(filepath.Join(dir, "other.bin"), []byte("another format's weights"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{dir, filepath.Join(dir, "config.json"), filepath.Join(dir, "model.safetensors")} {
		lm, err := Open(context.Background(), ref, Options{})
		if err != nil {
			t.Fatal(err)
		}
		run, err := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, MaxTokens: 3, NoStop: true}.Start("The harbour master")
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			p, err := run.Predict(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := run.Append(p.At(0).ID); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := run.Text(), "7 h\x14"; !strings.HasSuffix(got, want) {
			t.Errorf("%s: the text is %q, want it to end in %q", ref, got, want)
		}
		d := Describe(lm)
		if d.Architecture != "transformer" || d.Bytes != 352064 || d.Parameters != 87360 || d.Tokenizer != "bpe" || len(d.SHA256) != 64 || filepath.Base(d.File) != "model.safetensors" {
			t.Errorf("%s is described as %+v", ref, d)
		}
		if err := lm.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenTransformerWrong(t *testing.T) {
	for _, c := range []struct{ dir, want string }{
		{folder(t, "gpt2", "config.json"), "config.json: no such file"},
		{folder(t, "gpt2", "model.safetensors"), "there is neither model.safetensors nor"},
		{folder(t, "gpt2", "tokenizer.json"), "tokenizer.json: no such file or directory: a model's folder has config.json, model.safetensors and tokenizer.json"},
		{folder(t, "gpt2", "tokenizer.json") + "/config.json", "tokenizer.json: no such file or directory: a model's folder has config.json, model.safetensors and tokenizer.json"},
		{folder(t, "gpt2") + "/logits.safetensors", "holds 2 tensors without their configuration"},
		{folder(t, "gpt2", "config.json") + "/model.safetensors", "give the folder of a model"},
	} {
		_, err := Open(context.Background(), c.dir, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), filepath.Dir(c.dir)) || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error is %v, want one line with the folder and %q", err, c.want)
		}
	}
}
