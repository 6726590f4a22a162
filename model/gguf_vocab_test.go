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

// TestOpenTokenizer opens a vocabulary without a model, in files that say nothing or
// something unknown about where words end.
func TestOpenTokenizer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v.gguf")
	write := func(meta gguf.Meta) {
		t.Helper()
		var b bytes.Buffer
		if err := gguf.Write(&b, meta, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	meta := gguf.Meta{
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.tokens", Value: []string{"1", "2", "12", "</s>"}},
		{Key: "tokenizer.ggml.token_type", Value: []int32{1, 1, 1, 3}},
		{Key: "tokenizer.ggml.merges", Value: []string{"1 2"}},
	}
	for _, c := range []struct {
		pre, says string
		want      []argen.ID
		env       string
	}{
		{pre: "gpt-2", want: []argen.ID{2}},
		{pre: "smollm", want: []argen.ID{0, 1}},
		{pre: "nobody", says: `v.gguf: tokenizer.ggml.pre: "nobody" is not known, one of these is wanted: gpt-2, olmo, smollm, `},
		{pre: "nobody", env: "llama-bpe", want: []argen.ID{2}},
		{env: "qwen2", want: []argen.ID{0, 1}},
		{says: "v.gguf: tokenizer.ggml.pre: missing"},
	} {
		t.Setenv(preVariable, c.env)
		all := meta
		if c.pre != "" {
			all = append(slices.Clone(meta), gguf.KV{Key: "tokenizer.ggml.pre", Value: c.pre})
		}
		write(all)
		tok, err := OpenTokenizer(path)
		if c.says != "" {
			if err == nil || tok != nil || !strings.HasPrefix(err.Error(), c.says) || !strings.HasSuffix(err.Error(), "; ARGEN_GGUF_PRE=NAME in the environment says which") {
				t.Errorf("%q: the error is %v, want %q", c.pre, err, c.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.pre, err)
			continue
		}
		if ids, err := tok.Encode("12"); err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("%q, %q: ids are %v, %v, want %v", c.pre, c.env, ids, err, c.want)
		}
	}
	write(meta[:1])
	if tok, err := OpenTokenizer(path); tok != nil || err == nil || !strings.Contains(err.Error(), "tokenizer.ggml.tokens: 0 tokens") {
		t.Errorf("no tokens: %v", err)
	}
	for _, none := range []string{path + "x", "testdata"} {
		if tok, err := OpenTokenizer(none); tok != nil || err != nil {
			t.Errorf("%s is no file of a vocabulary, but: %v", none, err)
		}
	}
}

// TestGGUFVocabulariesWritten writes vocabularies and reads them again: the same ids.
func TestGGUFVocabulariesWritten(t *testing.T) {
	const text = "It's  the end:\n\n 12½ naïve 東京 </s><|endoftext|> ▁▁▁▁ e\u0301"
	for name, meta := range vocabularies(t) {
		tok, _, err := tokenizer.ReadGGUF(ggufVocabulary(meta))
		if err != nil {
			t.Fatal(err)
		}
		written, note, err := ggufVocab(tok)
		if err != nil || (note != "") != (name == "tiny-qwen2") { // which llama.cpp does not normalize
			t.Errorf("%s: %v, %s", name, err, note)
			continue
		}
		again, _, err := tokenizer.ReadGGUF(ggufVocabulary(written))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, _ := tokenizer.EncodeSpecial(tok, text)
		if got, err := tokenizer.EncodeSpecial(again, text); err != nil || !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: ids are %v, %v, want %v", name, got, err, want)
		}
		pre, _ := meta.String("tokenizer.ggml.pre")
		if got, _ := written.String("tokenizer.ggml.pre"); got != pre && !(pre == "" || pre == "default") {
			t.Errorf("%s: pre is %q, want %q", name, got, pre)
		}
	}
}

// Where llama.cpp leaves out the normal form of the tokenizer, a note says so.
func TestVocabularyNotes(t *testing.T) {
	for name, want := range map[string]bool{"qwen2": true, "gptneox": true, "llama-tied": false} {
		tok, _, err := tokenizer.ReadHuggingFace(name, unpacked(t, "testdata/tokenizers/"+name+".json.gz"))
		if err != nil {
			t.Fatal(err)
		}
		if _, note, err := ggufVocab(tok); err != nil || strings.Contains(note, "NFC") != want {
			t.Errorf("%s: %q, %v", name, note, err)
		}
	}
}
