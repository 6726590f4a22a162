package argen

import (
	"math/rand/v2"
	"slices"
)

// Trial returns a second run at the same place, to look ahead with: nobody is
// told of it, its steps list nothing, and it is no fork in the sense of a trace.
// Of the steps it has the last one only, which is what it goes on from: Trace has
// those after it too, and Back goes no further. So a trial costs the same
// wherever it begins.
// First are stages at work that stand before its chain.
func (r *Run) Trial(first ...Transform) *Run {
	f := r.copy(max(len(r.steps)-1, 0))
	f.gen.Sinks, f.gen.Top, f.gen.Track, f.gen.Explain, f.gen.Clock = nil, 0, nil, false, nil
	if now := f.now(); len(first) > 0 {
		now.chain = slices.Concat(first, now.chain)
	}
	return f
}

// Try returns a Trial with one more token, appended as Pick does, and leaves the
// run as it is. It must follow Predict.
func (r *Run) Try(id ID, how Explanation) (*Run, error) {
	if err := r.ready(id); err != nil {
		return nil, err
	}
	f := r.Trial()
	r.next.how = how
	f.put(r.grow(id))
	r.next.how = nil
	return f, nil
}

// Reseed makes the next throws those of another seed, of the dice for the token
// and of those that stages throw.
func (r *Run) Reseed(seed uint64) {
	now := r.now()
	r.gen.Seed = seed // of the noise, where the dice are such
	now.rng, now.dice = *rand.NewPCG(seed, 0), *rand.NewPCG(seed, 1)
	r.pending, r.next.chosen = false, false
}

// Tokenizer returns that of the run.
func (r *Run) Tokenizer() Tokenizer { return r.gen.Tokenizer }
