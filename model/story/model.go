package story

import (
	"context"
	"fmt"
	"math"
	"sync"

	"argen"
)

// A Model is a grammar as a language model: its logits are the natural
// logarithms of the exact next-word probabilities, −Inf for words that no
// story has there. It implements [argen.Model].
//
// A context is that of a story's beginning, with or without <s>. After words
// that no story begins with, and after </s>, nothing is possible: all logits
// are −Inf until the state is rewound.
type Model struct {
	g       *Grammar
	relaxed bool
	scratch sync.Pool // of *scratch
}

// scratch is what one call of Extend needs besides its State.
type scratch struct {
	walker walker
	tally  tally
	reader reader
}

// NewModel returns the exact model of a grammar, the same for every call.
func NewModel(g *Grammar) *Model { return g.strict }

func newModel(g *Grammar, relaxed bool) *Model {
	m := &Model{g: g, relaxed: relaxed}
	m.scratch.New = func() any {
		return &scratch{
			walker: *newWalker(g, relaxed),
			tally:  tally{probs: make([]float64, len(g.vocab))},
		}
	}
	return m
}

// Grammar returns the grammar behind the model.
func (m *Model) Grammar() *Grammar { return m.g }

// Info implements argen.Model.
func (m *Model) Info() argen.Info {
	return argen.Info{
		Ref: "truth", Kind: "grammar", SHA256: m.g.sha256,
		VocabSize: len(m.g.vocab), BOS: BOS, AddBOS: true, Stop: []argen.ID{EOS},
	}
}

// Start implements argen.Model.
func (m *Model) Start() argen.State { return m.start() }

func (m *Model) start() *State {
	return &State{
		m:       m,
		vecs:    make([]uint16, m.g.stride()), // item 0 calls the start rule; all slots unbound
		weights: []float64{1},
		ends:    []int{1},
	}
}

// A State is the set of weighted hypotheses after every prefix of its context:
// the posterior over "where in which derivation are we". It implements
// [argen.State] and [argen.Explainer].
type State struct {
	m *Model
	// The hypotheses after t tokens are those from ends[t-1] to ends[t] (from
	// 0 for t = 0); their weights sum to 1.
	vecs    []uint16
	weights []float64
	ends    []int
	shared  bool // a fork reads the three slices too: copy before writing

	logits []float64
	shown  []argen.ID // the logits that are not −Inf
	fresh  bool       // logits are those of the present context
}

// Len implements argen.State.
func (s *State) Len() int { return len(s.ends) - 1 }

// Hypotheses is the number of derivations (up to equal futures) that the
// context can have; 0 if no story begins like this or the story is over.
func (s *State) Hypotheses() int { return s.ends[s.Len()] - s.firstOf(s.Len()) }

// firstOf returns the index of the first hypothesis after n tokens.
func (s *State) firstOf(n int) int {
	if n == 0 {
		return 0
	}
	return s.ends[n-1]
}

// Extend implements argen.State.
func (s *State) Extend(ctx context.Context, ids ...argen.ID) ([]float64, error) {
	for i, id := range ids {
		if id < 0 || int(id) >= len(s.m.g.vocab) {
			return nil, fmt.Errorf("token %d is id %d, the story vocabulary has ids 0 to %d", i, id, len(s.m.g.vocab)-1)
		}
	}
	sc := s.m.scratch.Get().(*scratch)
	defer s.m.scratch.Put(sc)
	n := s.Len()
	for _, id := range ids {
		if _, err := s.read(ctx, sc, id); err != nil {
			s.Rewind(n)
			return nil, err
		}
	}
	if s.fresh {
		return s.logits, ctx.Err()
	}
	if err := s.predict(ctx, sc); err != nil {
		s.Rewind(n)
		return nil, err
	}
	return s.logits, nil
}

// read appends one token and returns its probability:
//
//	P(w) = Σ over h, h → w → h′ of weight(h)·p
//	weight′(h′) = Σ over h → w → h′ of weight(h)·p / P(w)
func (s *State) read(ctx context.Context, sc *scratch, id argen.ID) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.own()
	n, stride := s.Len(), s.m.g.stride()
	first, last := s.firstOf(n), s.ends[n]
	r := &sc.reader
	*r = reader{word: id, vecs: s.vecs, weights: s.weights, first: last}
	if id == BOS && n == 0 {
		r.vecs = append(r.vecs, s.vecs[:stride]...)
		r.weights = append(r.weights, 1)
		r.total = 1
	}
	sc.walker.steps = 0
	for i := first; i < last; i++ {
		if err := sc.walker.walk(s.vecs[i*stride:(i+1)*stride], s.weights[i], r); err != nil {
			return 0, err
		}
	}
	for i := last; i < len(r.weights); i++ {
		r.weights[i] /= r.total
	}
	s.vecs, s.weights, s.ends = r.vecs, r.weights, append(s.ends, len(r.weights))
	s.fresh = false
	total := r.total
	*r = reader{} // the pool must not hold on to the state
	return total, nil
}

// tally computes the distribution of the next word.
func (s *State) tally(ctx context.Context, sc *scratch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sc.tally.clear()
	return s.each(sc, &sc.tally)
}

// each walks all hypotheses of the present context.
func (s *State) each(sc *scratch, out sink) error {
	n, stride := s.Len(), s.m.g.stride()
	sc.walker.steps = 0
	for i := s.firstOf(n); i < s.ends[n]; i++ {
		if err := sc.walker.walk(s.vecs[i*stride:(i+1)*stride], s.weights[i], out); err != nil {
			return err
		}
	}
	return nil
}

// predict fills in the logits.
func (s *State) predict(ctx context.Context, sc *scratch) error {
	if err := s.tally(ctx, sc); err != nil {
		return err
	}
	if s.logits == nil {
		s.logits = make([]float64, len(s.m.g.vocab))
		for i := range s.logits {
			s.logits[i] = math.Inf(-1)
		}
	}
	for _, id := range s.shown {
		s.logits[id] = math.Inf(-1)
	}
	s.shown = s.shown[:0]
	for _, id := range sc.tally.found {
		s.logits[id] = math.Log(sc.tally.probs[id])
		s.shown = append(s.shown, id)
	}
	s.fresh = true
	return nil
}

// Rewind implements argen.State. It takes constant time.
func (s *State) Rewind(n int) {
	if n < 0 || n > s.Len() {
		panic(fmt.Sprintf("story: rewind to %d tokens of %d", n, s.Len()))
	}
	s.fresh = s.fresh && n == s.Len()
	s.ends = s.ends[:n+1]
	s.weights = s.weights[:s.ends[n]]
	s.vecs = s.vecs[:s.ends[n]*s.m.g.stride()]
}

// Fork implements argen.State. It takes constant time; each side copies the
// hypotheses when it first writes.
func (s *State) Fork() argen.State {
	s.shared = true
	return &State{m: s.m, vecs: s.vecs, weights: s.weights, ends: s.ends, shared: true}
}

// own makes the hypotheses safe to append to.
func (s *State) own() {
	if !s.shared {
		return
	}
	s.vecs = roomy(s.vecs)
	s.weights = roomy(s.weights)
	s.ends = roomy(s.ends)
	s.shared = false
}

// roomy returns a copy of list with room for more.
func roomy[T any](list []T) []T {
	return append(make([]T, 0, len(list)+len(list)/4+64), list...)
}
