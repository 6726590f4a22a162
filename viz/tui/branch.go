package tui

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"

	"argen"
	"argen/sampler/search"
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
	head  argen.Header
	steps []argen.Step // appended so far
	next  *argen.Step  // what the dice or the search will append, nil at the end
	over  string       // why nothing can follow, "" if something can
	chain string       // in force for the next step
}

// live is a run and what hands do to it.
type live struct {
	mu     sync.Mutex // held by the command at work
	run    *argen.Run
	search search.Procedure // picks the tokens, if not nil
	picker search.Picker    // of the run
	dice   *float64         // u given by hand for the next step
	closed bool
}

func newLive(run *argen.Run, p search.Procedure) *live {
	l := &live{run: run, search: p}
	if p != nil {
		l.picker = p.Picker()
	}
	return l
}

// preview is the step that append would make of the token that comes next.
func (l *live) preview(ctx context.Context) (*argen.Step, error) {
	id, how, err := l.choose(ctx)
	if err != nil {
		return nil, err
	}
	step, err := l.run.Preview(id)
	step.Choice = how
	return &step, err
}

// choose predicts and returns the token of the search or of the dice. A number
// thrown by hand goes before a search.
func (l *live) choose(ctx context.Context) (argen.ID, argen.Explanation, error) {
	if l.picker != nil && l.dice == nil {
		return l.picker.Choose(ctx, l.run)
	}
	if _, err := l.run.Predict(ctx); err != nil {
		return argen.NoID, nil, err
	}
	if l.dice != nil {
		return l.run.ChooseAt(*l.dice), nil, nil
	}
	return l.run.Choose(), nil, nil
}

// append appends the token of the search or of the dice, or another one.
func (l *live) append(ctx context.Context, forced *argen.ID) (step argen.Step, err error) {
	if forced != nil {
		if _, err := l.run.Predict(ctx); err != nil {
			return argen.Step{}, err
		}
		step, err = l.run.Force(*forced)
	} else if id, how, choosing := l.choose(ctx); choosing != nil {
		return argen.Step{}, choosing
	} else if how != nil {
		step, err = l.run.Pick(id, how)
	} else {
		step, err = l.run.Append(id)
	}
	if err == nil {
		l.dice = nil
	}
	return step, err
}

// back takes n steps back.
func (l *live) back(n int) error {
	if err := l.run.Back(n); err != nil {
		return err
	}
	l.dice = nil
	return nil
}

// fork returns a second branch at the same place.
func (l *live) fork(sinks []argen.Sink) (*live, error) {
	run, err := l.run.Fork(sinks...)
	if err != nil {
		return nil, err
	}
	return newLive(run, l.search), nil
}

// look predicts and says how things stand. The end of the text is no error.
func (l *live) look(ctx context.Context, track []argen.ID) (snapshot, error) {
	l.run.SetTrack(track)
	next, err := l.preview(ctx)
	if err != nil {
		next = nil
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	tr := l.run.Trace()
	return snapshot{head: tr.Head, steps: tr.Steps, next: next, over: l.run.Over(), chain: chainName(l.run.Chain())}, err
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
