package story

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"argen/tokenizer"
)

func TestDemands(t *testing.T) {
	const text = "On Sunday, Mia and Omar met in the park. Mia had a red kite. " +
		"Mia left the kite under the bench and ran off to feed the ducks. " +
		"“Omar, have you seen my red kite?” asked Mia. “No,” said Omar. " +
		"Then they looked under the bench, and there was the red kite! “What a good day,” said Omar."
	ids, err := tokenizer.NewStory(Default().Vocab()).Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	words := Default().Words(ids)
	demands, err := Truth().Demands(context.Background(), append(ids, EOS))
	if err != nil {
		t.Fatal(err)
	}
	if len(demands) != len(ids)+1 {
		t.Fatalf("%d demands of %d words", len(demands), len(ids)+1)
	}
	// What has to be remembered, after these words.
	for _, c := range []struct{ after, word, kind string }{
		{"have you seen my", "red", "color"},
		{"have you seen my red", "kite", "object"},
		{"looked under the", "bench", "container"},
		{"and there", "was", "agreement"},
		{"“ No , ” said", "Omar", "name"},
		{"my red kite ?", "”", "closing quote"},
	} {
		at := len(strings.Fields(strings.SplitAfter(strings.Join(words, " "), c.after)[0]))
		d := demands[at]
		if got := Default().Vocab()[d.Word]; got != c.word || d.Kind != c.kind || d.Prob < Sure {
			t.Errorf("after %q: %q of kind %q with P %v, want %q of kind %q", c.after, got, d.Kind, d.Prob, c.word, c.kind)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"On On", `token 1, "On": no story goes on like this`},
	} {
		_, err := Truth().Demands(context.Background(), Default().IDs(strings.Fields(c.text)...))
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
	if _, err := Truth().Demands(context.Background(), Default().IDs("xyzzy")); err == nil {
		t.Error("an unknown word has a demand after it")
	}
}

// A demand is the likeliest word of the exact distribution.
func TestDemandsAreTheLikeliest(t *testing.T) {
	for i := range 20 {
		ids, err := Default().Sample(rand.New(rand.NewPCG(5, uint64(i))))
		if err != nil {
			t.Fatal(err)
		}
		demands, err := Truth().Demands(context.Background(), ids)
		if err != nil {
			t.Fatal(err)
		}
		s := Truth().Start()
		logits, err := s.Extend(context.Background())
		for j, id := range ids {
			if err != nil {
				t.Fatal(err)
			}
			best := math.Inf(-1)
			for _, x := range logits {
				best = max(best, x)
			}
			d := demands[j]
			if math.Abs(d.Prob-math.Exp(best)) > 1e-12 || math.Abs(logits[d.Word]-best) > 1e-12 || d.Kind == "" {
				t.Fatalf("story %d, word %d: %+v, the likeliest has P %v", i, j, d, math.Exp(best))
			}
			logits, err = s.Extend(context.Background(), id)
		}
	}
}
