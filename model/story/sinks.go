package story

import (
	"fmt"
	"slices"

	"argen"
)

// tally adds up the probability of every word.
type tally struct {
	probs []float64  // by ID
	found []argen.ID // the words with a probability, in order of discovery
}

func (t *tally) emit(_ *walker, e emission) error {
	if e.prob == 0 {
		return nil // underflow: less than 1e-308
	}
	if t.probs[e.word] == 0 {
		t.found = append(t.found, e.word)
	}
	t.probs[e.word] += e.prob
	return nil
}

// clear forgets all words.
func (t *tally) clear() {
	for _, id := range t.found {
		t.probs[id] = 0
	}
	t.found = t.found[:0]
}

// reader appends the hypotheses that remain after one word, merging equals.
type reader struct {
	word    argen.ID
	vecs    []uint16
	weights []float64
	first   int // index of the first hypothesis that is new
	total   float64
}

func (r *reader) emit(w *walker, e emission) error {
	if e.word != r.word || e.prob == 0 {
		return nil
	}
	r.total += e.prob
	stride, start := len(w.vec), len(r.vecs)
	r.vecs = w.next(r.vecs, e)
	if len(r.vecs) == start {
		return nil
	}
	fresh := r.vecs[start:]
	w.steps += (len(r.weights) - r.first) / 16 // comparing is work too
	for i := r.first; i < len(r.weights); i++ {
		if slices.Equal(r.vecs[i*stride:(i+1)*stride], fresh) {
			r.weights[i] += e.prob
			r.vecs = r.vecs[:start]
			return nil
		}
	}
	if len(r.weights)-r.first == maxHypotheses {
		return fmt.Errorf("%s: more than %d ways to derive the same words; the grammar is too ambiguous", w.g.file, maxHypotheses)
	}
	r.weights = append(r.weights, e.prob)
	return nil
}
