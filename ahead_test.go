package argen_test

import (
	"slices"
	"testing"

	"argen"

	"pgregory.net/rapid"
)

// Guesses of what comes next change no result, right or wrong, over forks, ways
// back and places where the window slides.
func TestReadAhead(t *testing.T) {
	guessed, read := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		window := rapid.SampledFrom([]int{3, 9, 40}).Draw(t, "window")
		bos := rapid.SampledFrom([]argen.ID{argen.NoID, 256}).Draw(t, "bos")
		g := sliding(window, bos)
		plain := begun(t, g)
		m := &scoring{narrow: narrow{window, bos}}
		g.Model = m
		ahead := begun(t, g)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				n := rapid.IntRange(0, 12).Draw(t, "back")
				for _, r := range []*argen.Run{plain, ahead} {
					if err := r.Back(n); err != nil {
						t.Fatal(err)
					}
				}
			case 1:
				var err error
				if ahead, err = ahead.Fork(); err != nil {
					t.Fatal(err)
				}
			case 2:
				if n := ahead.State().Len(); n > len(ahead.Context()) {
					t.Fatalf("the state holds %d tokens of %d", n, len(ahead.Context()))
				}
			case 3:
				guess := next(t, plain, rapid.IntRange(0, 6).Draw(t, "ahead"))
				if at := rapid.IntRange(0, 6).Draw(t, "wrong"); at < len(guess) {
					guess[at] = (guess[at] + 1) % 258
				}
				guessed += len(guess)
				ahead.ReadAhead(guess...)
			}
			want, err := plain.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, err := ahead.Next(t.Context())
			if err != nil || got.ID != want.ID || got.CumLogProb != want.CumLogProb || got.Entropy != want.Entropy || got.Dropped != want.Dropped {
				t.Fatalf("step %d: %v %v, want %v %v (%v)", want.T, got.ID, got.CumLogProb, want.ID, want.CumLogProb, err)
			}
		}
		read += m.tokens
	})
	if guessed < 100 || read < 100 {
		t.Errorf("%d tokens guessed, %d read in passes", guessed, read)
	}
}

func begun(t *rapid.T, g argen.Generator) *argen.Run {
	r, err := g.StartIDs(byteIDs(5))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// next returns the n tokens that a run will draw.
func next(t *rapid.T, r *argen.Run, n int) []argen.ID {
	f, err := r.Fork()
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		if _, err := f.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return slices.Clone(f.Context()[len(r.Context()):])
}

// A guess that holds is read in one pass, and one that does not costs one pass
// from where it failed.
func TestReadAheadPasses(t *testing.T) {
	m := &scoring{narrow: narrow{64, argen.NoID}}
	g := argen.Generator{Model: m, Tokenizer: sliding(64, argen.NoID).Tokenizer}
	r, err := g.StartIDs(byteIDs(3))
	if err != nil {
		t.Fatal(err)
	}
	force := func(ids ...argen.ID) {
		for _, id := range ids {
			if _, err := r.Predict(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Force(id); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		guess, ids     []argen.ID
		passes, tokens int
	}{
		{[]argen.ID{5, 6, 7}, []argen.ID{5, 6, 7, 8}, 1, 4}, // the last of the prompt and the guess; then the logits after 7 are there
		{[]argen.ID{5, 6, 7}, []argen.ID{5, 9}, 1, 4},
		{nil, []argen.ID{1, 2}, 0, 0},
		{[]argen.ID{4}, []argen.ID{4}, 1, 2},
	} {
		m.passes, m.tokens = 0, 0
		r.ReadAhead(c.guess...)
		force(c.ids...)
		if m.passes != c.passes || m.tokens != c.tokens {
			t.Errorf("a guess of %v, then %v: %d passes over %d tokens, want %d over %d", c.guess, c.ids, m.passes, m.tokens, c.passes, c.tokens)
		}
	}
}
