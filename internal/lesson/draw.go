package lesson

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"argen"
	"argen/internal/vec64"
	"argen/model"
)

// softmax sets p to the probabilities that logits stand for; the two may be one.
func softmax(p, logits []float64) {
	most, sum := slices.Max(logits), 0.0
	for i, l := range logits {
		p[i] = vec64.Exp(l - most)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}

// choose returns the token whose part of [0, 1) holds u, the parts lying side by
// side in the order of the ids.
func choose(p []float64, u float64) argen.ID {
	last := argen.ID(0)
	for i, x := range p {
		if x == 0 {
			continue
		}
		if u < x {
			return argen.ID(i)
		}
		u -= x
		last = argen.ID(i)
	}
	return last // the sum is below 1 by rounding
}

// opening is what stands before a text: the model's token for the beginning if
// it is to have one, and a prompt.
func opening(lm *model.LM, prompt string) ([]argen.ID, error) {
	ids, err := lm.Tokenizer.Encode(prompt)
	if info := lm.Model.Info(); info.AddBOS {
		ids = append([]argen.ID{info.BOS}, ids...)
	}
	return ids, err
}

// A die gives the number from [0, 1) that decides about the token at a position
// of a text, which is the same whatever came before: two ways of writing that
// have the same P there choose the same token.
type die struct{ seed uint64 }

// die returns one of a name.
func (l *Lab) die(name string) die { return die{l.Dice(name).Uint64()} }

// at throws for a position, counted from 0, of a text.
func (d die) at(text, position int) float64 {
	return rand.New(rand.NewPCG(d.seed, uint64(text)<<20|uint64(position))).Float64()
}

// write is the loop with a die: it goes on from a state, which holds what stands
// before, until the text ends or has n tokens. See, if it is not nil, is shown the
// distribution that each token was chosen from.
func write(ctx context.Context, m argen.Model, s argen.State, n int, u func(position int) float64, see func(position int, p []float64)) ([]argen.ID, error) {
	info := m.Info()
	p := make([]float64, info.VocabSize)
	var text, next []argen.ID
	for len(text) < n {
		logits, err := s.Extend(ctx, next...)
		if err != nil {
			return nil, err
		}
		softmax(p, logits)
		if see != nil {
			see(len(text), p)
		}
		id := choose(p, u(len(text)))
		text = append(text, id)
		if slices.Contains(info.Stop, id) {
			break
		}
		next = []argen.ID{id}
	}
	return text, nil
}

// surprisals returns −log₂ P of each token of a text after what a state holds, in one
// pass if the state can.
func surprisals(ctx context.Context, s argen.State, text []argen.ID) ([]float64, error) {
	logits, err := s.Extend(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]float64, len(text))
	rate := func(i int, logits []float64) error {
		l, err := argen.LogProb(logits, text[i])
		list[i] = -l / math.Ln2
		return err
	}
	if err := rate(0, logits); err != nil {
		return nil, err
	}
	before := text[:len(text)-1]
	if scorer, ok := s.(argen.Scorer); ok && len(before) > 0 {
		rows, err := scorer.Score(ctx, before...)
		if err != nil {
			return nil, err
		}
		for i, row := range rows {
			if err := rate(i+1, row); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	for i, id := range before {
		if logits, err = s.Extend(ctx, id); err == nil {
			err = rate(i+1, logits)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// part is the lab for a part of a lesson's work: what it has done is so much more
// of all of it.
func (l *Lab) part(before, all int) *Lab {
	p := *l
	p.Progress = func(done, _ int) { l.done(before+done, all) }
	return &p
}

// quiet is the lab for work of which somebody else tells how far it is.
func (l *Lab) quiet() *Lab {
	p := *l
	p.Progress = nil
	return &p
}

// count returns a function to be called, from anywhere, when one of so many
// pieces of work is done.
func (l *Lab) count(all int) func() {
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		l.done(done, all)
	}
}
