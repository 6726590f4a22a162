package study

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"argen"
	"argen/model/story"
	"argen/sampler/search"
)

// Run writes the texts of a plan, so many at once, and returns them in order.
// Those of done, the first of them, were written before. Each, if it is not
// nil, is called for every other one in order as soon as those before it are
// there; its error ends the run. So does that of a text, after those before it.
func (p *Plan) Run(ctx context.Context, jobs int, done []Sample, each func(Sample) error) ([]Sample, error) {
	ctx, cancel := context.WithCancel(ctx)
	type written struct {
		at     int
		sample Sample
		err    error
	}
	out := make(chan written)
	var next atomic.Int64
	next.Store(int64(len(done)))
	var workers sync.WaitGroup
	for range max(1, min(jobs, p.all()-len(done))) {
		workers.Go(func() {
			for ctx.Err() == nil {
				at := int(next.Add(1)) - 1
				if at >= p.all() {
					return
				}
				if p.first(at) != at {
					continue
				}
				s, err := p.write(ctx, at)
				select {
				case out <- written{at, s, err}:
				case <-ctx.Done():
				}
			}
		})
	}
	defer workers.Wait()
	defer cancel()
	samples := slices.Clone(done)
	ahead := map[int]written{}
	for at := len(done); at < p.all(); at++ {
		if ctx.Err() != nil {
			return samples, ctx.Err()
		}
		first := p.first(at)
		if _, ok := ahead[first]; first < at {
			s := samples[first]
			s.Strategy, s.Prompt, s.Number = p.place(at)
			s.Seed = p.seed(at)
			ahead[at] = written{sample: s}
		} else {
			for ; !ok; _, ok = ahead[first] {
				select {
				case w := <-out:
					ahead[w.at] = w
				case <-ctx.Done():
					return samples, ctx.Err()
				}
			}
		}
		w := ahead[at]
		delete(ahead, at)
		if w.err != nil {
			return samples, w.err
		}
		samples = append(samples, w.sample)
		if each != nil {
			if err := each(w.sample); err != nil {
				return samples, err
			}
		}
	}
	return samples, nil
}

// first is the text that a text is the same as, whatever the seed: that of
// sample 0 where the strategy leaves nothing to the dice, otherwise itself.
func (p *Plan) first(at int) int {
	n := len(p.Strategies)
	if !p.Strategies[at%n].fixed() {
		return at
	}
	return at % (n * len(p.Prompts))
}

// write writes a text.
func (p *Plan) write(ctx context.Context, at int) (Sample, error) {
	var s Sample
	s.Strategy, s.Prompt, s.Number = p.place(at)
	strategy, prompt := p.Strategies[s.Strategy], p.Prompts[s.Prompt]
	gen := p.generator(strategy, at)
	s.Seed = gen.Seed
	var err error
	if strategy.Search == nil {
		err = p.draw(ctx, gen, prompt, &s)
	} else {
		err = p.search(ctx, gen, strategy.Search, prompt, &s)
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("strategy %s, seed %d: %w", argen.Visible(strategy.Name), s.Seed, err)
	}
	return s, err
}

// draw writes a text by the dice.
func (p *Plan) draw(ctx context.Context, gen argen.Generator, prompt Prompt, s *Sample) error {
	run, err := gen.StartIDs(prompt.IDs)
	if err != nil {
		return err
	}
	watch := p.watch(ctx, run)
	s.Sampled = new(float64)
	for {
		c, err := run.Predict(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		*s.Sampled += c.Entropy()
		id := run.Choose()
		if err := watch.step(ctx, run, c, id); err != nil {
			return err
		}
		step, err := run.Append(id)
		if err != nil {
			return err
		}
		s.add(&step)
	}
	s.Reason, s.Text = run.Over(), run.Text()
	return watch.end(s, run.Context())
}

// search writes a text by a search. Where the grammar judges it, it goes through
// it again beside the grammar.
func (p *Plan) search(ctx context.Context, gen argen.Generator, by search.Procedure, prompt Prompt, s *Sample) error {
	gen.Search = by.String()
	found, err := gen.StartIDs(prompt.IDs)
	if err != nil {
		return err
	}
	picker := by.Picker()
	for err == nil {
		_, err = search.Next(ctx, found, picker)
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	s.Reason, s.Text = found.Over(), found.Text()
	for _, step := range found.Trace().Steps {
		s.add(&step)
	}
	if !Tells(p.Tokenizer) {
		return nil
	}
	gen.Chain, gen.Search = nil, ""
	again, err := gen.StartIDs(prompt.IDs)
	if err != nil {
		return err
	}
	watch := p.watch(ctx, again)
	for _, id := range s.IDs {
		if _, err := again.Predict(ctx); err != nil {
			return err
		}
		if err := watch.step(ctx, again, nil, id); err != nil {
			return err
		}
		if _, err := again.Force(id); err != nil {
			return err
		}
	}
	return watch.end(s, again.Context())
}

// add adds a token.
func (s *Sample) add(step *argen.Step) {
	s.IDs = append(s.IDs, step.ID)
	s.LogProbs = append(s.LogProbs, step.LogProb)
	s.Entropy += step.Entropy
}

// words are the ids of a text without those that stand for no text.
func (p *Plan) words(s *Sample) []argen.ID {
	return slices.DeleteFunc(slices.Clone(s.IDs), p.Tokenizer.Control)
}

// Tells reports whether texts of a tokenizer are stories: its vocabulary is
// that of the grammar.
func Tells(t argen.Tokenizer) bool {
	words := story.Default().Vocab()
	if t.VocabSize() != len(words) {
		return false
	}
	for id, word := range words {
		if string(t.Piece(argen.ID(id))) != word {
			return false
		}
	}
	return true
}

// Check reports what stands against a sample from a file being text number at
// of the plan.
func (p *Plan) Check(at int, s *Sample) error {
	if at >= p.all() {
		return fmt.Errorf("there are more than the %d texts of the comparison", p.all())
	}
	strategy, prompt, number := p.place(at)
	story := s.Story != nil
	switch {
	case s.Strategy != strategy || s.Prompt != prompt || s.Number != number || s.Seed != p.seed(at):
		return errors.New("another text should stand here")
	case len(s.LogProbs) != len(s.IDs):
		return fmt.Errorf("%d ids have %d probabilities", len(s.IDs), len(s.LogProbs))
	case story != Tells(p.Tokenizer):
		return errors.New("the verdict of the grammar is missing, or there should be none")
	case (s.Sampled == nil) != (p.Strategies[strategy].Search != nil), story && (s.Story.Sampled == nil) != (s.Sampled == nil) && len(s.IDs) > 0:
		return errors.New("what was measured is not of this strategy")
	}
	for _, id := range s.IDs {
		if id < 0 || int(id) >= p.Tokenizer.VocabSize() {
			return fmt.Errorf("id %d, the vocabulary has ids 0 to %d", id, p.Tokenizer.VocabSize()-1)
		}
	}
	return nil
}
