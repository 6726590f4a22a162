package tokenizer_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"argen"
	"argen/tokenizer"
	"argen/tokenizer/tokenizertest"
)

// A refCase is what Hugging Face's library made of a text or of ids.
type refCase struct {
	Tokenizer   string
	Op          string
	Category    string
	Text        string
	Bytes       []byte `json:"bytes_b64"` // in place of text, where it is not UTF-8
	Around      bool   `json:"add_special_tokens"`
	IDs         []argen.ID
	Tokens      []string
	Decoded     string
	SkipSpecial *string   `json:"decoded_skip_special"`
	Chunks      []*string // of a stream: the text after each id, null for none
}

func refCases(t *testing.T, op string) []refCase {
	t.Helper()
	var cases []refCase
	lines := bufio.NewScanner(bytes.NewReader(testFile(t, "cases.jsonl.gz")))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c refCase
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
	if len(cases) < 300 {
		t.Fatalf("%d cases of %s", len(cases), op)
	}
	return cases
}

// A pipeline is a tokenizer of a tokenizer.json.
type pipeline interface {
	argen.Tokenizer
	EncodeSpecial(text string) ([]argen.ID, error)
	TokensSpecial(text string) ([]tokenizer.Token, error)
	Name(id argen.ID) string
	Text(ids []argen.ID, special bool) string
	Around() (before, after []argen.ID)
	Added() []tokenizer.AddedToken
}

var references sync.Map // by name, func() pipeline

// reference returns a tokenizer of testdata.
func reference(t *testing.T, name string) pipeline {
	t.Helper()
	read, _ := references.LoadOrStore(name, sync.OnceValue(func() pipeline {
		tok, _, err := tokenizer.ReadHuggingFace(name, testFile(t, name+".tokenizer.json.gz"))
		if err != nil {
			t.Fatal(err)
		}
		return tok.(pipeline)
	}))
	return read.(func() pipeline)()
}

func TestReferenceEncode(t *testing.T) {
	for _, c := range refCases(t, "encode") {
		tok := reference(t, c.Tokenizer)
		ids, err := tok.EncodeSpecial(c.Text)
		if err != nil {
			t.Errorf("%s: %q: %v", c.Tokenizer, c.Text, err)
			continue
		}
		if c.Around {
			before, after := tok.Around()
			ids = slices.Concat(before, ids, after)
		}
		if !slices.Equal(ids, c.IDs) {
			t.Errorf("%s, %s: %q has ids %v, want %v", c.Tokenizer, c.Category, c.Text, ids, c.IDs)
			continue
		}
		checkDecode(t, c)
		if c.Around {
			continue
		}
		for i, id := range ids {
			// Of an added token the reference has the text that it was found in.
			if want := c.Tokens[i]; tok.Name(id) != want && !strings.Contains(strings.ToLower(want), tok.Name(id)) {
				t.Errorf("%s: token %d is %q, want %q", c.Tokenizer, id, tok.Name(id), want)
			}
		}
		tokens, err := tok.TokensSpecial(c.Text)
		if err != nil || len(tokens) != len(ids) {
			t.Fatalf("%s: %q has %d tokens, %v, want %d", c.Tokenizer, c.Text, len(tokens), err, len(ids))
		}
		at := 0
		for i, k := range tokens {
			if k.ID != ids[i] || k.Start < 0 || k.Start > k.End || k.End > len(c.Text) || k.End < at {
				t.Fatalf("%s: %q: token %d is %+v, behind byte %d", c.Tokenizer, c.Text, i, k, at)
			}
			at = k.End
		}
		plain, err := tok.Encode(c.Text)
		if err != nil || slices.ContainsFunc(plain, tok.Control) {
			t.Errorf("%s: %q as plain text is %v, %v", c.Tokenizer, c.Text, plain, err)
		}
	}
}

// checkDecode compares the text of ids with and without special tokens.
func checkDecode(t *testing.T, c refCase) {
	t.Helper()
	tok := reference(t, c.Tokenizer)
	if got := tok.Text(c.IDs, true); got != c.Decoded {
		t.Errorf("%s: the text of %v is %q, want %q", c.Tokenizer, c.IDs, got, c.Decoded)
	}
	want := c.Decoded
	if c.SkipSpecial != nil {
		want = *c.SkipSpecial
	}
	if got := tok.Text(c.IDs, false); got != want {
		t.Errorf("%s: the text of %v is %q, want %q", c.Tokenizer, c.IDs, got, want)
	}
	// Decode has the bytes themselves where they are no characters.
	if got := tok.Decode(c.IDs); got != want && (!strings.Contains(want, "\ufffd") || tokenizer.Valid(got) == got) {
		t.Errorf("%s: Decode(%v) = %q, want %q", c.Tokenizer, c.IDs, got, want)
	}
}

func TestReferenceDecode(t *testing.T) {
	for _, c := range refCases(t, "decode") {
		checkDecode(t, c)
	}
}

// TestReferenceStream puts the text together token by token. Where the reference
// shows something, everything so far is the same text; where it waits for the rest
// of a character, what is shown ends before it.
func TestReferenceStream(t *testing.T) {
	for _, c := range refCases(t, "stream") {
		tok := reference(t, c.Tokenizer)
		d := argen.NewDecoder(tok, nil)
		var ours, theirs strings.Builder
		for i, id := range c.IDs {
			if tok.Control(id) {
				ours.WriteString(tok.Text([]argen.ID{id}, true)) // which the reference shows
				continue
			}
			shown := d.Add(id)
			ours.WriteString(shown)
			if c.Chunks[i] == nil {
				if !strings.HasPrefix(c.Decoded, ours.String()) {
					t.Fatalf("%s: after %v there is %q of %q", c.Tokenizer, c.IDs[:i+1], ours.String(), c.Decoded)
				}
				continue
			}
			theirs.WriteString(*c.Chunks[i])
			if ours.String() != theirs.String() {
				t.Fatalf("%s: after %v there is %q, want %q", c.Tokenizer, c.IDs[:i+1], ours.String(), theirs.String())
			}
		}
	}
}

// TestReferenceContract is that of argen.Tokenizer. Those whose name has metaspace in
// it lose things, as the reference does: one a blank that a text begins with, one what
// it has only as bytes.
func TestReferenceContract(t *testing.T) {
	for _, c := range refCases(t, "encode") {
		tok := reference(t, c.Tokenizer)
		if (c.Category == "english" || c.Category == "code") && !strings.Contains(c.Tokenizer, "metaspace") {
			tokenizertest.Check(t, tok, c.Text)
		}
	}
}
