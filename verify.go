package argen

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
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
// same tokens and the same probabilities. It returns a [*Mismatch] for the
// first that is different. Only g's Model and Tokenizer are used; parse reads
// a chain as the trace has it.
func Verify(ctx context.Context, g Generator, trace *Trace, parse func(string) ([]Transform, error)) error {
	h := &trace.Head
	chain, err := parse(h.Chain)
	if err != nil {
		return fmt.Errorf("chain of the header: %w", err)
	}
	again := Generator{Model: g.Model, Tokenizer: g.Tokenizer, Chain: chain, NoStop: true, BOS: NoBOS, Seed: h.Seed}
	r, err := again.StartIDs(h.PromptIDs)
	if err != nil {
		return err
	}
	if got := r.head.Model; got.SHA256 != h.Model.SHA256 {
		return fmt.Errorf("the trace was made with another model: its sha256 is %.12s…, that of %s is %.12s…", h.Model.SHA256, got.Ref, got.SHA256)
	}
	for i := range trace.Steps {
		logged := &trace.Steps[i]
		if logged.Chain != "" {
			if chain, err = parse(logged.Chain); err != nil {
				return fmt.Errorf("chain of step %d: %w", i, err)
			}
			r.SetChain(chain)
		}
		if err := r.repeat(ctx, logged, len(trace.Steps[i].Top)); err != nil {
			return err
		}
	}
	if end := trace.Ended; end != nil && end.Tokens != len(trace.Steps) {
		return &Mismatch{len(trace.Steps), "tokens of the end", end.Tokens, len(trace.Steps)}
	}
	return nil
}

// repeat takes one logged step again and compares.
func (r *Run) repeat(ctx context.Context, logged *Step, top int) error {
	r.gen.Top, r.c.ledger = top, top > 0
	if _, err := r.Predict(ctx); err != nil {
		return err
	}
	switch {
	case logged.Dice:
		r.ChooseAt(logged.U)
	case !logged.Forced:
		r.Choose()
	}
	if !logged.Forced && r.next.choice != logged.ID {
		return &Mismatch{logged.T, "token", quoted(logged.ID, logged.Token), quoted(r.next.choice, string(r.gen.Tokenizer.Piece(r.next.choice)))}
	}
	step, err := r.Append(logged.ID)
	if err != nil {
		return fmt.Errorf("step %d: %w", logged.T, err)
	}
	return logged.compare(&step)
}

func quoted(id ID, token string) string { return fmt.Sprintf("%q (id %d)", token, id) }

// compare returns the first field in which a step computed again differs.
func (s *Step) compare(again *Step) error {
	for _, f := range []struct {
		name             string
		logged, computed any
	}{
		{"token", s.Token, again.Token},
		{"text", s.Text, again.Text},
		{"context_len", s.ContextLen, again.ContextLen},
		{"logit", s.Logit, again.Logit},
		{"logprob", s.LogProb, again.LogProb},
		{"prob", s.Prob, again.Prob},
		{"rank", s.Rank, again.Rank},
		{"sampled_prob", s.SampledProb, again.SampledProb},
		{"u", s.U, again.U},
		{"low", s.Low, again.Low},
		{"high", s.High, again.High},
		{"entropy", s.Entropy, again.Entropy},
		{"surprisal", s.Surprisal, again.Surprisal},
		{"cum_logprob", s.CumLogProb, again.CumLogProb},
		{"kept", s.Kept, again.Kept},
	} {
		if !same(f.logged, f.computed) {
			return &Mismatch{s.T, f.name, f.logged, f.computed}
		}
	}
	for i := range s.Stages {
		if i >= len(again.Stages) || s.Stages[i].Name != again.Stages[i].Name || s.Stages[i].Kept != again.Stages[i].Kept ||
			!same(s.Stages[i].MassRemoved, again.Stages[i].MassRemoved) || !same(s.Stages[i].Entropy, again.Stages[i].Entropy) {
			return &Mismatch{s.T, "stage " + s.Stages[i].Name, s.Stages[i], again.Stages}
		}
	}
	for i := range s.Top {
		logged, computed := s.Top[i], slices.IndexFunc(again.Top, func(t TopToken) bool { return t.ID == s.Top[i].ID })
		if computed < 0 {
			continue // tracked in the run, not here
		}
		if c := again.Top[computed]; !same(logged.Prob, c.Prob) || !same(logged.SampledProb, c.SampledProb) || logged.RemovedBy != c.RemovedBy {
			return &Mismatch{s.T, "top token " + quoted(logged.ID, logged.Token), logged, c}
		}
	}
	return nil
}

// same compares values, numbers within Tolerance.
func same(a, b any) bool {
	x, ok := a.(float64)
	y, also := b.(float64)
	if !ok || !also {
		return a == b
	}
	return x == y || math.Abs(x-y) <= Tolerance*max(1, math.Abs(x), math.Abs(y))
}

// An Identity is a law of autoregressive models, checked on one text.
type Identity struct {
	Name string  // "Σ P = 1"
	Doc  string  // what it says
	Off  float64 // the largest distance from it that was found
	Most float64 // how much rounding may explain
}

// Holds reports whether the law holds.
func (i Identity) Holds() bool { return i.Off <= i.Most }

// CheckIdentities checks the laws that make a model autoregressive on a text:
// probabilities sum to 1 at every position; a context read at once gives what
// token by token gave; a state that was rewound or forked goes on like a fresh
// one; what comes later never changes a prediction.
func CheckIdentities(ctx context.Context, m Model, ids []ID) ([]Identity, error) {
	laws := []Identity{
		{Name: "sum", Doc: "Σ P(token | context) over the vocabulary = 1", Most: 1e-9},
		{Name: "recompute", Doc: "a context computed anew gives the logits that step by step gave", Most: 1e-5},
		{Name: "rewind", Doc: "after going back and on again the logits are the same", Most: 1e-5},
		{Name: "fork", Doc: "a fork that goes another way leaves the logits as they were", Most: 1e-5},
		{Name: "past", Doc: "changing a token changes no prediction before it", Most: 0},
	}
	state := m.Start()
	rows := make([][]float64, 0, len(ids))
	for i := range ids {
		var before []ID
		if i > 0 {
			before = ids[i-1 : i]
		}
		logits, err := state.Extend(ctx, before...)
		if i == 0 && errors.Is(err, ErrEmptyContext) {
			rows = append(rows, nil)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("position %d: %w", i, err)
		}
		rows = append(rows, slices.Clone(logits))
		if d, err := newDistribution(logits); err == nil {
			sum := 0.0
			for id := range logits {
				sum += math.Exp(d.logprob(ID(id)))
			}
			laws[0].worst(math.Abs(sum - 1))
		}
	}
	if len(ids) == 0 {
		return laws, nil
	}
	for i := range ids {
		if rows[i] == nil {
			continue
		}
		at, anew := ids[:i], m.Start()
		logits, err := anew.Extend(ctx, at...)
		if err != nil {
			return nil, err
		}
		laws[1].worst(distance(rows[i], logits))
		// Another token in place of the next: what came before must not move.
		fork := anew.Fork()
		if _, err := fork.Extend(ctx, (ids[i]+1)%ID(len(logits))); err != nil {
			return nil, err
		}
		if logits, err = anew.Extend(ctx); err != nil {
			return nil, err
		}
		laws[3].worst(distance(rows[i], logits))
		fork.Rewind(i)
		if logits, err = fork.Extend(ctx); err != nil {
			return nil, err
		}
		laws[4].worst(distance(rows[i], logits))
		state.Rewind(i)
		if logits, err = state.Extend(ctx); err != nil {
			return nil, err
		}
		laws[2].worst(distance(rows[i], logits))
		if _, err = state.Extend(ctx, ids[i]); err != nil {
			return nil, err
		}
	}
	return laws, nil
}

func (i *Identity) worst(off float64) {
	if !(off <= i.Off) {
		i.Off = off
	}
}

// distance is the largest difference of two vectors of logits.
func distance(a, b []float64) float64 {
	worst := 0.0
	for i := range a {
		if a[i] != b[i] {
			if d := math.Abs(a[i] - b[i]); !(d <= worst) {
				worst = d
			}
		}
	}
	return worst
}
