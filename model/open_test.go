package model

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen/model/story"
)

func TestOpenTruth(t *testing.T) {
	lm, err := Open(t.Context(), "truth", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info := lm.Model.Info(); info.Ref != "truth" || info.Kind != "grammar" || info.SHA256 != story.Default().SHA256() || info.VocabSize != lm.Tokenizer.VocabSize() {
		t.Errorf("info is %+v", info)
	}
	if _, ok := Base(lm.Model).(*story.Model); !ok {
		t.Errorf("the model is a %T", Base(lm.Model))
	}
	ids, err := lm.Tokenizer.Encode("It was")
	if err != nil || len(ids) != 2 {
		t.Errorf("encoded as %v, %v", ids, err)
	}
	if err := lm.Close(); err != nil {
		t.Error(err)
	}
}

// gzipped packs text.
func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// TestOpenWrong opens what is no model: the message says what it is and what
// to do.
func TestOpenWrong(t *testing.T) {
	t.Chdir(t.TempDir())
	files := map[string]string{
		"empty.arpa":       "",
		"pointer.arpa":     "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
		"page.bin":         "\n<!DOCTYPE html>\n<html></html>",
		"picture.bin":      "\x89PNG\r\n\x1a\n",
		"packed.arpa.gz":   gzipped("Once upon a time"),
		"page.gz":          gzipped("<html>"),
		"broken.gz":        "\x1f\x8b\x08\x00",
		"notes.txt":        "Once upon a time\n",
		"noise":            "\x00\x01\x02\x03",
		"kenlm.bin":        "mmap lm http://kheafield.com/code format version 5\n\x00",
		"model.gguf":       "GGUF\x03\x00\x00\x00",
		"trace.jsonl":      `{"type":"header","version":1}`,
		"other.grammar":    "# Story grammar of mine\nargen-story-grammar 1\n",
		"dir/readme":       "no model here",
		"esc\x1b[31m.text": "\x00",
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ ref, want string }{
		{"", "no model is named"},
		{"trith", "did you mean truth?"},
		{"notes.tex", "did you mean notes.txt?"},
		{"dir/redme", "did you mean dir/readme?"},
		{"nothing/of the kind", "no model or file"},
		{"\x1b[31mred", `no model or file "\x1b[31mred"`},
		{"truth:", "FILE is missing"},
		{"truth:nothing", "no such file"},
		{"truth:dir", "is a folder"},
		{"truth:notes.txt", "notes.txt:1:"},
		{"empty.arpa", "empty: write it again"},
		{"pointer.arpa", "git lfs pull"},
		{"page.bin", "an HTML page"},
		{"picture.bin", "a PNG picture"},
		{"packed.arpa.gz", "a gzip of text"},
		{"page.gz", "a gzip of an HTML page"},
		{"broken.gz", "cut short"},
		{"notes.txt", "argen train ngram FILE"},
		{"noise", "no model that argen reads"},
		{"kenlm.bin", "give the ARPA file"},
		{"model.gguf", "GGUF"},
		{"trace.jsonl", "argen step --replay"},
		{"other.grammar", "truth:other.grammar"},
		{"dir", "a folder without a model"},
		{"esc\x1b[31m.text", `"esc\x1b[31m.text"`},
		{strings.Repeat("x", 10000), "too long"},
	} {
		lm, err := Open(t.Context(), c.ref, Options{})
		if err == nil || lm != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Open(%q): %v, want %q", c.ref, err, c.want)
			continue
		}
		if msg := err.Error(); strings.ContainsAny(msg, "\n\x1b") || len(msg) > 2000 {
			t.Errorf("Open(%.40q): message %q", c.ref, msg)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"truth", "trith", 1}, {"kitten", "sitting", 3}, {"abc", "", 3}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
