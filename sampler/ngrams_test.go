package sampler_test

import (
	"slices"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// removed are the tokens, as letters, that a stage removes after a text of
// letters, and why the first of them.
func removed(t *testing.T, chain string, past argen.Past) (letters, why string) {
	t.Helper()
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	flat := make([]float64, 26)
	c := behind(t, stages[0], past, flat...)
	before, err := argen.NewCandidates(flat)
	if err != nil {
		t.Fatal(err)
	}
	for id := range argen.ID(26) {
		if c.Has(id) {
			continue
		}
		if letters += string(rune('a' + id)); why == "" {
			why = samplertest.Bind(t, stages[0], 26).(argen.Reasoner).Reasons(before, past)(id)
		}
	}
	return letters, why
}

func TestNgrams(t *testing.T) {
	for _, k := range []struct {
		chain, text string
		prompt      int
		want, why   string
	}{
		{"no_repeat_ngram=3", "abcdab", 0, "c", `it would repeat "abc"`},
		{"no_repeat_ngram=2", "abacada", 0, "bcd", `it would repeat "ab"`},
		{"no_repeat_ngram=1", "cab", 0, "abc", `it would repeat "a"`},
		{"no_repeat_ngram=0", "aaaa", 0, "", ""},
		{"no_repeat_ngram=2", "aaa", 0, "a", `it would repeat "aa"`}, // they may overlap
		{"no_repeat_ngram=4", "aaa", 0, "", ""},
		{"no_repeat_ngram=4", "aaaa", 0, "a", `it would repeat "aaaa"`},
		{"no_repeat_ngram=5", "abcd", 0, "", ""},
		{"no_repeat_ngram=2147483647", "abcd", 0, "", ""},
		{"encoder_no_repeat_ngram=2", "abaca", 3, "b", `it would repeat the prompt's "ab"`},
		{"encoder_no_repeat_ngram=2", "abaca", 0, "", ""},
		{"encoder_no_repeat_ngram=2", "abaca", 99, "bc", `it would repeat the prompt's "ab"`},
		{"encoder_no_repeat_ngram=1", "abc", 2, "ab", `it would repeat the prompt's "a"`},
		{"encoder_no_repeat_ngram=3", "abcab", 3, "c", `it would repeat the prompt's "abc"`},
		{"encoder_no_repeat_ngram=3", "abcab", 2, "", ""},
	} {
		past := argen.Past{IDs: spelt(k.text), Prompt: k.prompt}
		if got, why := removed(t, k.chain, past); got != k.want || why != k.why {
			t.Errorf("%s after %s, %d of it the prompt: %q, %q, want %q, %q", k.chain, k.text, k.prompt, got, why, k.want, k.why)
		}
	}
	// Where all would go the best stays.
	c := behind(t, sampler.NoRepeatNgram{N: 1}, argen.Past{IDs: spelt("abc")}, 1, 3, 2)
	if !slices.Equal(ids(c), []argen.ID{1}) {
		t.Errorf("%v are left of all", ids(c))
	}
}
