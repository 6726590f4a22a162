package tui

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"sync"

	"argen"
)

// A branch is one text being written, or the trace of one being read again.
// What the view shows of it is a snapshot; the run itself is only touched by
// commands, one at a time.
type branch struct {
	name string
	live *live        // nil for a trace
	read *argen.Trace // of a trace
	snapshot
}

// A snapshot is what a branch was when a command ended.
type snapshot struct {
	head    argen.Header
	steps   []argen.Step // appended so far
	next    *argen.Step  // what the dice will append, nil at the end
	over    string       // why nothing can follow, "" if something can
	chain   string       // in force for the next step
	tracked []watch      // P of tracked tokens before step 0…len(steps)
}

// A watch is the model's P of tracked tokens at one step.
type watch map[argen.ID]float64

// live is a run with what a Run does not say of itself.
type live struct {
	mu      sync.Mutex // held by the command at work
	run     *argen.Run
	chains  [][]argen.Transform // chains[t] is in force at step t; learners included
	dice    *float64            // u given by hand for the next step
	watched []watch
	closed  bool
}

func newLive(run *argen.Run, chain []argen.Transform) *live {
	return &live{run: run, chains: [][]argen.Transform{chain}}
}

// chain is the one in force at the next step.
func (l *live) chain() []argen.Transform { return l.chains[len(l.chains)-1] }

// preview is the step that Append would make of the token of the dice, taken
// from a copy of the run that no sink hears of.
func (l *live) preview(ctx context.Context) (*argen.Step, error) {
	if _, err := l.run.Predict(ctx); err != nil {
		return nil, err
	}
	f, err := l.run.Fork()
	if err != nil {
		return nil, err
	}
	if _, err := f.Predict(ctx); err != nil {
		return nil, err
	}
	step, err := f.Append(l.throw(f))
	return &step, err
}

func (l *live) throw(run *argen.Run) argen.ID {
	if l.dice != nil {
		return run.ChooseAt(*l.dice)
	}
	return run.Choose()
}

// append appends the token of the dice, or another one.
func (l *live) append(ctx context.Context, forced *argen.ID) (argen.Step, error) {
	c, err := l.run.Predict(ctx)
	if err != nil {
		return argen.Step{}, err
	}
	var id argen.ID
	if forced != nil {
		id = *forced // no dice are thrown, so it is marked even if they would have chosen it
	} else {
		id = l.throw(l.run)
	}
	drawn := argen.Candidate{ID: id}
	if c.Has(id) {
		drawn.Logit, drawn.Prob = c.Logit(id), c.Prob(id)
	}
	step, err := l.run.Append(id)
	if err != nil {
		return step, err
	}
	l.dice = nil
	l.chains = append(l.chains[:len(l.chains):len(l.chains)], learn(l.chain(), drawn))
	return step, nil
}

// learn is what a run makes of its chain after a token.
func learn(chain []argen.Transform, drawn argen.Candidate) []argen.Transform {
	next := slices.Clone(chain)
	for i, t := range next {
		if l, ok := t.(argen.Learner); ok {
			next[i] = l.Learn(drawn)
		}
	}
	return next
}

// back takes n steps back.
func (l *live) back(n int) error {
	if err := l.run.Back(n); err != nil {
		return err
	}
	l.dice = nil
	l.chains = l.chains[:max(len(l.chains)-n, 1)]
	return nil
}

// setChain changes the chain from the next step on.
func (l *live) setChain(chain []argen.Transform) {
	l.run.SetChain(chain)
	l.chains = slices.Clone(l.chains)
	l.chains[len(l.chains)-1] = chain
}

// fork returns a second branch at the same place.
func (l *live) fork(sinks []argen.Sink) (*live, error) {
	run, err := l.run.Fork(sinks...)
	if err != nil {
		return nil, err
	}
	return &live{run: run, chains: slices.Clone(l.chains), watched: slices.Clone(l.watched)}, nil
}

// look predicts and says how things stand. The end of the text is no error.
func (l *live) look(ctx context.Context, track []argen.ID) (snapshot, error) {
	next, err := l.preview(ctx)
	if errors.Is(err, io.EOF) {
		next, err = nil, nil
	}
	tr := l.run.Trace()
	s := snapshot{head: tr.Head, steps: tr.Steps, next: next, over: l.run.Over(), chain: chainName(l.chain())}
	if err != nil {
		return s, err
	}
	l.watch(ctx, next, track)
	s.tracked = slices.Clone(l.watched)
	return s, nil
}

// watch notes the P of tracked tokens before step t. Steps list only those
// that were tracked from the start.
func (l *live) watch(ctx context.Context, next *argen.Step, track []argen.ID) {
	t := len(l.run.Trace().Steps)
	l.watched = l.watched[:min(len(l.watched), t)]
	for len(l.watched) < t {
		l.watched = append(l.watched[:len(l.watched):len(l.watched)], nil)
	}
	if next == nil || len(track) == 0 {
		return
	}
	logits, err := l.run.State().Extend(ctx) // of the present context: computed already
	if err != nil {
		return
	}
	c, err := argen.NewCandidates(logits)
	if err != nil {
		return
	}
	w := watch{}
	for _, id := range track {
		if c.Has(id) {
			w[id] = c.Prob(id)
		} else {
			w[id] = 0
		}
	}
	l.watched = append(l.watched[:t:t], w)
}

// close ends the run; a second time it does nothing.
func (l *live) close(err error) error {
	if l.closed {
		return nil
	}
	l.closed = true
	return l.run.Close(err)
}

// readTo shows a trace as it was before step t.
func readTo(tr *argen.Trace, t int) snapshot {
	t = min(max(t, 0), len(tr.Steps))
	s := snapshot{head: tr.Head, steps: tr.Steps[:t:t], chain: tr.Head.Chain}
	for i := range tr.Steps[:min(t+1, len(tr.Steps))] {
		if name := tr.Steps[i].Chain; name != "" {
			s.chain = name
		}
	}
	switch {
	case t < len(tr.Steps):
		s.next = &tr.Steps[t]
	case tr.Ended != nil:
		s.over = tr.Ended.Reason
	default:
		s.over = "the trace stops here"
	}
	return s
}

// prob returns the model's P of a token at step t, NaN where nothing says.
func (s *snapshot) prob(id argen.ID, t int) float64 {
	if t < len(s.tracked) {
		if p, ok := s.tracked[t][id]; ok {
			return p
		}
	}
	step := s.next
	if t < len(s.steps) {
		step = &s.steps[t]
	}
	if step != nil {
		if step.ID == id {
			return step.Prob
		}
		for _, c := range step.Top {
			if c.ID == id {
				return c.Prob
			}
		}
	}
	return math.NaN()
}
