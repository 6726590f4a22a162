package tokenizer_test

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
	"sync"
	"testing"
	"time"

	"argen"
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
	tinyGPT2 = sync.OnceValue(func() *tokenizer.BPE { return readBPE(new(testing.T), "tiny-gpt2.tokenizer.json") })
)

// A bpeCase is what Hugging Face's library made of a text or of ids.
type bpeCase struct {
	Tokenizer   string
	Op          string
	Category    string
	Text        string
	Bytes       []byte `json:"bytes_b64"` // in place of text, where it is not UTF-8
	IDs         []argen.ID
	Tokens      []string
	Decoded     string
	SkipSpecial *string   `json:"decoded_skip_special"`
	Chunks      []*string // of a stream: the text after each id, null for none
}

func bpeCases(t *testing.T, op string) []bpeCase {
	t.Helper()
	var cases []bpeCase
	lines := bufio.NewScanner(bytes.NewReader(testFile(t, "cases.jsonl.gz")))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c bpeCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Bytes != nil {
			c.Text = string(c.Bytes)
		}
		if c.Op == op {
			cases = append(cases, c)
		}
	}
	if len(cases) < 40 {
		t.Fatalf("%d cases of %s", len(cases), op)
	}
	return cases
}

func (c bpeCase) bpe() *tokenizer.BPE {
	if c.Tokenizer == "gpt2" {
		return gpt2()
	}
	return tinyGPT2()
}

func TestReferenceEncode(t *testing.T) {
	for _, c := range bpeCases(t, "encode") {
		tok := c.bpe()
		ids := tok.EncodeSpecial(c.Text)
		if !slices.Equal(ids, c.IDs) {
			t.Errorf("%s, %s: %q has ids %v, want %v", c.Tokenizer, c.Category, c.Text, ids, c.IDs)
			continue
		}
		for i, id := range ids {
			if tok.Name(id) != c.Tokens[i] {
				t.Errorf("%s: token %d is %q, want %q", c.Tokenizer, id, tok.Name(id), c.Tokens[i])
			}
		}
		checkDecode(t, c)
		// Without the names of special tokens both ways are one.
		if plain, _ := tok.Encode(c.Text); !strings.Contains(c.Text, "<|") && !slices.Equal(plain, ids) {
			t.Errorf("%s: %q has ids %v as plain text, want %v", c.Tokenizer, c.Text, plain, ids)
		}
		tokenizertest.Check(t, tok, c.Text)
	}
}

// checkDecode compares the text of ids with and without special tokens.
func checkDecode(t *testing.T, c bpeCase) {
	t.Helper()
	tok := c.bpe()
	var pieces []byte
	for _, id := range c.IDs {
		pieces = append(pieces, tok.Piece(id)...)
	}
	if got := tokenizer.Valid(string(pieces)); got != c.Decoded {
		t.Errorf("%s: the pieces of %v are %q, want %q", c.Tokenizer, c.IDs, got, c.Decoded)
	}
	want := c.Decoded
	if c.SkipSpecial != nil {
		want = *c.SkipSpecial
	}
	if got := tokenizer.Valid(tok.Decode(c.IDs)); got != want {
		t.Errorf("%s: Decode(%v) = %q, want %q", c.Tokenizer, c.IDs, got, want)
	}
}

func TestReferenceDecode(t *testing.T) {
	for _, c := range bpeCases(t, "decode") {
		checkDecode(t, c)
	}
}

// TestReferenceStream puts the text together token by token: what ends inside
// a character waits for the rest of it.
func TestReferenceStream(t *testing.T) {
	for _, c := range bpeCases(t, "stream") {
		var all []byte
		shown := 0
		for i, id := range c.IDs {
			all = append(all, c.bpe().Piece(id)...)
			text := tokenizer.Valid(string(all))
			switch want := c.Chunks[i]; {
			case len(text) <= shown || strings.HasSuffix(text, "\ufffd"):
				if want != nil {
					t.Fatalf("%s: after %v the reference shows %q, here is nothing", c.Tokenizer, c.IDs[:i+1], *want)
				}
			case want == nil || text[shown:] != *want:
				t.Fatalf("%s: after %v comes %q", c.Tokenizer, c.IDs[:i+1], text[shown:])
			default:
				shown = len(text)
			}
		}
	}
}

func TestSpecialTokensArePlainText(t *testing.T) {
	tok := gpt2()
	const text = "a<|endoftext|>b"
	end := tok.Special("<|endoftext|>")
	if ids := tok.EncodeSpecial(text); !slices.Equal(ids, []argen.ID{64, end, 65}) {
		t.Errorf("EncodeSpecial(%q) = %v", text, ids)
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
// bytes; they take much less than the second given.
func TestLongWords(t *testing.T) {
	for name, word := range map[string]string{
		"one letter": strings.Repeat("a", 1_000_000),
		"blanks":     strings.Repeat(" ", 1_000_000),
		"letters":    strings.Repeat("thequickbrownfoxjumpsoverthelazydog", 30_000),
		"quotes":     strings.Repeat("'", 1_000_000),
	} {
		start := time.Now()
		ids, err := gpt2().Encode(word)
		if err != nil || gpt2().Decode(ids) != word {
			t.Errorf("%s: decoding does not give the word back", name)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: 1 MB took %v", name, took)
		}
	}
}

func TestMalformedFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "malformed", "*.json"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tok, err := tokenizer.ReadBPE(name, data)
		if err != nil {
			t.Log(err)
			if !strings.HasPrefix(err.Error(), name+": ") || strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 300 {
				t.Errorf("%s: the message is %q", name, err)
			}
			continue
		}
		t.Log(name, "loads")
		if _, err := tok.Encode("abc Hello \xff"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
