package transformer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"argen"
	"argen/internal/mapped"
	"argen/internal/tensor"
)

// chunk is how many tokens of a prompt are computed at once: fewer where each has
// its logits, which take more room than all else, and in a large model, which is to
// notice soon that it is no longer needed. There they are hardly slower; in a small
// one threads meet more often for it, which costs a tenth where they share no cache.
func (p *pass) chunk(rows bool) int {
	if rows || p.m.params > 1<<30 {
		return 128
	}
	return 512
}

// Start implements argen.Model.
func (m *Model) Start() argen.State {
	s := &State{pass: newPass(m, newCache(m))}
	s.crew.threads = m.options.Threads
	return s
}

// A State is a context of a Model, with the keys and values of its tokens. It
// implements [argen.State], [argen.Scorer] and [argen.Inspector].
type State struct {
	pass   *pass
	all    []argen.ID // the context
	logits []float64  // of the next token, if ready
	ready  bool
	shared bool // a fork sees logits too
	crew   crew
	pace   pace // of single tokens
}

// Len implements argen.State.
func (s *State) Len() int { return len(s.all) }

// Extend implements argen.State. The tokens are computed together, in chunks,
// which gives the same bits as one by one.
func (s *State) Extend(ctx context.Context, ids ...argen.ID) (logits []float64, err error) {
	err = s.guard(func() error {
		logits, err = s.extend(ctx, ids)
		return err
	})
	return logits, err
}

// guard does what reads weights. If their file was cut short the context is as
// before.
func (s *State) guard(do func() error) error {
	before := len(s.all)
	computing.Add(1)
	defer computing.Add(-1)
	err := mapped.Guard(do)
	if errors.Is(err, mapped.ErrGone) {
		s.all, s.ready = s.all[:before], false
		err = fmt.Errorf("the weights: %w", err)
	}
	return err
}

func (s *State) extend(ctx context.Context, ids []argen.ID) ([]float64, error) {
	if err := s.check(ctx, ids); err != nil {
		return nil, err
	}
	switch {
	case len(ids) == 1:
		s.single(ids, len(s.all))
		s.all = append(s.all, ids...)
	case len(ids) > 1:
		if err := s.run(ctx, ids, nil); err != nil {
			return nil, err
		}
		s.predict()
	case len(s.all) == 0:
		return nil, argen.ErrEmptyContext
	case !s.ready: // after Rewind: the last token again
		s.single(s.all[len(s.all)-1:], len(s.all)-1)
	}
	return s.logits, nil
}

// single computes one token and the logits after it.
func (s *State) single(id []argen.ID, at int) {
	s.pass.crew = nil
	measured := false
	switch {
	case s.pass.m.params < crewModel || s.crew.size() == 1:
	case s.crew.threads > 0:
		s.pass.crew = &s.crew
	default:
		measured = true
		if !s.pace.alone() {
			s.pass.crew = &s.crew
		}
	}
	start := time.Now()
	s.pass.run(id, at)
	s.predict()
	if measured {
		s.pace.add(time.Since(start))
	}
}

// run appends ids to the context; do is called after each chunk of them, if it
// is not nil. After an error the context is as before.
func (s *State) run(ctx context.Context, ids []argen.ID, do func()) error {
	before := len(s.all)
	s.pass.crew = nil
	if s.crew.size() > 1 {
		s.pass.crew = &s.crew
	}
	for len(ids) > 0 {
		if err := ctx.Err(); err != nil {
			s.all = s.all[:before]
			return err
		}
		n := min(s.pass.chunk(do != nil), len(ids))
		s.pass.run(ids[:n], len(s.all))
		if do != nil {
			do()
		}
		s.all = append(s.all, ids[:n]...)
		ids = ids[n:]
	}
	s.ready = false
	return nil
}

// check returns an error if ids cannot be appended to the context.
func (s *State) check(ctx context.Context, ids []argen.ID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &s.pass.m.config
	for i, id := range ids {
		if id < 0 || int(id) >= c.VocabSize {
			return fmt.Errorf("transformer: token %d of %d: id %d is not in the vocabulary of %d", i+1, len(ids), id, c.VocabSize)
		}
	}
	if n := len(s.all) + len(ids); n > c.Context {
		return fmt.Errorf("transformer: a context of %d tokens does not fit, the model's longest is %d: give a shorter prompt or write fewer tokens", n, c.Context)
	}
	return nil
}

// predict computes the logits after the last token of the pass.
func (s *State) predict() {
	c := &s.pass.m.config
	v := c.VocabSize
	row := grow(&s.pass.bufs[bufLogits], v)
	s.pass.head(row, s.pass.row(s.pass.x, len(s.pass.ids)-1, c.Hidden), 1)
	if s.logits == nil || s.shared {
		s.logits, s.shared = make([]float64, v), false
	}
	for i, l := range row {
		s.logits[i] = float64(l)
	}
	s.ready = true
}

// Rewind implements argen.State.
func (s *State) Rewind(n int) {
	if n < 0 || n > len(s.all) {
		panic(fmt.Sprintf("transformer: rewind to %d of %d tokens", n, len(s.all)))
	}
	if n < len(s.all) {
		s.all, s.ready = s.all[:n], false
	}
}

// Fork implements argen.State.
func (s *State) Fork() argen.State {
	s.shared = true
	f := &State{
		pass:   newPass(s.pass.m, s.pass.kv.fork(len(s.all))),
		all:    slices.Clone(s.all),
		logits: s.logits,
		ready:  s.ready,
		shared: true,
	}
	f.crew.threads = s.crew.threads
	return f
}

// Score implements argen.Scorer.
func (s *State) Score(ctx context.Context, ids ...argen.ID) (rows [][]float64, err error) {
	if err := s.check(ctx, ids); err != nil {
		return nil, err
	}
	err = s.guard(func() error {
		return s.run(ctx, ids, func() { rows = append(rows, s.pass.rows()...) })
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// head computes the logits of the first n rows of x.
func (p *pass) head(dst, x []float32, n int) {
	p.multiply(x, n, part{p.m.head, dst})
	if c := p.m.config.LogitCap; c > 0 {
		tensor.SoftCap(float32(c), dst)
	}
}

// rows returns the logits at each position of a pass.
func (p *pass) rows() [][]float64 {
	v := p.m.config.VocabSize
	all := p.buf(bufLogits, v)
	p.head(all, p.x, len(p.ids))
	rows := make([][]float64, len(p.ids))
	for i := range rows {
		rows[i] = widen(p.row(all, i, v))
	}
	return rows
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
