package ngram

// build estimates a trie's probabilities and makes the model, consuming the
// trie.
func build(t *trie, vocab Vocab, o Options, report *Report) *Model {
	e := &estimator{smoothing: o.Smoothing, k: o.K, v: float64(vocab.predictable()), prune: o.Prune}
	counts := t.seen()
	if o.Smoothing == KneserNey {
		counts = t.adjusted()
		e.discounts = t.discounts(counts)
		report.Discounts = e.discounts
		if n := note(e.discounts); n != "" {
			report.Notes = append(report.Notes, n)
		}
	}
	m := &Model{
		vocab: vocab, order: o.Order, smoothing: o.Smoothing, level: make([]uint32, o.Order+1),
		flat: o.Smoothing == AddK, scores: o.Smoothing == StupidBackoff,
	}
	ranks := make([]rank, o.Order)
	for k := range ranks {
		ranks[k] = ranked(t.levels[k].count, uint32(o.Prune[k]))
		if k == 0 {
			ranks[0] = rank{n: uint32(len(t.levels[0].word))}
		}
		m.level[k+1] = m.level[k] + ranks[k].n
		report.NGrams = append(report.NGrams, int(ranks[k].n))
		report.Pruned = append(report.Pruned, len(t.levels[k].word)-int(ranks[k].n))
	}
	highest := o.Order - 1
	m.nodes = make([]node, m.level[max(highest, 1)]+1)
	m.nodes[m.inner()].first = m.level[o.Order]
	if highest > 0 {
		m.leaves = make([]leaf, ranks[highest].n)
	}
	if o.KeepCounts {
		m.counts = make([]uint32, m.level[o.Order])
	}
	w := e.unigrams(counts[0], t.bos)
	for k := range o.Order {
		var next weights
		if k < highest {
			next = e.longer(t, k+1, counts[k+1], w)
		}
		m.place(t, k, w, ranks)
		if k > 0 {
			t.levels[k-1] = level{}
		}
		w, counts[k] = next, nil
	}
	m.ready()
	return m
}

// place puts the n-grams of level k in their places in the model.
func (m *Model) place(t *trie, k int, w weights, ranks []rank) {
	l := &t.levels[k]
	leaves := k > 0 && k == len(ranks)-1
	parallel(len(l.word), func(from, to int) {
		for i := uint32(from); i < uint32(to); i++ {
			if ranks[k].dropped(i) {
				continue
			}
			number := m.level[k] + ranks[k].of(i)
			if m.counts != nil {
				m.counts[number] = l.count[i]
			}
			if leaves {
				m.leaves[number-m.inner()] = leaf{l.word[i], w.prob[i]}
				continue
			}
			first := m.level[len(ranks)]
			if k+1 < len(ranks) {
				first = m.level[k+1] + ranks[k+1].of(l.first[i])
			}
			m.nodes[number] = node{l.word[i], w.prob[i], w.backoff[i], first}
		}
	})
}

// A rank numbers the n-grams of a level that pruning leaves.
type rank struct {
	n    uint32
	kept []uint32 // kept[i] is how many n-grams before i are kept; nil if all are
}

func ranked(counts []uint32, threshold uint32) rank {
	if threshold == 0 {
		return rank{n: uint32(len(counts))}
	}
	r := rank{kept: make([]uint32, len(counts)+1)}
	for i, c := range counts {
		r.kept[i] = r.n
		if c > threshold {
			r.n++
		}
	}
	r.kept[len(counts)] = r.n
	return r
}

func (r *rank) of(i uint32) uint32 {
	if r.kept == nil {
		return i
	}
	return r.kept[i]
}

func (r *rank) dropped(i uint32) bool {
	return r.kept != nil && r.kept[i] == r.kept[i+1]
}
