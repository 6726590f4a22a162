package study

import (
	"context"
	"math"

	"argen"
	"argen/model/story"
)

// A Story is what the grammar of the stories says of one.
type Story struct {
	Coherent   bool `json:"coherent"`    // it could have written the story
	WellFormed bool `json:"well_formed"` // it could have, without a memory
	// How far the model itself and what the tokens were drawn from are from the
	// grammar, at the places up to the first token that it could not have
	// written: after that no truth is known.
	Model   Divergence  `json:"model"`
	Sampled *Divergence `json:"sampled,omitempty"` // nil if a search picked them
}

// A Divergence sums up over places how far a distribution Q is from the true
// one P, which is known exactly.
type Divergence struct {
	Steps    int     `json:"steps"`
	KL       float64 `json:"kl"`       // Σ KL(P‖Q) in bits, over the places where it is finite
	Infinite int     `json:"infinite"` // places where it is not: Q lacks what P has
	TV       float64 `json:"tv"`       // Σ ½ Σ |P − Q|
}

// add adds a place. The truth is given by its log-probabilities.
//
//	KL(P‖Q) = Σ P·log₂(P/Q)     ½ Σ |P − Q| = ½ (Σ over P > 0 of |P − Q| + Q where P = 0)
func (d *Divergence) add(truth []float64, q *argen.Candidates) {
	kl, apart, mass := 0.0, 0.0, 0.0
	infinite := false
	for i, l := range truth {
		if math.IsInf(l, -1) {
			continue
		}
		p, id := math.Exp(l), argen.ID(i)
		if !q.Has(id) {
			infinite = true
			apart += p
			continue
		}
		share := q.Prob(id)
		kl += float64(p * (l - q.LogProb(id)))
		apart += math.Abs(p - share)
		mass += share
	}
	d.Steps++
	if infinite {
		d.Infinite++
	} else {
		d.KL += max(0, kl/math.Ln2)
	}
	d.TV += min(1, (apart+max(0, 1-mass))/2)
}

// A watcher follows a text beside the grammar.
type watcher struct {
	truth   argen.State // nil where no truth is known, or none any more
	story   *Story      // nil if the texts are no stories
	sampled Divergence
	drawn   bool // there is a sampled distribution
	model   argen.Candidates
}

// watch begins to follow a run from its prompt.
func (p *Plan) watch(ctx context.Context, run *argen.Run) *watcher {
	if !Tells(p.Tokenizer) {
		return &watcher{}
	}
	w := &watcher{truth: story.Truth().Start(), story: &Story{}}
	if _, err := w.truth.Extend(ctx, run.Context()...); err != nil {
		w.truth = nil // a grammar that fails knows nothing
	}
	return w
}

// step looks at a prediction of the run before the token id is appended; c is
// what it was drawn from, nil if it was not.
func (w *watcher) step(ctx context.Context, run *argen.Run, c *argen.Candidates, id argen.ID) error {
	w.drawn = w.drawn || c != nil
	if w.truth == nil {
		return nil
	}
	truth, err := w.truth.Extend(ctx)
	if err != nil {
		return err
	}
	if math.IsInf(truth[id], -1) && !w.goesOn(truth) {
		w.truth = nil
		return nil
	}
	logits, err := run.State().Extend(ctx)
	if err != nil {
		return err
	}
	if err := w.model.Reset(logits); err != nil {
		return err
	}
	w.story.Model.add(truth, &w.model)
	if c != nil {
		w.sampled.add(truth, c)
	}
	if math.IsInf(truth[id], -1) {
		w.truth = nil // this was the last place with a truth
		return nil
	}
	_, err = w.truth.Extend(ctx, id)
	return err
}

// goesOn reports whether the grammar has any token that could follow.
func (w *watcher) goesOn(truth []float64) bool {
	for _, l := range truth {
		if !math.IsInf(l, -1) {
			return true
		}
	}
	return false
}

// end judges the whole text.
func (w *watcher) end(s *Sample, whole []argen.ID) error {
	if w.story == nil {
		return nil
	}
	g := story.Default()
	words := make([]string, len(whole))
	for i, id := range whole {
		words[i] = g.Vocab()[id]
	}
	v, err := g.Judge(words)
	if err != nil {
		return err
	}
	w.story.Coherent, w.story.WellFormed = v.Coherent, v.WellFormed
	if w.drawn {
		w.story.Sampled = &w.sampled
	}
	s.Story = w.story
	return nil
}
