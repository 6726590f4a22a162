package argen_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/ngram"
)

// bigrams are probabilities to reckon with: each word alone has 0.2, but
// P(c | a) = 0.1 and P(c | b) = 0.5. What is left is shared by the others with
// back-off weights: 0.9/0.8 = 1.125 after a, 0.5/0.8 = 0.625 after b.
const bigrams = `\data\
ngram 1=6
ngram 2=2

\1-grams:
-0.69897	<unk>
-99	<s>	0
-0.69897	a	0.0511525
-0.69897	b	-0.20412
-0.69897	c	0
-0.69897	</s>

\2-grams:
-1	a c
-0.30103	b c

\end\
`

func TestOccludeByHand(t *testing.T) {
	m, err := ngram.ReadARPA("bigrams", strings.NewReader(bigrams))
	if err != nil {
		t.Fatal(err)
	}
	ids := func(text string) (ids []argen.ID) {
		for _, word := range strings.Fields(text) {
			ids = append(ids, argen.ID(slices.Index(m.Vocab().Words, word)))
		}
		return ids
	}
	for _, test := range []struct {
		context, next string
		want          []float64
	}{
		// A bigram sees b alone; without it a moves up: 0.5 / 0.1.
		{"a b", "c", []float64{0, math.Log(5)}},
		{"b a", "c", []float64{0, -math.Log(5)}},
		{"c a b", "c", []float64{0, 0, math.Log(5)}},
		// Without b the context is a, and both back off: 0.625·0.2 / 1.125·0.2.
		{"a b", "a", []float64{0, math.Log(0.625 / 1.125)}},
		// A double is no loss.
		{"b b", "c", []float64{0, 0}},
	} {
		got, err := argen.Occlude(t.Context(), m, ids(test.context), ids(test.next)[0])
		if err != nil || len(got) != len(test.want) {
			t.Fatalf("%v, %v", got, err)
		}
		for i, want := range test.want {
			if math.Abs(got[i]-want) > 1e-5 {
				t.Errorf("context %q, next %q: effects %v, want %v", test.context, test.next, got, test.want)
			}
		}
	}
}

// A rule is a model of two tokens whose logits are what it says of a context.
type rule func(ids []argen.ID) []float64

func (rule) Info() argen.Info     { return argen.Info{VocabSize: 2, BOS: argen.NoID, ContextLength: 4} }
func (r rule) Start() argen.State { return &ruleState{rule: r} }
func (s *ruleState) Len() int     { return len(s.ids) }
func (s *ruleState) Rewind(n int) { s.ids = s.ids[:n] }
func (s *ruleState) Fork() argen.State {
	return &ruleState{s.rule, slices.Clone(s.ids)}
}

type ruleState struct {
	rule rule
	ids  []argen.ID
}

func (s *ruleState) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	s.ids = append(s.ids, ids...)
	if len(s.ids) == 0 {
		return nil, argen.ErrEmptyContext
	}
	return s.rule(s.ids), ctx.Err()
}

func TestOccludeTheImpossible(t *testing.T) {
	no := math.Inf(-1)
	for what, test := range map[string]struct {
		rule    rule
		context []argen.ID
		want    []float64
	}{
		"1 needs a 1":   {func(ids []argen.ID) []float64 { return []float64{0, pick(slices.Contains(ids, 1), 0, no)} }, []argen.ID{0, 1, 0}, []float64{0, math.Inf(1), 0}},
		"a 0 forbids 1": {func(ids []argen.ID) []float64 { return []float64{0, pick(slices.Contains(ids, 0), no, 0)} }, []argen.ID{0, 1, 1}, []float64{no, 0, 0}},
		"nothing after 0 0": {func(ids []argen.ID) []float64 {
			x := pick(len(ids) > 1 && ids[1] == 0 && ids[0] == 0, no, 0)
			return []float64{x, x}
		}, []argen.ID{0, 1, 0}, []float64{0, math.NaN(), 0}},
		"an only token":      {func([]argen.ID) []float64 { return []float64{0, 0} }, []argen.ID{1}, []float64{math.NaN()}},
		"no token":           {func([]argen.ID) []float64 { return []float64{0, 0} }, nil, []float64{}},
		"impossible for all": {func([]argen.ID) []float64 { return []float64{0, no} }, []argen.ID{1, 0}, []float64{0, 0}},
	} {
		got, err := argen.Occlude(t.Context(), test.rule, test.context, 1)
		if err != nil || !slices.EqualFunc(got, test.want, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }) {
			t.Errorf("%s: effects %v, want %v, %v", what, got, test.want, err)
		}
	}
}

func pick(is bool, yes, no float64) float64 {
	if is {
		return yes
	}
	return no
}

func TestOccludeRefuses(t *testing.T) {
	fine := rule(func([]argen.ID) []float64 { return []float64{0, 0} })
	nonsense := rule(func([]argen.ID) []float64 { return []float64{0, math.NaN()} })
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		ctx   context.Context
		model argen.Model
		ids   []argen.ID
		next  argen.ID
		want  string
	}{
		{t.Context(), fine, []argen.ID{0, 2}, 1, "context: token 1 is id 2, the vocabulary has ids 0 to 1"},
		{t.Context(), fine, []argen.ID{0}, -1, "next: token 0 is id -1, the vocabulary has ids 0 to 1"},
		{t.Context(), nonsense, []argen.ID{0, 1}, 1, "the logit of token 1 is NaN"},
		{cancelled, fine, []argen.ID{0, 1}, 1, context.Canceled.Error()},
	} {
		got, err := argen.Occlude(test.ctx, test.model, test.ids, test.next)
		if got != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, %v, want %q", got, err, test.want)
		}
	}
}
