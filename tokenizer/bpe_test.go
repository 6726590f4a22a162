package tokenizer_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"argen"
	"argen/internal/testtime"
	"argen/tokenizer"
	"argen/tokenizer/tokenizertest"
)

// testFile returns a file of testdata, unpacked.
func testFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil && strings.HasSuffix(name, ".gz") {
		var r io.Reader
		if r, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, err = io.ReadAll(r)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readBPE(t testing.TB, name string) *tokenizer.BPE {
	t.Helper()
	tok, err := tokenizer.ReadBPE(name, testFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

var (
	gpt2     = sync.OnceValue(func() *tokenizer.BPE { return readBPE(new(testing.T), "gpt2.tokenizer.json.gz") })
	tinyGPT2 = sync.OnceValue(func() *tokenizer.BPE { return readBPE(new(testing.T), "tiny-gpt2.tokenizer.json.gz") })
)

func TestSpecialTokensArePlainText(t *testing.T) {
	tok := gpt2()
	const text = "a<|endoftext|>b"
	end := tok.Special("<|endoftext|>")
	if ids, err := tok.EncodeSpecial(text); err != nil || !slices.Equal(ids, []argen.ID{64, end, 65}) {
		t.Errorf("EncodeSpecial(%q) = %v, %v", text, ids, err)
	}
	ids, err := tok.Encode(text)
	if err != nil || slices.ContainsFunc(ids, tok.Control) || tok.Decode(ids) != text {
		t.Errorf("Encode(%q) = %v, %v", text, ids, err)
	}
	if end != 50256 || !tok.Control(end) || tok.Decode([]argen.ID{end}) != "" || string(tok.Piece(end)) != "<|endoftext|>" {
		t.Errorf("<|endoftext|> is %d", end)
	}
	if tok.Special("the") != argen.NoID || tok.Name(-1) != "" || tok.Name(50257) != "" || len(tok.Added()) != 1 {
		t.Error("there are more special tokens or names than there should be")
	}
}

// TestLongWords takes words that are quick only if no step takes time n² for n
// bytes; they take a small part of the time given, n² steps many times as long.
func TestLongWords(t *testing.T) {
	for name, word := range map[string]string{
		"one letter": strings.Repeat("a", 250_000),
		"blanks":     strings.Repeat(" ", 250_000),
		"letters":    strings.Repeat("thequickbrownfoxjumpsoverthelazydog", 7_000),
		"quotes":     strings.Repeat("'", 250_000),
	} {
		took := testtime.Of(func() {
			ids, err := gpt2().Encode(word)
			if err != nil || gpt2().Decode(ids) != word {
				t.Errorf("%s: decoding does not give the word back", name)
			}
		})
		if took > 10*time.Second {
			t.Errorf("%s: 250 kB took %v", name, took)
		}
	}
}

// TestMalformedFiles reads files of which expected.json says what Hugging
// Face's library does, and others of a kind with that of malformed ones, named
// hostile_. What that library reads and this one does not is refused by name.
func TestMalformedFiles(t *testing.T) {
	var expected map[string]string
	if err := json.Unmarshal(testFile(t, "malformed/expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "malformed", "[0-9h]*.json"))
	if err != nil || len(files) != 70 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	loaded := 0
	for _, file := range files {
		name := filepath.Base(file)
		tok, _, err := tokenizer.ReadHuggingFace(name, testFile(t, "malformed/"+name))
		mayLoad := strings.HasPrefix(expected[name], "loads") || strings.Contains(name, "_ok")
		switch {
		case err == nil && !mayLoad:
			t.Errorf("%s is read", name)
		case err != nil && mayLoad && !strings.Contains(err.Error(), "supported"):
			t.Errorf("%s is refused, but not as something that is not supported: %v", name, err)
		case err != nil && (!strings.HasPrefix(err.Error(), name+": ") || strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 300):
			t.Errorf("%s: the message is %q", name, err)
		}
		if err == nil {
			loaded++
			if _, isBPE := tok.(*tokenizer.BPE); isBPE { // others have unknown words, which do not come back
				tokenizertest.Check(t, tok)
			}
		}
	}
	if loaded < 10 {
		t.Errorf("%d files are read", loaded)
	}
}

// TestReadBPEErrors has the faults that those files lack.
func TestReadBPEErrors(t *testing.T) {
	const whole = `{"version":"1.0","added_tokens":[{"id":3,"content":"<s>","special":true}],` +
		`"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"decoder":{"type":"ByteLevel"},` +
		`"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":["#version: 0.2","a b"],"dropout":0.0,"unk_token":null,"byte_fallback":false}}`
	tok, err := tokenizer.ReadBPE("f", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if ids, _ := tok.Encode("abba<s>"); !slices.Equal(ids, []argen.ID{2, 1, 0}) {
		t.Errorf("ids are %v", ids) // and the bytes of <s> are not in the vocabulary
	}
	tokenizertest.Check(t, tok, "ab")
	for _, c := range []struct{ old, new, want string }{
		{`"1.0"`, `"2.0"`, `f: byte 11: version: version "2.0" is not supported, only 1.0 is`},
		{`"id":3,`, ``, `f: byte 33: added_tokens[0]: an added token has no id`},
		{`"<s>"`, `"a"`, `f: model: the special token "a" is the name of a byte: no text could hold that byte`},
		{`"special":true`, `"lstrip":1`, `f: byte 66: added_tokens[0].lstrip: want true or false, found a number`},
		{`"ab":2`, `"ab":17`, `f: model.vocab: id 17 is above 4 times the number of tokens, 4`},
		{`"ab":2`, `"ab":3`, `f: model: added token "<s>" has id 3, which is that of "ab" in the vocabulary`},
		{`"ab":2`, `"ab":1`, `f: model.vocab: id 1 has two tokens, "ab" and "b"`},
		{`"ab":2`, `"":2`, `f: byte 200: model.vocab[""]: token 2 of the vocabulary has no name`},
		{`"add_prefix_space":false`, `"use_regex":0`, `f: byte 90: pre_tokenizer: the pre_tokenizer "ByteLevel": use_regex is neither true nor false`},
		{`"decoder":{"type":"ByteLevel"}`, `"decoder":{}`, `f: byte 146: decoder: the decoder has no type`},
		{`"dropout":0.0`, `"dropout":0.1`, `f: byte 248: model.dropout: dropout 0.1 is not supported, only null is`},
		{`"ab":2`, `"<s>":3`, `f: model: merge 0 makes "ab", which is not in the vocabulary`},
		{`["#version: 0.2","a b"]`, `["b"]`, `f: byte 215: model.merges[0]: a merge of 1 parts, want 2`},
		{`["#version: 0.2","a b"]`, `[["a","c"]]`, `f: model.merges[0]: "c" is not in the vocabulary`},
		{`false}}`, `false}} x`, `f: byte 293: want the end of the data, found x`},
		{`"type":"ByteLevel","add`, `"type":"UnicodeScripts","add`, `f: byte 90: pre_tokenizer: the pre_tokenizer "UnicodeScripts" is not supported`},
	} {
		data := strings.Replace(whole, c.old, c.new, 1)
		if _, err := tokenizer.ReadBPE("f", []byte(data)); data == whole || err == nil || err.Error() != c.want {
			t.Errorf("%s for %s:\ngot  %v\nwant %s", c.new, c.old, err, c.want)
		}
	}
}

func BenchmarkBPEEncode(b *testing.B) {
	text := strings.Repeat(string(testFile(b, "train/corpus.txt.gz")), 4)
	for name, text := range map[string]string{"text": text, "one letter": strings.Repeat("a", 250_000)} {
		b.Run(name, func(b *testing.B) {
			tok := readBPE(b, "gpt2.tokenizer.json.gz")
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tok.Encode(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReadBPE(b *testing.B) {
	data := testFile(b, "gpt2.tokenizer.json.gz")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := tokenizer.ReadBPE("gpt2", data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTrainBPE(b *testing.B) {
	text := testFile(b, "train/corpus.txt.gz")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := tokenizer.TrainBPE(b.Context(), tokenizer.Lines(bytes.NewReader(text)), tokenizer.BPEOptions{VocabSize: 3000}); err != nil {
			b.Fatal(err)
		}
	}
}
