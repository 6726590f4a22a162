package train

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"argen"
)

func TestShuffledIsAPermutation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, key := rapid.Uint64Range(1, 300).Draw(t, "n"), rapid.Uint64().Draw(t, "key")
		seen := make([]bool, n)
		for i := range n {
			j := shuffled(i, n, key)
			if j >= n || seen[j] {
				t.Fatalf("%d goes to %d, outside or twice", i, j)
			}
			seen[j] = true
		}
	})
	if shuffled(0, 1000, 1) == shuffled(0, 1000, 2) && shuffled(1, 1000, 1) == shuffled(1, 1000, 2) {
		t.Error("the key changes nothing")
	}
}

// Windows of an epoch do not overlap but for the token between two.
func TestStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		window := rapid.IntRange(1, 9).Draw(t, "window")
		text := make([]argen.ID, rapid.IntRange(window+1, 100).Draw(t, "tokens"))
		for i := range text {
			text[i] = argen.ID(i)
		}
		s := Stream{Tokens: IDs(text), Window: window, Seed: rapid.Uint64().Draw(t, "seed")}
		n, err := s.perEpoch()
		if err != nil {
			t.Fatal(err)
		}
		for epoch := range uint64(3) {
			predicted := make([]bool, len(text))
			for i := range n {
				got, err := s.Sequence(epoch*n + i)
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != window+1 {
					t.Fatalf("a window of %d tokens", len(got))
				}
				for j, id := range got[1:] {
					if id != got[j]+1 || predicted[id] {
						t.Fatalf("epoch %d: token %d comes after %d, or twice", epoch, id, got[j])
					}
					predicted[id] = true
				}
			}
		}
	})
	if _, err := (Stream{Tokens: make(IDs, 8), Window: 8}).Sequence(0); err == nil || err.Error() != "train: the text has 8 tokens, which is too few for a context of 8: at least 9 are needed" {
		t.Errorf("error %v", err)
	}
	seen := map[string]bool{}
	for _, s := range []Stream{
		{Tokens: IDs{1, 2, 3}, Window: 2},
		{Tokens: IDs{1, 3, 2}, Window: 2},
		{Tokens: IDs{1, 2, 3}, Window: 1},
		{Tokens: IDs{1, 2, 3}, Window: 2, Seed: 1},
		{Tokens: IDs{1, 2, 3}, Window: 2, Begin: []argen.ID{0}},
		{Tokens: Stretch{IDs{1, 2, 3, 4}, 1, 4}, Window: 2},
	} {
		seen[s.Fingerprint()] = true
	}
	if len(seen) != 6 {
		t.Errorf("%d fingerprints of 6 sources", len(seen))
	}
}

// A token before each window takes the place of the one that cannot be
// predicted.
func TestStreamBegins(t *testing.T) {
	s := Stream{Tokens: IDs{10, 11, 12, 13, 14, 15, 16}, Window: 3, Begin: []argen.ID{1}}
	seen := map[argen.ID]bool{}
	for i := range uint64(100) {
		got, err := s.Sequence(i)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 4 || got[0] != 1 || got[2] != got[1]+1 || got[3] != got[1]+2 {
			t.Fatalf("window %d is %v", i, got)
		}
		seen[got[1]] = true
	}
	if len(seen) != 4 || !seen[10] || !seen[13] {
		t.Errorf("windows begin with %v", seen)
	}
}

func TestEvenly(t *testing.T) {
	text := make(IDs, 101)
	for i := range text {
		text[i] = argen.ID(i)
	}
	s := Stream{Tokens: Stretch{text, 1, 101}, Window: 9}
	for n, want := range map[int][]argen.ID{1: {1}, 3: {1, 28, 55}, 10: {1, 10, 19, 28, 37, 46, 55, 64, 73, 82}, 99: {1, 10, 19, 28, 37, 46, 55, 64, 73, 82}} {
		windows, err := s.Evenly(n)
		if err != nil {
			t.Fatal(err)
		}
		var begins []argen.ID
		for _, w := range windows {
			begins = append(begins, w[0])
		}
		if !slices.Equal(begins, want) {
			t.Errorf("%d windows begin at %v, want %v", n, begins, want)
		}
	}
	if _, err := (Stream{Tokens: IDs{1}, Window: 2}).Evenly(1); err == nil {
		t.Error("windows of a text that is too short")
	}
}

func TestEpochs(t *testing.T) {
	e := Epochs{Source: numbered{}, N: 20, Seed: 3}
	var orders [][]argen.ID
	for epoch := range uint64(3) {
		var order []argen.ID
		for i := range e.N {
			s, err := e.Sequence(epoch*e.N + i)
			if err != nil {
				t.Fatal(err)
			}
			order = append(order, s[1])
		}
		sorted := slices.Sorted(slices.Values(order))
		if len(slices.Compact(sorted)) != 20 || sorted[19] != 19 {
			t.Errorf("an epoch has %v", order)
		}
		orders = append(orders, order)
	}
	if slices.Equal(orders[0], orders[1]) || slices.Equal(orders[1], orders[2]) {
		t.Errorf("epochs are in the same order: %v", orders)
	}
	if e.Fingerprint() == (Epochs{Source: numbered{}, N: 21, Seed: 3}).Fingerprint() || e.Fingerprint() == (Epochs{Source: numbered{}, N: 20}).Fingerprint() {
		t.Error("two sources have one fingerprint")
	}
}

// numbered has the sequence 0 i under number i.
type numbered struct{}

func (numbered) Sequence(i uint64) ([]argen.ID, error) { return []argen.ID{0, argen.ID(i)}, nil }

func (numbered) Fingerprint() string { return "numbers" }

// Every sequence of a pool comes once, those of a step are of similar length,
// and a step does not depend on those before it.
func TestBatches(t *testing.T) {
	c, err := tiny().complete()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Steps: 9, Batch: 8, Pool: 60}.complete() // rounded up to 64
	b := newBatcher(stories(2), c, o)
	seen, spread := map[string]bool{}, 0
	for i := range 8 {
		s, err := b.step(i)
		if err != nil {
			t.Fatal(err)
		}
		lengths := make([]int, len(s))
		for j, ids := range s {
			lengths[j] = len(ids)
			seen[fingerprint([][]argen.ID{ids})] = true
		}
		spread += slices.Max(lengths) - slices.Min(lengths)
	}
	if len(seen) != 64 {
		t.Errorf("%d different sequences in a pool of 64", len(seen))
	}
	if spread > 8*30 {
		t.Errorf("sequences of a step differ in length by %d on the average", spread/8)
	}
	order := slices.Clone(b.order)
	ninth, err := b.step(8)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := newBatcher(stories(2), c, o).step(8)
	if err != nil {
		t.Fatal(err)
	}
	if fingerprint(ninth) != fingerprint(fresh) {
		t.Error("step 8 depends on the steps before it")
	}
	if slices.Equal(order, b.order) {
		t.Errorf("two pools have the steps in the same order %v", order)
	}
}

func TestRate(t *testing.T) {
	at := func(o Options, step int) float64 {
		o.Steps, o.Warmup = 100, 10
		return o.complete().rate(step)
	}
	for _, c := range []struct {
		o    Options
		step int
		want float64
	}{
		{Options{}, 0, 0.1},
		{Options{}, 9, 1},
		{Options{}, 10, 1},
		{Options{}, 55, 0.5},
		{Options{}, 99, (1 - math.Cos(math.Pi/90)) / 2},
		{Options{}, 100, 0},
		{Options{}, 1000, 0},
		{Options{Floor: 0.2}, 55, 0.6},
		{Options{Schedule: Linear}, 55, 0.5},
		{Options{Schedule: Linear}, 91, 0.1},
		{Options{Schedule: WSD}, 80, 1},
		{Options{Schedule: WSD}, 90, 0.5},
		{Options{Schedule: WSD, Decay: 0.5}, 75, 0.5},
		{Options{Schedule: WSD, Decay: -1}, 99, 1},
	} {
		if got := at(c.o, c.step); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v: rate %v at step %d, want %v", c.o, got, c.step, c.want)
		}
	}
	if got := (Options{Steps: 5, Warmup: -1}).complete().rate(0); got != 1 {
		t.Errorf("without warm-up the first rate is %v", got)
	}
}
