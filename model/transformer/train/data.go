package train

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"argen"
)

// A Source has the sequences to train on. Which sequence has which number is
// fixed, so that training can go on from any number.
type Source interface {
	// Sequence returns sequence number i: at least two tokens, each but the
	// first to be predicted from those before it. An id of [argen.NoID] is not
	// predicted (and may stand at the end only: padding).
	Sequence(i uint64) ([]argen.ID, error)
	// Fingerprint identifies the source: what was saved with one source does
	// not go on with another.
	Fingerprint() string
}

// Stories are texts made on the fly: number i is bos and what sample writes
// with the i-th random stream of the seed. There are no epochs, no story
// comes twice but by chance.
type Stories struct {
	Name   string // for the fingerprint: what sample is
	Seed   uint64
	BOS    argen.ID
	Sample func(rng *rand.Rand) ([]argen.ID, error)
}

// Sequence implements [Source].
func (s Stories) Sequence(i uint64) ([]argen.ID, error) {
	story, err := s.Sample(stream(s.Seed, "stories", i))
	if err != nil {
		return nil, err
	}
	return append([]argen.ID{s.BOS}, story...), nil
}

// Fingerprint implements [Source].
func (s Stories) Fingerprint() string {
	return fmt.Sprintf("stories %s, seed %d, begin %d", s.Name, s.Seed, s.BOS)
}

// Epochs are the first N sequences of a source again and again, in each epoch
// in an order of its own.
type Epochs struct {
	Source
	N    uint64 // at least 1
	Seed uint64
}

// Sequence implements [Source].
func (e Epochs) Sequence(i uint64) ([]argen.ID, error) {
	return e.Source.Sequence(shuffled(i%e.N, e.N, mix(e.Seed^hash("epochs"))+i/e.N))
}

// Fingerprint implements [Source].
func (e Epochs) Fingerprint() string {
	return fmt.Sprintf("%d of %s, order %d", e.N, e.Source.Fingerprint(), e.Seed)
}

// Stream cuts a long text into windows of Window tokens. Each epoch has all
// windows in an order of its own, and begins them at another place.
type Stream struct {
	Tokens Tokens
	Window int
	Seed   uint64
	// Begin is a token that stands before each window, as the begin of a text
	// stands before a prompt. Without it a window has the token after it too:
	// the first can be predicted from nothing.
	Begin []argen.ID
}

// perEpoch is how many windows an epoch has.
func (s Stream) perEpoch() (uint64, error) {
	if s.Window < 1 || s.Tokens.Len() <= s.Window {
		return 0, fmt.Errorf("train: the text has %d tokens, which is too few for a context of %d: at least %d are needed", s.Tokens.Len(), s.Window, s.Window+1)
	}
	return uint64(max(1, (s.Tokens.Len()-s.Window)/s.Window)), nil
}

// Sequence implements [Source].
func (s Stream) Sequence(i uint64) ([]argen.ID, error) {
	n, err := s.perEpoch()
	if err != nil {
		return nil, err
	}
	epoch, place := i/n, i%n
	spare := s.Tokens.Len() - int(n)*s.Window // 1 or more
	first := stream(s.Seed, "epoch", epoch).IntN(spare)
	return s.window(first + int(shuffled(place, n, mix(s.Seed^hash("windows"))+epoch))*s.Window)
}

// window is the window that begins at a token of the text.
func (s Stream) window(at int) ([]argen.ID, error) {
	ids := make([]argen.ID, s.Window+1)
	return ids, s.Tokens.Read(ids[copy(ids, s.Begin):], at)
}

// Evenly returns at most n windows of the text to validate on, from all over it.
func (s Stream) Evenly(n int) ([][]argen.ID, error) {
	all, err := s.perEpoch()
	if err != nil {
		return nil, err
	}
	n = min(n, int(all))
	windows := make([][]argen.ID, n)
	for i := range windows {
		if windows[i], err = s.window(i * int(all) / n * s.Window); err != nil {
			return nil, err
		}
	}
	return windows, nil
}

// Fingerprint implements [Source].
func (s Stream) Fingerprint() string {
	return fmt.Sprintf("%s, window %d after %v, seed %d", s.Tokens.Fingerprint(), s.Window, s.Begin, s.Seed)
}

// shuffled returns the place of i in a permutation of 0 … n−1 that key names,
// without a table of it: a Feistel network of four rounds over the next
// power of four, repeated until the result is below n.
func shuffled(i, n, key uint64) uint64 {
	half := 1
	for n > 1<<(2*half) {
		half++
	}
	mask := uint64(1)<<half - 1
	for {
		left, right := i>>half, i&mask
		for round := range uint64(4) {
			left, right = right, left^mix(right+key*4+round)&mask
		}
		if i = left<<half | right; i < n {
			return i
		}
	}
}

// A batcher has the sequences of each step. They are sorted by length within
// a pool, so that those of a step are about equally long, and the steps of a
// pool follow in a random order.
type batcher struct {
	source  Source
	seed    uint64
	perStep int
	pool    int // steps a pool has
	c       Config

	number    uint64 // the pool that sequences holds, from 1
	sequences [][]argen.ID
	order     []int
}

func newBatcher(source Source, c Config, o Options) *batcher {
	return &batcher{source: source, seed: o.Seed, perStep: o.Batch, pool: (o.Pool + o.Batch - 1) / o.Batch, c: c}
}

// step returns the sequences of a step, valid until the next call.
func (b *batcher) step(step int) ([][]argen.ID, error) {
	if number := uint64(step/b.pool) + 1; b.number != number {
		if err := b.fill(number); err != nil {
			return nil, err
		}
	}
	at := b.order[step%b.pool] * b.perStep
	return b.sequences[at : at+b.perStep], nil
}

func (b *batcher) fill(number uint64) error {
	b.number, b.sequences = 0, b.sequences[:0]
	size := uint64(b.pool * b.perStep)
	for i := (number - 1) * size; i < number*size; i++ {
		s, err := b.source.Sequence(i)
		if err == nil {
			err = checkSequence(s, b.c)
		}
		if err != nil {
			return fmt.Errorf("sequence %d: %w", i, err)
		}
		b.sequences = append(b.sequences, s)
	}
	slices.SortStableFunc(b.sequences, func(x, y []argen.ID) int { return len(x) - len(y) })
	b.order = stream(b.seed, "order", number).Perm(b.pool)
	b.number = number
	return nil
}

func checkSequence(s []argen.ID, c Config) error {
	if len(s) < 2 || len(s) > c.Context+1 {
		return fmt.Errorf("it has %d tokens, want 2 to %d (the context and one more)", len(s), c.Context+1)
	}
	for i, id := range s {
		if id == argen.NoID && i > 0 && (i == len(s)-1 || s[i+1] == argen.NoID) {
			continue
		}
		if id < 0 || int(id) >= c.VocabSize {
			return fmt.Errorf("token %d is id %d, the vocabulary has ids 0 to %d", i, id, c.VocabSize-1)
		}
	}
	return nil
}
