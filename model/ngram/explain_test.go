package ngram

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"argen"
)

// explained is what a model says of the last of some words after the others.
func explained(t testing.TB, m *Model, words string) Explanation {
	t.Helper()
	var ids []argen.ID
	for w := range strings.FieldsSeq(words) {
		id, ok := m.ID(w)
		if !ok {
			t.Fatalf("no word %q", w)
		}
		ids = append(ids, id)
	}
	s := m.Start()
	if _, err := s.Extend(context.Background(), ids[:len(ids)-1]...); err != nil {
		t.Fatal(err)
	}
	e, err := s.(argen.Explainer).Explain(ids[len(ids)-1])
	if err != nil {
		t.Fatal(err)
	}
	return e.(Explanation)
}

const catText = "the cat sat\nthe dog sat\nthe cat ran\n\na very long line about the cat sat by the man on the mat in the hall\nthe cat sat\nthe cat sat\nthe cat sat\n"

func TestExplain(t *testing.T) {
	m := trained(t, catText, Options{Smoothing: MaximumLikelihood, KeepCounts: true, KeepText: true})
	for _, test := range []struct{ words, want string }{
		{"<s> the cat sat", "sat: P = 0.8333; 3-gram, after “the cat”: 0.8333 (5 of 6); line 1: <s> the cat sat </s>; " +
			"line 5: <s> a very long line about the cat sat by the man on the mat in the …; " +
			"line 6: <s> the cat sat </s>; line 7: <s> the cat sat </s>; line 8: <s> the cat sat </s>"},
		{"ran sat", "sat: P = 0; not seen after “ran”, back off × 0 (0 of 1); 1-gram, after no context: 0.1395 (6 of 43)"},
		{"<unk> dog", "dog: P = 0.02326; nothing known to follow “<unk>”; 1-gram, after no context: 0.02326 (1 of 43); line 2: <s> the dog sat </s>"},
		{"dog", "dog: P = 0.02326; 1-gram, after no context: 0.02326 (1 of 43); line 2: <s> the dog sat </s>"},
		{"the <s>", "<s>: P = 0; not seen after “the”, back off × 0 (0 of 10); 1-gram, after no context: 1 (8 of 43)"},
	} {
		if got := explained(t, m, test.words).String(); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.words, got, test.want)
		}
	}
	k := trained(t, catText, Options{Order: 2, Smoothing: AddK})
	if got, want := explained(t, k, "dog mat").String(), "mat: P = 0.05263; not seen after “dog”, as likely as all unseen: 0.05263"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	stupid := explained(t, trained(t, catText, Options{Order: 2, Smoothing: StupidBackoff}), "dog mat")
	if stupid.Score < .4/43-1e-7 || stupid.Score > .4/43+1e-7 || stupid.Prob >= stupid.Score {
		t.Errorf("stupid backoff: %+v", stupid)
	}
	if _, err := m.Start().(argen.Explainer).Explain(-1); err == nil {
		t.Error("id -1 is explained")
	}
}

func TestExplainJSON(t *testing.T) {
	m := trained(t, catText, Options{Order: 2, Smoothing: MaximumLikelihood, KeepCounts: true})
	got, err := json.Marshal(explained(t, m, "the cat"))
	const want = `{"word":"cat","prob":0.6,"order":2,"orders":[{"order":2,"context":["the"],"known":true,"found":true,"used":true,"prob":0.6,"backoff":0,"context_count":10,"count":6}]}`
	if err != nil || rounded(string(got)) != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
}

// rounded cuts what 32-bit logarithms add to 0.6.
func rounded(s string) string {
	for _, digits := range []string{"0.6000000", "0.5999999"} {
		for i := strings.Index(s, digits); i >= 0; i = strings.Index(s, digits) {
			end := i + len(digits)
			for end < len(s) && s[end] >= '0' && s[end] <= '9' {
				end++
			}
			s = s[:i] + "0.6" + s[end:]
		}
	}
	return s
}

// What is explained is what Extend gives, for all smoothings.
func TestExplainAgrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, smoothing := range Smoothings {
		o := Options{Order: 4, Smoothing: smoothing, KeepCounts: true}
		if smoothing == KneserNey {
			o.Prune = []int{0, 0, 1}
		}
		m := small(t, o)
		s := m.Start()
		for i := range 300 {
			if i%20 == 0 {
				s.Rewind(0)
			}
			logits, err := s.Extend(context.Background(), argen.ID(rng.IntN(len(m.vocab.Words))))
			if err != nil {
				t.Fatal(err)
			}
			id := argen.ID(rng.IntN(len(logits)))
			x, err := s.(argen.Explainer).Explain(id)
			if err != nil {
				t.Fatal(err)
			}
			e := x.(Explanation)
			if got, want := e.Prob, math.Exp(logits[id]); math.Abs(got-want) > 1e-6 {
				t.Fatalf("%s: P = %v explained, %v given: %s", smoothing, got, want, e)
			}
			product := 1.0
			for _, l := range e.Orders {
				switch {
				case l.Used:
					product *= l.Prob
				default:
					product *= l.Backoff
				}
				if l.Order > 1 && l.Found && *l.Count == 0 || l.Count != nil && *l.Count > *l.ContextCount && smoothing != KneserNey {
					t.Fatalf("%s: counts of %s", smoothing, fmt.Sprint(e))
				}
			}
			if m.scores {
				product *= e.Prob / e.Score
			}
			if id != m.vocab.BOS && math.Abs(product-e.Prob) > 1e-9 {
				t.Fatalf("%s: the parts multiply to %v: %s", smoothing, product, e)
			}
		}
	}
}
