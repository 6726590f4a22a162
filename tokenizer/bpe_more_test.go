package tokenizer_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"argen"
	"argen/tokenizer"
	"argen/tokenizer/tokenizertest"
)

// TestWriteJSON trains and writes what testdata/reference.py trained and wrote
// with Hugging Face's library: the same bytes.
func TestWriteJSON(t *testing.T) {
	corpus := tokenizer.Lines(bytes.NewReader(testFile(t, "train/corpus.txt.gz")))
	tok, err := tokenizer.TrainBPE(t.Context(), corpus, tokenizer.BPEOptions{
		VocabSize: 900, MinFrequency: 2, Special: []string{"<s>", "</s>", "<|\"\\\té日|>"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tok.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	got, want := strings.Split(b.String(), "\n"), strings.Split(string(testFile(t, "trained.tokenizer.json")), "\n")
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("line %d is %q, want %q", i+1, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d", len(got), len(want))
	}
	if err := tok.WriteJSON(failingWriter{}); !errors.Is(err, errFull) {
		t.Errorf("writing to a full disk: %v", err)
	}
	tokenizertest.Check(t, tok, "any text")
}

var errFull = errors.New("no space left")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

// TestReadWritten reads written files of all kinds: the same tokens come back.
func TestReadWritten(t *testing.T) {
	for _, name := range []string{"gpt2.tokenizer.json.gz", "tiny-gpt2.tokenizer.json.gz", "malformed/hostile_ok_escape.json", "malformed/16_merge_list_with_space.json"} {
		tok := readBPE(t, name)
		var first, second bytes.Buffer
		if err := tok.WriteJSON(&first); err != nil {
			t.Fatal(err)
		}
		again, err := tokenizer.ReadBPE("again", first.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := again.WriteJSON(&second); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) || !slices.Equal(tok.Added(), again.Added()) || tok.VocabSize() != again.VocabSize() {
			t.Errorf("%s: what was read from the written file is written differently", name)
		}
		for id := range argen.ID(tok.VocabSize()) {
			if tok.Name(id) != again.Name(id) || !bytes.Equal(tok.Piece(id), again.Piece(id)) {
				t.Fatalf("%s: token %d is %q, was %q", name, id, again.Name(id), tok.Name(id))
			}
		}
	}
}

// TestReferencePlaces compares ids, words and offsets with those of Hugging
// Face's library for the trained file. Its offsets are of whole characters.
func TestReferencePlaces(t *testing.T) {
	tok := readBPE(t, "trained.tokenizer.json")
	lines := bufio.NewScanner(bytes.NewReader(testFile(t, "trained.jsonl.gz")))
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		n++
		var want struct {
			Text    string
			IDs     []argen.ID
			Offsets [][2]int
			Words   []int
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		got, err := tok.Tokens(want.Text)
		if err != nil || len(got) != len(want.IDs) {
			t.Fatalf("%q: %d tokens, %v, want %d", want.Text, len(got), err, len(want.IDs))
		}
		for i, k := range got {
			start, end := k.Start, k.End
			for start > 0 && !utf8.RuneStart(want.Text[start]) {
				start--
			}
			for end < len(want.Text) && !utf8.RuneStart(want.Text[end]) {
				end++
			}
			if k.ID != want.IDs[i] || k.Word != want.Words[i] || [2]int{start, end} != want.Offsets[i] {
				t.Errorf("%q: token %d is %+v, want %d at %v in word %d", want.Text, i, k, want.IDs[i], want.Offsets[i], want.Words[i])
			}
		}
	}
	if n < 300 {
		t.Errorf("%d texts", n)
	}
}

func TestTokensOfBadUTF8(t *testing.T) {
	got, err := tokenizer.Explain(gpt2(), "a\xe2\x82b \xff\ufffd")
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, k := range got {
		places = append(places, fmt.Sprintf("%q[%d,%d)%d", k.Piece, k.Start, k.End, k.Word))
	}
	if want := `"a"[0,1)0 "�"[1,3)1 "b"[3,4)2 " "[4,5)3 "��"[5,9)3`; strings.Join(places, " ") != want {
		t.Errorf("places are %s, want %s", places, want)
	}
}

// TestTokensWindows takes texts that the frame gets in pieces.
func TestTokensWindows(t *testing.T) {
	for _, text := range []string{strings.Repeat("a b\n\n\n  c é", 4000), strings.Repeat("日", 20_000), strings.Repeat(" ", 40_000) + "x"} {
		tokens, err := tokenizer.Explain(gpt2(), text)
		if err != nil {
			t.Fatal(err)
		}
		ids, _ := gpt2().Encode(text)
		at := 0
		for i, k := range tokens {
			if k.ID != ids[i] || k.Start != at || string(k.Piece) != text[k.Start:k.End] {
				t.Fatalf("%.20q: token %d is %+v after byte %d", text, i, k, at)
			}
			at = k.End
		}
		if at != len(text) || len(ids) != len(tokens) {
			t.Errorf("%.20q: %d tokens end at byte %d", text, len(tokens), at)
		}
	}
}

func TestMerges(t *testing.T) {
	tok := gpt2()
	var got []string
	for s := range tok.Merges("it's 東") {
		var pieces []string
		for _, id := range s.Pieces {
			pieces = append(pieces, fmt.Sprintf("%q", tok.Piece(id)))
		}
		got = append(got, fmt.Sprintf("%d+%d %s %d %d", s.Word, s.Start, strings.Join(pieces, " "), s.At, s.Rank))
	}
	want := []string{
		`0+0 "i" "t" -1 -1`, `0+0 "it" 0 14`,
		`1+2 "'" "s" -1 -1`, `1+2 "'s" 0 82`,
		`2+4 " " "\xe6" "\x9d" "\xb1" -1 -1`, `2+4 " \xe6" "\x9d" "\xb1" 0 9944`, `2+4 " \xe6\x9d" "\xb1" 0 36000`,
	}
	if len(got) < 5 || !slices.Equal(got[:5], want[:5]) {
		t.Errorf("steps are\n%s", strings.Join(got, "\n"))
	}
	// The last step of each word has its tokens.
	for _, c := range refCases(t, "encode") {
		var ids, word []argen.ID
		for s := range reference(t, c.Tokenizer).(*tokenizer.BPE).Merges(c.Text) {
			if s.At < 0 {
				ids = append(ids, word...)
			} else if len(s.Pieces) != len(word)-1 || s.Rank < 0 {
				t.Fatalf("%q: a step from %v to %v", c.Text, word, s.Pieces)
			}
			word = s.Pieces
		}
		ids = append(ids, word...)
		if want, _ := reference(t, c.Tokenizer).Encode(c.Text); !slices.Equal(ids, want) {
			t.Errorf("%q: the steps end in %v, want %v", c.Text, ids, want)
		}
	}
	for range tok.Merges("stop at once, please") {
		break
	}
}
