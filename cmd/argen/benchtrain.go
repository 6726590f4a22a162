package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"argen"
	"argen/internal/tensor"
	"argen/model/transformer/train"
)

// learning is what is measured of a training.
type learning struct {
	Params  int    `json:"params"`
	Batch   int    `json:"batch"`
	Context int    `json:"ctx"`
	TokensS figure `json:"tokens_s"`
	// GFLOPS counts six operations a parameter and token, as is usual: two
	// forward, four back.
	GFLOPS *figure `json:"gflops_6P"`
}

// benchShape is the model that is trained, and how much at a time.
type benchShape struct {
	layers, hidden, heads, ff, vocab, context, batch int
}

// defaultShape has as many parameters as a GPT of 4 layers of 128 numbers, 0.8
// million: its SwiGLU has three matrices of 128 x 341 where that one has two of
// 128 x 512.
var defaultShape = benchShape{layers: 4, hidden: 128, heads: 4, ff: 344, vocab: 65, context: 128, batch: 16}

var shapeFlags = []string{"layers", "hidden", "heads", "ff", "vocab", "context", "batch"}

func (s *benchShape) add(fs *pflag.FlagSet) {
	doc := []string{"layers", "width of the residual stream", "heads", "width inside the SwiGLU", "tokens of the vocabulary", "tokens of a sequence", "sequences a step"}
	for i, n := range s.sizes() {
		fs.Var(&fromOneValue{n}, shapeFlags[i], "with --train: "+doc[i]+", `N`")
	}
	fs.Lookup("context").Usage += "; else the most tokens of context"
}

// sizes are the numbers that shapeFlags name.
func (s *benchShape) sizes() []*int {
	return []*int{&s.layers, &s.hidden, &s.heads, &s.ff, &s.vocab, &s.context, &s.batch}
}

// noise is a source of random tokens.
type noise struct{ vocab, length int }

// Sequence implements train.Source.
func (n noise) Sequence(i uint64) ([]argen.ID, error) {
	ids, x := make([]argen.ID, n.length), i
	for j := range ids {
		x = x*6364136223846793005 + 1442695040888963407
		ids[j] = argen.ID((x >> 33) % uint64(n.vocab))
	}
	return ids, nil
}

// Fingerprint implements train.Source.
func (n noise) Fingerprint() string { return "noise" }

// How long a measurement of training takes: steps, and at least a while.
const (
	warmSteps     = 3
	leastTraining = 200 * time.Millisecond
)

// benchTraining measures training.
func (a *app) benchTraining(ctx context.Context, b *bench) error {
	var all []measured
	s := b.shape
	err := a.withThreads(ctx, b, func(threads int) error {
		l, err := s.train(ctx, b.reps)
		if err == nil {
			name := fmt.Sprintf("llama, %s of %d, %s, ff %d, vocabulary %d, batches of %d x %d tokens, %s parameters",
				count(s.layers, "layer"), s.hidden, count(s.heads, "head"), s.ff, s.vocab, s.batch, s.context, thousands(int64(l.Params)))
			all = append(all, measured{Model: name, Threads: threads, Kernel: tensor.Kernel(), learning: l, RSSMB: peakMemory()})
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.reportBench(b, all)
}

// train measures steps with the threads in force.
func (s *benchShape) train(ctx context.Context, reps int) (*learning, error) {
	config := train.Config{VocabSize: s.vocab, Hidden: s.hidden, Layers: s.layers, Heads: s.heads, FF: s.ff, Context: s.context}
	options := train.Options{Steps: 1 << 30, Batch: s.batch, Pool: s.batch, Optimizer: train.AdamW, AdamRate: 1e-4}
	if err := train.Check(config, options); err != nil {
		return nil, sizeError(err)
	}
	t, err := train.New(config, options, noise{s.vocab, s.context + 1}, nil)
	if err != nil {
		return nil, err
	}
	var rates []float64
	for rep := range reps + 1 {
		tokens, steps, start := 0, 0, time.Now()
		for steps < warmSteps || rep > 0 && time.Since(start) < leastTraining {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			step, err := t.Step()
			if err != nil {
				return nil, err
			}
			tokens += step.Tokens
			steps++
		}
		if rep > 0 { // the first has grown what it needs
			rates = append(rates, float64(tokens)/time.Since(start).Seconds())
		}
	}
	l := &learning{Params: t.Config().Params(), Batch: s.batch, Context: s.context, TokensS: newFigure(rates)}
	l.GFLOPS = l.TokensS.times(6 * float64(l.Params) / 1e9)
	return l, nil
}
