package ngram

import (
	"math/rand/v2"
	"testing"
)

// No two pairs have the same hash, however few bits there are.
func TestKeysAreAPermutation(t *testing.T) {
	for _, size := range []struct{ contexts, words uint32 }{{1, 1}, {7, 31}, {100, 3}, {1, 4000}, {1 << 10, 1 << 7}} {
		k := keysFor(size.contexts, size.words, golden)
		seen := map[uint64]bool{}
		for c := range size.contexts {
			for w := range size.words {
				h := k.hash(c, w)
				if seen[h] {
					t.Fatalf("%+v: the hash of %d and %d has come before", size, c, w)
				}
				seen[h] = true
			}
		}
	}
}

// What was put in is found, and nothing else, whatever the numbers of
// contexts and words.
func TestIndex(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for _, size := range []struct{ contexts, words, n uint32 }{{1, 1, 0}, {1, 1, 1}, {3, 200, 400}, {1 << 16, 1 << 15, 50_000}, {1 << 18, 1 << 17, 200_000}} {
		type pair struct{ context, word uint32 }
		x := index{keys: keysFor(size.contexts, size.words, golden), size: uint64(size.n) + uint64(size.n)/3 + 1}
		numbers := map[pair]uint32{}
		for uint32(len(numbers)) < size.n {
			numbers[pair{rng.Uint32N(size.contexts), rng.Uint32N(size.words)}] = uint32(len(numbers))
		}
		var list []insert
		for p, n := range numbers {
			h := x.keys.hash(p.context, p.word)
			list = append(list, insert{slot(n)<<32 | slot(x.keys.check(h)), h})
		}
		if !x.fill(list) {
			t.Errorf("%+v: the bits in a slot should be enough", size)
		}
		for p, n := range numbers {
			if got := x.find(x.keys.hash(p.context, p.word)); got == free || got.number() != n {
				t.Fatalf("%+v: %+v is found as %x, expected number %d", size, p, got, n)
			}
		}
		for range 10_000 {
			p := pair{rng.Uint32N(size.contexts), rng.Uint32N(size.words)}
			if _, in := numbers[p]; !in && x.find(x.keys.hash(p.context, p.word)) != free {
				t.Fatalf("%+v: %+v is found and was not put in", size, p)
			}
		}
	}
}

// Hashes that are all but the same are noticed.
func TestIndexCrowded(t *testing.T) {
	x := index{keys: keysFor(1<<20, 1<<20, golden), size: 1 << 16}
	var list []insert
	for i := range uint32(1 << 15) {
		list = append(list, insert{slot(i)<<32 | slot(x.keys.check(uint64(i)<<22)), uint64(i) << 22})
	}
	if x.fill(list[:10]) != true || x.fill(list[:1000]) || x.fill(list) {
		t.Error("a crowd is not noticed")
	}
}

// Slots lie as if they had been put in by their hashes, whatever their order.
func TestIndexOrder(t *testing.T) {
	x := index{keys: keysFor(1<<16, 1<<10, golden), size: 2000}
	var list []insert
	for i := range uint32(1800) {
		h := x.keys.hash(i*7, i%100)
		list = append(list, insert{slot(i)<<32 | slot(x.keys.check(h)), h})
	}
	x.fill(list)
	want := x.slots
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	x.fill(list)
	for i := range want {
		if x.slots[i] != want[i] {
			t.Fatalf("slot %d depends on the order", i)
		}
	}
}
