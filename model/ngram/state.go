package ngram

import (
	"context"
	"fmt"
	"math"

	"argen"
)

// Start implements argen.Model.
func (m *Model) Start() argen.State { return &State{m: m} }

// A State is a context of a Model. It implements [argen.State] and
// [argen.Explainer].
type State struct {
	m      *Model
	ids    []argen.ID
	at     []Context // at[i] is the place in the model after ids[:i+1]
	shared int       // the first so many of ids and at may be seen by forks
	logits []float64
}

// Len implements argen.State.
func (s *State) Len() int { return len(s.ids) }

// place is where the context stands in the model.
func (s *State) place() Context {
	if len(s.at) == 0 {
		return root
	}
	return s.at[len(s.at)-1]
}

// Extend implements argen.State. The logits are ln P, so they sum to 1 as
// probabilities up to the rounding of the stored 32-bit numbers.
func (s *State) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, id := range ids {
		if id < 0 || int(id) >= len(s.m.vocab.Words) {
			return nil, fmt.Errorf("ngram: token %d of %d: id %d is not in the vocabulary of %d", i+1, len(ids), id, len(s.m.vocab.Words))
		}
	}
	at := s.place()
	for _, id := range ids {
		at, _ = s.m.Score(at, id)
		s.ids = append(s.ids, id)
		s.at = append(s.at, at)
	}
	if s.logits == nil {
		s.logits = make([]float64, len(s.m.vocab.Words))
	}
	s.m.Distribution(s.logits, at)
	return s.logits, nil
}

// Rewind implements argen.State.
func (s *State) Rewind(n int) {
	if n < 0 || n > len(s.ids) {
		panic(fmt.Sprintf("ngram: rewind to %d of %d tokens", n, len(s.ids)))
	}
	s.ids, s.at = s.ids[:n], s.at[:n]
	if n < s.shared { // a fork sees what stands behind: the next append must copy
		s.ids, s.at, s.shared = s.ids[:n:n], s.at[:n:n], n
	}
}

// Fork implements argen.State.
func (s *State) Fork() argen.State {
	n := len(s.ids)
	s.ids, s.at, s.shared = s.ids[:n:n], s.at[:n:n], n
	return &State{m: s.m, ids: s.ids, at: s.at, shared: n}
}

// Distribution sets dst, of length V, to the natural logarithms of P(w | c)
// for all w: the unigrams times the weight of backing off to them, overwritten
// by the successors of ever longer contexts.
func (m *Model) Distribution(dst []float64, c Context) {
	var chain [MaxOrder]step
	n, sum, uniform := 0, 0.0, false
	for at := uint32(c); at != root; at = m.nodes[at].link {
		chain[n] = step{at, sum}
		n++
		sum += float64(m.nodes[at].backoff) * ln10
		if uniform = m.flat && m.nodes[at].first < m.nodes[at+1].first; uniform {
			break
		}
	}
	dst = dst[:len(m.unigram)]
	if uniform {
		for w := range dst {
			dst[w] = sum
		}
	} else {
		for w, p := range m.unigram {
			dst[w] = p + sum
		}
	}
	for n--; n >= 0; n-- {
		m.overwrite(dst, chain[n])
	}
	if m.vocab.BOS != argen.NoID {
		dst[m.vocab.BOS] = math.Inf(-1)
	}
	if m.scores {
		normalise(dst)
	}
}

// A step is a context on the way down to the unigrams, and ln of the weight
// of backing off to it.
type step struct {
	at     uint32
	weight float64
}

func (m *Model) overwrite(dst []float64, s step) {
	from, to := m.nodes[s.at].first, m.nodes[s.at+1].first
	inner := m.inner()
	if from >= inner {
		for _, l := range m.leaves[from-inner : to-inner] {
			dst[l.word] = float64(l.prob)*ln10 + s.weight
		}
		return
	}
	for i := from; i < to; i++ {
		dst[m.nodes[i].word] = float64(m.nodes[i].prob)*ln10 + s.weight
	}
}

// normalise makes the exponentials of x sum to 1.
func normalise(x []float64) {
	most := math.Inf(-1)
	for _, v := range x {
		most = max(most, v)
	}
	if math.IsInf(most, -1) {
		return
	}
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v - most)
	}
	all := most + math.Log(sum)
	for i := range x {
		x[i] -= all
	}
}
