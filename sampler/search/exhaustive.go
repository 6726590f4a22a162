package search

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

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
	return mostProbable(ctx, r, most)
}

// mostProbable is Exhaustive from the present place of a run, under what its
// chain leaves; Score is ln P of that.
func mostProbable(ctx context.Context, r *argen.Run, most int) (best Text, looked int, err error) {
	e := exhaustion{root: r, most: most, best: Text{Score: math.Inf(-1)}}
	if err := e.look(ctx, r, 0); err != nil {
		return Text{}, e.looked, err
	}
	return e.best, e.looked, nil
}

// plainRun begins a text of the model's own distribution that nobody watches.
func plainRun(g argen.Generator, prompt []argen.ID) (*argen.Run, error) {
	g.Chain, g.Search, g.Top, g.Track, g.Sinks, g.Clock, g.Explain = nil, "", 0, nil, nil, nil, false
	return g.StartIDs(prompt)
}

// An exhaustion is an exhaustive search under way.
type exhaustion struct {
	root         *argen.Run
	most, looked int
	best         Text
}

// look goes through all that follows a text of a ln P.
func (e *exhaustion) look(ctx context.Context, r *argen.Run, so float64) error {
	if e.looked++; e.looked > e.most {
		return fmt.Errorf("%w: more than %d", ErrTooMany, e.most)
	}
	c, err := r.Predict(ctx)
	if errors.Is(err, io.EOF) { // a stage says that the text is complete
		e.best = newText(e.root, r, so)
		return nil
	}
	if err != nil {
		return err
	}
	for done, n := 0, 16; done < c.Len(); n *= 4 {
		for _, id := range c.Top(n)[done:] {
			done++
			logp := so + c.LogProb(id)
			if logp <= e.best.Score {
				return nil // so are all after it
			}
			next, err := r.Try(id, nil)
			switch {
			case err != nil:
				return err
			case next.Over() != "":
				e.best = newText(e.root, next, logp)
			default:
				if err := e.look(ctx, next, logp); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
