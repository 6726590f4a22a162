package model

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/gguf"
	"argen/tokenizer"
)

func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// vocabularies are GGUF files without tensors, made of the tokenizers whose reference
// ids package tokenizer has.
func vocabularies(t *testing.T) map[string]gguf.Meta {
	t.Helper()
	files, err := filepath.Glob("testdata/vocab/*.vocab.gguf.gz")
	if err != nil || len(files) != 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	all := map[string]gguf.Meta{}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".vocab.gguf.gz")
		f, err := gguf.Read(name, unpacked(t, path))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = f.Meta
	}
	return all
}

// TestGGUFVocabularies compares the ids that vocabularies in GGUF files give with those
// of Hugging Face's library for the same tokenizers.
func TestGGUFVocabularies(t *testing.T) {
	type pipeline interface {
		argen.Tokenizer
		EncodeSpecial(text string) ([]argen.ID, error)
		Around() (before, after []argen.ID)
		Text(ids []argen.ID, special bool) string
	}
	toks := map[string]pipeline{}
	for name, meta := range vocabularies(t) {
		tok, bos, err := tokenizer.ReadGGUF(ggufVocabulary(meta))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		toks[name] = tok.(pipeline)
		if before, _ := toks[name].Around(); len(before) > 1 || len(before) == 1 && before[0] != bos || len(before) == 0 && bos != argen.NoID {
			t.Errorf("%s: BOS is %d, before a text stands %v", name, bos, before)
		}
	}
	lines := bufio.NewScanner(bytes.NewReader(unpacked(t, "../tokenizer/testdata/cases.jsonl.gz")))
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		var c struct {
			Tokenizer, Op, Text, Decoded string
			Bytes                        []byte `json:"bytes_b64"`
			Around                       bool   `json:"add_special_tokens"`
			IDs                          []argen.ID
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		tok, ok := toks[c.Tokenizer]
		if !ok {
			continue
		}
		n++
		if got := tok.Text(c.IDs, true); c.Op != "stream" && got != c.Decoded {
			t.Errorf("%s: the text of %v is %q, want %q", c.Tokenizer, c.IDs, got, c.Decoded)
		}
		if c.Op != "encode" {
			continue
		}
		if c.Bytes != nil {
			c.Text = string(c.Bytes)
		}
		ids, err := tok.EncodeSpecial(c.Text)
		if before, after := tok.Around(); c.Around {
			ids = slices.Concat(before, ids, after)
		}
		if err != nil || !slices.Equal(ids, c.IDs) {
			t.Errorf("%s: %q has ids %v, want %v; %v", c.Tokenizer, c.Text, ids, c.IDs, err)
		}
	}
	if n < 1500 {
		t.Errorf("%d cases", n)
	}
}
