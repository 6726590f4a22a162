package tokenizer

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"argen"
)

// storyVocab is a small vocabulary of the stories' kind.
var storyVocab = []string{
	"<s>", "</s>", "!", "(", ")", ",", ".", "Guess", "Kim", "Mara", "Mia", "a", "birthday", "boat", "in", "is", "it", "said", "the", "treasure", "what", "’s", "“", "”", "?",
}

func storyWords(t *Story, ids []argen.ID) []string {
	var words []string
	for _, id := range ids {
		words = append(words, string(t.Piece(id)))
	}
	return words
}

func TestStoryEncode(t *testing.T) {
	tok := NewStory(storyVocab)
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{" \n\t", ""},
		{"Mia is in the boat.", "Mia is in the boat ."},
		{"  Mia\nis ,  in", "Mia is , in"},
		{"“Guess what is in the boat,” said Mia’s", "“ Guess what is in the boat , ” said Mia ’s"},
		{`"Guess what is in the boat," said Mia's birthday`, "“ Guess what is in the boat , ” said Mia ’s birthday"},
		{`"Guess", said Mia. "a`, `“ Guess ” , said Mia . “ a`},
		{`" Guess " said Mia`, "“ Guess ” said Mia"},
		{`("Guess" said)`, "( “ Guess ” said )"},
		{`said Mia"`, "said Mia ”"},
		{`said "`, "said “"},
		{`"Guess"`, "“ Guess ”"},
		{`Guess"a"`, "Guess “ a ”"},
	} {
		ids, err := tok.Encode(c.text)
		if got := strings.Join(storyWords(tok, ids), " "); err != nil || got != c.want {
			t.Errorf("Encode(%q) = %q, %v, want %q", c.text, got, err, c.want)
		}
	}
}

func TestStoryUnknownWords(t *testing.T) {
	tok := NewStory(storyVocab)
	for _, c := range []struct{ text, want string }{
		{"said Maria", `the stories do not know "Maria" at byte 5; nearest known words: Mara, Mia`},
		{"mia", `the stories do not know "mia" at byte 0; nearest known words: Mia`},
		{"Mia is 12", `the stories do not know "12" at byte 7`},
		{"María", `the stories do not know "María" at byte 0; nearest known words: Mara`},
		{"</s>", `the stories do not know "<" at byte 0, "/" at byte 1, "s" at byte 2, ">" at byte 3`},
		{"zzzzzz Kimm", `the stories do not know "zzzzzz" at byte 0, "Kimm" at byte 7 (nearest: Kim)`},
		{"1 2 3 4 5 6 7", `the stories do not know "1" at byte 0, "2" at byte 2, "3" at byte 4, "4" at byte 6, "5" at byte 8 and 2 more`},
		{"a\xff", `the stories do not know "\xff" at byte 1`},
		{"it's so'k", `the stories do not know "so" at byte 5, "'" at byte 7, "k" at byte 8`},
		{strings.Repeat("x", 50), `the stories do not know "` + strings.Repeat("x", 40) + `…" at byte 0`},
	} {
		ids, err := tok.Encode(c.text)
		var unknown *UnknownWordsError
		if !errors.As(err, &unknown) || ids != nil {
			t.Errorf("Encode(%q) = %v, %v", c.text, ids, err)
		} else if err.Error() != c.want {
			t.Errorf("Encode(%q):\ngot  %s\nwant %s", c.text, err, c.want)
		}
	}
}

func TestStoryDecode(t *testing.T) {
	tok := NewStory(storyVocab)
	text := "Mia’s birthday! (“Guess what, a treasure?” said Kim.)"
	ids, err := tok.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	withControls := slices.Concat([]argen.ID{0}, ids[:4], []argen.ID{-1, 0, 999}, ids[4:], []argen.ID{1})
	if got := tok.Decode(withControls); got != text {
		t.Errorf("Decode = %q, want %q", got, text)
	}
	var joined strings.Builder
	prev := argen.NoID
	for _, id := range ids {
		joined.WriteString(tok.Join(prev, id))
		joined.Write(tok.Piece(id))
		prev = id
	}
	if joined.String() != text {
		t.Errorf("joined pieces give %q, want %q", joined.String(), text)
	}
	if tok.VocabSize() != len(storyVocab) || !tok.Control(0) || !tok.Control(1) || tok.Control(2) || tok.Control(-1) || tok.Piece(999) != nil {
		t.Error("size, control tokens or pieces are wrong")
	}
	if tok.Join(0, 8) != "" || tok.Join(8, 1) != "" || tok.Join(8, 10) != " " {
		t.Error("Join puts a blank beside a control token, or none between words")
	}
}

func FuzzStoryEncode(f *testing.F) {
	for _, s := range []string{`"Guess," said Mia's`, "(“Guess”) ’s’s'", "a\xff\"\"'s", "María 12"} {
		f.Add(s)
	}
	tok := NewStory(storyVocab)
	f.Fuzz(func(t *testing.T, text string) {
		ids, err := tok.Encode(text)
		if err != nil {
			var unknown *UnknownWordsError
			if !errors.As(err, &unknown) {
				t.Fatalf("%v is no UnknownWordsError", err)
			}
			for _, w := range unknown.Words {
				if w.Word != text[w.Offset:w.Offset+len(w.Word)] {
					t.Fatalf("%q does not stand at byte %d of %q", w.Word, w.Offset, text)
				}
			}
			if !utf8.ValidString(err.Error()) || len(err.Error()) > 2000 {
				t.Fatalf("message of %d bytes: %q", len(err.Error()), err)
			}
			return
		}
		again, err := tok.Encode(tok.Decode(ids))
		if err != nil || !slices.Equal(again, ids) {
			t.Fatalf("%q: %v decodes to %q, which encodes to %v, %v", text, ids, tok.Decode(ids), again, err)
		}
	})
}
