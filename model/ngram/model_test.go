package ngram

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"argen"
)

// For every smoothing, order and pruning: the probabilities of a context sum
// to 1, they are those that Score gives one by one, and the longest suffix
// that the model knows is all of the context that counts.
func TestDistribution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Options{
			Order:     rapid.IntRange(1, 9).Draw(t, "order"),
			Smoothing: rapid.SampledFrom(Smoothings).Draw(t, "smoothing"),
			K:         rapid.SampledFrom([]float64{0, .01, 3}).Draw(t, "k"),
		}
		if o.Smoothing == KneserNey || o.Smoothing == WittenBell {
			for k, last := 0, 0; k < o.Order; k++ {
				o.Prune = append(o.Prune, last)
				last += rapid.IntRange(0, 1).Draw(t, "prune")
			}
		}
		v := rapid.IntRange(1, 40).Draw(t, "v")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		vocab := numbered(v, rapid.Bool().Draw(t, "open"))
		text := random(rng, v, 1+rng.IntN(60), 12)
		m, _, err := Train(context.Background(), seq(text), vocab, o)
		if err != nil {
			t.Fatal(err)
		}
		logits := make([]float64, len(vocab.Words))
		for range 20 {
			c := m.Begin()
			if rng.IntN(2) == 0 {
				c = Context{}
			}
			for _, id := range random(rng, v, 1, 10)[0] {
				c, _ = m.Score(c, id)
			}
			m.Distribution(logits, c)
			checkSum(t, m, logits, c)
		}
	})
}

// checkSum checks the distribution of one context.
func checkSum(t rapid.TB, m *Model, logits []float64, c Context) {
	t.Helper()
	sum, scores := 0.0, 0.0
	for id := range logits {
		if argen.ID(id) != m.vocab.BOS {
			_, log10 := m.Score(c, argen.ID(id))
			scores += math.Pow(10, log10)
		}
	}
	for id, l := range logits {
		sum += math.Exp(l)
		_, log10 := m.Score(c, argen.ID(id))
		want := log10 * math.Ln10
		if m.scores {
			want -= math.Log(scores)
		}
		if argen.ID(id) == m.vocab.BOS {
			want = math.Inf(-1)
		}
		if l != want && !(math.Abs(l-want) < 1e-5) {
			t.Fatalf("%s order %d: the logit of token %d is %v, its Score gives %v", m.smoothing, m.order, id, l, want)
		}
	}
	// Numbers of 24 bits: each P is off by 2⁻²⁴ of its logarithm at most, and
	// the pruned and backed-off mass by as much for each order.
	if math.Abs(sum-1) > 1e-5 {
		t.Fatalf("%s order %d: the probabilities sum to %v", m.smoothing, m.order, sum)
	}
}

// Ids that are not in the vocabulary are unknown words to Score.
func TestScoreUnknown(t *testing.T) {
	open := trained(t, "a b\n", Options{})
	want := prob(t, open, "a <unk>")
	a, _ := open.ID("a")
	c, _ := open.Score(Context{}, a)
	for _, id := range []argen.ID{-1, argen.ID(len(open.vocab.Words)), math.MaxInt32} {
		if _, log10 := open.Score(c, id); math.Abs(math.Pow(10, log10)-want) > 1e-9 {
			t.Errorf("id %d has P %v, <unk> %v", id, math.Pow(10, log10), want)
		}
	}
	if id, ok := open.ID("nowhere"); ok || id != open.vocab.Unk {
		t.Errorf("ID of an unknown word is %d, %v", id, ok)
	}
	closed, _, err := Train(context.Background(), seq([][]argen.ID{{2}}), numbered(1, false), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c, log10 := closed.Score(closed.Begin(), 99); c != (Context{}) || !math.IsInf(log10, -1) {
		t.Errorf("without <unk> an unknown id has log10 P %v", log10)
	}
}

// A context of very many successors.
func TestWideContexts(t *testing.T) {
	var text [][]argen.ID
	for i := range argen.ID(500) {
		text = append(text, []argen.ID{2, 3 + i, 3 + i/2})
	}
	m, _, err := Train(context.Background(), seq(text), numbered(600, true), Options{Smoothing: MaximumLikelihood})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := m.Score(m.Begin(), 2)
	for id := range argen.ID(600) {
		_, log10 := m.Score(c, id)
		want := 0.0
		if id >= 3 && id < 503 {
			want = 1. / 500
		}
		if got := math.Pow(10, log10); math.Abs(got-want) > 1e-9 {
			t.Fatalf("P(%d) = %v after a context of 500 successors, expected %v", id, got, want)
		}
	}
}

// No token costs an allocation.
func TestExtendAllocates(t *testing.T) {
	m := trained(t, "a b c a b\nb c\n", Options{})
	state := m.Start()
	ids := make([]argen.ID, 64)
	for i := range ids {
		ids[i] = argen.ID(3 + i%3)
	}
	ctx := context.Background()
	if _, err := state.Extend(ctx, ids...); err != nil {
		t.Fatal(err)
	}
	i := 0
	n := testing.AllocsPerRun(100, func() {
		if state.Len() > 60 {
			state.Rewind(0)
		}
		if _, err := state.Extend(ctx, ids[i%3]); err != nil {
			t.Fatal(err)
		}
		i++
	})
	if n > 0 {
		t.Errorf("%v allocations a token", n)
	}
}

// Contexts side by side go on as each alone does.
func TestAdvanceAll(t *testing.T) {
	m := small(t, Options{Order: 4})
	rng := rand.New(rand.NewPCG(13, 14))
	for _, n := range []int{0, 1, 16, 32, 33, 100} {
		together, alone := make([]Context, n), make([]Context, n)
		got, ids := make([]float64, n), make([]argen.ID, n)
		for range 20 {
			for i := range ids {
				ids[i] = argen.ID(rng.IntN(len(m.vocab.Words)+1) - 1)
			}
			m.AdvanceAll(got, together, ids)
			for i, id := range ids {
				if want := m.Advance(&alone[i], id); got[i] != want {
					t.Fatalf("context %d of %d: log10 P(%d) = %v, alone %v", i, n, id, got[i], want)
				}
			}
		}
	}
}
