package ngram

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"argen"
)

// A Model is an n-gram language model. It implements [argen.Model].
type Model struct {
	// Ref is what Info says of how the user named the model.
	Ref string
	// Meta is what the maker of the model wants kept with it, such as the kind
	// of tokenizer; argen's binary file holds it. Not to be changed.
	Meta map[string]string

	vocab     Vocab
	order     int
	smoothing Smoothing // "" if not known
	flat      bool      // backing off leads to the uniform distribution (add-k)
	scores    bool      // the numbers are scores, to be normalised (stupid backoff)

	// nodes are the n-grams of orders 1 to n-1 (and 1 if n is 1), then a
	// sentinel; leaves those of order n. Together they are numbered
	// 0…len(nodes)-2, then the leaves.
	nodes  []node
	leaves []leaf
	level  []uint32 // level[k] is the number of the first (k+1)-gram; one entry more than orders

	highest  uint32 // the first of the contexts whose successors are leaves
	index    index  // see table
	indexed  atomic.Bool
	indexing sync.Mutex

	counts []uint32 // times seen by number, nil if not kept
	text   corpus   // training text, empty if not kept

	unigram []float64 // ln P of each token alone, −Inf for BOS
	sha256  string
	words   lookup
	unmap   func() error
}

// A node is an n-gram that may be a context of longer ones.
type node struct {
	word    uint32  // the last token
	prob    float32 // log10 P(word | the tokens before it)
	backoff float32 // log10 of the back-off weight
	first   uint32  // number of the first successor; they end where the next node's begin
}

// A leaf is an n-gram of the highest order.
type leaf struct {
	word uint32
	prob float32
}

// A Context is what a model knows of the tokens before the next one: its last
// token, its last two, and so on, as far as they are n-grams that have a say.
// The zero value is the empty context.
type Context struct {
	known [MaxOrder]uint32 // numbers of nodes, the shortest first
	n     uint32           // how many they are, below the model's order
}

// root is the number of no n-gram.
const root = math.MaxUint32

// ln10 turns log10 into natural logarithms.
const ln10 = math.Ln10

// Info implements argen.Model. SHA256 is that of the file the model was read
// from.
func (m *Model) Info() argen.Info {
	info := argen.Info{
		Ref: m.Ref, Kind: "ngram", SHA256: m.sha256, VocabSize: len(m.vocab.Words),
		BOS: m.vocab.BOS, AddBOS: m.vocab.BOS != argen.NoID, Order: m.order,
	}
	if m.vocab.EOS != argen.NoID {
		info.Stop = []argen.ID{m.vocab.EOS}
	}
	return info
}

// Vocab returns the model's vocabulary, not to be changed.
func (m *Model) Vocab() Vocab { return m.vocab }

// ID returns the id of a word, or that of unknown words and false. Without
// those in the vocabulary it is NoID.
func (m *Model) ID(word string) (argen.ID, bool) {
	if id, ok := m.words.id(m.vocab.Words, word); ok {
		return id, true
	}
	return m.vocab.Unk, false
}

// NGrams returns how many n-grams of each order the model has.
func (m *Model) NGrams() []int {
	n := make([]int, m.order)
	for k := range n {
		n[k] = int(m.level[k+1] - m.level[k])
	}
	return n
}

// Begin is the context of a sentence's first token, that of BOS; the empty
// one if the model has none.
func (m *Model) Begin() Context {
	c := Context{}
	if bos := m.vocab.BOS; bos != argen.NoID && m.asks(uint32(bos)) {
		c.known[0], c.n = uint32(bos), 1
	}
	return c
}

// Score returns log10 P(id | c) and the context after id. An id that is not in
// the vocabulary counts as the unknown word, or is impossible if there is none.
func (m *Model) Score(c Context, id argen.ID) (next Context, log10prob float64) {
	log10prob = m.Advance(&c, id)
	return c, log10prob
}

// Advance is [Model.Score] with the context changed in place, the fast path
// for scoring text.
func (m *Model) Advance(c *Context, id argen.ID) (log10prob float64) {
	return m.prob(m.locate(c, id))
}

// AdvanceAll is Advance for many contexts side by side: cs[i] by ids[i], with
// the result in log10probs[i]. For a model larger than the processor's cache
// that is faster than one by one, since all that is to be looked at is fetched
// from memory at the same time; 16 contexts are enough.
func (m *Model) AdvanceAll(log10probs []float64, cs []Context, ids []argen.ID) {
	const most = 32
	for ; len(cs) > most; log10probs, cs, ids = log10probs[most:], cs[most:], ids[most:] {
		m.AdvanceAll(log10probs, cs[:most], ids)
	}
	x := m.table()
	var starts [most * MaxOrder]uint32
	n := 0
	for i := range cs {
		c := &cs[i]
		for _, context := range c.known[:min(c.n, MaxOrder)] {
			starts[n] = x.start(x.keys.hash(context, uint32(ids[i])))
			n++
		}
	}
	prefetch(&x.slots[0], &starts[0], n)
	var found [most]location
	for i := range cs {
		found[i] = m.locate(&cs[i], ids[i])
	}
	for i := range cs {
		log10probs[i] = m.prob(found[i])
	}
}

// A location is where a probability stands: weight + that of node number. The
// node behind the last has none.
type location struct {
	weight float64 // log10
	number uint32
}

func (m *Model) prob(at location) float64 {
	return at.weight + float64(m.nodes[min(at.number, m.inner())].prob)
}

// locate finds what is known of id in a context, and changes that to the
// context after id. All contexts are asked, also those longer than one that
// does not know the token: their look-ups do not wait for each other, so the
// processor makes them at the same time.
func (m *Model) locate(c *Context, id argen.ID) location {
	w := uint32(id)
	if w >= uint32(len(m.vocab.Words)) {
		if m.vocab.Unk == argen.NoID {
			c.n = 0
			return location{math.Inf(-1), root}
		}
		w = uint32(m.vocab.Unk)
	}
	x := m.table()
	word := uint64(w) * x.keys.word
	n, known, inner := c.n, c.known[0], m.inner()
	c.n = 0
	if m.asks(w) {
		c.known[0], c.n = w, 1
	}
	found, last := location{0, w}, float32(0) // last is the weight of backing off from the longest context
	for i := uint32(1); i <= n; i++ {
		context := known
		known = c.known[i%MaxOrder] // before its place is taken
		s := x.find(uint64(context)*x.keys.context + word)
		switch {
		case s == free:
			last = m.nodes[context].backoff
			found.weight += float64(last)
		case context >= m.highest:
			return location{float64(s.prob()), root}
		default:
			found, last = location{0, s.number()}, 0
			if s.asks() && found.number < inner && c.n < uint32(m.order-1) { // always so, but for a damaged file
				c.known[c.n%MaxOrder] = found.number
				c.n++
			}
		}
	}
	if m.flat && last != 0 {
		return location{float64(last), root}
	}
	return found
}

// successor returns the number of the n-gram that a context and a word make,
// root if the model does not have it.
func (m *Model) successor(context, word uint32) uint32 {
	if context < m.highest {
		x := m.table()
		if n := x.find(x.keys.hash(context, word)).number(); n < m.inner() {
			return n
		}
		return root
	}
	inner, first := m.inner(), m.nodes[context].first
	successors := m.leaves[first-inner : m.nodes[context+1].first-inner]
	i, found := slices.BinarySearchFunc(successors, word, func(l leaf, w uint32) int { return cmp.Compare(l.word, w) })
	if !found {
		return root
	}
	return first + uint32(i)
}

// inner is the number of nodes, and so the number of the first leaf.
func (m *Model) inner() uint32 { return uint32(len(m.nodes) - 1) }

// asks reports whether a node has a say as a context: something follows it, or
// backing off from it costs something.
func (m *Model) asks(at uint32) bool {
	return m.nodes[at].first < m.nodes[at+1].first || m.nodes[at].backoff != 0
}

// number returns the number of the n-gram ids, root if it is not in the
// model.
func (m *Model) number(ids []argen.ID) uint32 {
	if len(ids) == 0 || len(ids) > m.order || uint32(ids[0]) >= uint32(len(m.vocab.Words)) {
		return root
	}
	at := uint32(ids[0])
	for _, id := range ids[1:] {
		if at == root || at >= m.inner() {
			return root
		}
		at = m.successor(at, uint32(id))
	}
	return at
}

// logprob returns log10 P of the last token of an n-gram given the others.
func (m *Model) logprob(number uint32) float32 {
	if inner := m.inner(); number >= inner {
		return m.leaves[number-inner].prob
	}
	return m.nodes[number].prob
}

// word returns the last token of an n-gram.
func (m *Model) word(number uint32) uint32 {
	if inner := m.inner(); number >= inner {
		return m.leaves[number-inner].word
	}
	return m.nodes[number].word
}

// ready computes what is not stored.
func (m *Model) ready() {
	m.highest = m.inner()
	if m.order > 1 {
		m.highest = m.level[m.order-2]
	}
	m.unigram = make([]float64, len(m.vocab.Words))
	for w := range m.unigram {
		m.unigram[w] = float64(m.nodes[w].prob) * ln10
	}
	if m.vocab.BOS != argen.NoID {
		m.unigram[m.vocab.BOS] = math.Inf(-1)
	}
}
