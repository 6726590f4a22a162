package story

import (
	"cmp"
	"context"
	"math"
	"slices"

	"argen"
)

// An Exam is some stories of the grammar and what it knows of them, to measure
// models on that were not trained on these.
type Exam struct {
	stories [][]argen.ID
	bits    float64 // −log₂ P of all of them
	tokens  int
	demands [][]Demand // of the first stories
}

// NewExam asks the grammar about stories, each from its first word to </s>, and
// about the first of them what each word demands, which takes far longer. Words
// that no story has there are an error.
func NewExam(ctx context.Context, stories [][]argen.ID, demands int) (*Exam, error) {
	e := &Exam{stories: stories}
	for i, s := range stories {
		positions, err := Truth().Score(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, p := range positions {
			e.bits -= p.LogProb / math.Ln2
		}
		e.tokens += len(s)
		if i >= demands {
			continue
		}
		d, err := Truth().Demands(ctx, s)
		if err != nil {
			return nil, err
		}
		e.demands = append(e.demands, d)
	}
	return e, nil
}

// Bits is −log₂ P of all stories together under the grammar that wrote them.
func (e *Exam) Bits() float64 { return e.bits }

// Floor is the cross-entropy of the grammar itself in bits per token, </s>
// counted: no model has a lower one on the average of all stories.
func (e *Exam) Floor() float64 { return e.bits / float64(e.tokens) }

// Loss is the cross-entropy of a model in bits per token. Its tokens must be the
// words of the grammar, and it must have a token to begin with.
func (e *Exam) Loss(ctx context.Context, m argen.Model) (float64, error) {
	nats := 0.0
	for _, s := range e.stories {
		rows, err := predictions(ctx, m, s)
		if err != nil {
			return 0, err
		}
		for i, id := range s {
			l, err := argen.LogProb(rows[i], id)
			if err != nil {
				return 0, err
			}
			nats -= l
		}
	}
	return nats / math.Ln2 / float64(e.tokens), nil
}

// A Recall is the mean probability that a model gives to the words of a kind
// that what went before leaves no choice about (see [Sure]).
type Recall struct {
	Kind  string  `json:"kind"`  // as in [Demand]
	Prob  float64 `json:"prob"`  // the mean
	Count int     `json:"count"` // of the words
}

// Recall asks a model for the words that it must have remembered, of the stories
// whose demands are known. The most frequent kinds come first.
func (e *Exam) Recall(ctx context.Context, m argen.Model) ([]Recall, error) {
	kinds := map[string]*Recall{}
	for i, demands := range e.demands {
		rows, err := predictions(ctx, m, e.stories[i])
		if err != nil {
			return nil, err
		}
		for j, d := range demands {
			if d.Prob < Sure {
				continue
			}
			l, err := argen.LogProb(rows[j], d.Word)
			if err != nil {
				return nil, err
			}
			k := kinds[d.Kind]
			if k == nil {
				k = &Recall{Kind: d.Kind}
				kinds[d.Kind] = k
			}
			k.Count++
			k.Prob += math.Exp(l)
		}
	}
	var all []Recall
	for _, k := range kinds {
		k.Prob /= float64(k.Count)
		all = append(all, *k)
	}
	slices.SortFunc(all, func(a, b Recall) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Kind, b.Kind)) })
	return all, nil
}

// predictions are the logits before each word of a story (n, V).
func predictions(ctx context.Context, m argen.Model, words []argen.ID) ([][]float64, error) {
	ids := append([]argen.ID{m.Info().BOS}, words[:len(words)-1]...)
	state := m.Start()
	if s, ok := state.(argen.Scorer); ok {
		return s.Score(ctx, ids...)
	}
	var rows [][]float64
	for _, id := range ids {
		logits, err := state.Extend(ctx, id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, slices.Clone(logits))
	}
	return rows, nil
}

// Flawless lets gen write n stories, with its seed and those after it, and
// returns how many of them the grammar could have written.
func Flawless(ctx context.Context, gen argen.Generator, n int) (int, error) {
	good := 0
	for range n {
		run, err := gen.Start("")
		if err != nil {
			return good, err
		}
		gen.Seed++
		var ids []argen.ID
		for step, err := range run.Steps(ctx) {
			if err != nil {
				return good, err
			}
			ids = append(ids, step.ID)
		}
		coherent, err := Default().Accepts(ids)
		if err != nil {
			return good, err
		}
		if coherent {
			good++
		}
	}
	return good, nil
}
