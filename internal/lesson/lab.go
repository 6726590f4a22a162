package lesson

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"argen"
	"argen/internal/study"
	"argen/internal/words"
	"argen/model"
	"argen/model/story"
)

// A Lab is where experiments run: the learner's model, the dice, the language.
type Lab struct {
	LM    *model.LM
	Words *words.Catalogue
	Seed  uint64
	Jobs  int // texts that are written at once; nothing depends on it

	// Open opens another model; it stays open as long as the lab.
	Open func(ctx context.Context, ref string) (*model.LM, error)

	// Clock tells the time since some moment; tests have one that always gives the
	// same.
	Clock func() time.Duration

	// Progress is told how far an experiment is, nil if nobody watches.
	Progress func(done, all int)
}

// Story reports whether the model writes the stories of the grammar, so that
// the truth is known and coherence can be judged.
func (l *Lab) Story() bool { return study.Tells(l.LM.Tokenizer) }

// Dice returns the dice of a part of an experiment. Those of different names are
// independent; the same seed and name throw the same.
func (l *Lab) Dice(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(l.Seed, h.Sum64()))
}

// done tells how far an experiment is.
func (l *Lab) done(done, all int) {
	if l.Progress != nil {
		l.Progress(done, all)
	}
}

// Stories samples n stories of the grammar, each with its end, by dice of a
// name.
func (l *Lab) Stories(ctx context.Context, name string, n int) ([][]argen.ID, error) {
	dice := l.Dice(name)
	list := make([][]argen.ID, n)
	for i := range list {
		ids, err := story.Default().Sample(dice)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		list[i] = ids
	}
	return list, nil
}

// Write lets the model write n tokens after a prompt, by dice of a name, and
// returns the finished record of it.
func (l *Lab) Write(ctx context.Context, name, prompt string, n int) (*argen.Trace, error) {
	gen := argen.Generator{
		Model: l.LM.Model, Tokenizer: l.LM.Tokenizer, Seed: l.Dice(name).Uint64(),
		MaxTokens: n, NoHash: true,
	}
	run, err := gen.Start(prompt)
	if err != nil {
		return nil, err
	}
	return toEnd(ctx, run)
}

// toEnd is the trace of a run that goes on to its end.
func toEnd(ctx context.Context, run *argen.Run) (*argen.Trace, error) {
	for _, err := range run.Steps(ctx) {
		if err != nil {
			return nil, err
		}
	}
	return run.Trace(), nil
}

// Prompt returns how a text begins where a lesson needs a beginning: nothing for
// a model of stories, some words for others, which may predict nothing from
// nothing.
func (l *Lab) Prompt() string {
	if l.Story() {
		return ""
	}
	return l.Words.Say("lab.prompt", nil)
}

// Surprisals returns −log₂ P(token | all before it) in bits of each token of
// ids from the one at begin on, of any model with the lab's vocabulary.
func (l *Lab) Surprisals(ctx context.Context, m argen.Model, ids []argen.ID, begin int) ([]float64, error) {
	gen := argen.Generator{Model: m, Tokenizer: l.LM.Tokenizer, NoHash: true}
	trace, err := gen.Score(ctx, ids[:begin], ids[begin:])
	if err != nil {
		return nil, err
	}
	bits := make([]float64, len(trace.Steps))
	for i := range bits {
		bits[i] = trace.Steps[i].Surprisal
	}
	return bits, nil
}

// Mean is the mean of values with its interval.
func (l *Lab) Mean(values []float64) Interval {
	return Interval(study.Mean(l.Seed, values))
}

// ShareOf is the share that hits are of n, with Wilson's interval.
func ShareOf(hits, n int) Interval { return Interval(study.Share(hits, n)) }
