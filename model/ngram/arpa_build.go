package ngram

// An entry is an n-gram as a file has it: its context, its last word.
type entry struct {
	parent, word  uint32
	prob, backoff float32
	line          uint32
}

// An arpaBuilder makes a model from n-grams that come order by order, in any
// order within.
type arpaBuilder struct {
	m       *Model
	entries []entry // of the present order
	indexes []index // indexes[k] finds the n-grams of k+1 words; none for unigrams and the highest order
}

// begin prepares for n-grams of up to order words.
func (b *arpaBuilder) begin(order int) {
	b.m = &Model{order: order, level: make([]uint32, 1, order+1), nodes: make([]node, 1)}
	b.indexes = make([]index, order)
}

func (b *arpaBuilder) add(e entry) { b.entries = append(b.entries, e) }

// successor returns the number of the n-gram of k+1 words that has a context
// and a last word, root if there is none.
func (b *arpaBuilder) successor(k int, context, word uint32) uint32 {
	x := &b.indexes[k]
	return x.find(x.keys.hash(context, word)).number()
}

// close places the n-grams of k+1 words in the model.
func (a *arpaReader) close(k int, field string) error {
	m, highest := a.m, a.m.order-1
	order, err := a.sort(k, field)
	if err != nil {
		return err
	}
	start := m.level[k]
	end := start + uint32(len(order))
	m.level = append(m.level, end)
	if k > 0 {
		for at, i := m.level[k-1], 0; at <= start; at++ { // where the successors of each context begin
			for i < len(order) && a.entries[order[i]].parent < at {
				i++
			}
			m.nodes[at].first = start + uint32(i)
		}
	}
	if k == highest && k > 0 {
		m.leaves = make([]leaf, len(order))
	} else {
		m.nodes = append(m.nodes[:start], make([]node, len(order)+1)...)
		m.nodes[end].first = end
	}
	parallel(len(order), func(from, to int) {
		for i := from; i < to; i++ {
			e := &a.entries[order[i]]
			if k == highest && k > 0 {
				m.leaves[i] = leaf{e.word, e.prob}
			} else {
				m.nodes[start+uint32(i)] = node{e.word, e.prob, e.backoff, end}
			}
		}
	})
	if k > 0 && k < highest {
		a.indexes[k] = m.indexOf(m.level[k-1], start)
	}
	a.entries = a.entries[:0]
	return nil
}

// sort returns the order of the entries by context and word.
func (a *arpaReader) sort(k int, field string) ([]uint32, error) {
	order := make([]uint32, len(a.entries))
	rising := true
	for i := range a.entries {
		order[i] = uint32(i)
		rising = rising && (i == 0 || a.entries[i-1].less(&a.entries[i]))
	}
	if rising || k == 0 {
		return order, nil
	}
	keys := make([][2]uint64, len(a.entries))
	for i := range a.entries {
		e := &a.entries[i]
		keys[i] = [2]uint64{uint64(e.parent)<<32 | uint64(e.word), uint64(i)}
	}
	sortKeys(keys, make([][2]uint64, len(keys)), 128)
	for i, key := range keys {
		order[i] = uint32(key[1])
		if i > 0 && key[0] == keys[i-1][0] {
			e := &a.entries[order[i]]
			return nil, a.errorAt(int(e.line), 1, field, "the %s ending in %s stands twice, first in line %d", field, show([]byte(a.m.vocab.Words[e.word])), a.entries[order[i-1]].line)
		}
	}
	return order, nil
}

func (e *entry) less(f *entry) bool {
	return e.parent < f.parent || e.parent == f.parent && e.word < f.word
}

// finish completes the model.
func (b *arpaBuilder) finish() *Model {
	b.indexes, b.entries = nil, nil
	b.m.ready()
	return b.m
}
