package argen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// A Mismatch says where a trace differs from the same run done again.
type Mismatch struct {
	T                int    // the step
	Field            string // as the trace calls it
	Logged, Computed any
}

// Error implements error.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("step %d: %s is %v in the trace and %v when run again", m.T, m.Field, m.Logged, m.Computed)
}

// Tolerance is how far logged and computed numbers may be apart, relative to
// the larger where that exceeds 1. Runs on one machine agree to the bit;
// other processors round exp and log differently.
const Tolerance = 1e-9

// Verify runs a trace again: the same prompt, chain and dice must give the
// same tokens and the same probabilities; tokens that somebody forced, numbers
// that somebody threw and changed chains are taken as logged. It returns a
// [*Mismatch] for the first that is different. Only g's Model and Tokenizer are
// used; parse reads a chain as the trace has it.
func Verify(ctx context.Context, g Generator, trace *Trace, parse func(string) ([]Transform, error)) error {
	h := &trace.Head
	chain, err := parse(h.Chain)
	if err != nil {
		return fmt.Errorf("chain of the header: %w", err)
	}
	again := Generator{Model: g.Model, Tokenizer: g.Tokenizer, Chain: chain, NoStop: true, BOS: NoBOS, Seed: h.Seed, Gumbel: h.Gumbel, ContextShift: h.ContextShift}
	r, err := again.StartIDs(h.PromptIDs)
	if err != nil {
		return err
	}
	switch got := r.head.Model; {
	case got.SHA256 != h.Model.SHA256:
		return fmt.Errorf("the trace was made with another model: its sha256 is %.12s…, that of %s is %.12s…", h.Model.SHA256, got.Ref, got.SHA256)
	case got.Activations != h.Model.Activations:
		return fmt.Errorf("the trace was made with %s, %s is run with %s: its probabilities are others", h.Model.activations(), got.Ref, got.activations())
	}
	for i := range trace.Steps {
		logged := &trace.Steps[i]
		if logged.Chain != "" {
			if chain, err = parse(logged.Chain); err != nil {
				return fmt.Errorf("chain of step %d: %w", i, err)
			}
			if err := r.SetChain(chain); err != nil {
				return fmt.Errorf("chain of step %d: %w", i, err)
			}
		}
		if err := r.repeat(ctx, logged); err != nil {
			return err
		}
	}
	if trace.Ended == nil {
		return nil
	}
	return r.compareEnd(trace.Ended)
}

// repeat takes one logged step again and compares.
func (r *Run) repeat(ctx context.Context, logged *Step) error {
	r.relist(logged.Top)
	switch _, err := r.Predict(ctx); {
	case errors.Is(err, io.EOF):
		why := "none, since the model's context is full"
		if r.complete {
			why = "none, since a stage says that the text is complete"
		}
		return &Mismatch{logged.T, "token", quoted(logged.ID, logged.Token), why}
	case err != nil:
		return err
	}
	switch {
	case logged.Forced: // nobody threw dice
	case logged.Dice && !(logged.U >= 0 && logged.U < 1):
		return &Mismatch{logged.T, "u", logged.U, "not a number in [0,1)"}
	case logged.Dice:
		r.ChooseAt(logged.U)
	default:
		r.Choose()
	}
	if !logged.Forced && r.next.choice != logged.ID {
		return &Mismatch{logged.T, "token", quoted(logged.ID, logged.Token), quoted(r.next.choice, string(r.gen.Tokenizer.Piece(r.next.choice)))}
	}
	step, err := r.Pick(logged.ID, logged.Choice)
	if err != nil {
		return fmt.Errorf("step %d: %w", logged.T, err)
	}
	return logged.compare(&step)
}

// relist makes the next step list the tokens that a logged one does: the best,
// in order of rank, and others behind them, which may be impossible.
func (r *Run) relist(top []TopToken) {
	best := 0
	for best < len(top) && top[best].Rank == best+1 && !math.IsInf(top[best].Logit, -1) {
		best++
	}
	r.gen.Top, r.gen.Track, r.listed = 0, r.gen.Track[:0], true
	if len(top) > 0 {
		r.gen.Top = max(best, 1)
		for _, t := range top[best:] {
			r.gen.Track = append(r.gen.Track, t.ID)
		}
	}
	r.c.ledger = r.gen.Top > 0
}

func quoted(id ID, token string) string { return fmt.Sprintf("%q (id %d)", token, id) }

// A comparison finds the first field that differs.
type comparison struct {
	t     int
	first *Mismatch
}

func (c *comparison) field(name string, logged, computed any) {
	if c.first == nil && !same(logged, computed) {
		c.first = &Mismatch{c.t, name, logged, computed}
	}
}

// err is the difference found, nil if there is none.
func (c *comparison) err() error {
	if c.first == nil {
		return nil // not a nil *Mismatch in an interface
	}
	return c.first
}

// compare returns the first field in which a step computed again differs.
func (s *Step) compare(again *Step) error {
	c := comparison{t: s.T}
	c.field("token", s.Token, again.Token)
	c.field("text", asLogged(s.Text), asLogged(again.Text))
	c.field("context_len", s.ContextLen, again.ContextLen)
	c.field("dropped", s.Dropped, again.Dropped)
	c.field("logit", s.Logit, again.Logit)
	c.field("logprob", s.LogProb, again.LogProb)
	c.field("prob", s.Prob, again.Prob)
	c.field("rank", s.Rank, again.Rank)
	c.field("sampled_prob", s.SampledProb, again.SampledProb)
	c.field("u", s.U, again.U)
	c.field("gumbel", s.Noise, again.Noise)
	c.field("low", s.Low, again.Low)
	c.field("high", s.High, again.High)
	c.field("entropy", s.Entropy, again.Entropy)
	c.field("surprisal", s.Surprisal, again.Surprisal)
	c.field("cum_logprob", s.CumLogProb, again.CumLogProb)
	c.field("kept", s.Kept, again.Kept)
	if len(s.Top) == 0 {
		return c.err()
	}
	c.field("number of stages", len(s.Stages), len(again.Stages))
	c.field("number of top tokens", len(s.Top), len(again.Top))
	if c.first != nil {
		return c.err()
	}
	for i := range s.Stages {
		logged, computed := &s.Stages[i], &again.Stages[i]
		of := fmt.Sprintf("of stage %d", i)
		c.field("name "+of, logged.Name, computed.Name)
		of = "of stage " + computed.Name
		c.field("in "+of, logged.In, computed.In)
		c.field("kept "+of, logged.Kept, computed.Kept)
		c.field("last_standing "+of, logged.LastStanding, computed.LastStanding)
		c.field("mass_removed "+of, logged.MassRemoved, computed.MassRemoved)
		c.field("entropy_in "+of, logged.EntropyIn, computed.EntropyIn)
		c.field("entropy "+of, logged.Entropy, computed.Entropy)
	}
	for i := range s.Top {
		logged, computed := &s.Top[i], &again.Top[i]
		of := fmt.Sprintf("of top token %d", i)
		c.field("id "+of, logged.ID, computed.ID)
		c.field("token "+of, logged.Token, computed.Token)
		c.field("logit "+of, logged.Logit, computed.Logit)
		c.field("prob "+of, logged.Prob, computed.Prob)
		c.field("rank "+of, logged.Rank, computed.Rank)
		c.field("sampled_prob "+of, logged.SampledProb, computed.SampledProb)
		c.field("removed_by "+of, logged.RemovedBy, computed.RemovedBy)
		c.field("number of stage_probs "+of, len(logged.StageProbs), len(computed.StageProbs))
		for k := range min(len(logged.StageProbs), len(computed.StageProbs)) {
			c.field(fmt.Sprintf("stage_probs[%d] %s", k, of), logged.StageProbs[k], computed.StageProbs[k])
		}
	}
	c.field("tokens of the rest", s.Rest.Tokens, again.Rest.Tokens)
	c.field("prob of the rest", s.Rest.Prob, again.Rest.Prob)
	c.field("sampled_prob of the rest", s.Rest.SampledProb, again.Rest.SampledProb)
	return c.err()
}

// compareEnd compares the end of a trace with what its steps came to. Its text
// may end before theirs, at a stop string, which a trace does not name.
func (r *Run) compareEnd(end *End) error {
	c := comparison{t: len(r.steps)}
	c.field("tokens of the end", end.Tokens, len(r.steps))
	c.field("logprob of the end", end.LogProb, r.Trace().LogProb())
	logged, text := asLogged(end.Text), asLogged(r.Text())
	if (end.Reason == StopString || end.Reason == StopToken) && strings.HasPrefix(text, logged) {
		text = logged
	}
	c.field("text of the end", logged, text)
	return c.err()
}

// asLogged is a text as a log can hold it: U+FFFD for each byte that is not
// UTF-8.
func asLogged(s string) string { return string([]rune(s)) }

// same compares values, numbers within [Tolerance].
func same(a, b any) bool {
	x, ok := a.(float64)
	y, also := b.(float64)
	if !ok || !also || x == y || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return a == b
	}
	return math.Abs(x-y) <= Tolerance*max(1, math.Abs(x), math.Abs(y))
}
