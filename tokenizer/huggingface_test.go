package tokenizer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/tokenizer"
)

// huggingFaceTokenizers are those of testdata/huggingface.py.
func huggingFaceTokenizers(t testing.TB) map[string]argen.Tokenizer {
	t.Helper()
	bpe, err := tokenizer.TrainBPE(context.Background(), tokenizer.Lines(strings.NewReader("the cat sat on the mat.\nthe dog sat on the log.\nünï\n")),
		tokenizer.BPEOptions{VocabSize: 280, Special: []string{"<s>", "</s>"}})
	if err != nil {
		t.Fatal(err)
	}
	words, err := tokenizer.NewWords([]string{"<unk>", "<s>", "</s>", "a", "b", "x", "y", "ünï", "##z", "The"})
	if err != nil {
		t.Fatal(err)
	}
	noUnk, err := tokenizer.NewWords([]string{"a", "b", "x", "y", "z", "w"})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]argen.Tokenizer{
		"story": tokenizer.NewStory([]string{
			"<s>", "</s>", "The", "cat", "sat", "Tom", "mother", "said", "yes", "a", "It", "’s", ".", ",", "!", "?", ":", ";", "(", ")", "“", "”",
		}),
		"bytes": tokenizer.NewBytes(), "chars": tokenizer.NewChars("The catsmory”“’s\n\t .,ünï日本\"'()!?:;"), "bpe": bpe, "words": words, "no_unk": noUnk,
	}
}

// huggingFaceBOS is what a tokenizer of these tests puts before a text.
func huggingFaceBOS(tok argen.Tokenizer) argen.ID {
	for id := range argen.ID(tok.VocabSize()) {
		if tok.Control(id) && string(tok.Piece(id)) == "<s>" {
			return id
		}
	}
	return argen.NoID
}

// What is written has the ids and the text that Hugging Face's library has for
// it, and comes out of that library's save in the same bytes
// (testdata/huggingface.py).
func TestHuggingFaceAgrees(t *testing.T) {
	f, err := os.Open("testdata/huggingface.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		File   string // as the library saved it
		Encode []struct {
			Text string
			IDs  []argen.ID // null: an error
		}
		Decode []struct {
			IDs  []argen.ID
			Text string
		}
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for name, tok := range huggingFaceTokenizers(t) {
		bos := huggingFaceBOS(tok)
		got, err := tokenizer.HuggingFace(tok, bos)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if string(got) != want[name].File {
			t.Errorf("%s: the library saved other bytes than\n%s", name, got)
		}
		if len(want[name].Encode) < 20 || len(want[name].Decode) < 100 {
			t.Fatalf("%s: only %d texts", name, len(want[name].Encode))
		}
		for _, c := range want[name].Encode {
			if name == "story" && (c.Text == "a\"a" || c.Text == "a \" a") {
				continue // the library cannot count whether a quote is open
			}
			ids, err := tok.Encode(c.Text)
			if bos != argen.NoID {
				ids = slices.Insert(ids, 0, bos)
			}
			if (err != nil) != (c.IDs == nil) || err == nil && !slices.Equal(ids, c.IDs) {
				t.Errorf("%s: %q is %v, %v; the library has %v", name, c.Text, ids, err, c.IDs)
			}
		}
		for _, c := range want[name].Decode {
			if text := tokenizer.Valid(tok.Decode(c.IDs)); text != c.Text {
				t.Errorf("%s: %v is %q, the library has %q", name, c.IDs, text, c.Text)
			}
		}
	}
}

// What is written is read back as what it was.
func TestHuggingFaceBack(t *testing.T) {
	for name, tok := range huggingFaceTokenizers(t) {
		for _, bos := range []argen.ID{argen.NoID, huggingFaceBOS(tok)} {
			data, err := tokenizer.HuggingFace(tok, bos)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			back, gotBOS, err := tokenizer.ReadHuggingFace(name, data)
			if err != nil || gotBOS != bos {
				t.Fatalf("%s: BOS %d, want %d; error %v", name, gotBOS, bos, err)
			}
			wantKind, wantData, err := tokenizer.Marshal(tok)
			if err != nil {
				t.Fatal(err)
			}
			kind, got, err := tokenizer.Marshal(back)
			if err != nil || kind != wantKind || !bytes.Equal(got, wantData) {
				t.Errorf("%s came back as another tokenizer: kind %s, error %v", name, kind, err)
			}
		}
	}
}
