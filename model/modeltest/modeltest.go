// Package modeltest checks the contract of argen.Model and argen.State on any
// model.
//
// The law behind most of it: whatever was done to a state and its forks, each
// has the logits that a fresh state has after the same ids. Random walks of
// Extend, Rewind and Fork over several branches look for a way to break it. The
// classic one is a fork that shares its parent's slice: it works until the
// parent rewinds and extends, and so overwrites the fork's past.
package modeltest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"argen"
)

// Options say how to check a model. The zero value is the strictest.
type Options struct {
	// Tolerance is how far a logit may be from that of a fresh state, 0 for the
	// same bits. A model that reads many tokens at once may sum in another
	// order than one by one.
	Tolerance float64
	// Normalised says, if it is more than 0, that the logits are logprobs:
	// their probabilities must sum to 1 within it.
	Normalised float64
	// Tokens are what contexts are made of, besides tokens drawn from the
	// model itself; all of the vocabulary if empty.
	Tokens []argen.ID
	// MaxLen is the longest context, 24 if 0, and never more than the model's.
	MaxLen int
	// Checks is the number of random walks, and at most and by default what
	// -rapid.checks says (100).
	Checks int
}

// Check fails t at the first clause of the contract that m breaks. Under the
// race detector it also finds states that share what one of them writes.
//
// All logits may be −Inf where nothing can follow. A model that needs a token
// to predict the next may return an error for the empty context, always.
func Check(t rapid.TB, m argen.Model, o ...Options) {
	t.Helper()
	c := &checker{model: m, info: m.Info(), seen: map[string][]float64{}}
	if len(o) > 0 {
		c.Options = o[0]
	}
	c.checkInfo(t)
	if c.MaxLen == 0 {
		c.MaxLen = 24
	}
	if c.info.ContextLength > 0 {
		c.MaxLen = min(c.MaxLen, c.info.ContextLength)
	}
	if len(c.Tokens) == 0 {
		for id := range argen.ID(c.info.VocabSize) {
			c.Tokens = append(c.Tokens, id)
		}
	}
	c.rng = rand.New(rand.NewPCG(1, 2))
	c.checkRepeat(t)
	c.checkRefusals(t)
	c.checkLimit(t)
	c.checkRewind(t)
	c.checkExplain(t)
	c.checkForks(t)
	c.checkWalks(t)
	c.checkParallel(t)
	c.checkUnchanged(t)
}

// A checker is a model and what its fresh states have said so far.
type checker struct {
	Options
	model argen.Model
	info  argen.Info
	rng   *rand.Rand           // for what is not drawn by rapid
	seen  map[string][]float64 // the logits of contexts; nil of an error
	ids   []argen.ID           // the context asked first
	first [][]float64          // its logits, by number of tokens
}

func (c *checker) checkInfo(t rapid.TB) {
	t.Helper()
	in := func(id argen.ID) bool { return id >= 0 && int(id) < c.info.VocabSize }
	switch {
	case c.info.VocabSize < 1:
		t.Fatalf("Info: the vocabulary has %d tokens", c.info.VocabSize)
	case c.info.ContextLength < 0 || c.info.Order < 0:
		t.Fatalf("Info: ContextLength %d and Order %d must not be negative", c.info.ContextLength, c.info.Order)
	case c.info.BOS != argen.NoID && !in(c.info.BOS):
		t.Fatalf("Info: BOS is id %d of a vocabulary of %d", c.info.BOS, c.info.VocabSize)
	case c.info.BOS == argen.NoID && c.info.AddBOS:
		t.Fatalf("Info: AddBOS is set and there is no BOS")
	}
	for _, id := range slices.Concat(c.info.Stop, c.Tokens) {
		if !in(id) {
			t.Fatalf("Info: the stop token or Options.Tokens' id %d is outside the vocabulary of %d", id, c.info.VocabSize)
		}
	}
}

// reference returns the logits that a fresh state has after ids, nil if it
// returns an error (in the empty context).
func (c *checker) reference(t rapid.TB, ids []argen.ID) []float64 {
	t.Helper()
	key := fmt.Sprint(ids)
	if logits, ok := c.seen[key]; ok {
		return logits
	}
	s := c.model.Start()
	if s.Len() != 0 {
		t.Fatalf("a new state has %d tokens", s.Len())
	}
	logits, err := s.Extend(context.Background(), ids...)
	if err != nil {
		if len(ids) > 0 {
			t.Fatalf("a fresh state, Extend(%v): %v", ids, err)
		}
		logits = nil
	} else if says := c.wrong(logits); says != "" {
		t.Fatalf("after %v: %s", ids, says)
	}
	if s.Len() != len(ids) {
		t.Fatalf("after Extend(%v) a fresh state has %d tokens", ids, s.Len())
	}
	const room = 1 << 23 // numbers kept, 64 MiB
	if len(c.seen)*c.info.VocabSize > room {
		clear(c.seen)
	}
	c.seen[key] = slices.Clone(logits)
	return c.seen[key]
}

// wrong says what is wrong with logits by themselves, "" if nothing is.
func (c *checker) wrong(logits []float64) string {
	if len(logits) != c.info.VocabSize {
		return fmt.Sprintf("there are %d logits, the vocabulary has %d tokens", len(logits), c.info.VocabSize)
	}
	most := math.Inf(-1)
	for id, l := range logits {
		if math.IsNaN(l) || math.IsInf(l, 1) {
			return fmt.Sprintf("the logit of token %d is %v", id, l)
		}
		most = max(most, l)
	}
	if math.IsInf(most, -1) {
		return "" // a dead end
	}
	sum, total := 0.0, 0.0
	for _, l := range logits {
		sum += math.Exp(l - most)
	}
	lse := most + math.Log(sum)
	for _, l := range logits {
		total += math.Exp(l-most) / sum
	}
	switch {
	case math.Abs(total-1) > 1e-9:
		return fmt.Sprintf("the probabilities sum to %v", total)
	case c.Normalised > 0 && !(math.Abs(math.Expm1(lse)) <= c.Normalised):
		return fmt.Sprintf("the logits are no logprobs: their exponentials sum to %v", math.Exp(lse))
	}
	return ""
}

// differ says where logits are not what they should be, "" if nowhere.
func differ(got, want []float64, tolerance float64) string {
	if len(got) != len(want) {
		return fmt.Sprintf("there are %d logits instead of %d", len(got), len(want))
	}
	for id, w := range want {
		g := got[id]
		if math.Float64bits(g) != math.Float64bits(w) && !(math.Abs(g-w) <= tolerance && tolerance > 0) {
			return fmt.Sprintf("the logit of token %d is %v, that of a fresh state %v", id, g, w)
		}
	}
	return ""
}

// pick returns the token at u (0 ≤ u < 1) of the distribution, and whether
// there is any.
func pick(logits []float64, u float64) (argen.ID, bool) {
	if len(logits) == 0 {
		return 0, false
	}
	most, sum := slices.Max(logits), 0.0
	if math.IsInf(most, -1) {
		return 0, false
	}
	for _, l := range logits {
		sum += math.Exp(l - most)
	}
	left, last := u*sum, argen.ID(0)
	for id, l := range logits {
		if p := math.Exp(l - most); p > 0 {
			if left -= p; left < 0 {
				return argen.ID(id), true
			}
			last = argen.ID(id)
		}
	}
	return last, true
}

// likely returns n tokens as the model writes them, now and then any other.
func (c *checker) likely(t rapid.TB, n int) []argen.ID {
	t.Helper()
	var ids []argen.ID
	for len(ids) < n {
		id, ok := pick(c.reference(t, ids), c.rng.Float64())
		if !ok || c.rng.IntN(8) == 0 {
			id = c.Tokens[c.rng.IntN(len(c.Tokens))]
		}
		ids = append(ids, id)
	}
	return ids
}

// checkRepeat gives the same calls to two fresh states: they return the same
// bits, whatever the tolerance.
func (c *checker) checkRepeat(t rapid.TB) {
	t.Helper()
	ids := c.likely(t, c.MaxLen)
	c.ids = ids
	for n := range len(ids) + 1 {
		c.first = append(c.first, c.reference(t, ids[:n]))
	}
	a, b, whole := c.model.Start(), c.model.Start(), c.model.Start()
	for i, id := range ids {
		x, err := a.Extend(context.Background(), id)
		if err != nil {
			t.Fatalf("after %v, Extend(%d): %v", ids[:i], id, err)
		}
		kept := slices.Clone(x)
		y, err := b.Extend(context.Background(), id)
		if err != nil {
			t.Fatalf("after %v, Extend(%d): %v, which it was not on another state", ids[:i], id, err)
		}
		if says := differ(y, kept, 0); says != "" {
			t.Fatalf("two states given %v one by one differ: %s", ids[:i+1], says)
		}
		if says := differ(kept, c.reference(t, ids[:i+1]), c.Tolerance); says != "" {
			t.Fatalf("given %v one by one instead of all at once: %s", ids[:i+1], says)
		}
	}
	x, err := whole.Extend(context.Background(), ids...)
	if err != nil {
		t.Fatalf("Extend(%v): %v", ids, err)
	}
	if says := differ(x, c.reference(t, ids), 0); says != "" {
		t.Fatalf("two states given %v at once differ: %s", ids, says)
	}
}

// checkUnchanged asks fresh states what was asked first: a model never changes.
func (c *checker) checkUnchanged(t rapid.TB) {
	t.Helper()
	clear(c.seen)
	for n, want := range c.first {
		if says := differ(c.reference(t, c.ids[:n]), want, 0); says != "" {
			t.Fatalf("the model has changed by being used: after %v %s", c.ids[:n], says)
		}
	}
	if info := c.model.Info(); fmt.Sprint(info) != fmt.Sprint(c.info) {
		t.Fatalf("the model has changed by being used: Info was %+v and is %+v", c.info, info)
	}
}
