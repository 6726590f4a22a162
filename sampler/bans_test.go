package sampler_test

import (
	"math"
	"slices"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

func TestBias(t *testing.T) {
	gone := math.NaN()
	for _, k := range []changed{
		{`logit_bias="a"/1.5/#3/-4`, nil, 0, []float64{3.5, -2, 0, -3}},
		{`logit_bias="a"/1/"a"/2`, nil, 0, []float64{5, -2, 0, 1}}, // both
		{`logit_bias="a"/-inf/"b"/false`, nil, 0, []float64{gone, gone, 0, 1}},
		{`logit_bias="a"/-inf/"b"/-inf/"c"/-inf/"d"/-inf`, nil, 0, []float64{2, gone, gone, gone}}, // the best stays
		{`sequence_bias="a"/1.5`, nil, 0, []float64{3.5, -2, 0, 1}},
		{`sequence_bias="ab"/1/"b"/2/"cab"/4`, []argen.ID{2, 0}, 0, []float64{2, 5, 0, 1}},
		{`sequence_bias="ab"/1/"#2 #0 #1"/4`, []argen.ID{3, 0}, 0, []float64{2, -1, 0, 1}},
		{`sequence_bias="ab"/-inf`, []argen.ID{0}, 0, []float64{2, gone, 0, 1}},
		// transformers wants one token more before it.
		{`sequence_bias="ab"/1/rule:hf`, []argen.ID{0}, 0, []float64{2, -2, 0, 1}},
		{`sequence_bias=rule:hf/"ab"/1`, []argen.ID{3, 0}, 0, []float64{2, -1, 0, 1}},
	} {
		k.check(t)
	}
}

func TestBans(t *testing.T) {
	for _, k := range []struct {
		chain, text string
		prompt      int
		want, why   string
	}{
		{`ban="c"/#4`, "", 0, "ce", "it is banned"},
		{`ban="abc"/"bd"/"xyz"`, "ab", 0, "cd", `it would complete "abc", which is banned`},
		{`ban="abc"/"c"`, "ab", 0, "c", "it is banned"},
		{`ban="abc"/"bd"`, "b", 0, "d", `it would complete "bd", which is banned`},
		{`ban="bd"/rule:hf`, "b", 0, "", ""}, // one token more before it
		{`ban="bd"/rule:hf`, "ab", 0, "d", `it would complete "bd", which is banned`},
		{`ban="z"/"y"`, "", 0, "yz", "it is banned"},
		{`ban="z"/"y"/rule:hf`, "", 0, "y", "it is banned"},                                // z ends a text
		{`sequence_bias="c"/1/"abc"/-inf/"bc"/2`, "ab", 0, "c", `the bias of "abc" is −∞`}, // not of the others that end in c
		{`begin_suppress="a"/"b"`, "xyz", 3, "ab", "no text begins with it"},
		{`begin_suppress="a"/"b"`, "xyz", 2, "", ""},
		{`allow="c"/"q"`, "xyz", 0, letters("cq"), "it is not among those allowed"},
	} {
		past := argen.Past{IDs: spelt(k.text), Prompt: k.prompt}
		if got, why := removed(t, k.chain, past); got != k.want || why != k.why {
			t.Errorf("%s after %s: %q, %q, want %q, %q", k.chain, k.text, got, why, k.want, k.why)
		}
	}
}

// What is allowed or forced comes whatever the model thinks of it.
func TestForcedAgainstTheModel(t *testing.T) {
	inf := math.Inf(-1)
	for _, chain := range []string{`allow="b"/"c"`, "forced_eos=1/eos:#1/#2"} {
		stages, err := sampler.Parse(chain)
		if err != nil {
			t.Fatal(err)
		}
		c := behind(t, stages[0], argen.Past{}, 1, inf, inf, 2)
		if !slices.Equal(ids(c), []argen.ID{1, 2}) || c.Prob(1) != 0.5 {
			t.Errorf("%s leaves %v", chain, ids(c))
		}
	}
	c := behind(t, sampler.Allow{Tokens: []string{"b", "d"}}, argen.Past{}, 1, inf, inf, 2)
	if !slices.Equal(ids(c), []argen.ID{3}) {
		t.Errorf("of those allowed one is possible, %v are left", ids(c))
	}
}

// Stages that name tokens say which are none.
func TestTokensRefused(t *testing.T) {
	for chain, want := range map[string]string{
		`ban="#26"`:                "\"#26\": the vocabulary has ids 0 to 25",
		`ban="a b"`:                "\"a b\" is no token of the vocabulary",
		`logit_bias="ab"/1`:        "\"ab\" is 2 tokens, want one; argen tokenize shows them, #ID names one",
		`forced_bos="ab"`:          "\"ab\" is 2 tokens, want one; argen tokenize shows them, #ID names one",
		`begin_suppress="a"/"?"`:   "\"?\" is no token of the vocabulary",
		`min_tokens=3/eos:"bc"`:    "\"bc\" is 2 tokens, want one; argen tokenize shows them, #ID names one",
		"ban":                      "chain, column 1: ban: it names no token, want one at least, its text or #ID",
		"ban=rule:hf":              "chain, column 1: ban: it names no token, want one at least, its text or #ID",
		"logit_bias":               "chain, column 1: logit_bias: it names no token, want one at least, its text or #ID",
		`logit_bias="a"`:           "chain, column 1: logit_bias: a value is missing at the end, it takes logit_bias=TOKEN/BIAS/…",
		`logit_bias=bias:1`:        "chain, column 1: logit_bias: a value is missing at the end, it takes logit_bias=TOKEN/BIAS/…",
		`logit_bias="a"/inf`:       `chain, column 16: logit_bias: bias "inf" is no number, it must be a number, any bias or -inf, which removes it`,
		`sequence_bias="a"/1/2`:    "chain, column 1: sequence_bias: a value is missing at the end, it takes sequence_bias=rule:RULE/SEQUENCE/BIAS/…",
		`ban="a"/rule:hf/"b"`:      "chain, column 17: ban: tokens is given twice",
		"forced_bos":               "chain, column 1: forced_bos: token must be given, as in forced_bos=TOKEN",
		"min_tokens=3/part:prompt": `chain, column 19: min_tokens: part "prompt" is none of generated, context`,
	} {
		stages, err := sampler.Parse(chain)
		if err == nil {
			_, err = stages[0].(argen.Binder).Bind(samplertest.Vocabulary(26), nil)
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", chain, err, want)
		}
	}
}
