package lesson

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/sampler"
)

// A Reading is a text and what a model predicts at its places.
type Reading struct {
	IDs   []argen.ID  // with the token that begins it, if the model has one
	Begin int         // Rows[i] is where IDs[Begin+i] is predicted
	Rows  [][]float64 // logits, that belong to whoever asked for them
}

// Read lets a model read a text without a token that begins it. Where it has
// none such it is not asked for the first token.
func (l *Lab) Read(ctx context.Context, m argen.Model, ids []argen.ID) (*Reading, error) {
	if bos := m.Info().BOS; bos != argen.NoID {
		ids = append([]argen.ID{bos}, ids...)
	}
	t := &Reading{IDs: ids, Begin: 1}
	if len(ids) < 2 {
		return t, nil
	}
	state := m.Start()
	if s, ok := state.(argen.Scorer); ok {
		var err error
		t.Rows, err = s.Score(ctx, ids[:len(ids)-1]...)
		return t, err
	}
	for _, id := range ids[:len(ids)-1] {
		logits, err := state.Extend(ctx, id)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, slices.Clone(logits))
	}
	return t, nil
}

// Places has the lab's model read texts that it was not trained on, by dice of a
// name, with so many places together at least, and calls f with each in order.
func (l *Lab) Places(ctx context.Context, name string, places int, f func(t *Reading) error) error {
	const (
		story = 100 // places that a story has, or some fewer
		parts = 40  // of another text
	)
	n := parts
	if l.Story() {
		n = 2*places/story + 1
	}
	texts, err := l.Text(ctx, name, n)
	if err != nil {
		return err
	}
	for read := 0; read < places && len(texts) > 0; texts = texts[1:] {
		t, err := l.Read(ctx, l.LM.Model, texts[0])
		if err != nil {
			return err
		}
		read += len(t.Rows)
		if err := f(t); err != nil {
			return err
		}
		l.done(min(read, places), places)
	}
	return nil
}

// each calls f for the numbers below n, on as many goroutines as the lab has
// jobs. What f finds out it keeps under its number, so that nothing depends on
// how many there are. The error is that of the lowest number.
func (l *Lab) each(ctx context.Context, n int, f func(i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu         sync.Mutex
		next, done int
		failed     = n
		why        error
	)
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		if next >= n || ctx.Err() != nil {
			return n
		}
		next++
		return next - 1
	}
	var workers sync.WaitGroup
	for range max(1, min(l.Jobs, n)) {
		workers.Go(func() {
			for i := take(); i < n; i = take() {
				err := f(i)
				mu.Lock()
				if err != nil && i < failed {
					failed, why = i, err
					cancel()
				}
				done++
				l.done(done, n)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if why != nil {
		return why
	}
	return context.Cause(ctx)
}

// hits counts for how many of the numbers below n f is true; it calls it as each
// does.
func (l *Lab) hits(ctx context.Context, n int, f func(i int) (bool, error)) (int, error) {
	var count atomic.Int64
	err := l.each(ctx, n, func(i int) error {
		hit, err := f(i)
		if hit {
			count.Add(1)
		}
		return err
	})
	return int(count.Load()), err
}

// Writer returns the model whose stories the grammar judges: the lab's, if it
// is a transformer that writes stories, and else the embedded one.
func (l *Lab) Writer(ctx context.Context) (*model.LM, error) {
	if _, layers := l.LM.Model.Start().(argen.Inspector); layers && l.Story() {
		return l.LM, nil
	}
	return l.Open(ctx, "story")
}

// Coherent lets a model of stories write n of them by a chain and returns how
// many the grammar could have written. Each is given up at the first word that
// it could not. The dice of a name throw the same for every chain.
func (l *Lab) Coherent(ctx context.Context, lm *model.LM, name, chain string, n int) (int, error) {
	stages, err := sampler.Parse(chain)
	if err != nil {
		return 0, err
	}
	seed := l.Dice(name).Uint64()
	return l.hits(ctx, n, func(i int) (bool, error) {
		gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, Chain: stages, Seed: seed + uint64(i), NoHash: true}
		run, err := gen.Start("")
		if err != nil {
			return false, err
		}
		return coherent(ctx, run)
	})
}

// coherent reports whether the story that a run writes is one of the grammar's.
func coherent(ctx context.Context, run *argen.Run) (bool, error) {
	truth := story.Truth().Start()
	for {
		_, err := run.Predict(ctx)
		if errors.Is(err, io.EOF) {
			return false, nil // no room for its end
		}
		if err != nil {
			return false, err
		}
		possible, err := truth.Extend(ctx, run.Context()[truth.Len():]...)
		if err != nil {
			return false, err
		}
		switch id := run.Choose(); {
		case math.IsInf(possible[id], -1):
			return false, nil
		case id == story.EOS:
			return true, nil
		default:
			if _, err := run.Append(id); err != nil {
				return false, err
			}
		}
	}
}

// token is a token as texts and tables have it.
func (l *Lab) token(id argen.ID) string {
	return argen.Visible(string(l.LM.Tokenizer.Piece(id)))
}

// said is the last of a text's tokens as it is written, cut to so many.
func (l *Lab) said(ids []argen.ID, most int) string {
	cut := max(0, len(ids)-most)
	text := argen.Visible(l.LM.Tokenizer.Decode(ids[cut:]))
	if cut > 0 {
		text = "… " + text
	}
	return text
}
