//go:build unix

package model

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The parts of a model may be links, as in a cache of files by their hashes.
func TestOpenLinkedParts(t *testing.T) {
	paths := splitGGUF(t, t.TempDir(), "m", tinyGGUF(t))
	want := logitsAfter(t, paths[0])
	links := t.TempDir()
	for _, path := range paths {
		if err := os.Symlink(path, filepath.Join(links, filepath.Base(path))); err != nil {
			t.Fatal(err)
		}
	}
	if got := logitsAfter(t, links); !slices.Equal(got, want) {
		t.Error("other logits than those of the files themselves")
	}
}

// Links that lead nowhere or in a circle are errors of one line.
func TestOpenLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"model", "empty"} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"a.gguf": "b.gguf", "b.gguf": "a.gguf", "nowhere.gguf": "gone", "folder": ".", "model/config.json": "config.json", "empty/self": ".",
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	for ref, want := range map[string]string{"a.gguf": "too many", "nowhere.gguf": "no model or file", "folder": "nowhere.gguf: no such file", "model": "config.json: too many", "empty/self/self": "a folder without a model"} {
		if _, err := Open(t.Context(), ref, Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", ref, err, want)
		}
	}
}
