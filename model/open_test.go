package model

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/ngram"
	"argen/model/story"
	"argen/tokenizer"
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

// TestOpenStoryNGram opens the embedded model, and again after it was closed.
func TestOpenStoryNGram(t *testing.T) {
	for range 2 {
		lm, err := Open(t.Context(), "story-ngram", Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := Describe(lm)
		if d.Ref != "story-ngram" || d.Order != 5 || d.Tokenizer != "story" || len(d.NGrams) != 5 || d.VocabSize != len(story.Default().Vocab()) {
			t.Errorf("it is %+v", d)
		}
		if _, err := lm.Model.Start().Extend(t.Context()); err != nil {
			t.Error(err)
		}
		if err := lm.Close(); err != nil {
			t.Error(err)
		}
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
		"packed.gz":        gzipped("Once upon a time"),
		"bad.arpa":         "\\data\\\nngram 1=x\n",
		"cut.bin":          "argen-ng\x01\x00",
		"page.gz":          gzipped("<html>"),
		"broken.gz":        "\x1f\x8b\x08\x00",
		"notes.txt":        "Once upon a time\n",
		"noise":            "\x00\x01\x02\x03",
		"kenlm.bin":        "mmap lm http://kheafield.com/code format version 5\n\x00",
		"model.gguf":       "GGUF\x03\x00\x00\x00",
		"trace.jsonl":      `{"type":"header","version":1}`,
		"other.grammar":    "# Story grammar of mine\nargen-story-grammar 1\n",
		"dir/readme":       "no model here",
		"esc\x1b[31m.arpa": "no",
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
		{"packed.gz", "a gzip of text"},
		{"bad.arpa", "bad.arpa:2:"},
		{"cut.bin", "cut.bin: byte"},
		{"page.gz", "a gzip of an HTML page"},
		{"broken.gz", "cut short"},
		{"notes.txt", "argen train ngram FILE"},
		{"noise", "no model that argen reads"},
		{"kenlm.bin", "give the ARPA file"},
		{"model.gguf", "model.gguf: byte 8: tensor count"},
		{"trace.jsonl", "argen step --replay"},
		{"other.grammar", "truth:other.grammar"},
		{"dir", "a folder without a model"},
		{"esc\x1b[31m.arpa", `esc\x1b[31m.arpa:`},
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

// TestNGramFiles trains a model and opens it again in every format.
func TestNGramFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "a rose is a rose\na rose is red\n"
	m, _, err := ngram.TrainText(t.Context(), strings.NewReader(text), ngram.Options{Order: 2, Smoothing: ngram.WittenBell})
	if err != nil {
		t.Fatal(err)
	}
	m.Meta = map[string]string{"smoothing": "witten-bell", "sentences": "2", "tokens": "11", "other": "x", "discounts": "["}
	if err := KeepTokenizer(m.Meta, nil); err != nil {
		t.Fatal(err)
	}
	os.Mkdir("folder", 0o755)
	for name, write := range map[string]func(io.Writer) error{
		"m.bin": m.WriteBinary, "m.arpa": m.WriteARPA, "m.arpa.gz": m.WriteARPAgz, "folder/m.bin": m.WriteBinary,
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, ref := range []string{"m.bin", "m.arpa", "m.arpa.gz", "folder"} {
		lm, err := Open(t.Context(), ref, Options{})
		if err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		d := Describe(lm)
		if d.Ref != ref || d.Order != 2 || d.Tokenizer != "words" || d.VocabSize != 7 || len(d.NGrams) != 2 || d.SHA256 == "" || d.Bytes == 0 || d.File == "" {
			t.Errorf("%s: %+v", ref, d)
		}
		if strings.HasSuffix(d.File, ".bin") && (d.Smoothing != "witten-bell" || d.Sentences != 2 || d.Tokens != 11 || d.Meta["other"] != "x" || d.Discounts != nil) {
			t.Errorf("%s: %+v", ref, d)
		}
		ids, err := lm.Tokenizer.Encode("a rose")
		if err != nil || lm.Tokenizer.Decode(ids) != "a rose" {
			t.Errorf("%s: encoded as %v, %v", ref, ids, err)
		}
		want, err := m.Start().Extend(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := lm.Model.Start().Extend(t.Context(), 1)
		if err != nil || !slices.Equal(got, want) && strings.HasSuffix(d.File, ".bin") {
			t.Errorf("%s: logits %v, want %v, %v", ref, got, want, err)
		}
		if err := lm.Close(); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, "m.arpa", Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("opened with a cancelled context: %v", err)
	}
	if _, err := Open(t.Context(), "m.bin", Options{Tokenizer: tokenizer.NewBytes()}); err == nil || !strings.Contains(err.Error(), "258 tokens, the model 7") {
		t.Errorf("another's tokenizer: %v", err)
	}
}

// TestTokenizersOfNGrams keeps a tokenizer with a model and takes it out again.
func TestTokenizersOfNGrams(t *testing.T) {
	for _, tok := range []argen.Tokenizer{tokenizer.NewBytes(), tokenizer.NewChars("abc "), tokenizer.NewStory(story.Default().Vocab())} {
		vocab, err := NGramVocab(tok)
		if err != nil {
			t.Fatal(err)
		}
		ids := []argen.ID{2, 3, 2}
		m, _, err := ngram.Train(t.Context(), func(yield func([]argen.ID, error) bool) { yield(ids, nil) }, vocab, ngram.Options{Order: 2})
		if err != nil {
			t.Fatal(err)
		}
		m.Meta = map[string]string{}
		if err := KeepTokenizer(m.Meta, tok); err != nil {
			t.Fatal(err)
		}
		again, err := tokenizerOf(m)
		if err != nil || tokenizer.Kind(again) != tokenizer.Kind(tok) || again.Decode(ids) != tok.Decode(ids) || again.VocabSize() != tok.VocabSize() {
			t.Errorf("%s: %T, %v", tokenizer.Kind(tok), again, err)
		}
	}
	words, err := tokenizer.NewWords([]string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NGramVocab(words); err == nil {
		t.Error("a vocabulary without ends of sentences was taken")
	}
}
