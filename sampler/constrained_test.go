package sampler_test

import (
	"slices"
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

// A stage that Go code writes down does what that of a chain does; a form that
// cannot be read is an error where it is bound.
func TestConstrainedByHand(t *testing.T) {
	tok := tokenizer.NewBytes()
	for chain, stage := range map[string]argen.Binder{
		`regex="[xy]z"`:                              sampler.Regex{Pattern: "[xy]z"},
		`grammar="root ::= \"x\" | \"q\""`:           sampler.Grammar{GBNF: `root ::= "x" | "q"`},
		`json_schema="{\"enum\":[true,false,null]}"`: sampler.JSONSchema{Schema: `{"enum":[true,false,null]}`},
	} {
		asked, err := sampler.Parse(chain)
		if err != nil {
			t.Fatal(err)
		}
		var left [2][]argen.ID
		for i, s := range []argen.Transform{stage, asked[0]} {
			c, err := argen.NewCandidates(make([]float64, tok.VocabSize()))
			if err != nil {
				t.Fatal(err)
			}
			bound, err := s.(argen.Binder).Bind(tok, nil)
			if err != nil {
				t.Fatal(err)
			}
			bound.Apply(c, argen.Past{})
			if err := c.Err(); err != nil {
				t.Fatal(err)
			}
			left[i] = slices.Clone(c.Top(c.Len()))
		}
		if stage.String() != asked[0].String() || len(left[0]) == 0 || !slices.Equal(left[0], left[1]) {
			t.Errorf("%s leaves %v, %s leaves %v", stage, left[0], asked[0], left[1])
		}
	}
	for _, stage := range []argen.Binder{sampler.Regex{Pattern: "("}, sampler.Grammar{}, sampler.JSONSchema{Schema: "{"}} {
		if _, err := stage.Bind(tok, nil); err == nil {
			t.Errorf("%s is bound", stage)
		}
		if got := sampler.Unfinished([]argen.Transform{stage}, tok, nil, nil); got != stage.Name() {
			t.Errorf("%s is not unfinished: %q", stage, got)
		}
	}
}
