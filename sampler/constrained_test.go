package sampler_test

import (
	"testing"

	"argen"
	"argen/sampler"
	"argen/tokenizer"
)

// A text is unfinished where a stage wants more of it than there is, whatever
// other stages stand there.
func TestUnfinished(t *testing.T) {
	tok := tokenizer.NewBytes()
	for _, k := range []struct{ chain, text, want string }{
		{`regex="[a-z]{3}",top_k=1`, "ab", "regex"},
		{`regex="[a-z]{3}",top_k=1`, "abc", ""},
		{`regex="[a-z]+"`, "ab", ""},
		{`top_k=1,json_schema="{\"type\":\"boolean\"}"`, "tru", "json_schema"},
		{`top_k=1,json_schema="{\"type\":\"boolean\"}"`, "true", ""},
		{`regex="[a-z]+",grammar="root ::= \"ab\""`, "a", "grammar"},
		{`regex="é"`, "\xc3", "regex"},
		{`regex="[a-z]+"`, "A", "regex"}, // was forced
		{"temperature=0.5", "a", ""},
	} {
		chain, err := sampler.Parse(k.chain)
		if err != nil {
			t.Fatal(err)
		}
		var ids []argen.ID
		for _, b := range []byte(k.text) {
			ids = append(ids, argen.ID(b))
		}
		if got := sampler.Unfinished(chain, tok, nil, ids); got != k.want {
			t.Errorf("%s after %q: %q, want %q", k.chain, k.text, got, k.want)
		}
	}
}
