package sampler_test

import (
	"strings"
	"testing"

	"argen"
)

func TestMinTokens(t *testing.T) {
	for _, k := range []struct {
		chain, text string
		prompt      int
		want, why   string
	}{
		{"min_tokens=3", "abcde", 3, "z", "it ends a text before 3 tokens, after 2"},
		{"min_tokens=3", "abcde", 2, "", ""},
		{"min_tokens=6/part:context", "abcde", 3, "z", "it ends a text before 6 tokens, after 5"},
		{"min_tokens=5/part:context", "abcde", 3, "", ""},
		{`min_tokens=3/eos:"a"/#2`, "abcde", 3, "ac", "it ends a text before 3 tokens, after 2"},
		{"min_tokens=0", "", 0, "", ""},
	} {
		past := argen.Past{IDs: spelt(k.text), Prompt: k.prompt}
		if got, why := removed(t, k.chain, past); got != k.want || why != k.why {
			t.Errorf("%s after %s, %d of it the prompt: %q, %q, want %q, %q", k.chain, k.text, k.prompt, got, why, k.want, k.why)
		}
	}
}

func TestLengths(t *testing.T) {
	for _, k := range []changed{
		// 2 + 2·(1.5² − 1) = 4.5, −2 + 2·1.25 = 0.5: it grows whatever the sign.
		{"exponential_length=1/1.5/eos:#0/#1/#2", []argen.ID{0, 1, 2, 3}, 1, []float64{4.5, 0.5, 0, 1}},
		{"exponential_length=3/1.5/eos:#0", []argen.ID{0, 1, 2, 3}, 1, []float64{2, -2, 0, 1}},
		{"exponential_length=1/0.5/eos:#0", []argen.ID{0, 1, 2, 3}, 1, []float64{0.5, -2, 0, 1}},
		{"exponential_length=1/2", []argen.ID{0, 1, 2, 3}, 1, []float64{2, -2, 0, 4}}, // that of the model
		{"exponential_length=1/1", []argen.ID{0, 1, 2, 3}, 1, []float64{2, -2, 0, 1}},
	} {
		k.check(t)
	}
}

func TestForced(t *testing.T) {
	for _, k := range []struct {
		chain, text string
		prompt      int
		want, why   string
	}{
		{"forced_eos=3", "abcde", 3, letters("z"), "token 3 ends the text"},
		{"forced_eos=3", "abcde", 2, "", ""},
		{"forced_eos=3", "abcde", 4, "", ""},
		{"forced_eos=6/part:context", "abcde", 3, letters("z"), "token 6 ends the text"},
		{`forced_eos=3/eos:"a"/"c"`, "abcde", 3, letters("ac"), "token 3 ends the text"},
		{"forced_eos=0", "", 0, "", ""},
		{`forced_bos="c"`, "a", 1, letters("c"), `"c" is forced here`},
		{`forced_bos="c"`, "aa", 1, "", ""},
		{`forced_bos="c"`, "", 0, "", ""},
	} {
		past := argen.Past{IDs: spelt(k.text), Prompt: k.prompt}
		if got, why := removed(t, k.chain, past); got != k.want || why != k.why {
			t.Errorf("%s after %s, %d of it the prompt: %q, %q, want %q, %q", k.chain, k.text, k.prompt, got, why, k.want, k.why)
		}
	}
}

// letters are those of the alphabet but for some.
func letters(but string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(but, r) {
			return -1
		}
		return r
	}, "abcdefghijklmnopqrstuvwxyz")
}
