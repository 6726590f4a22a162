package ngram

import (
	"math"
	"sort"

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
	wide   table    // finds successors of contexts that have many

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
	link    uint32  // the longest proper suffix worth asking, root if none; always a lower number
}

// A leaf is an n-gram of the highest order.
type leaf struct {
	word uint32
	prob float32
	link uint32
}

// A Context is a place in the model: the longest end of a context that it
// knows something about.
type Context uint32

// root is the empty context.
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

// Null is the empty context: nothing is known, not even that a sentence
// begins.
func (m *Model) Null() Context { return root }

// Begin is the context of a sentence's first token, that of BOS; the empty
// one if the model has none.
func (m *Model) Begin() Context {
	if m.vocab.BOS == argen.NoID {
		return root
	}
	next, _ := m.Score(root, m.vocab.BOS)
	return next
}

// Score returns log10 P(id | c) and the context after id. It is the fast path
// for scoring text: no allocation, one or two look-ups. An id that is not in
// the vocabulary counts as the unknown word, or is impossible if there is none.
func (m *Model) Score(c Context, id argen.ID) (next Context, log10prob float64) {
	w := uint32(id)
	if w >= uint32(len(m.vocab.Words)) {
		if m.vocab.Unk == argen.NoID {
			return root, math.Inf(-1)
		}
		w = uint32(m.vocab.Unk)
	}
	at, sum := uint32(c), float32(0)
	for at != root {
		from, to := m.nodes[at].first, m.nodes[at+1].first
		if found := m.find(at, w, from, to); found != root {
			if inner := m.inner(); found >= inner {
				l := &m.leaves[found-inner]
				return Context(l.link), float64(sum + l.prob)
			}
			return m.settle(found), float64(sum + m.nodes[found].prob)
		}
		sum += m.nodes[at].backoff
		if m.flat && from < to {
			return m.settle(m.suffix(m.nodes[at].link, w)), float64(sum)
		}
		at = m.nodes[at].link
	}
	return m.settle(w), float64(sum + m.nodes[w].prob)
}

// inner is the number of nodes, and so the number of the first leaf.
func (m *Model) inner() uint32 { return uint32(len(m.nodes) - 1) }

// few is how many successors are looked through one by one.
const few = 8

// find returns the successor w of the node at, root if it has none; the
// successors are those from from to to.
func (m *Model) find(at, w, from, to uint32) uint32 {
	if to-from > few {
		return m.wide.find(at, w, from, to)
	}
	if inner := m.inner(); from >= inner {
		for i := from; i < to; i++ {
			if m.leaves[i-inner].word == w {
				return i
			}
		}
		return root
	}
	for i := from; i < to; i++ {
		if m.nodes[i].word == w {
			return i
		}
	}
	return root
}

// settle leaves out a context that nothing follows and that costs nothing to
// back off from.
func (m *Model) settle(at uint32) Context {
	if n := &m.nodes[at]; n.first == m.nodes[at+1].first && n.backoff == 0 {
		return Context(n.link)
	}
	return Context(at)
}

// suffix returns the longest known context that ends in w, whose beginning is
// at or one of its suffixes.
func (m *Model) suffix(at, w uint32) uint32 {
	for at != root {
		if found := m.find(at, w, m.nodes[at].first, m.nodes[at+1].first); found != root {
			return found
		}
		at = m.nodes[at].link
	}
	return w
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
		at = m.find(at, uint32(id), m.nodes[at].first, m.nodes[at+1].first)
	}
	return at
}

// orderOf returns how many tokens the n-gram has.
func (m *Model) orderOf(number uint32) int {
	return sort.Search(len(m.level), func(k int) bool { return m.level[k] > number })
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
	m.unigram = make([]float64, len(m.vocab.Words))
	for w := range m.unigram {
		m.unigram[w] = float64(m.nodes[w].prob) * ln10
	}
	if m.vocab.BOS != argen.NoID {
		m.unigram[m.vocab.BOS] = math.Inf(-1)
	}
}
