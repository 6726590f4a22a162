// Package tokenizertest checks the contract of argen.Tokenizer on any
// tokenizer.
package tokenizertest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"argen"
	"argen/tokenizer"
)

// texts are what a tokenizer of any text must bear.
var texts = []string{
	"", " ", "\n", "a", "Hello, world!", " two  blanks ", "line\r\nline\n\n\tend\n", "</s><s><unk><|endoftext|>",
	"naïve café 東京 👩‍👩‍👧 e\u0301", "\x00\x01\x7f", "\ufeffbom\u2028\u00a0", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"\xff", "a\xe2\x82", "\xe2\x82z", "\xf0\x9f\x98", "\xc0\x80\xed\xa0\x80", "it's 12 o'clock; they'll've 3.14",
}

// Check runs the contract on tok. Besides texts of its own, which tok may
// refuse with an error, it takes texts that tok must be able to write.
func Check(t *testing.T, tok argen.Tokenizer, must ...string) {
	t.Helper()
	checkIDs(t, tok)
	for _, text := range must {
		if _, err := tok.Encode(text); err != nil {
			t.Errorf("Encode(%q): %v", text, err)
		}
	}
	all := slices.Concat(must, texts)
	for _, text := range all {
		checkText(t, tok, text)
	}
	checkConcurrent(t, tok, all)
}

// checkIDs looks at every id, and at some that are none.
func checkIDs(t *testing.T, tok argen.Tokenizer) {
	t.Helper()
	v := tok.VocabSize()
	if v < 1 {
		t.Fatalf("VocabSize is %d", v)
	}
	outside := []argen.ID{argen.NoID, argen.ID(v), -1 << 31, 1<<31 - 1}
	for _, id := range outside {
		if tok.Control(id) || tok.Piece(id) != nil {
			t.Errorf("id %d is outside the vocabulary but has a piece or is a control token", id)
		}
	}
	if got := tok.Decode(outside); got != "" {
		t.Errorf("ids outside the vocabulary decode to %q", got)
	}
	for id := range argen.ID(v) {
		if tok.Control(id) && (len(tok.Piece(id)) == 0 || tok.Decode([]argen.ID{id}) != "") {
			t.Errorf("control token %d has no name, or decodes to %q", id, tok.Decode([]argen.ID{id}))
		}
	}
	if join, ok := tok.(argen.Joiner); ok && (join.Join(argen.NoID, 0) != "" || join.Join(0, argen.ID(v)) != "") {
		t.Error("Join puts something before the first token or beside an id that is none")
	}
}

// checkText checks what holds of the ids of one text.
func checkText(t *testing.T, tok argen.Tokenizer, text string) {
	t.Helper()
	ids, err := tok.Encode(text)
	tokens, explainErr := tokenizer.Explain(tok, text)
	if (err == nil) != (explainErr == nil) {
		t.Errorf("%q: Encode says %v, Explain %v", text, err, explainErr)
	}
	if err != nil {
		if len(ids) > 0 || strings.ContainsAny(err.Error(), "\n\r") || !utf8.ValidString(err.Error()) || len(err.Error()) > 2000 {
			t.Errorf("%q: %d ids with the error %q", text, len(ids), err)
		}
		return
	}
	if text == "" && len(ids) > 0 {
		t.Errorf("no text has the ids %v", ids)
	}
	for _, id := range ids {
		if id < 0 || int(id) >= tok.VocabSize() || tok.Control(id) {
			t.Fatalf("%q: id %d is outside the vocabulary or a control token", text, id)
		}
	}
	decoded := tok.Decode(ids)
	if joined := join(tok, ids); joined != decoded {
		t.Errorf("%q: the pieces give %q, Decode %q", text, joined, decoded)
	}
	again, err := tok.Encode(decoded)
	if err != nil || !slices.Equal(again, ids) {
		t.Errorf("%q: %v decodes to %q, which encodes to %v, %v", text, ids, decoded, again, err)
	}
	checkPlaces(t, tok, text, tokens, ids)
}

// join puts a text together from pieces, as a run does.
func join(tok argen.Tokenizer, ids []argen.ID) string {
	var b strings.Builder
	d := argen.NewDecoder(tok, nil)
	for _, id := range ids {
		b.WriteString(d.Add(id))
	}
	b.WriteString(d.Flush())
	return b.String()
}

// checkPlaces checks that tokens stand in order and that none of the text is
// left out, unless it is white space between words or Decode lacks it too.
func checkPlaces(t *testing.T, tok argen.Tokenizer, text string, tokens []tokenizer.Token, ids []argen.ID) {
	t.Helper()
	if len(tokens) != len(ids) {
		t.Fatalf("%q: %d ids, but %d tokens explained", text, len(ids), len(tokens))
	}
	_, joins := tok.(argen.Joiner)
	exact := !joins && tok.Decode(ids) == text
	whole := joins || tok.Decode(ids) == tokenizer.Valid(text)
	skipped := func(from, to int) bool {
		return whole && from < to && (!joins || strings.Trim(text[from:to], " \n\t\r\x00") != "")
	}
	at, word := 0, 0
	for i, k := range tokens {
		says := k.Piece
		if o, ok := tok.(argen.Opener); ok && i == 0 {
			says = o.First(k.ID)
		}
		switch {
		case k.ID != ids[i] || string(k.Piece) != string(tok.Piece(k.ID)):
			t.Fatalf("%q: token %d is %d %q, want %d", text, i, k.ID, k.Piece, ids[i])
		case k.Start > k.End || k.End > len(text) || k.End < at:
			t.Fatalf("%q: token %d stands at [%d,%d) after byte %d", text, i, k.Start, k.End, at)
		case exact && text[k.Start:k.End] != string(says):
			t.Errorf("%q: token %d is %q, but [%d,%d) is %q", text, i, k.Piece, k.Start, k.End, text[k.Start:k.End])
		case skipped(at, k.Start):
			t.Errorf("%q: no token stands at [%d,%d)", text, at, k.Start)
		case k.Word < word || whole && k.Word > word+1:
			t.Errorf("%q: token %d is in word %d after word %d", text, i, k.Word, word)
		}
		at, word = k.End, k.Word
	}
	if skipped(at, len(text)) {
		t.Errorf("%q: no token stands at [%d,%d)", text, at, len(text))
	}
}

// checkConcurrent compares the ids that several goroutines see; run it under
// the race detector.
func checkConcurrent(t *testing.T, tok argen.Tokenizer, all []string) {
	t.Helper()
	want := make([][]argen.ID, len(all))
	for i, text := range all {
		want[i], _ = tok.Encode(text)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, text := range all {
				ids, _ := tok.Encode(text)
				if !slices.Equal(ids, want[i]) || tok.Decode(ids) != tok.Decode(want[i]) {
					t.Errorf("%q: goroutines see %v and %v", text, ids, want[i])
				}
			}
		})
	}
	wg.Wait()
}
