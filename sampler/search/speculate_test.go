package search

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
	"argen/sampler"
	"argen/tokenizer"

	"pgregory.net/rapid"
)

// stories is a generator of one of the models of the stories.
func stories(t testing.TB, name string) argen.Generator {
	t.Helper()
	g := argen.Generator{Model: story.Truth(), Tokenizer: tokenizer.NewStory(story.Default().Vocab()), MaxTokens: 60}
	var err error
	switch name {
	case "story":
		g.Model, err = story.Transformer()
	case "story:500":
		g.Model, err = story.Snapshot(500)
	case "story-ngram":
		g.Model, err = story.NGram()
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// drafting is the picker of a draft.
func drafting(t testing.TB, g, draft argen.Generator, k int) Picker {
	t.Helper()
	p, err := Draft{Ref: "draft", Tokens: k}.Bind(g.Model, g.Tokenizer, draft.Model, draft.Tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	return p.Picker()
}

// write writes a text by a picker, or by the dice if it is nil.
func write(t testing.TB, g argen.Generator, prompt string, p Picker) *argen.Run {
	t.Helper()
	r, err := g.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		if p == nil {
			_, err = r.Next(context.Background())
		} else {
			_, err = Next(context.Background(), r, p)
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return r
}

// The greedy text is the model's own, whatever the draft; so is any text where
// guesses are looked up.
func TestSpeculationKeepsTheText(t *testing.T) {
	for _, name := range []string{"story", "truth"} {
		g := stories(t, name)
		for seed := range uint64(4) {
			g.Seed = seed
			for _, c := range []string{
				"none", "temperature=0.8,top_p=0.9", "mirostat=2/2", "xtc=0.5/0.05,temperature=1.2", "repetition_penalty=1.3,no_repeat_ngram=3", "greedy",
			} {
				chain, err := sampler.Parse(c)
				if err != nil {
					t.Fatal(err)
				}
				g.Chain = chain
				want := write(t, g, "It was a", nil)
				p := Lookup{Tokens: 5, NGram: 2}.Picker()
				if got := write(t, g, "It was a", p); !slices.Equal(got.Context(), want.Context()) || got.Trace().LogProb() != want.Trace().LogProb() {
					t.Errorf("%s, %s, seed %d: %q, want %q", name, c, seed, got.Text(), want.Text())
				}
				if n := p.(Speculator).Tally(); n.Tokens != len(want.Trace().Steps) || c == "none" && n.Drafted == 0 {
					t.Errorf("%s, %s: %+v", name, c, n)
				}
				if c != "greedy" {
					continue
				}
				for _, d := range []string{"story", "story:500", "story-ngram", "truth"} {
					for _, k := range []int{1, 4, 50} {
						p := drafting(t, g, stories(t, d), k)
						if got := write(t, g, "It was a", p); !slices.Equal(got.Context(), want.Context()) {
							t.Errorf("%s with %d guesses by %s: %q, want %q", name, k, d, got.Text(), want.Text())
						}
						if n := p.(Speculator).Tally(); d == name && (n.Accepted != n.Tested || n.Passes != (n.Tokens+k)/(k+1)) {
							t.Errorf("%s with %d guesses by itself: %+v", name, k, n)
						}
					}
				}
			}
		}
	}
}

// A grammar that the model's tokens must keep holds for guesses too, also where
// the text is complete in the middle of a pass.
func TestSpeculationKeepsGrammars(t *testing.T) {
	g, d := stories(t, "story"), stories(t, "story-ngram")
	chain, err := sampler.Parse(`regex="One (morning|evening), (Mia|Omar) the (baker|farmer) was in the (park|kitchen)\\."`)
	if err != nil {
		t.Fatal(err)
	}
	g.Chain = chain
	want := regexp.MustCompile(`^One (morning|evening), (Mia|Omar) the (baker|farmer) was in the (park|kitchen)\.$`)
	sum := Tally{}
	for seed := range uint64(20) {
		g.Seed = seed
		p := drafting(t, g, d, 5)
		if text := write(t, g, "", p).Text(); !want.MatchString(text) {
			t.Errorf("%q", text)
		}
		n := p.(Speculator).Tally()
		sum.Accepted, sum.Drafted = sum.Accepted+n.Accepted, sum.Drafted+n.Drafted
	}
	if sum.Rate() < 0.5 {
		t.Errorf("%v", sum)
	}
}

// What is recorded is so: p and q of the guesses, the rule by which they were
// taken, the sums. Its log reads back and verifies.
func TestSpeculationIsRecorded(t *testing.T) {
	g, d := stories(t, "story"), stories(t, "story-ngram")
	var log bytes.Buffer
	g.Top, g.Seed, g.Sinks = 5, 3, []argen.Sink{argen.NewJSONL(&log)}
	chain, err := sampler.Parse("temperature=1.3,top_k=20")
	if err != nil {
		t.Fatal(err)
	}
	g.Chain = chain
	r := write(t, g, "It was a", drafting(t, g, d, 3))
	if err := r.Close(nil); err != nil {
		t.Fatal(err)
	}
	own, err := argen.Generator{Model: d.Model, Tokenizer: d.Tokenizer, Chain: chain, BOS: argen.NoBOS}.StartIDs(r.Trace().Head.PromptIDs)
	if err != nil {
		t.Fatal(err)
	}
	var sum Tally
	seen := map[string]int{}
	for _, s := range r.Trace().Steps {
		how := s.Choice.(*Speculation)
		seen[how.Outcome]++
		c, err := own.Predict(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if how.Place == 1 {
			sum.Passes++
			sum.Drafted += len(how.Draft)
		}
		sum.Tokens++
		if s.ID != how.Token.ID || s.Token != how.Token.Token || s.Forced != (how.Guess != nil) {
			t.Errorf("step %d: %+v", s.T, how)
		}
		if how.Guess != nil {
			sum.Tested++
			at := slices.IndexFunc(s.Top, func(top argen.TopToken) bool { return top.ID == how.Guess.ID })
			if at >= 0 && s.Top[at].SampledProb != how.P || how.Guess.Q != c.Prob(how.Guess.ID) {
				t.Errorf("step %d: %+v, q = %v", s.T, how, c.Prob(how.Guess.ID))
			}
			if (how.Outcome == Accepted) != (how.U < how.P/how.Guess.Q) || (how.Outcome == Accepted) != (how.Guess.ID == s.ID) {
				t.Errorf("step %d: %+v", s.T, how)
			}
		}
		if how.Outcome == Accepted {
			sum.Accepted++
		}
		if how.Tally != sum {
			t.Errorf("step %d: %+v, counted %+v", s.T, how.Tally, sum)
		}
		if _, err := own.Force(s.ID); err != nil {
			t.Fatal(err)
		}
	}
	if seen[Accepted] < 10 || seen[Resampled] < 3 || seen[Bonus] < 2 {
		t.Errorf("%v", seen)
	}
	traces, err := argen.ReadTraces("log", &log)
	if err != nil {
		t.Fatal(err)
	}
	if err := argen.Verify(t.Context(), argen.Generator{Model: g.Model, Tokenizer: g.Tokenizer}, traces[0], sampler.Parse); err != nil {
		t.Errorf("Verify: %v", err)
	}
	if got, want := traces[0].Steps[0].Choice.String(), r.Trace().Steps[0].Choice.String(); got != want {
		t.Errorf("the log says %q, want %q", got, want)
	}
}

// Whatever is done between two choices, they go on as if the text had been so
// from the beginning: asked twice, taken back, another token appended, another
// chain.
func TestSpeculationGoesOn(t *testing.T) {
	g, d := stories(t, "story"), stories(t, "story-ngram")
	rapid.Check(t, func(t *rapid.T) {
		g.Seed = rapid.Uint64Max(50).Draw(t, "seed")
		g.Chain = sampler.Default()
		r, err := g.Start("It was a")
		if err != nil {
			t.Fatal(err)
		}
		var p Picker = &speculator{k: 3, drafter: &modelDrafter{model: d.Model, tokenizer: d.Tokenizer}}
		if rapid.Bool().Draw(t, "lookup") {
			p = Lookup{Tokens: 3, NGram: 2}.Picker()
		}
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			id, how, err := p.Choose(t.Context(), r)
			if errors.Is(err, io.EOF) {
				if err = r.Back(4); err == nil {
					id, how, err = p.Choose(t.Context(), r)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			switch rapid.IntRange(0, 7).Draw(t, "move") {
			case 0:
				again, too, err := p.Choose(t.Context(), r)
				if err != nil || again != id || too.String() != how.String() {
					t.Fatalf("%v, then %v, %v", how, too, err)
				}
			case 1:
				if err := r.Back(rapid.IntRange(1, 6).Draw(t, "back")); err != nil {
					t.Fatal(err)
				}
				continue
			case 2:
				if _, err := r.Force(argen.ID(rapid.IntRange(2, 600).Draw(t, "id"))); err != nil {
					t.Fatal(err)
				}
				continue
			case 3:
				if err := r.SetChain([]argen.Transform{sampler.TopK{K: 3}}); err != nil {
					t.Fatal(err)
				}
				continue
			}
			s, err := r.Pick(id, how)
			if err != nil || s.ID != how.(*Speculation).Token.ID {
				t.Fatal(s.ID, how, err)
			}
			plain, err := argen.Generator{Model: g.Model, Tokenizer: g.Tokenizer, BOS: argen.NoBOS}.StartIDs(r.Context()[:len(r.Context())-1])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := plain.Predict(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want, err := plain.Preview(s.ID); err != nil || s.LogProb != want.LogProb || s.Entropy != want.Entropy {
				t.Fatalf("after %v: ln P = %v, want %v, %v", r.Context(), s.LogProb, want.LogProb, err)
			}
		}
	})
}

// A draft that knows no way on leaves the model alone, and one that says nothing
// without a first token begins behind it.
func TestDraftGivesUp(t *testing.T) {
	g, d := stories(t, "story-ngram"), stories(t, "truth")
	g.NoStop = true
	p := drafting(t, g, d, 4)
	r, err := g.Start("It was a rainy kite")
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := Next(t.Context(), r, p); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.(Speculator).Tally(); n.Drafted != 0 || n.Passes != 10 || n.Tokens != 10 || n.String() != "nothing was drafted" {
		t.Errorf("%+v %s", n, n)
	}
	d = stories(t, "story")
	p = drafting(t, g, d, 4)
	g.BOS, g.NoStop = argen.NoBOS, false
	r = write(t, g, "", p)
	if first := r.Trace().Steps[0].Choice.(*Speculation); first.Outcome != Drawn || p.(Speculator).Tally().Accepted == 0 {
		t.Errorf("%v, %v", first, p.(Speculator).Tally())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err = g.Start("It"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Choose(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestDraftsOfOtherVocabularies(t *testing.T) {
	g := stories(t, "truth")
	small, bytes := trained(t, 2, target), argen.Generator{Tokenizer: tokenizer.NewBytes()}
	for want, second := range map[string]argen.Generator{
		"the draft d has another vocabulary: 5 tokens, the model has 686":                                                            small,
		"the draft d has another vocabulary: its token #0 is “\\x00”, that of the model is “<s>”":                                    {Model: g.Model, Tokenizer: bytes.Tokenizer},
		"the draft d has another vocabulary: its token #44 is “other”, that of the model is “" + string(g.Tokenizer.Piece(44)) + "”": {Model: g.Model, Tokenizer: oneOther{g.Tokenizer}},
	} {
		_, err := Draft{Ref: "d", Tokens: 1}.Bind(g.Model, g.Tokenizer, second.Model, second.Tokenizer)
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	r, err := g.Start("")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := (Draft{Ref: "d", Tokens: 1}).Picker().Choose(t.Context(), r); err == nil || !strings.Contains(err.Error(), "not bound") {
		t.Errorf("%v", err)
	}
}

// oneOther is a vocabulary with another token.
type oneOther struct{ argen.Tokenizer }

func (o oneOther) Piece(id argen.ID) []byte {
	if id == 44 {
		return []byte("other")
	}
	return o.Tokenizer.Piece(id)
}

// As transformers looks tokens up: the longest end of the text first, and of
// its places the first.
func TestLookup(t *testing.T) {
	for _, c := range []struct {
		text, want []argen.ID
		n, k       int
	}{
		{[]argen.ID{1, 2, 3, 1, 2}, []argen.ID{3, 1, 2}, 2, 10},
		{[]argen.ID{1, 2, 3, 1, 2}, []argen.ID{3}, 2, 1},
		{[]argen.ID{9, 2, 4, 1, 2, 3, 1, 2}, []argen.ID{3, 1}, 2, 2},
		{[]argen.ID{9, 2, 4, 1, 2, 3, 1, 2}, []argen.ID{4, 1}, 1, 2},
		{[]argen.ID{9, 2, 4, 7, 2}, []argen.ID{4, 7, 2}, 2, 5},
		{[]argen.ID{1, 2, 3}, nil, 2, 5},
		{[]argen.ID{4, 4}, []argen.ID{4}, 2, 5},
		{[]argen.ID{4, 4, 4}, []argen.ID{4}, 2, 5},
		{[]argen.ID{4}, nil, 2, 5},
		{nil, nil, 2, 5},
		{[]argen.ID{4, 4}, []argen.ID{}, 2, 0},
	} {
		if got := lookup(c.text, c.n, c.k); !slices.Equal(got, c.want) {
			t.Errorf("%v, the last %d: %v, want %v", c.text, c.n, got, c.want)
		}
	}
}
