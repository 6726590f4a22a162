package transformer_test

import (
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/internal/quant"
	"argen/model/modeltest"
	"argen/model/transformer"
)

// Tokens one by one, in one pass, after going back and on a fork give the same
// bits.
const tight = 0

func TestContract(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, _ *reference) {
		modeltest.Check(t, m, modeltest.Options{Tolerance: tight, MaxLen: 36, Checks: 10})
	})
}

// Contexts over several blocks of the cache and over several chunks of the
// prompt, forked in the middle of a block.
func TestWaysToOneContext(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, _ *reference) {
		n := m.Config().Context - 2
		var ids []argen.ID
		for i := range n {
			ids = append(ids, argen.ID((i*i*7+i*13+5)%m.Config().VocabSize))
		}
		rows := score(t, m, ids)
		single, all := m.Start(), m.Start()
		for i, id := range ids {
			near(t, "one by one", one(t, single, id), rows[i], tight)
		}
		last, err := all.Extend(ctx, ids...)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "all at once", last, rows[n-1], tight)
		fork := all.Fork()
		for _, at := range []int{n - 3, n / 2, 33, 32, 31, 1} {
			for _, s := range []argen.State{all, fork} {
				s.Rewind(at)
				again, err := s.Extend(ctx)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "after going back", again, rows[at-1], tight)
			}
			other := all.Fork()
			near(t, "fork", one(t, fork, ids[at]), rows[at], tight)
			one(t, other, ids[0])
			near(t, "parent", one(t, all, ids[at]), rows[at], tight)
			fork = fork.Fork()
		}
	})
}

func TestRefusals(t *testing.T) {
	m, _ := load(t, "gpt2")
	s := m.Start().(*transformer.State)
	wrong := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want one with %q", what, err, want)
		}
	}
	_, err := s.Extend(ctx)
	wrong("empty context", err, argen.ErrEmptyContext.Error())
	_, err = s.Lens(ctx, 0, 0)
	wrong("lens of an empty context", err, argen.ErrEmptyContext.Error())
	_, err = s.Extend(ctx, 3, 512)
	wrong("id", err, "token 2 of 2: id 512 is not in the vocabulary of 512")
	_, err = s.Extend(ctx, make([]argen.ID, 129)...)
	wrong("long context", err, "a context of 129 tokens does not fit, the model's longest is 128")
	_, err = s.Score(ctx, make([]argen.ID, 129)...)
	wrong("long text", err, "a context of 129 tokens does not fit")
	one(t, s, 3)
	_, err = s.Attention(ctx, 2, 0)
	wrong("layer", err, "layer 2: there are 0 to 1")
	_, err = s.Hidden(ctx, 3, 0)
	wrong("layer", err, "layer 3: there are 0 to 2")
	_, err = s.Hidden(ctx, 0, 1)
	wrong("position", err, "position 1: there are 0 to 0")
	if s.Len() != 1 {
		t.Errorf("the context has %d tokens, want 1", s.Len())
	}
}

// What is shown of the last positions alone is what is shown of them with all
// others, and looking changes nothing.
func TestInspectFrom(t *testing.T) {
	each(t, func(t *testing.T, m *transformer.Model, _ *reference) {
		s := m.Start().(*transformer.State)
		before, err := s.Extend(ctx, text(40, m.Config().VocabSize)...)
		if err != nil {
			t.Fatal(err)
		}
		before = slices.Clone(before)
		for layer := range s.Layers() {
			for _, from := range []int{1, 31, 32, 33, 39} {
				compareRows(t, from, func(from int) ([][]float64, error) { return s.Lens(ctx, layer+1, from) })
				compareRows(t, from, func(from int) ([][]float64, error) { return s.Hidden(ctx, layer, from) })
				compareRows(t, from, func(from int) ([][]float64, error) {
					weights, err := s.Attention(ctx, layer, from)
					return weights[1], err
				})
			}
		}
		one(t, s, 3)
		s.Rewind(40)
		after, err := s.Extend(ctx)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "after looking", after, before, tight)
	})
}

func compareRows(t *testing.T, from int, look func(from int) ([][]float64, error)) {
	t.Helper()
	all, err := look(0)
	if err != nil {
		t.Fatal(err)
	}
	some, err := look(from)
	if err != nil || len(some) != len(all)-from {
		t.Fatalf("%d rows from %d on, %v", len(some), from, err)
	}
	for i, row := range some {
		near(t, "from a position on", row, all[from+i], tight)
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	exact, _ := load(t, "llama-untied")
	fast := quantizedLlama(t, quant.Q4_1).With(transformer.Options{Fast: true})
	for _, m := range []*transformer.Model{exact, fast} {
		s := m.Start()
		for range blockLen + 1 { // the second block of the cache is there
			one(t, s, 7)
		}
		ids := []argen.ID{7}
		got := testing.AllocsPerRun(20, func() {
			s.Rewind(blockLen + 1)
			if _, err := s.Extend(ctx, ids...); err != nil {
				t.Fatal(err)
			}
		})
		if got != 0 {
			t.Errorf("activations %q: %v allocations a token, want none", m.Info().Activations, got)
		}
	}
}

// blockLen is that of the cache.
const blockLen = 32

// A model that is large enough for single tokens to be computed by a crew.
func TestLargeModel(t *testing.T) {
	m := randomLlama(t, false, 8192, 512, 1, 8, 32)
	ids := make([]argen.ID, 40)
	for i := range ids {
		ids[i] = argen.ID(i * i)
	}
	rows := score(t, m, ids)
	s := m.Start()
	for i, id := range ids {
		near(t, "one by one", one(t, s, id), rows[i], tight)
	}
}
