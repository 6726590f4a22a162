package story

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"argen"
	"argen/model/modeltest"
	"argen/tokenizer"
)

// small is a grammar whose probabilities can be computed by eye.
const small = `argen-story-grammar 1
start story

table pet
key w name noun
tom 2 Tom  big_cat
rex 1 Rex  dog
kit 1 Kit  big_fox

rule story
3 | [who:pet] $who.name sat . <more>
1 | [who:pet] [other:pet,@!=who] $who.name and $other.name sat . <more>

rule more
1          |
1 ?other   | ^$other.noun slept .
2 ?who=tom | The $who.noun ate .
`

func parsed(t testing.TB, text string) *Grammar {
	t.Helper()
	g, err := Parse("test.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// next returns the distribution after some words, as "word" → P.
func next(t testing.TB, g *Grammar, words string) map[string]float64 {
	t.Helper()
	logits, err := NewModel(g).Start().Extend(t.Context(), g.IDs(strings.Fields(words)...)...)
	if err != nil {
		t.Fatal(err)
	}
	dist := map[string]float64{}
	for id, l := range logits {
		if !math.IsInf(l, -1) {
			dist[g.vocab[id]] = math.Exp(l)
		}
	}
	return dist
}

func TestByHand(t *testing.T) {
	g := parsed(t, small)
	for _, c := range []struct {
		words string
		want  map[string]float64
	}{
		{"", map[string]float64{"Tom": .5, "Rex": .25, "Kit": .25}},
		{"<s>", map[string]float64{"Tom": .5, "Rex": .25, "Kit": .25}},
		{"Tom", map[string]float64{"sat": .75, "and": .25}},
		// After Rex the other is Tom (2) or Kit (1).
		{"Rex and", map[string]float64{"Tom": 2. / 3, "Kit": 1. / 3}},
		// One pet: no sentence (1) or, for Tom alone, what he ate (2).
		{"Rex sat .", map[string]float64{"</s>": 1}},
		{"Tom sat .", map[string]float64{"</s>": 1. / 3, "The": 2. / 3}},
		// Two: Tom is there and so is the other: 1 + 1 + 2.
		{"Tom and Rex sat .", map[string]float64{"</s>": .25, "Dog": .25, "The": .5}},
		{"Rex and Tom sat .", map[string]float64{"</s>": .5, "Big": .5}},
		{"Rex and Tom sat . Big", map[string]float64{"cat": 1}},
		{"Tom sat . The big cat ate", map[string]float64{".": 1}},
		{"Tom and Tom", nil},        // no row twice
		{"Rex sat . </s>", nil},     // the story is over
		{"Tom <s>", nil},            // <s> stands at the beginning only
		{"Tom and Tom sat", nil},    // dead stays dead
		{"<s> <s>", nil},            // one <s> alone
		{"</s>", nil},               // no empty story
		{"Rex sat . </s> Tom", nil}, // and no second one
	} {
		got := next(t, g, c.words)
		if len(got) != len(c.want) {
			t.Errorf("after %q: %v, want %v", c.words, got, c.want)
		}
		for w, p := range c.want {
			near(t, "after "+c.words+" → "+w, got[w], p, 1e-15)
		}
	}
}

func TestInfo(t *testing.T) {
	info := Truth().Info()
	if info.Ref != "truth" || info.Kind != "grammar" || info.BOS != 0 || !info.AddBOS || info.VocabSize != 686 ||
		info.ContextLength != 0 || !slices.Equal(info.Stop, []argen.ID{1}) || len(info.SHA256) != 64 {
		t.Errorf("Info() = %+v", info)
	}
}

func TestExtendErrorsLeaveTheState(t *testing.T) {
	g := Default()
	s := Truth().start()
	before, err := s.Extend(t.Context(), g.IDs("It", "was")...)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(before)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx context.Context
		ids []argen.ID
		msg string
	}{
		{t.Context(), []argen.ID{5, 686}, "token 1 is id 686, the story vocabulary has ids 0 to 685"},
		{t.Context(), []argen.ID{-1}, "token 0 is id -1, the story vocabulary has ids 0 to 685"},
		{cancelled, g.IDs("a"), "context canceled"},
		{cancelled, nil, "context canceled"},
	} {
		if _, err := s.Extend(c.ctx, c.ids...); err == nil || err.Error() != c.msg {
			t.Errorf("Extend(%v): %v, want %s", c.ids, err, c.msg)
		}
		after, err := s.Extend(t.Context())
		if err != nil || s.Len() != 2 || !slices.Equal(after, want) {
			t.Errorf("after a failed Extend(%v) the state has %d tokens, %v", c.ids, s.Len(), err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Rewind beyond the context did not panic")
		}
	}()
	s.Rewind(3)
}

func TestContract(t *testing.T) {
	modeltest.Check(t, Truth(), modeltest.Options{Normalised: 1e-9})
	modeltest.Check(t, NewModel(parsed(t, small)), modeltest.Options{Normalised: 1e-12})
}

// Score asks one token at a time without logits; it must say what they say.
func TestScoreAgreesWithLogits(t *testing.T) {
	model := Truth()
	for i, ids := range sampled(t, model.g, 8) {
		positions, err := model.Score(t.Context(), ids)
		if err != nil || len(positions) != len(ids) {
			t.Fatal(len(positions), err)
		}
		s := model.Start()
		for n, id := range ids {
			logits, err := s.Extend(t.Context(), ids[max(0, n-1):n]...)
			if err != nil || positions[n].LogProb != logits[id] {
				t.Fatalf("story %d, token %d has log-probability %v, its logit is %v, %v", i, n, positions[n].LogProb, logits[id], err)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	g := parsed(t, small)
	s := NewModel(g).start()
	if _, err := s.Extend(t.Context(), g.IDs("Tom", "and", "Rex", "sat", ".")...); err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{
		"Dog": "Dog: P = 0.25 exactly, 1 hypothesis; pet.noun of other in line 16 (0.25)",
		"The": "The: P = 0.5 exactly, 1 hypothesis; literal of line 17 (0.5)",
		"Rex": "Rex: P = 0 exactly, 1 hypothesis; no story goes on like this",
	} {
		e, err := s.Explain(g.ids[word])
		if err != nil || e.String() != want {
			t.Errorf("Explain(%s):\ngot  %v, %v\nwant %s", word, e, err, want)
		}
	}
	e, _ := NewModel(g).start().Explain(g.ids["Tom"])
	data, err := json.Marshal(e)
	want := `{"word":"Tom","prob":0.5,"hypotheses":1,"sources":[{"place":"pet.name","slot":"who","line":11,"prob":0.375},{"place":"pet.name","slot":"who","line":12,"prob":0.125}]}`
	if err != nil || string(data) != want {
		t.Errorf("JSON %s, %v, want %s", data, err, want)
	}
	if _, err := s.Explain(99); err == nil {
		t.Error("an id outside the vocabulary was explained")
	}
}

// Explain, the logits and the tokenizer agree on sampled stories.
func TestSampledStories(t *testing.T) {
	model := Truth()
	tok := tokenizer.NewStory(model.g.Vocab())
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		ids, err := model.g.Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		text := tok.Decode(ids)
		back, err := tok.Encode(text)
		if err != nil || !slices.Equal(append(back, EOS), ids) {
			t.Fatalf("%q is encoded to other ids, %v", text, err)
		}
		ascii := strings.NewReplacer("“", `"`, "”", `"`, "’", "'").Replace(text)
		if typed, err := tok.Encode(ascii); err != nil || !slices.Equal(append(typed, EOS), ids) {
			t.Fatalf("%q, typed on a keyboard, is encoded to other ids, %v", ascii, err)
		}
		n := rapid.IntRange(0, len(ids)-1).Draw(t, "position")
		s := model.start()
		logits, err := s.Extend(context.Background(), ids[:n]...)
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Explain(ids[n])
		if err != nil {
			t.Fatal(err)
		}
		if got := e.(Explanation); math.Abs(got.Prob-math.Exp(logits[ids[n]])) > 1e-12 || len(got.Sources) == 0 {
			t.Fatalf("explained %+v, but P = %g", got, math.Exp(logits[ids[n]]))
		}
	})
}

func BenchmarkExtend(b *testing.B) {
	model := Truth()
	stories := sampled(b, model.g, 200)
	s := model.Start()
	tokens := 0
	for i := 0; b.Loop(); i++ {
		s.Rewind(0)
		for _, id := range stories[i%len(stories)] {
			if _, err := s.Extend(context.Background(), id); err != nil {
				b.Fatal(err)
			}
			tokens++
		}
	}
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
}

func BenchmarkFork(b *testing.B) {
	model := Truth()
	ids := sampled(b, model.g, 1)[0]
	s := model.Start()
	if _, err := s.Extend(context.Background(), ids[:len(ids)-2]...); err != nil {
		b.Fatal(err)
	}
	b.Run("fork", func(b *testing.B) {
		b.ReportAllocs()
		forks := make([]argen.State, 1)
		for b.Loop() {
			forks[0] = s.Fork()
		}
	})
	b.Run("fork+extend", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Fork().Extend(context.Background(), ids[len(ids)-2]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSample(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		if _, err := Default().Sample(rng); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	words := Default().Words(sampled(b, Default(), 1)[0])
	words[len(words)-3] = "Mia"
	for b.Loop() {
		if _, err := Default().Judge(words); err != nil {
			b.Fatal(err)
		}
	}
}
