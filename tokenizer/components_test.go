package tokenizer_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/tokenizer"
)

// A component is a tokenizer.json with one kind of component, and what Hugging Face's
// library makes of texts with it (testdata/components.py).
type component struct {
	Name  string
	File  json.RawMessage
	Cases []struct {
		Text        string
		Decoded     string
		IDs, Around []argen.ID // of a model; Around with what the post-processor adds
		Words       [][2]int   // of a pre-tokenizer, bytes of the text
	}
}

func components(t testing.TB) (all []component) {
	t.Helper()
	if err := json.Unmarshal(testFile(t, "components.json.gz"), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 60 {
		t.Fatalf("%d components", len(all))
	}
	return all
}

func TestComponents(t *testing.T) {
	for _, c := range components(t) {
		tok, _, err := tokenizer.ReadHuggingFace(c.Name, c.File)
		if err != nil && !strings.Contains(err.Error(), "tokens before a text, argen only one") {
			t.Errorf("%s: %v", c.Name, err)
		}
		if err != nil {
			continue
		}
		p := tok.(pipeline)
		for _, one := range c.Cases {
			ids, err := p.EncodeSpecial(one.Text)
			if err != nil {
				t.Errorf("%s: %q: %v", c.Name, one.Text, err)
				continue
			}
			if before, after := p.Around(); one.IDs != nil && (!slices.Equal(ids, one.IDs) || !slices.Equal(slices.Concat(before, ids, after), one.Around)) {
				t.Errorf("%s: %q has ids %v, %v, %v, want %v", c.Name, one.Text, before, ids, after, one.Around)
			}
			if got := p.Text(ids, true); got != one.Decoded {
				t.Errorf("%s: %q comes back as %q, want %q", c.Name, one.Text, got, one.Decoded)
			}
			tokens, err := p.TokensSpecial(one.Text)
			if err != nil || len(tokens) != len(ids) {
				t.Fatalf("%s: %q: %d tokens for %d ids, %v", c.Name, one.Text, len(tokens), len(ids), err)
			}
			if one.Words == nil {
				continue
			}
			var words [][2]int
			for i, k := range tokens {
				if i == 0 || k.Word != tokens[i-1].Word {
					words = append(words, [2]int{k.Start, k.End})
				}
				words[len(words)-1][1] = k.End
			}
			if !slices.Equal(words, one.Words) {
				t.Errorf("%s: %q has words %v, want %v", c.Name, one.Text, words, one.Words)
			}
		}
	}
}

// FuzzPipelines encodes a text with one of the tokenizers: the tokens that are explained
// are the same, stand in order, and their pieces are what Decode puts together.
func FuzzPipelines(f *testing.F) {
	var toks []pipeline
	for _, c := range components(f) {
		if tok, _, err := tokenizer.ReadHuggingFace(c.Name, c.File); err == nil {
			toks = append(toks, tok.(pipeline))
		}
		for i, one := range c.Cases {
			if i%8 == 0 {
				f.Add(uint8(len(toks)), one.Text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		tok := toks[int(which)%len(toks)]
		ids, err := tok.EncodeSpecial(text)
		tokens, explained := tok.TokensSpecial(text)
		if (err == nil) != (explained == nil) || len(tokens) != len(ids) {
			t.Fatalf("%q: %v, %v, %v", text, ids, err, explained)
		}
		at := 0
		for i, k := range tokens {
			if k.ID != ids[i] || k.Start > k.End || k.End > len(text) || k.End < at {
				t.Fatalf("%q: token %d is %+v behind byte %d", text, i, k, at)
			}
			at = k.End
		}
		d := argen.NewDecoder(tok, nil)
		var b strings.Builder
		for _, id := range ids {
			b.WriteString(d.Add(id))
		}
		if b.WriteString(d.Flush()); b.String() != tok.Decode(ids) {
			t.Fatalf("%q: %q one by one, %q at once", text, b.String(), tok.Decode(ids))
		}
	})
}
