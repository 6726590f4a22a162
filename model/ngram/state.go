package ngram

import (
	"context"
	"errors"
	"fmt"
	"math"

	"argen"
	"argen/internal/mapped"
)

// Start implements argen.Model.
func (m *Model) Start() argen.State { return &State{m: m} }

// A State is a context of a Model. It implements [argen.State] and
// [argen.Explainer].
type State struct {
	m      *Model
	ids    []argen.ID
	shared int     // the first so many of ids may be seen by forks
	at     Context // what the model knows of ids
	logits []float64
}

// Len implements argen.State.
func (s *State) Len() int { return len(s.ids) }

// Extend implements argen.State. The logits are ln P, so they sum to 1 as
// probabilities up to the rounding of the stored 32-bit numbers.
func (s *State) Extend(ctx context.Context, ids ...argen.ID) (logits []float64, err error) {
	before := len(s.ids)
	err = mapped.Guard(func() error {
		logits, err = s.extend(ctx, ids)
		return err
	})
	if errors.Is(err, mapped.ErrGone) {
		s.ids = s.ids[:before]
		err = fmt.Errorf("the n-grams: %w", err)
	}
	return logits, err
}

func (s *State) extend(ctx context.Context, ids []argen.ID) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, id := range ids {
		if id < 0 || int(id) >= len(s.m.vocab.Words) {
			return nil, fmt.Errorf("ngram: token %d of %d: id %d is not in the vocabulary of %d", i+1, len(ids), id, len(s.m.vocab.Words))
		}
	}
	s.ids = append(s.ids, ids...)
	s.read(ids)
	if s.logits == nil {
		s.logits = make([]float64, len(s.m.vocab.Words))
	}
	s.m.Distribution(s.logits, s.at)
	return s.logits, nil
}

// read goes on to the context after ids.
func (s *State) read(ids []argen.ID) {
	for _, id := range ids {
		s.m.Advance(&s.at, id)
	}
}

// Rewind implements argen.State.
func (s *State) Rewind(n int) {
	if n < 0 || n > len(s.ids) {
		panic(fmt.Sprintf("ngram: rewind to %d of %d tokens", n, len(s.ids)))
	}
	if n == len(s.ids) {
		return
	}
	s.ids = s.ids[:n]
	if n < s.shared { // a fork sees what stands behind: the next append must copy
		s.ids, s.shared = s.ids[:n:n], n
	}
	s.at = Context{}
	s.read(s.ids[max(0, n-s.m.order+1):]) // all that a model of this order can know
}

// Fork implements argen.State.
func (s *State) Fork() argen.State {
	n := len(s.ids)
	s.ids, s.shared = s.ids[:n:n], n
	return &State{m: s.m, ids: s.ids, shared: n, at: s.at}
}

// Distribution sets dst, of length V, to the natural logarithms of P(w | c)
// for all w: the unigrams times the weight of backing off to them, overwritten
// by the successors of ever longer contexts.
func (m *Model) Distribution(dst []float64, c Context) {
	var weight [MaxOrder]float64 // weight[i] is ln of that of backing off to known[i-1]
	for i := int(c.n) - 1; i >= 0; i-- {
		weight[i] = weight[i+1] + float64(m.nodes[c.known[i]].backoff)*ln10
	}
	dst = dst[:len(m.unigram)]
	first := 0
	if m.flat && c.n > 0 {
		first = int(c.n) - 1
		for w := range dst {
			dst[w] = weight[first]
		}
	} else {
		for w, p := range m.unigram {
			dst[w] = p + weight[0]
		}
	}
	for i := first; i < int(c.n); i++ {
		m.overwrite(dst, c.known[i], weight[i+1])
	}
	if m.vocab.BOS != argen.NoID {
		dst[m.vocab.BOS] = math.Inf(-1)
	}
	if m.scores {
		normalise(dst)
	}
}

// overwrite sets the logits of the successors of a context.
func (m *Model) overwrite(dst []float64, at uint32, weight float64) {
	from, to := m.nodes[at].first, m.nodes[at+1].first
	if inner := m.inner(); from >= inner {
		for _, l := range m.leaves[from-inner : to-inner] {
			dst[l.word] = float64(l.prob)*ln10 + weight
		}
		return
	}
	for _, n := range m.nodes[from:to] {
		dst[n.word] = float64(n.prob)*ln10 + weight
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
