package search

import (
	"context"
	"io"
	"slices"

	"argen"
)

// A drafter guesses what comes next in a run.
type drafter interface {
	// draft returns at most k guesses, one after the other, none where it knows
	// none.
	draft(ctx context.Context, r *argen.Run, k int, d dice) ([]guess, error)
}

// A guess is a token that was drafted.
type guess struct {
	id argen.ID
	q  float64 // its probability in the distribution that it was drawn from
	// probs is that distribution, by ID; nil if the guess was no draw but is the
	// only one there could be, q = 1.
	probs []float64
}

// A speculator is the [Picker] of speculative decoding: it drafts some tokens,
// which the target reads in one pass, and takes of them as many as it may.
//
// A guess x, drawn from q, is accepted with probability min(1, p(x)/q(x)), where
// p is what the target predicts there. If it is not, the token is drawn from
//
//	p′(y) = max(0, p(y) − q(y)) / Σ max(0, p − q)
//
// and what was guessed behind it is void. Where all are accepted the same pass
// gives one more token, drawn from p. So each token has the law p, whatever q
// is: q(x)·min(1, p/q) = min(p, q) is what comes from guesses, and p − min(p, q)
// is what the second draw adds (Leviathan, Kalman, Matias, Fast Inference from
// Transformers via Speculative Decoding, 2023; Chen et al., Accelerating Large
// Language Model Decoding with Speculative Sampling, 2023).
//
// Both p and q are after the chain. That of the target goes on token by token,
// so that stages that learn know no guess that was refused.
//
// For a guess that is the only one there could be, q(x) = 1, the rule is to
// accept it with probability p(x) and else to draw from p without x. That is
// what one draw from p does, so that the run's own dice decide, and the text is
// the one that they give without any guesses.
type speculator struct {
	drafter
	dice   // set by the first choice
	search string
	k      int

	text  []argen.ID // the context of the round, its guesses behind it
	start int        // tokens of text before the guesses
	chain string     // of the round
	round []guess

	at      []argen.ID   // the context of the last choice
	choice  *Speculation // made there
	tally   Tally
	marks   []byte    // of the round
	weights []float64 // work space
}

// A Tally counts what speculation has done for a text.
type Tally struct {
	Drafted  int `json:"drafted"`  // guesses
	Tested   int `json:"tested"`   // of them those that the target came to: all up to the first that it refused
	Accepted int `json:"accepted"` // of them those that it took
	Passes   int `json:"passes"`   // of the target, each over one token and the guesses behind it
	Tokens   int `json:"tokens"`   // that they gave
}

// A Speculator is a [Picker] that guesses.
type Speculator interface {
	Picker
	// Tally returns what was done so far.
	Tally() Tally
}

// Tally implements [Speculator].
func (s *speculator) Tally() Tally { return s.tally }

// Choose implements [Picker].
func (s *speculator) Choose(ctx context.Context, r *argen.Run) (argen.ID, argen.Explanation, error) {
	if r.Over() != "" {
		return argen.NoID, nil, io.EOF
	}
	here := s.choice != nil && s.chain == argen.FormatChain(r.Chain()) && slices.Equal(s.at, r.Context())
	if !here && !s.within(r) {
		if err := s.begin(ctx, r); err != nil {
			return argen.NoID, nil, err
		}
	}
	c, err := r.Predict(ctx)
	switch {
	case err != nil:
		return argen.NoID, nil, err
	case here && s.choice.drawn():
		s.draw(r, c) // Predict has made the run forget that its dice fell
	case !here:
		s.at = append(s.at[:0], r.Context()...)
		s.choice = s.decide(r, c, len(s.at)-s.start)
	}
	return s.choice.Token.ID, s.choice, nil
}

// within reports whether the run is at the next place of the round.
func (s *speculator) within(r *argen.Run) bool {
	n := len(r.Context())
	return s.choice != nil && n == len(s.at)+1 && n <= len(s.text) && slices.Equal(r.Context(), s.text[:n]) &&
		s.chain == argen.FormatChain(r.Chain())
}

// begin drafts a round and lets the target read it. A round of k guesses gives
// up to k + 1 tokens.
func (s *speculator) begin(ctx context.Context, r *argen.Run) (err error) {
	if s.dice == nil {
		s.dice = thrown{r.Trace().Head.Seed}
	}
	s.choice, s.marks = nil, s.marks[:0]
	if s.round, err = s.draft(ctx, r, min(s.k, r.Left()-1), s.dice); err != nil {
		return err
	}
	s.text, s.start, s.chain = append(s.text[:0], r.Context()...), len(r.Context()), argen.FormatChain(r.Chain())
	for _, g := range s.round {
		s.text = append(s.text, g.id)
	}
	r.ReadAhead(s.text[s.start:]...)
	s.tally.Passes++
	s.tally.Drafted += len(s.round)
	return nil
}

// decide chooses the i-th token of the round.
func (s *speculator) decide(r *argen.Run, c *argen.Candidates, i int) *Speculation {
	how := &Speculation{Search: s.search, Pass: s.tally.Passes, Place: i + 1}
	if i == 0 {
		how.Draft = s.list(r)
	}
	s.tally.Tokens++
	switch {
	case i < len(s.round):
		s.test(r, c, i, how)
	case i > 0:
		how.Outcome, how.Token.ID = Bonus, s.draw(r, c)
	default:
		how.Outcome, how.Token.ID = Drawn, s.draw(r, c)
	}
	how.Token = token(r, how.Token.ID)
	s.marks = append(s.marks, marks[how.Outcome])
	how.Tally = s.tally
	if how.Outcome != Accepted || r.OverAfter(how.Token.ID) != "" {
		how.Marks = string(s.marks)
	}
	return how
}

// test lets the target take or refuse the i-th guess.
func (s *speculator) test(r *argen.Run, c *argen.Candidates, i int, how *Speculation) {
	g := s.round[i]
	how.Guess = &Guess{token(r, g.id), g.q}
	if c.Has(g.id) {
		how.P = c.Prob(g.id)
	}
	s.tally.Tested++
	t := len(r.Context())
	var ok bool
	if g.probs == nil {
		how.Looked = true
		how.Token.ID = s.draw(r, c)
		ok = how.Token.ID == g.id
	} else {
		how.Token.ID = g.id
		how.U, ok = s.accept(t, min(1, how.P/g.q))
		if !ok {
			if s.rest(c, g) {
				how.Token.ID, how.Again = s.instead(t, s.weights)
			} else {
				ok = true
			}
		}
	}
	if how.Outcome = Resampled; ok {
		how.Outcome = Accepted
		s.tally.Accepted++
	}
}

// rest computes the weights max(0, p − q) of a second draw. It reports whether
// there are any: where p and q differ by rounding alone, the guess stands.
func (s *speculator) rest(c *argen.Candidates, g guess) bool {
	s.weights = slices.Grow(s.weights[:0], c.VocabSize())[:c.VocabSize()]
	clear(s.weights)
	some := false
	c.Each(func(id argen.ID, _ float64) {
		if w := c.Prob(id) - g.probs[id]; w > 0 && id != g.id {
			s.weights[id], some = w, true
		}
	})
	return some
}

// list names the guesses of the round.
func (s *speculator) list(r *argen.Run) []Guess {
	all := make([]Guess, len(s.round))
	for i, g := range s.round {
		all[i] = Guess{token(r, g.id), g.q}
	}
	return all
}
