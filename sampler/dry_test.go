package sampler_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// spelt are the ids of letters, a is 0.
func spelt(text string) []argen.ID {
	ids, err := samplertest.Vocabulary(26).Encode(text)
	if err != nil {
		panic(err)
	}
	return ids
}

// taken are the tokens that a stage takes something from, as letters with the
// amount, after a text of letters.
func taken(t *testing.T, chain, text string) map[string]float64 {
	t.Helper()
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	c := behind(t, stages[0], argen.Past{IDs: spelt(text)}, make([]float64, 26)...)
	all := map[string]float64{}
	for id, l := range logits(c) {
		if l != 0 {
			all[string(rune('a'+id))] = -l
		}
	}
	return all
}

func TestDry(t *testing.T) {
	const power = 1.75
	for _, k := range []struct {
		chain, text string
		want        map[string]float64
	}{
		// abc stood before d: a passage of 3, one more than is allowed.
		{"dry=1", "abcdabc", map[string]float64{"d": power}},
		{"dry=0.8/2", "abcdabc", map[string]float64{"d": 1.6}},
		{"dry=1/allowed_length:3", "abcdabc", map[string]float64{"d": 1}},
		{"dry=1/allowed_length:4", "abcdabc", nil},
		{"dry=0", "abcdabc", nil},
		// Twice before: the longest passage counts, for each token.
		{"dry=1", "xbcdabceabc", map[string]float64{"d": 1, "e": power}},
		{"dry=1", "xbcdabcdabc", map[string]float64{"d": power * power * power * power}}, // bcdabc
		// The window cuts passages too.
		{"dry=1/last_n:6", "abcdabc", map[string]float64{"d": 1}},
		{"dry=1/last_n:5", "abcdabc", nil},
		{"dry=1/last_n:0", "abcdabc", nil},
		{"dry=1/last_n:-1", "abcdabc", map[string]float64{"d": power}},
		// A breaker inside ends the passage, and is not penalised itself.
		{`dry=1/breakers:"b"`, "abcdabc", nil},
		{`dry=1/breakers:"a"`, "abcdabc", map[string]float64{"d": 1}},
		{`dry=1/breakers:"d"`, "abcdabc", nil},
		{`dry=1/breakers:"#1 #2"`, "abcdabc", nil},
		{`dry=1/breakers:"#2 #3"`, "abcdabc", map[string]float64{"d": power}}, // cd is not in the passage
		{`dry=1/breakers:"none"`, "abcdabc", map[string]float64{"d": power}},
		// One token over and over.
		{"dry=1/2", "aaaaa", map[string]float64{"a": 4}},
		{"dry=1/allowed_length:0", "ab", map[string]float64{"b": 1}}, // b stood there, behind nothing in common
		{"dry=1", "", nil},
		// text-generation-webui: at most 50 tokens, at least 1.
		{"dry=1/2/rule:textgen", "aaaaa", map[string]float64{"a": 4}},
		{"dry=1/1.5/last_n:-1/rule:textgen", strings.Repeat("a", 200), map[string]float64{"a": math.Pow(1.5, 48)}},
		{"dry=1/1.5/last_n:-1", strings.Repeat("a", 200), map[string]float64{"a": math.Pow(1.5, 197)}},
		{"dry=1/allowed_length:0/rule:textgen", "ab", nil},
		{"dry=1/allowed_length:0/rule:textgen/breakers:#0", "aba", nil}, // the last token is a breaker
		{"dry=1/allowed_length:0/breakers:#0", "aba", map[string]float64{"b": 1}},
		// No power leaves float32.
		{"dry=1/2/last_n:-1", strings.Repeat("a", 200), map[string]float64{"a": math.Pow(2, 127)}},
	} {
		got := taken(t, k.chain, k.text)
		if len(got) != len(k.want) {
			t.Errorf("%s after %.20s: %v, want %v", k.chain, k.text, got, k.want)
		}
		for token, want := range k.want {
			if math.Abs(got[token]-want) > 1e-12*want {
				t.Errorf("%s after %.20s: %v, want %v", k.chain, k.text, got, k.want)
			}
		}
	}
}

// A spelling is a vocabulary of some pieces, in which a text is cut greedily.
type spelling []string

func (s spelling) VocabSize() int           { return len(s) }
func (s spelling) Piece(id argen.ID) []byte { return []byte(s[id]) }
func (s spelling) Control(argen.ID) bool    { return false }
func (s spelling) Decode([]argen.ID) string { return "" }
func (s spelling) Encode(text string) ([]argen.ID, error) {
	var ids []argen.ID
	for text != "" {
		best := -1
		for id, piece := range s {
			if strings.HasPrefix(text, piece) && (best < 0 || len(piece) > len(s[best])) {
				best = id
			}
		}
		if best < 0 {
			text = text[1:]
			continue
		}
		ids, text = append(ids, argen.ID(best)), text[len(s[best]):]
	}
	return ids, nil
}

// A text breaks passages wherever it stands in the tokens' texts.
func TestDryBreakers(t *testing.T) {
	vocabulary := spelling{"x", "y", "z", ".\n", "\n", "q", "w", "?q", "wer", "e", "r"}
	for _, k := range []struct {
		chain string
		after []string // pieces
		want  string   // the piece penalised behind them
	}{
		{"dry=1", []string{"x", "y", "z", "q", "x", "y"}, "z"},
		{"dry=1", []string{"x", "\n", "z", "q", "x", "\n"}, ""},
		{"dry=1", []string{"x", ".\n", "y", "z", "q", "x", ".\n", "y"}, ""},                        // a token that holds it
		{`dry=1/breakers:"qwe"`, []string{"x", "?q", "wer", "z", "r", "x", "?q", "wer"}, "z"},      // written otherwise: llama.cpp does not see it either
		{`dry=1/breakers:"qwe"`, []string{"x", "?q", "w", "e", "z", "r", "x", "?q", "w", "e"}, ""}, // ends in a beginning of it
		{`dry=1/breakers:"qwe"`, []string{"x", "?q", "w", "z", "r", "x", "?q", "w"}, "z"},
		{`dry=1/breakers:"qwe"`, []string{"x", "e", "z", "r", "x", "e"}, "z"}, // an end of it behind another token
		{`dry=1/breakers:"q#"`, []string{"x", "q", "z", "r", "x", "q"}, "z"},  // there is no token for its end
		{`dry=1/breakers:"no such"`, []string{"x", "\n", "z", "q", "x", "\n"}, "z"},
		{"dry=1/rule:textgen", []string{"x", "\n", "z", "q", "x", "\n"}, ""},
		{"dry=1/rule:textgen", []string{"x", ".\n", "z", "q", "x", ".\n"}, "z"}, // single tokens alone
		{`dry=1/rule:textgen/breakers:"xy"`, []string{"x", "y", "z", "q", "x", "y"}, ""},
	} {
		stages, err := sampler.Parse(k.chain)
		if err != nil {
			t.Fatal(err)
		}
		bound, err := stages[0].(argen.Binder).Bind(vocabulary, nil)
		if err != nil {
			t.Fatalf("%s: %v", k.chain, err)
		}
		var text []argen.ID
		for _, piece := range k.after {
			text = append(text, argen.ID(slices.Index(vocabulary, piece)))
		}
		c, err := argen.NewCandidates(make([]float64, len(vocabulary)))
		if err != nil {
			t.Fatal(err)
		}
		bound.Apply(c, argen.Past{IDs: text})
		got := ""
		for id, l := range logits(c) {
			if l < 0 {
				got += vocabulary[id]
			}
		}
		if got != k.want {
			t.Errorf("%s after %q: %q is penalised, want %q", k.chain, k.after, got, k.want)
		}
	}
}

func TestDryRefuses(t *testing.T) {
	for chain, want := range map[string]string{
		`dry=1/breakers:"none"/"a"`:                        "none stands beside other breakers",
		`dry=1/breakers:"#4 #99"`:                          `"#99": the vocabulary has ids 0 to 25`,
		`dry=1/rule:textgen/breakers:"#4 #5"`:              `the breaker "#4 #5" is 2 tokens, text-generation-webui knows breakers of one token only`,
		`dry=1/breakers:"` + strings.Repeat("x", 41) + `"`: `the breaker "` + strings.Repeat("x", 40) + `"… is longer than 40 bytes`,
	} {
		stages, err := sampler.Parse(chain)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stages[0].(argen.Binder).Bind(samplertest.Vocabulary(26), nil); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", chain, err, want)
		}
	}
}
