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
)

// tinyGGUF is the story transformer as a GGUF.
func tinyGGUF(t *testing.T) []byte {
	t.Helper()
	lm, err := Open(t.Context(), "story", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lm.Close()
	var b bytes.Buffer
	if _, err := WriteGGUF(&b, lm, quant.F32); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// splitGGUF cuts a GGUF into two parts, as gguf-split does.
func splitGGUF(t *testing.T, dir, name string, data []byte) (paths []string) {
	t.Helper()
	f, err := gguf.Read("whole", data)
	if err != nil {
		t.Fatal(err)
	}
	half := len(f.Tensors) / 2
	for i, tensors := range [][]gguf.Tensor{f.Tensors[:half], f.Tensors[half:]} {
		meta := gguf.Meta{{Key: "split.no", Value: uint16(i)}, {Key: "split.count", Value: uint16(2)}, {Key: "split.tensors.count", Value: int32(len(f.Tensors))}}
		if i == 0 {
			meta = append(meta, f.Meta...)
		}
		var b bytes.Buffer
		if err := gguf.Write(&b, meta, tensors); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Join(dir, name+[]string{"-00001-of-00002.gguf", "-00002-of-00002.gguf"}[i]))
		if err := os.WriteFile(paths[i], b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// logitsAfter are those of a model after its BOS token.
func logitsAfter(t *testing.T, ref string) []float64 {
	t.Helper()
	lm, err := Open(t.Context(), ref, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lm.Close()
	logits, err := lm.Model.Start().Extend(t.Context(), lm.Model.Info().BOS)
	if err != nil {
		t.Fatal(err)
	}
	return logits
}

// A model in parts is that of one file: by any part, and by the folder. Two
// models in a folder are not told apart.
func TestOpenSplit(t *testing.T) {
	data := tinyGGUF(t)
	dir := t.TempDir()
	paths := splitGGUF(t, dir, "m", data)
	whole := filepath.Join(t.TempDir(), "whole.gguf")
	if err := os.WriteFile(whole, data, 0o600); err != nil {
		t.Fatal(err)
	}
	want := logitsAfter(t, whole)
	for _, ref := range append(paths, dir) {
		if got := logitsAfter(t, ref); !slices.Equal(got, want) {
			t.Errorf("%s: other logits than in one file", ref)
		}
	}
	splitGGUF(t, dir, "n", data)
	if _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), "a folder with 2 models: give the path of one") {
		t.Errorf("two models: %v", err)
	}
	if err := os.Remove(paths[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), paths[0], Options{}); err == nil || !strings.Contains(err.Error(), "m-00002-of-00002.gguf is missing beside it") {
		t.Errorf("one part: %v", err)
	}
}
