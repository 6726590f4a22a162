package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"argen"
)

// ErrTooMany is returned by [Exhaustive] where a proof would look at more
// contexts than it may.
var ErrTooMany = errors.New("too many contexts to look at")

// Exhaustive finds the most probable text after a prompt: of all that end by
// themselves, or are as long as g lets them be, the one with the highest ln P of
// the model itself; the chain is left out. Of equal ones it is the one that takes
// the more probable token where they part. It looks at no more contexts than
// most, and returns how many there were.
//
// It goes into the most probable token first, so that the first text is the
// greedy one, and leaves out what cannot be better any more: ln P only falls as a
// text goes on. A model with few likely continuations is searched through in no
// time, and a long text of one with many never.
func Exhaustive(ctx context.Context, g argen.Generator, prompt []argen.ID, most int) (best Text, looked int, err error) {
	r, err := plainRun(g, prompt)
	if err != nil {
		return Text{}, 0, err
	}
	if r.Left() == math.MaxInt {
		return Text{}, 0, errors.New("an exhaustive search needs an end: give a number of tokens")
	}
	e := exhaustion{r: r, most: most, best: Text{LogProb: math.Inf(-1)}}
	if err := e.look(ctx); err != nil {
		return Text{}, e.looked, err
	}
	e.best.Score = e.best.LogProb
	return e.best, e.looked, nil
}

// plainRun begins a text of the model's own distribution that nobody watches.
func plainRun(g argen.Generator, prompt []argen.ID) (*argen.Run, error) {
	g.Chain, g.Search, g.Top, g.Track, g.Sinks, g.Clock, g.Explain = nil, "", 0, nil, nil, nil, false
	return g.StartIDs(prompt)
}

// An exhaustion is an exhaustive search under way.
type exhaustion struct {
	r            *argen.Run
	most, looked int
	best         Text
}

// look goes through all that follows the present context.
func (e *exhaustion) look(ctx context.Context) error {
	if e.looked++; e.looked > e.most {
		return fmt.Errorf("%w: more than %d", ErrTooMany, e.most)
	}
	c, err := e.r.Predict(ctx)
	if err != nil {
		return err
	}
	type child struct {
		id   argen.ID
		over bool
		logp float64
	}
	var children []child
	so := e.r.Trace().LogProb()
	for n := 16; len(children) < c.Len(); n *= 4 { // Candidates are read before the run goes on
		all := c.Top(n)
		for _, id := range all[len(children):] {
			children = append(children, child{id, e.r.OverAfter(id) != "", so + c.LogProb(id)})
		}
		if children[len(children)-1].logp <= e.best.LogProb {
			break
		}
	}
	for _, child := range children {
		if child.logp <= e.best.LogProb {
			return nil // so are all after it
		}
		if _, err := e.r.Predict(ctx); err != nil {
			return err
		}
		if _, err := e.r.Force(child.id); err != nil {
			return err
		}
		if child.over {
			past := len(e.r.Trace().Head.PromptIDs)
			e.best = Text{IDs: slices.Clone(e.r.Context()[past:]), Text: e.r.Text(), LogProb: e.r.Trace().LogProb()}
		} else if err := e.look(ctx); err != nil {
			return err
		}
		if err := e.r.Back(1); err != nil {
			return err
		}
	}
	return nil
}
