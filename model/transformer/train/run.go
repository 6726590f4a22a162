package train

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Check reports what [New] would say of a shape and options, without the work.
func Check(c Config, o Options) error {
	if _, err := c.complete(); err != nil {
		return err
	}
	return o.complete().check()
}

// A Session is how [Trainer.Run] trains.
type Session struct {
	Folder string         // for checkpoints; "" saves none
	Every  int            // steps between two checkpoints; 0 means 1000
	Report func(Progress) // told of every step, if set
}

// Progress is what a [Session] is told after a step.
type Progress struct {
	Step
	Validated  bool
	Validation float64 // nats per token of the held-out sequences, if Validated
	Best       bool    // it is the best so far
	Saved      string  // the checkpoint written after the step, or ""
}

// ErrStopped is returned by [Trainer.Run] when the validation has not become
// better for Options.Patience times. The weights to keep are [Trainer.Best].
var ErrStopped = errors.New("train: stopped early: the loss on held-out text has stopped falling")

// ErrCheckpoint is what an error of [Trainer.Run] is if a checkpoint could not be
// written. Those before it are whole.
var ErrCheckpoint = errors.New("train: no checkpoint could be written")

// unsaved is an error of writing a checkpoint, in its own words.
type unsaved struct{ error }

func (u unsaved) Unwrap() []error { return []error{ErrCheckpoint, u.error} }

// Run trains to the last step, saving checkpoints on the way. When ctx ends it
// saves one more and returns ctx's error, or why it could not be saved
// ([ErrCheckpoint]). When training diverges it returns a
// [*Diverged] and saves nothing: the last checkpoint was good.
func (t *Trainer) Run(ctx context.Context, s Session) error {
	if s.Every < 0 {
		return fmt.Errorf("train: a checkpoint every %d steps, want at least 1", s.Every)
	}
	orDefault(&s.Every, 1000)
	if t.exhausted() {
		return ErrStopped // a checkpoint of a training that had ended so
	}
	for t.course.Step < t.o.Steps {
		if ctx.Err() != nil {
			if _, err := t.save(s.Folder); err != nil {
				return unsaved{err}
			}
			return ctx.Err()
		}
		step, err := t.Step()
		if err != nil {
			return err
		}
		p := Progress{Step: step}
		last := step.Number == t.o.Steps
		if len(t.held) > 0 && t.o.Validate > 0 && (step.Number%t.o.Validate == 0 || last) {
			p.Validated = true
			p.Validation, p.Best = t.judge()
		}
		stop := t.exhausted()
		if step.Number%s.Every == 0 || last || stop {
			if p.Saved, err = t.save(s.Folder); err != nil {
				return unsaved{err}
			}
		}
		if s.Report != nil {
			s.Report(p)
		}
		if stop && !last {
			return ErrStopped
		}
	}
	return nil
}

// judge validates and keeps the weights if they are the best so far.
func (t *Trainer) judge() (loss float64, best bool) {
	loss = t.Loss()
	c := &t.course
	best = c.Validations == 0 || loss < c.BestLoss-t.o.LeastGain
	c.Validations++
	c.Since++
	if best {
		c.BestLoss, c.BestStep, c.Since = loss, c.Step, 0
		if t.best == nil {
			t.best = slices.Clone(t.weights.arena)
		} else {
			copy(t.best, t.weights.arena)
		}
	}
	return loss, best
}

// BestLoss is the loss of the best validation and how many steps had been done
// then; 0 before the first.
func (t *Trainer) BestLoss() (loss float64, step int) { return t.course.BestLoss, t.course.BestStep }

func (t *Trainer) exhausted() bool { return t.o.Patience > 0 && t.course.Since >= t.o.Patience }
