package tokenizer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"argen"
	"argen/internal/testtime"
	"argen/tokenizer"
)

// evil are expressions on which programs that try one way after the other take time
// that grows with a power of the text's length, or as 2 to its length.
var evil = []string{
	`(a+)+$`, `(a*)*$`, `(a|a)*$`, `(a|aa)+$`, `(.*a){11}$`, `(a?){30}a{30}`, `([a-z]+)*\d`, `(a+){2,10}b`, `(\w+\s?)*!`, `^(([a-z])+.)+[A-Z]([a-z])+$`,
	`a*a*a*a*b`, `(a|b|ab)*c`, `(x+x+)+y`, `(?:a+)+b|a`, `a.*b|a`, `(aa|a)*b`, `(\s*a)*b`, `[^b]*b|a`, `(a+a+)+b`, `.*.*=.*`,
	`(?:.*,)*x`, `(a{1,30}){1,20}b`, `(\p{L}+)+\d`, `(\p{L}*\p{M}*)*\d`, `((a+)+)+b`, `(([a-z]*)*)*\d`, `(a|b)*?c`, `(?:a|a|a|a)+b`, `\w*\w*\w*\d`, `(\w|a)+b`,
	`a?a?a?a?a?a?a?aaaaaaab`, `(?i:a+)+b`, `(?:(?:a+)+)+b`, `(a+|b+)*c`, `\s+$`, `\s*\n|a`, `a+b|a+c|a+d`, `(ab?)*c`, `(a[^x]*)*y`, `(?:aaa*)*b`,
	`.+b`, `.+?b|a`, `[a-z]+[a-z]+[a-z]+\d`, `(a*a)*b`, `(?:a{2}|a{3})*b`, `(a.)*b`, `(?:x?a)*b`, `(?:a+?)+?b`, `(?:a*b?)*c`, `a+(?:a+)*b`,
}

// TestEvilPatterns cuts a text by each: it is done soon, or the pattern is refused, or
// the text is, since it takes too long.
func TestEvilPatterns(t *testing.T) {
	if len(evil) != 50 {
		t.Fatalf("%d patterns", len(evil))
	}
	text := strings.Repeat("a", 10_000)
	for _, p := range evil {
		source, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		file := fmt.Sprintf(`{"pre_tokenizer":{"type":"Split","pattern":{"Regex":%s},"behavior":"Isolated"},"decoder":{"type":"Fuse"},`+
			`"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}`, source)
		tok, _, err := tokenizer.ReadHuggingFace("f", []byte(file))
		if err != nil {
			if !strings.Contains(err.Error(), "is not supported") {
				t.Errorf("%s: %v", p, err)
			}
			continue
		}
		took := testtime.Of(func() {
			ids, err := tok.Encode(text)
			if err == nil && len(ids) != len(text) || err != nil && !strings.Contains(err.Error(), "takes too long") {
				t.Errorf("%s: %d ids, %v", p, len(ids), err)
			}
		})
		if took > 20*time.Second {
			t.Errorf("%s took %v", p, took)
		}
	}
}

// TestGrowingTexts refuses what makes a text longer and longer, in a text and in an
// added token.
func TestGrowingTexts(t *testing.T) {
	long := fmt.Sprintf(`{"type":"Replace","pattern":{"String":"a"},"content":%q}`, strings.Repeat("a", 10_000))
	file := `{"normalizer":{"type":"Sequence","normalizers":[` + long + "," + long + "," + long + `]},"decoder":{"type":"Fuse"},` +
		`"added_tokens":[%s],"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}`
	tok, _, err := tokenizer.ReadHuggingFace("f", []byte(fmt.Sprintf(file, "")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Encode("ba"); err == nil || !strings.Contains(err.Error(), "far too long") {
		t.Errorf("error %v", err)
	}
	if _, _, err := tokenizer.ReadHuggingFace("f", []byte(fmt.Sprintf(file, `{"id":1,"content":"xa","normalized":true}`))); err == nil || !strings.Contains(err.Error(), "far too long") {
		t.Errorf("error %v", err)
	}
}

// TestLongNames refuses a vocabulary of SentencePiece with a token that is no word: it
// takes time n² for n bytes to find the pairs that it is made of.
func TestLongNames(t *testing.T) {
	g := tokenizer.GGUF{Model: "llama", Tokens: []string{"a", strings.Repeat("a", 4_000_000)}, Scores: make([]float32, 2), BOS: argen.NoID, EOS: argen.NoID, Unknown: argen.NoID}
	if _, _, err := tokenizer.ReadGGUF(g); err == nil || err.Error() != "tokenizer.ggml.tokens: token 1 has 4000000 bytes, at most 1024 are supported" {
		t.Errorf("error %v", err)
	}
}

// TestTooManyPairs refuses a vocabulary of SentencePiece whose tokens are made of
// each other in n² ways for n bytes, before that takes memory.
func TestTooManyPairs(t *testing.T) {
	g := tokenizer.GGUF{Model: "llama", BOS: argen.NoID, EOS: argen.NoID, Unknown: argen.NoID}
	for _, letter := range []string{"a", "b", "c", "d", "e"} {
		for n := 1; n <= 1000; n++ {
			g.Tokens = append(g.Tokens, strings.Repeat(letter, n))
		}
	}
	g.Scores = make([]float32, len(g.Tokens))
	if _, _, err := tokenizer.ReadGGUF(g); err == nil || err.Error() != "tokenizer.ggml.tokens: there are more than 81000 ways to make one token of two, the most that are supported for 5000 tokens" {
		t.Errorf("error %v", err)
	}
}

// TestLongWordsOfEachFamily takes words that are quick only if no step takes time n²
// for n bytes.
func TestLongWordsOfEachFamily(t *testing.T) {
	for _, name := range []string{"smollm2", "tiny-llama3", "tiny-qwen2", "tiny-o200k", "tiny-deepseek", "tiny-llama2", "tiny-gemma", "tiny-metaspace-first", "tiny-addedflags"} {
		tok := reference(t, name)
		for _, part := range []string{"a", " ", "▁", "e\u0301", "\n", "1", "A", "'", "日", "\u0301"} {
			text := strings.Repeat(part, 200_000/len(part))
			took := testtime.Of(func() {
				ids, err := tok.Encode(text)
				if err != nil || len(ids) == 0 {
					t.Errorf("%s: %q: %d ids, %v", name, part, len(ids), err)
				}
			})
			if took > 10*time.Second {
				t.Errorf("%s: 200 kB of %q took %v", name, part, took)
			}
		}
	}
}
