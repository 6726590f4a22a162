package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"pgregory.net/rapid"

	"argen"
	"argen/model/transformer/train"
	"argen/tokenizer"
)

// The pieces of a text are the text, each of them whole characters.
func TestTextPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]string{"a", "é ", "日本", "word ", "\n", "line\n", "\r\n"}).Draw(t, "unit")
		n := rapid.IntRange(0, 200_000/len(unit)).Draw(t, "times")
		text := rapid.SampledFrom([]string{"", "x", "日"}).Draw(t, "before") + strings.Repeat(unit, n)
		var got strings.Builder
		for piece, err := range textPieces(strings.NewReader(text)) {
			if err != nil {
				t.Fatal(err)
			}
			if !utf8.ValidString(piece) || piece == "" {
				t.Fatalf("a piece ends %q", piece[max(0, len(piece)-9):])
			}
			got.WriteString(piece)
		}
		if got.String() != strings.ReplaceAll(text, "\r\n", "\n") {
			t.Fatal("the pieces are not the text")
		}
	})
	for _, err := range textPieces(iotest.ErrReader(os.ErrClosed)) {
		if err == nil {
			t.Error("a reader's error is lost")
		}
	}
}

// A text cut in pieces has the tokens of the whole.
func TestTextPiecesAreCutAlike(t *testing.T) {
	line := "There was no “possibility” of  taking a walk,\n\n   that day. We'd been wandering \n"
	text := strings.Repeat(line, 2000)
	path := filepath.Join(t.TempDir(), "text.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := openCorpus([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"bpe", "chars", "bytes"} {
		ctx := context.Background()
		tok, err := learnFor(ctx, kind, c.reader(ctx, nil), 300, &progress{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := tok.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []argen.ID
		for ids, err := range textIDs(ctx, c, kind, tok, func(int64) {}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ids...)
		}
		_, eos, err := ends(tok)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, append(want, eos)) {
			t.Errorf("%s: %d tokens in pieces, %d in one", kind, len(got), len(want))
		}
	}
}

func TestLearnWords(t *testing.T) {
	c := &corpus{files: []string{"-"}, stdin: []byte("b a b c\na b <s>\n"), unit: "bytes"}
	tok, err := learnWords(c.reader(context.Background(), nil), 5)
	if err != nil {
		t.Fatal(err)
	}
	var ids []argen.ID
	for some, err := range textIDs(context.Background(), c, "words", tok, func(int64) {}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, some...)
	}
	var words []string
	for _, id := range ids {
		words = append(words, string(tok.Piece(id)))
	}
	if got, want := strings.Join(words, " "), "<s> b a b <unk> </s> <s> a b <unk> </s>"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := learnWords(c.reader(context.Background(), nil), 3); err == nil {
		t.Error("a vocabulary of control tokens alone")
	}
}

func TestCutText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.ids")
	open := func(n int) *train.TokenFile {
		ids, err := tokenizer.NewBytes().Encode(strings.Repeat("x", n))
		if err != nil {
			t.Fatal(err)
		}
		err = train.WriteTokens(path, 258, func(yield func([]argen.ID, error) bool) { yield(ids, nil) })
		if err != nil {
			t.Fatal(err)
		}
		f, err := train.OpenTokens(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	begin := []argen.ID{256}
	cut, err := cutText(open(1000), 0.1, 10, begin, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := cut.source.Tokens.Len(); got != 900 || len(cut.held) != 9 || len(cut.held[0]) != 11 || cut.held[0][0] != 256 {
		t.Errorf("%d to train on, %d windows held out", got, len(cut.held))
	}
	if cut, err = cutText(open(1000), 0, 10, nil, 1); err != nil || cut.held != nil || cut.source.Tokens.Len() != 1000 {
		t.Errorf("nothing held out: %+v, error %v", cut, err)
	}
	// What the error says is enough is, and one less is not; so is the context.
	_, err = cutText(open(51), 0.1, 10, nil, 1)
	if err == nil || err.Error() != "the text has 51 tokens, which is too little for a context of 10: at least 52 are needed, or --context 9" {
		t.Errorf("error %v", err)
	}
	if _, err := cutText(open(52), 0.1, 10, nil, 1); err != nil {
		t.Error(err)
	}
	if _, err := cutText(open(51), 0.1, 9, nil, 1); err != nil {
		t.Error(err)
	}
	if _, err := cutText(open(200), 0.5, 20, nil, 1); err != nil {
		t.Error(err)
	}
	const half = "the text has 200 tokens, which is too little for a context of 30: at least 242 are needed, or --context 24"
	if _, err := cutText(open(200), 0.5, 30, nil, 1); err == nil || err.Error() != half {
		t.Errorf("error %v", err)
	}
	if _, err := cutText(open(200), 0.5, 24, nil, 1); err != nil {
		t.Error(err)
	}
	const none = "the text has 6 tokens, which is too little for a context of 10: at least 52 are needed"
	if _, err := cutText(open(6), 0.1, 10, nil, 1); err == nil || err.Error() != none {
		t.Errorf("error %v", err)
	}
	if _, err := cutText(open(6), 0.1, 1, nil, 1); err == nil {
		t.Error("a context of 1 is enough")
	}
}
