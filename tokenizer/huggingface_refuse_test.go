package tokenizer_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"argen"
	"argen/tokenizer"
)

// What argen cannot do is refused by name. Each case replaces a part of the file
// of a tokenizer of words.
func TestReadHuggingFaceRefuses(t *testing.T) {
	words, err := tokenizer.NewWords([]string{"<unk>", "<s>", "</s>", "a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := tokenizer.HuggingFace(words, 1)
	if err != nil {
		t.Fatal(err)
	}
	// post is the file with another post-processor, in which @ is the right one.
	post := func(value string) string {
		_, right, _ := strings.Cut(string(whole), `"post_processor": `)
		right, _, _ = strings.Cut(right, ",\n  \"decoder\"")
		return strings.Replace(string(whole), right, strings.ReplaceAll(value, "@", right), 1)
	}
	with := func(old, now string) string {
		if !strings.Contains(string(whole), old) {
			t.Fatalf("there is no %s", old)
		}
		return strings.Replace(string(whole), old, now, 1)
	}
	for _, c := range []struct{ file, want string }{
		{post(`{}`), "the post_processor has no type"},
		{post(`"x"`), "the post_processor has no type"},
		{post(`{"type":"Bert"}`), `the post_processor "Bert" is not supported`},
		{post(`{"type":"Sequence"}`), `the post_processor "Sequence": processors is no list`},
		{post(`{"type":"Sequence","processors":[@,{"type":"Bert"}]}`), `the post_processor "Bert" is not supported`},
		{post(`{"type":"Sequence","processors":[@,@]}`), "post_processor: it puts 2 tokens before a text, argen only one"},
		{post(`{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}},{"SpecialToken":{"id":"<s>"}}]}`), `it says no ids of "<s>"`},
		{post(`{"type":"TemplateProcessing","single":[{"SpecialToken":"<s>"},{"Sequence":{"id":"A"}}]}`), "its single has what is neither a SpecialToken nor the Sequence A"},
		{post(`{"type":"TemplateProcessing","single":[]}`), "its single has the Sequence A 0 times, want once"},
		{post(`{"type":"RobertaProcessing","cls":["<s>"],"sep":["</s>",2]}`), `cls is no name with an id`},
		{post(`{"type":"TemplateProcessing","x":"` + strings.Repeat("x", 1<<20) + `"}`), "the post_processor has 1048612 bytes, at most 1048576 are read"},
		{with("\"ids\": [\n          1", `"ids": [1, 2`), "post_processor: it puts 2 tokens before a text, argen only one"},
		{with("\"ids\": [\n          1", `"ids": [1.5`), `its id of "<s>" is no id`},
		{with("\"ids\": [\n          1", `"ids": [3`), "post_processor: token 3, which is put before a text, is no special token of the vocabulary"},
		{with("\"ids\": [\n          1", `"ids": [99`), "post_processor: token 99, which is put before a text, is no special token"},
		{with(`"b": 4`, `"b": 3`), `id 3 has two tokens, "a" and "b"`},
		{with(`"b": 4`, `"b": 5`), `model.vocab: word 4 of the vocabulary, "", is empty`},
		{with(`"b": 4`, `"b b": 4`), "model.vocab: "},
		{with(`"content": "</s>"`, `"content": "a"`), "added_tokens: they are not the control tokens of a words tokenizer"},
		{with(`"unk_token": "<unk>"`, `"unk_token": "a"`), `model.unk_token: "a" is not what a words tokenizer takes for unknown words`},
		{with(`"unk_token": "<unk>"`, `"unk_token": "z"`), `model.unk_token: "z" is not what`},
		{strings.Replace(string(whole), `"vocab"`, `"vocabulary"`, 1), "model.vocab: the model has no vocabulary"},
	} {
		tok, bos, err := tokenizer.ReadHuggingFace("tokenizer.json", []byte(c.file))
		if err == nil || tok != nil || bos != argen.NoID || !strings.HasPrefix(err.Error(), "tokenizer.json: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
	if _, bos, err := tokenizer.ReadHuggingFace("tokenizer.json", []byte(post(`{"type":"Sequence","processors":[{"type":"ByteLevel"},@]}`))); err != nil || bos != 1 {
		t.Errorf("a sequence of post-processors: BOS %d, %v", bos, err)
	}
}

func TestHuggingFaceRefuses(t *testing.T) {
	words, err := tokenizer.NewWords([]string{"a", "\xff"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tok  argen.Tokenizer
		bos  argen.ID
		want string
	}{
		{tokenizer.NewBytes(), 7, "token 7 begins no text: it is no control token"},
		{words, argen.NoID, `token 1, "\xff", is not valid UTF-8`},
		{tokenizer.NewStory([]string{"<s>", "</s>", "two words"}), argen.NoID, `token 2, "two words", is no word or mark of a story`},
		{&anonymous{}, argen.NoID, "has no tokenizer.json"},
	} {
		if data, err := tokenizer.HuggingFace(c.tok, c.bos); data != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
}

// An anonymous tokenizer is of no kind that argen knows.
type anonymous struct{ argen.Tokenizer }

// What is read is written and read again as the same.
func FuzzReadHuggingFace(f *testing.F) {
	for _, tok := range huggingFaceTokenizers(f) {
		data, err := tokenizer.HuggingFace(tok, huggingFaceBOS(tok))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, c := range components(f) {
		f.Add([]byte(c.File))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, bos, err := tokenizer.ReadHuggingFace("tokenizer.json", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "tokenizer.json: ") {
				t.Fatalf("%v does not name the file", err)
			}
			return
		}
		if _, err := tok.Encode("Hello </s><s>, abc\n\n  \xff12 e\u0301"); err != nil && strings.Contains(err.Error(), "\n") {
			t.Fatalf("%q", err)
		}
		written, err := tokenizer.HuggingFace(tok, bos)
		if err != nil {
			t.Fatalf("what was read is not written: %v", err)
		}
		again, other, err := tokenizer.ReadHuggingFace("again", written)
		if err != nil || other != bos || fmt.Sprintf("%T", again) != fmt.Sprintf("%T", tok) {
			t.Fatalf("BOS %d, want %d; %T, want %T; %v", other, bos, again, tok, err)
		}
		if twice, err := tokenizer.HuggingFace(again, other); err != nil || !bytes.Equal(twice, written) {
			t.Fatalf("written again it is\n%s, not\n%s; %v", twice, written, err)
		}
	})
}
