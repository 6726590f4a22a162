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
	tables  []table // tables[k] finds the n-grams of k+1 words by context and last word
}

// begin prepares for n-grams of up to order words.
func (b *arpaBuilder) begin(order int) {
	b.m = &Model{order: order, level: make([]uint32, 1, order+1), nodes: make([]node, 1)}
	b.tables = make([]table, order)
}

func (b *arpaBuilder) add(e entry) { b.entries = append(b.entries, e) }

// successor returns the number of the n-gram of k+1 words that has a context
// and a last word, root if there is none.
func (b *arpaBuilder) successor(k int, context, word uint32) uint32 {
	if b.tables[k] == nil {
		return root
	}
	return b.tables[k].find(context, word, b.m.nodes[context].first, b.m.nodes[context+1].first)
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
	if k > 0 && k < highest {
		a.tables[k] = newTable(len(order))
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
			link := a.suffix(k, e)
			if k == highest && k > 0 {
				m.leaves[i] = leaf{e.word, e.prob, link}
			} else {
				m.nodes[start+uint32(i)] = node{e.word, e.prob, e.backoff, end, link}
			}
		}
	})
	if k > 0 && k < highest {
		for i, o := range order {
			e := &a.entries[o]
			a.tables[k].add(e.parent, e.word, start+uint32(i))
		}
	}
	a.entries = a.entries[:0]
	return nil
}

// suffix returns the longest proper suffix of an n-gram that is in the model.
func (b *arpaBuilder) suffix(k int, e *entry) uint32 {
	if k == 0 {
		return root
	}
	j := k - 1
	for q := b.m.nodes[e.parent].link; q != root; q = b.m.nodes[q].link {
		for b.m.level[j] > q {
			j--
		}
		if found := b.successor(j+1, q, e.word); found != root {
			return found
		}
	}
	return e.word
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

// finish completes the model: links lead to contexts worth asking only.
func (b *arpaBuilder) finish() *Model {
	m := b.m
	b.tables, b.entries = nil, nil
	for i := range m.inner() { // a link is a lower number, settled before
		if l := m.nodes[i].link; l != root {
			m.nodes[i].link = uint32(m.settle(l))
		}
	}
	parallel(len(m.leaves), func(from, to int) {
		for i := from; i < to; i++ {
			m.leaves[i].link = uint32(m.settle(m.leaves[i].link))
		}
	})
	m.index()
	m.ready()
	return m
}
