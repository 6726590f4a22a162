package ngram

import (
	"math"
	"math/bits"
)

// An index finds n-grams by their context and last word, mostly in one look.
// It is a hash table with open addressing whose slots stand in the order of
// their hashes, so that a search ends at the first that is not below the one
// sought. (Amble and Knuth, Ordered hash tables, 1974.)
//
// The hash is a permutation of the pairs (context, word), and a slot's place
// says nearly all of its hash; so the few bits that a slot holds of it tell
// for sure whether it is the one, without a look at the n-gram.
type index struct {
	slots []slot // the last stride are free
	size  uint64 // where a search can start; slots behind that are for what was pushed on
	keys  keys
}

// A slot holds the number of an n-gram in its high half, or log10 of its
// probability if it is of the highest order; in the low one the low bits of its
// hash, and in bit 0 whether the n-gram has a say as a context (Model.asks).
type slot uint64

const stride = 4

// free is a slot that holds nothing: no number and no probability has all bits
// set.
const free slot = 1<<64 - 1

func (s slot) number() uint32 { return uint32(s >> 32) }
func (s slot) prob() float32  { return math.Float32frombits(s.number()) }
func (s slot) asks() bool     { return s&1 != 0 }
func (s slot) check() uint32  { return uint32(s) &^ 1 }

// ahead is how much the hash of s is above that of t, if they are not far from
// each other.
func (s slot) ahead(t uint32) int32 { return int32(s.check() - t) }

// keys turns pairs of context and word into hashes: numbers of so many bits,
// at the top of 64. They are a permutation of the pairs,
//
//	(context·2^bits(word) + word) · factor  mod 2^bits
//
// (Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, section
// 6.4.)
type keys struct {
	factor        uint64 // odd
	context, word uint64 // what the two are multiplied by
	unused        uint8  // bits of 64
}

// golden is 2^64 over the golden ratio.
const golden = 0x9E3779B97F4A7C15

func keysFor(contexts, words uint32, factor uint64) keys {
	word := bits.Len32(words)
	k := keys{factor: factor, unused: uint8(64 - word - bits.Len32(contexts))}
	k.word = factor << k.unused
	k.context = k.word << word
	return k
}

func (k *keys) hash(context, word uint32) uint64 {
	return uint64(context)*k.context + uint64(word)*k.word
}

// check is the part of a hash that a slot holds.
func (k *keys) check(h uint64) uint32 { return uint32(h>>(k.unused&63)) << 1 }

// start returns where the search for a hash begins.
func (x *index) start(h uint64) uint32 {
	at, _ := bits.Mul64(h, x.size)
	return uint32(at)
}

// find returns the slot of the n-gram with this hash, free if there is none.
// It looks at stride slots at a time without a branch: where among them a hash
// is can't be foreseen.
func (x *index) find(h uint64) slot {
	check := x.keys.check(h)
	for at := x.start(h); ; at += stride {
		s := (*[stride]slot)(x.slots[at:])
		a, b, c, d := s[0], s[1], s[2], s[3]
		found := free
		if a.check() == check {
			found = a
		}
		if b.check() == check {
			found = b
		}
		if c.check() == check {
			found = c
		}
		if d.check() == check {
			found = d
		}
		if found != free || d == free || d.ahead(check) > 0 {
			return found
		}
	}
}
