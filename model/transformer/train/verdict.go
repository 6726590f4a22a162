package train

import (
	"errors"
	"fmt"
	"math"

	"argen"
)

// A Verdict trains a model by judging what it writes. Given to a [Trainer] as
// its source, each step lets the model write some sequences, says of each as a
// whole whether it is good, and makes the good ones likelier. No token has a
// target: nobody says which word was wrong, or which would have been right.
// The model stays autoregressive all the same, it writes one token after the
// other, each given those before it.
//
// What the model is to increase is its chance to be accepted,
//
//	J = Σₓ P(x)·R(x),  R(x) = 1 if x is accepted, else 0,
//
// over all sequences x. They cannot be enumerated, but since ∇P = P·∇ln P,
//
//	∇J = Σₓ P(x)·R(x)·∇ln P(x) = Σₓ P(x)·(R(x) − b)·∇ln P(x)
//
// for any b that does not depend on x, for Σₓ P(x) = 1 has no gradient. So a
// mean over K sequences the model has written is on average the gradient, and
//
//	loss = − 1/T · Σₖ Aₖ·ln P(xₖ),  ln P(x) = Σₜ ln P(xₜ | x₁ … xₜ₋₁)
//
// has its negative as derivative, times a positive number, where Aₖ is the
// advantage (Rₖ − mean R) / std R over the step and T the tokens written. In
// code it is the cross-entropy of the model's own words, whose gradient each
// sequence scales by its advantage, as if good ones were text to learn from
// and bad ones to unlearn. With the mean as b, which xₖ is itself a part of, J's
// gradient comes out (K−1)/K as large. Williams, Simple Statistical
// Gradient-Following Algorithms for Connectionist Reinforcement Learning
// (REINFORCE), 1992.
//
// A model none of whose sequences is accepted learns nothing, nor does one all
// of whose are: train it on text first, and begin with [From].
type Verdict struct {
	Name    string   // for the fingerprint: what Accept is
	BOS     argen.ID // begins each sequence
	EOS     argen.ID // ends it
	Samples int      // sequences a step; 0 means 96
	MaxLen  int      // most tokens after BOS; 0 means the model's context. A sequence that has not ended there is judged as it is.

	// Accept is the verdict on a sequence, which it is given without BOS and
	// must not keep. It is called by several goroutines at a time.
	Accept func(ids []argen.ID) (bool, error)

	// Corpus is text to learn from beside it, nil for none: Options.Batch
	// sequences a step, whose cross-entropy times Mix is added to the loss. It
	// keeps a model from forgetting what the verdicts do not ask for.
	Corpus Source
	Mix    float64
}

// Sequence implements [Source]: it is a sequence of the corpus.
func (v *Verdict) Sequence(i uint64) ([]argen.ID, error) { return v.Corpus.Sequence(i) }

// Fingerprint implements [Source].
func (v *Verdict) Fingerprint() string {
	s := fmt.Sprintf("verdict %s of %d sequences a step, begin %d, end %d, at most %d tokens", v.Name, v.samples(), v.BOS, v.EOS, v.MaxLen)
	if v.Corpus != nil {
		s += fmt.Sprintf(", and %v of %s", v.Mix, v.Corpus.Fingerprint())
	}
	return s
}

func (v *Verdict) samples() int {
	n := v.Samples
	orDefault(&n, 96)
	return n
}

func (v *Verdict) check(c Config, o Options) error {
	inside := func(id argen.ID) bool { return id >= 0 && int(id) < c.VocabSize }
	switch n := v.samples(); {
	case n < 2 || n > 1<<16:
		return fmt.Errorf("train: %d sequences a step, want 2 to 65536: a verdict is compared with the others", n)
	case v.MaxLen < 0 || v.MaxLen > c.Context:
		return fmt.Errorf("train: sequences have at most %d tokens, want 1 to the context, %d", v.MaxLen, c.Context)
	case !inside(v.BOS) || !inside(v.EOS):
		return fmt.Errorf("train: sequences begin with id %d and end with %d, the vocabulary has ids 0 to %d", v.BOS, v.EOS, c.VocabSize-1)
	case v.Accept == nil:
		return errors.New("train: there is no verdict: Accept is nil")
	case !(v.Mix >= 0 && v.Mix <= 1000) || (v.Mix > 0) != (v.Corpus != nil):
		return fmt.Errorf("train: %v of a corpus, want a number above 0 with a corpus and 0 without", v.Mix)
	case o.Dropout > 0:
		return errors.New("train: verdicts are on what the whole network writes: train without dropout")
	case o.Patience > 0:
		return errors.New("train: verdicts make the loss on held-out text worse: train without early stopping")
	}
	return nil
}

// A writer lets the model write the sequences of a step and has them judged.
type writer struct {
	Verdict
	length  int // most tokens drawn
	rows    int // sequences a shard draws, at most
	samples []Sample
	shards  [][]drawing
	errs    []error
	text    [][]argen.ID // the samples as sequences to learn from, and the corpus's
	weights []float64    // of each
}

// A Sample is a sequence that the model wrote, and the verdict on it.
type Sample struct {
	IDs      []argen.ID // without BOS; valid until the next step
	Accepted bool
}

func newWriter(v Verdict, c Config, o Options) (*writer, error) {
	if err := v.check(c, o); err != nil {
		return nil, err
	}
	n, length := v.samples(), v.MaxLen
	if length == 0 {
		length = c.Context
	}
	w := &writer{Verdict: v, length: length, rows: (n + o.Shards - 1) / o.Shards, samples: make([]Sample, n), errs: make([]error, n), shards: make([][]drawing, o.Shards)}
	keysAndValues := 2 * c.Layers * c.KVHeads * c.HeadDim() * length
	if size := 4 * float64(w.rows) * float64(keysAndValues+c.VocabSize); size > maxActivations {
		return nil, fmt.Errorf("train: %d sequences of %d tokens need %.1f GiB for each thread, want at most %d: lower one of them", w.rows, length, size/(1<<30), maxActivations>>30)
	}
	return w, nil
}

// Samples are the sequences of the last step that the model wrote, with a
// [Verdict]; else there are none.
func (t *Trainer) Samples() []Sample {
	if t.writer == nil {
		return nil
	}
	return t.writer.samples
}

// sampleShard draws a shard's part of the samples, every Shards-th, and has
// them judged. A sample's dice depend on the seed, the step and its number.
func (t *Trainer) sampleShard(by, piece int) {
	w, all := t.writer, t.writer.shards[piece][:0]
	for i := piece; i < len(w.samples); i += len(w.shards) {
		var ids []argen.ID
		if len(all) < cap(all) {
			ids = all[:len(all)+1][len(all)].ids[:0]
		}
		number := uint64(t.course.Step)*uint64(len(w.samples)) + uint64(i)
		all = append(all, drawing{ids: append(ids, w.BOS), rng: stream(t.o.Seed, "verdict", number)})
	}
	w.shards[piece] = all
	t.workers[by].generator.run(&t.weights, all, w.EOS)
	for j := range all {
		i := piece + j*len(w.shards)
		s := &w.samples[i]
		s.IDs = all[j].ids[1:]
		s.Accepted, w.errs[i] = w.Accept(s.IDs)
	}
}

// write has the model write the sequences of a step, and sets those to learn
// from with their weights.
func (t *Trainer) write(s *Step) error {
	w := t.writer
	t.crew.run(len(w.shards), t.sample)
	w.text, w.weights = w.text[:0], w.weights[:0]
	for i := range w.samples {
		if err := w.errs[i]; err != nil {
			return fmt.Errorf("the verdict on sample %d: %w", i, err)
		}
		if w.samples[i].Accepted {
			s.Accepted++
		}
		w.text = append(w.text, w.shards[i%len(w.shards)][i/len(w.shards)].ids)
	}
	good, bad := advantages(s.Accepted, len(w.samples))
	for i := range w.samples {
		if w.samples[i].Accepted {
			w.weights = append(w.weights, good)
		} else {
			w.weights = append(w.weights, bad)
		}
	}
	s.Tokens = countTargets(w.text)
	if w.Corpus != nil {
		corpus, err := t.batches.step(t.course.Step)
		if err != nil {
			return err
		}
		// The gradient is divided by the tokens written, so this makes it
		// Mix times the mean over the tokens of the corpus.
		weight := w.Mix * float64(s.Tokens) / float64(max(1, countTargets(corpus)))
		for _, sequence := range corpus {
			w.text, w.weights = append(w.text, sequence), append(w.weights, weight)
		}
	}
	t.sequences, t.emphasis = w.text, w.weights
	return nil
}

// advantages are (R − mean) / std of the accepted, whose R is 1, and of the
// others: with p the part that is accepted,
//
//	(1 − p) / √(p(1−p)) = √((1−p)/p)  and  −p / √(p(1−p)) = −√(p/(1−p)),
//
// and 0 where all verdicts are the same, which say nothing.
func advantages(accepted, of int) (good, bad float64) {
	if accepted == 0 || accepted == of {
		return 0, 0
	}
	odds := float64(accepted) / float64(of-accepted)
	return math.Sqrt(1 / odds), -math.Sqrt(odds)
}
