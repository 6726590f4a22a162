// Package samplertest checks that a stage does what argen.Transform promises.
package samplertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"unicode/utf8"

	"argen"
	"argen/sampler"
	"argen/sampler/grammar"
)

// Check runs the contract of a stage on each transform, on distributions of
// all shapes:
//
//   - it leaves at least one candidate and adds none but those it forces; logits
//     stay finite and probabilities sum to 1 within 1e-9;
//   - so it does after it has learnt from a few tokens;
//   - it does not depend on what was applied before, does not hold on to the
//     candidates, and does not change itself, also not in Learn;
//   - String is a chain that Parse reads back, and its fields are JSON;
//   - if it removes tokens it says why, each in a few characters.
func Check(t *testing.T, transforms ...argen.Transform) {
	t.Helper()
	for _, tr := range transforms {
		t.Run(tr.String(), func(t *testing.T) {
			checkText(t, tr)
			for _, d := range Distributions() {
				if err := apply(Bind(t, tr, len(d.Logits)), d.Logits); err != nil {
					t.Errorf("%s: %v", d.Name, err)
				}
			}
		})
	}
}

// CheckOff checks that transforms change nothing, bit for bit.
func CheckOff(t *testing.T, transforms ...argen.Transform) {
	t.Helper()
	for _, tr := range transforms {
		for _, d := range Distributions() {
			c := candidates(d.Logits)
			before := look(c)
			Bind(t, tr, len(d.Logits)).Apply(c, past())
			if after := look(c); !reflect.DeepEqual(before, after) {
				t.Errorf("%s on %s is to do nothing, but changes %v to %v", tr, d.Name, before, after)
			}
		}
	}
}

// A Distribution is the logits of a vocabulary.
type Distribution struct {
	Name   string
	Logits []float64
}

// Distributions returns those that stages go wrong on.
func Distributions() []Distribution {
	rng := rand.New(rand.NewPCG(1, 1))
	inf := math.Inf(-1)
	fill := func(n int, f func(i int) float64) []float64 {
		logits := make([]float64, n)
		for i := range logits {
			logits[i] = f(i)
		}
		return logits
	}
	return []Distribution{
		{"a vocabulary of one", []float64{-3}},
		{"two equal", []float64{1, 1}},
		{"all equal", fill(100, func(int) float64 { return 2.5 })},
		{"one possible", []float64{inf, inf, inf, 7, inf}},
		{"half masked", fill(60, func(i int) float64 { return rng.NormFloat64() + math.Log(float64(i%2)) })},
		{"huge", []float64{1e30, -1e30, 0, 1e30, 5}},
		{"the largest numbers", []float64{math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64, 0}},
		{"denormal", fill(40, func(i int) float64 { return 5e-324 * float64(i%7-3) })},
		{"both zeros", []float64{0, math.Copysign(0, -1), 0, math.Copysign(0, -1)}},
		{"certain", []float64{0, 800, 0, -800}},
		{"ties", fill(200, func(i int) float64 { return float64(i * 7 % 5) })},
		{"normal", fill(1000, func(int) float64 { return 3 * rng.NormFloat64() })},
		{"flat", fill(3000, func(int) float64 { return 0.01 * rng.NormFloat64() })},
		{"like a language model's", fill(2000, func(i int) float64 { return -1.1*math.Log(float64(i*611%2000+1)) + 0.1*rng.NormFloat64() })},
	}
}

// past is the one that Check hands to stages: a few tokens, a prompt of two
// and fixed dice.
func past() argen.Past {
	dice := rand.New(rand.NewPCG(2, 2))
	return argen.Past{IDs: []argen.ID{0, 0, 0}, Prompt: 2, Float64: dice.Float64, Context: context.Background()}
}

func candidates(logits []float64) *argen.Candidates {
	c, err := argen.NewCandidates(logits)
	if err != nil {
		panic(err)
	}
	return c
}

// look returns all that can be seen of candidates.
func look(c *argen.Candidates) []argen.Candidate {
	var all []argen.Candidate
	for i := range c.Len() {
		all = append(all, c.At(i))
	}
	return all
}

// checkText checks what a stage says of itself.
func checkText(t *testing.T, tr argen.Transform) {
	t.Helper()
	if _, ok := sampler.Lookup(tr.Name()); !ok {
		t.Errorf("no stage of the table is named %q", tr.Name())
	}
	back, err := sampler.Parse(" " + tr.String() + "\t")
	if err != nil || len(back) != 1 || !reflect.DeepEqual(back[0], tr) {
		t.Errorf("%s reads back as %v, %v", tr, back, err)
	}
	if text, err := json.Marshal(tr); err != nil || !bytes.HasPrefix(text, []byte("{")) {
		t.Errorf("parameters as JSON: %s, %v", text, err)
	}
}

// apply runs a stage on logits and returns what is wrong with what it did.
func apply(tr argen.Transform, logits []float64) error {
	name := tr.String()
	c := candidates(logits)
	tr.Apply(c, past())
	want := look(c)
	if err := Valid(c, logits); err != nil {
		return err
	}

	if err := c.Err(); err != nil {
		if end := (*grammar.DeadEnd)(nil); errors.As(err, &end) {
			return nil // what it wants is not in this vocabulary
		}
		return fmt.Errorf("it fails: %w", err)
	}

	// Whatever a stage does with one set of candidates, with the same ones
	// filled anew and with others, comes to the same.
	other := candidates([]float64{1, 2, 3})
	tr.Apply(other, past())
	if got := look(c); !reflect.DeepEqual(got, want) {
		return fmt.Errorf("applied to other candidates it changes the first: %v, before %v", got, want)
	}
	for range 2 {
		if err := c.Reset(logits); err != nil {
			return err
		}
		c.Top(c.Len() / 2) // what was looked at before is nothing to it
		tr.Apply(c, past())
		if got := look(c); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("applied again: %v, the first time %v", got, want)
		}
	}
	if l, ok := tr.(argen.Learner); ok {
		best := c.At(0)
		next := l.Learn(argen.Drawn{ID: best.ID, Prob: best.Prob, Before: best.Prob})
		if next == nil || next.String() != name {
			return fmt.Errorf("learns to be %v", next)
		}
		l.Learn(argen.Drawn{ID: argen.ID(len(logits) - 1)}) // one that was forced
		if err := learned(next, logits); err != nil {
			return err
		}
		if err := c.Reset(logits); err != nil {
			return err
		}
		tr.Apply(c, past())
		if got := look(c); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("learning changed the stage itself: %v, before %v", got, want)
		}
	}
	if tr.String() != name {
		return fmt.Errorf("was %s, is %s", name, tr)
	}
	return reasons(tr, logits, c)
}

// learned applies a learner that has learnt, and learns on.
func learned(tr argen.Transform, logits []float64) error {
	for n := range 3 {
		c := candidates(logits)
		tr.Apply(c, past())
		if err := Valid(c, logits); err != nil {
			return fmt.Errorf("after %d tokens: %w", n+1, err)
		}
		last := c.At(c.Len() - 1)
		tr = tr.(argen.Learner).Learn(argen.Drawn{ID: last.ID, Prob: last.Prob, Before: last.Prob})
	}
	return nil
}

// reasons asks a stage why it removed what is no longer among c.
func reasons(tr argen.Transform, logits []float64, c *argen.Candidates) error {
	before := candidates(logits)
	var why func(argen.ID) string
	var wrong error
	before.Each(func(id argen.ID, _ float64) {
		if c.Has(id) || wrong != nil {
			return
		}
		if why == nil {
			r, ok := tr.(argen.Reasoner)
			if !ok {
				wrong = fmt.Errorf("removes %d and is no argen.Reasoner", id)
				return
			}
			why = r.Reasons(candidates(logits), past())
		}
		if n := utf8.RuneCountInString(why(id)); n == 0 || n > 80 {
			wrong = fmt.Errorf("why it removes %d: %q", id, why(id))
		}
	})
	return wrong
}

// Valid returns what is wrong with candidates that come from logits.
func Valid(c *argen.Candidates, logits []float64) error {
	if c.Len() < 1 {
		return fmt.Errorf("no candidate is left")
	}
	n, sum, last := 0, 0.0, argen.NoID
	var wrong error
	c.Each(func(id argen.ID, l float64) {
		p := c.Prob(id)
		sum += p
		n++
		switch {
		case id <= last || int(id) >= len(logits) || math.IsInf(logits[id], -1) && !c.Forced():
			wrong = fmt.Errorf("%d was no candidate", id)
		case math.IsNaN(l) || math.IsInf(l, 0):
			wrong = fmt.Errorf("the logit of %d became %v", id, l)
		case !(p >= 0 && p <= 1):
			wrong = fmt.Errorf("the probability of %d is %v", id, p)
		}
		last = id
	})
	switch {
	case wrong != nil:
		return wrong
	case n != c.Len():
		return fmt.Errorf("%d candidates, Len is %d", n, c.Len())
	case !(math.Abs(sum-1) <= 1e-9):
		return fmt.Errorf("probabilities sum to %v", sum)
	case !(c.At(0).Prob > 0):
		return fmt.Errorf("the best has probability 0")
	}
	return nil
}
