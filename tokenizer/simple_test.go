package tokenizer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"argen"
	"argen/tokenizer"
	"argen/tokenizer/tokenizertest"
)

var storyVocab = []string{
	"<s>", "</s>", "!", "(", ")", ",", ".", "Guess", "Kim", "Mia", "a", "boat", "in", "is", "said", "the", "’s", "“", "”", "?",
}

func words(t *testing.T, vocab ...string) *tokenizer.Words {
	t.Helper()
	tok, err := tokenizer.NewWords(vocab)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestContract(t *testing.T) {
	t.Run("bytes", func(t *testing.T) {
		tokenizertest.Check(t, tokenizer.NewBytes(), "any text", "\xff\xfe")
	})
	t.Run("chars", func(t *testing.T) {
		tokenizertest.Check(t, tokenizer.NewChars("Hello, wörld \ufffd👧"), "Hello wörld", "👧\xff\xf0\x9f\x91", "")
	})
	t.Run("words", func(t *testing.T) {
		tokenizertest.Check(t, words(t, "<unk>", "<s>", "</s>", "a", "Hello,", "\xff"), "a  Hello,\n\xff", "no such word")
	})
	t.Run("words without <unk>", func(t *testing.T) {
		tokenizertest.Check(t, words(t, "</s>", "b", "a"), "a b", "\r\nb\x00a\t")
	})
	t.Run("story", func(t *testing.T) {
		tokenizertest.Check(t, tokenizer.NewStory(storyVocab), "“Guess a boat,” said Mia’s", `"Guess the boat," said Kim's`)
	})
}

func TestSmallVocabularies(t *testing.T) {
	chars := tokenizer.NewChars("baß日a")
	for _, c := range []struct {
		tok      argen.Tokenizer
		text     string
		ids      []argen.ID
		bos, eos argen.ID
		decoded  string // without the control tokens put around the ids
	}{
		{tokenizer.NewBytes(), "aé\xff", []argen.ID{97, 0xc3, 0xa9, 0xff}, 256, 257, "aé\xff"},
		{chars, "aß日b", []argen.ID{0, 2, 3, 1}, 4, 5, "aß日b"},
		{words(t, "<unk>", "<s>", "</s>", "the", "boat"), "the <s>\tboat", []argen.ID{3, 0, 4}, 1, 2, "the <unk> boat"},
		{words(t, "boat", "</s>", "<s>", "<UNK>"), "\n boat x ", []argen.ID{0, 3}, 2, 1, "boat <UNK>"},
	} {
		ids, err := c.tok.Encode(c.text)
		if err != nil || !slices.Equal(ids, c.ids) {
			t.Errorf("%T: Encode(%q) = %v, %v, want %v", c.tok, c.text, ids, err, c.ids)
		}
		ends := c.tok.(interface {
			BOS() argen.ID
			EOS() argen.ID
		})
		if ends.BOS() != c.bos || ends.EOS() != c.eos || string(c.tok.Piece(c.bos)) != "<s>" || string(c.tok.Piece(c.eos)) != "</s>" {
			t.Errorf("%T: begin and end are %d %q and %d %q", c.tok, ends.BOS(), c.tok.Piece(c.bos), ends.EOS(), c.tok.Piece(c.eos))
		}
		around := slices.Concat([]argen.ID{c.bos}, ids, []argen.ID{c.eos})
		if got := c.tok.Decode(around); got != c.decoded {
			t.Errorf("%T: Decode(%v) = %q, want %q", c.tok, around, got, c.decoded)
		}
	}
	if unk := words(t, "a", "<unk>").Unk(); unk != 1 {
		t.Errorf("<unk> is %d, want 1", unk)
	}
	if bare := words(t, "a"); bare.Unk() != argen.NoID || bare.BOS() != argen.NoID || bare.EOS() != argen.NoID || bare.Control(argen.NoID) {
		t.Error("a vocabulary without control tokens has some")
	}
}

func TestEncodeErrors(t *testing.T) {
	for _, c := range []struct {
		tok        argen.Tokenizer
		text, want string
	}{
		{tokenizer.NewChars("ab"), "abßa", `the alphabet of 2 characters lacks "ß" at byte 2: leave it out, or train on a text that has it`},
		{tokenizer.NewChars("ab"), "a\xe2\x82b", `the alphabet of 2 characters lacks "\xe2\x82" at byte 1: leave it out, or train on a text that has it`},
		{words(t, "boat", "</s>"), "a boot", `the vocabulary does not know "a" at byte 0, "boot" at byte 2 (nearest: boat)`},
		{words(t, "boat", "</s>"), "</s>", `the vocabulary does not know "</s>" at byte 0`},
	} {
		if ids, err := c.tok.Encode(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%T: Encode(%q) = %v, %v, want %s", c.tok, c.text, ids, err, c.want)
		}
	}
	for _, vocab := range [][]string{{"a", ""}, {"a b"}, {"a\n"}, {"a", "b", "a"}, {"<s>", "<s>"}} {
		if _, err := tokenizer.NewWords(vocab); err == nil {
			t.Errorf("NewWords(%q): no error", vocab)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		tok  argen.Tokenizer
		text string
		want []tokenizer.Token
	}{
		{tokenizer.NewChars("aé\ufffd"), "é\xe2\x82a", []tokenizer.Token{
			{ID: 1, Piece: []byte("é"), Start: 0, End: 2},
			{ID: 2, Piece: []byte("\ufffd"), Start: 2, End: 4},
			{ID: 0, Piece: []byte("a"), Start: 4, End: 5},
		}},
		{tokenizer.NewStory(storyVocab), ` "Mia's`, []tokenizer.Token{
			{ID: 17, Piece: []byte("“"), Start: 1, End: 2, Word: 0},
			{ID: 9, Piece: []byte("Mia"), Start: 2, End: 5, Word: 1},
			{ID: 16, Piece: []byte("’s"), Start: 5, End: 7, Word: 2},
		}},
	} {
		got, err := tokenizer.Explain(c.tok, c.text)
		same := slices.EqualFunc(got, c.want, func(a, b tokenizer.Token) bool {
			return a.ID == b.ID && string(a.Piece) == string(b.Piece) && a.Start == b.Start && a.End == b.End && a.Word == b.Word
		})
		if err != nil || !same {
			t.Errorf("Explain(%q) = %+v, %v, want %+v", c.text, got, err, c.want)
		}
	}
	if _, err := tokenizer.Explain(struct{ argen.Tokenizer }{}, ""); err == nil {
		t.Error("a tokenizer without places is explained")
	}
}

func TestTrainChars(t *testing.T) {
	for _, text := range []string{"", "abca", "日本語\n", "a\xe2\x82\xff\xf0\x9f", strings.Repeat("ab日", 40_000)} {
		tok, err := tokenizer.TrainChars(iotest.OneByteReader(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := tokenizer.Marshal(tok)
		_, want, _ := tokenizer.Marshal(tokenizer.NewChars(text))
		if string(got) != string(want) {
			t.Errorf("%.20q: trained on %q, want %q", text, got, want)
		}
	}
	wrong := errors.New("disk on fire")
	if _, err := tokenizer.TrainChars(iotest.ErrReader(wrong)); !errors.Is(err, wrong) {
		t.Errorf("a reader's error comes out as %v", err)
	}
}

func TestKind(t *testing.T) {
	for want, tok := range map[string]argen.Tokenizer{
		"bytes": tokenizer.NewBytes(), "chars": tokenizer.NewChars("a"), "words": words(t), "story": tokenizer.NewStory(storyVocab),
		"bpe": tinyGPT2(), "unigram": &tokenizer.Unigram{}, "wordpiece": &tokenizer.WordPiece{}, "unknown": struct{ argen.Tokenizer }{},
	} {
		if got := tokenizer.Kind(tok); got != want {
			t.Errorf("%T is a %q, want %q", tok, got, want)
		}
		if _, _, err := tokenizer.Marshal(tok); (err == nil) != slices.Contains([]string{"bytes", "chars", "words", "story", "bpe"}, want) {
			t.Errorf("%s is kept: %v", want, err)
		}
	}
}

func TestMarshal(t *testing.T) {
	for _, tok := range []argen.Tokenizer{
		tokenizer.NewBytes(), tokenizer.NewChars("b日a\n\xff"), tokenizer.NewChars(""),
		words(t, "<unk>", "<s>", "</s>", "a", "\xff"), words(t), tokenizer.NewStory(storyVocab), tinyGPT2(),
	} {
		kind, data, err := tokenizer.Marshal(tok)
		if err != nil {
			t.Fatalf("%T: %v", tok, err)
		}
		again, err := tokenizer.Unmarshal(kind, data)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if again.VocabSize() != tok.VocabSize() {
			t.Fatalf("%s: V is %d after reading, %d before", kind, again.VocabSize(), tok.VocabSize())
		}
		for id := range argen.ID(tok.VocabSize()) {
			if string(again.Piece(id)) != string(tok.Piece(id)) || again.Control(id) != tok.Control(id) {
				t.Errorf("%s: token %d is %q after reading, %q before", kind, id, again.Piece(id), tok.Piece(id))
			}
		}
	}
	if _, _, err := tokenizer.Marshal(struct{ argen.Tokenizer }{}); err == nil {
		t.Error("a tokenizer of no kind is kept")
	}
	for _, c := range []struct{ kind, data, want string }{
		{"runes", "", `no tokenizer of kind "runes": there are bytes, chars, words, story, bpe`},
		{"bytes", "x", `tokenizer of kind "bytes": 1 bytes of data, want none`},
		{"chars", "a\xff", `tokenizer of kind "chars": byte 1 of the alphabet is not UTF-8`},
		{"chars", "ba", `tokenizer of kind "chars": byte 1: 'a' does not come after 'b' in the order of the alphabet`},
		{"words", "a\nb", `tokenizer of kind "words": the last word has no line end: the data is cut short`},
		{"words", "a\n\nb\n", `tokenizer of kind "words": word 1 of the vocabulary, "", is empty or holds white space`},
		{"bpe", "{}", `tokenizer of kind "bpe": tokenizer.json: model: the file has none`},
		{"story", "a", `tokenizer of kind "story": the last word has no line end: the data is cut short`},
	} {
		if _, err := tokenizer.Unmarshal(c.kind, []byte(c.data)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("Unmarshal(%q, %q): %v, want %s", c.kind, c.data, err, c.want)
		}
	}
}

func TestValid(t *testing.T) {
	const r = "\ufffd"
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"é日😀", "é日😀"},
		{"\xe2\x82", r},
		{"\xff\xff", r + r},
		{"a\xe2\x82z\x80", "a" + r + "z" + r},
		{"\xf0\x9f\x98", r},
		{"\xf0\x9f\x98\xf0\x9f\x98\x80", r + "😀"},
		{"\xc0\x80", r + r},
		{"\xc3\xc3\xa9", r + "é"},
		{"\xe0\x80\x80", r + r + r},
		{"\xe0\xa0", r},
		{"\xed\xa0\x80", r + r + r},
		{"\xed\x9f", r},
		{"\xf0\x8f\x80", r + r + r},
		{"\xf0\x90", r},
		{"\xf4\x90\x80\x80", r + r + r + r},
		{"\xf4\x8f\xbf", r},
		{"\xf5\x80", r + r},
		{"\ufffd", r},
	} {
		if got := tokenizer.Valid(c.text); got != c.want {
			t.Errorf("Valid(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
