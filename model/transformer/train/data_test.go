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
		s := Stream{IDs: text, Window: window, Seed: rapid.Uint64().Draw(t, "seed")}
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
	if _, err := (Stream{IDs: make([]argen.ID, 8), Window: 8}).Sequence(0); err == nil || err.Error() != "train: the text has 8 tokens, which is too few for a context of 8: at least 9 are needed" {
		t.Errorf("error %v", err)
	}
	one, other := Stream{IDs: []argen.ID{1, 2, 3}, Window: 2}, Stream{IDs: []argen.ID{1, 3, 2}, Window: 2}
	if one.Fingerprint() == other.Fingerprint() {
		t.Error("two texts have one fingerprint")
	}
}

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
