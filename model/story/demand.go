package story

import (
	"context"
	"fmt"

	"argen"
)

// A Demand is what a position of a story asks of whoever predicts it: the word
// that is likeliest there, and the kind of memory it takes to know it.
type Demand struct {
	Kind string   `json:"kind"` // "name", "container", "closing quote", …, as in [Verdict.Lost]
	Word argen.ID `json:"word"`
	Prob float64  `json:"prob"` // P(Word | words before), exactly
}

// Sure is the probability from which on the likeliest word of a [Demand] counts
// as forced by what went before. The mean probability that a model gives to the
// forced words of a kind is its recall of that kind.
const Sure = 0.95

// Demands returns what each word of a story asked for, </s> included if it is
// there. A word that is impossible is an error, since nothing is known after it.
func (m *Model) Demands(ctx context.Context, ids []argen.ID) ([]Demand, error) {
	sc := m.scratch.Get().(*scratch)
	defer m.scratch.Put(sc)
	s := m.start()
	demands := make([]Demand, 0, len(ids))
	for i, id := range ids {
		d, err := s.demand(ctx)
		if err != nil {
			return nil, err
		}
		demands = append(demands, d)
		if id < 0 || int(id) >= len(m.g.vocab) {
			return nil, fmt.Errorf("token %d is id %d, the story vocabulary has ids 0 to %d", i, id, len(m.g.vocab)-1)
		}
		p, err := s.read(ctx, sc, id)
		if err != nil {
			return nil, err
		}
		if p == 0 {
			return nil, fmt.Errorf("token %d, %q: no story goes on like this", i, m.g.vocab[id])
		}
	}
	return demands, nil
}

// demand adds up by word where the next one can come from. Its kind is that of
// the word's likeliest source.
func (s *State) demand(ctx context.Context) (Demand, error) {
	found, err := s.origins(ctx)
	if err != nil {
		return Demand{}, err
	}
	g := s.m.g
	sums := make([]float64, len(g.vocab))
	d := Demand{Word: argen.NoID}
	for _, o := range found {
		sums[o.word] += o.prob
		if p := sums[o.word]; p > d.Prob {
			d.Word, d.Prob = o.word, p
		}
	}
	source := 0.0
	for _, o := range found {
		if o.word == d.Word && o.prob > source {
			source, d.Kind = o.prob, g.kind(o, g.vocab[o.word])
		}
	}
	return d, nil
}
