package argen

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
)

// TraceVersion is the version of the trace format that this package writes,
// and the newest it reads.
const TraceVersion = 1

// A Sink receives a run as it happens: a log, a chart, a terminal. A [Trace]
// is one too. An error ends the run.
type Sink interface {
	Header(Header) error
	Step(Step) error
	// Back says that the steps with this t or more no longer count.
	Back(t int) error
	End(End) error
}

// A Header begins a trace: all that is needed to run it again.
type Header struct {
	Argen  string // version of the program
	ID     string // names the trace; the same run has the same
	Parent string // ID of the trace that this one is a fork of, or ""
	ForkT  int    // of a fork: the first t that is its own

	Model        Info
	Prompt       string   // as given; "" if ids were given
	PromptIDs    []ID     // BOS included
	PromptTokens []string // their pieces
	PromptText   string   // what the ids say: [Tokenizer].Decode, or [Chat].Text
	// Of a conversation, see [Chat]:
	ChatTemplate  string // the template that wrote the prompt, else ""
	PromptControl []int  // which of the prompt's tokens are control tokens
	Chain         string // the stages in order, as --chain has them
	Seed          uint64
	Gumbel        bool   // the dice belong to the step and the token, see [Gumbel]
	ContextShift  bool   // the window slides, see [Generator]
	Search        string // how tokens were picked where not by the dice, see [Generator]
}

// ControlNames are the names of the control tokens in the prompt of a
// conversation, each once.
func (h *Header) ControlNames() []string {
	var names []string
	for _, i := range h.PromptControl {
		if i >= 0 && i < len(h.PromptTokens) && h.PromptTokens[i] != "" && !slices.Contains(names, h.PromptTokens[i]) {
			names = append(names, h.PromptTokens[i])
		}
	}
	return names
}

// RNG names the random stream of a run in its trace: PCG-DXSM as Go's
// math/rand/v2 has it, seeded with (seed, 0), a number being the high 53 bits
// of an output over 2⁵³.
const RNG = "pcg"

// RNGGumbel names noise that belongs to the step and the token, see [Gumbel].
// Stages that throw dice then have a stream for each step.
const RNGGumbel = "gumbel"

// A Step is one token: what the model predicted, how it was chosen, and what
// that makes of the text.
type Step struct {
	T          int    // 0 for the first new token
	ContextLen int    // tokens the model saw
	Dropped    int    // tokens between BOS and those that it saw no more, see [Generator].ContextShift
	ID         ID     // the token appended
	Token      string // its piece: maybe a part of a character, then not valid UTF-8
	Text       string // what it adds to the text, "" for control tokens and parts of characters

	// Of the model itself, before any stage:
	Logit   float64 // of the token
	LogProb float64 // ln P(token | context)
	Prob    float64 // exp(LogProb)
	Rank    int     // from 1, the most probable; equal ones rank by ID
	Entropy float64 // bits, of the whole distribution

	// After the chain:
	SampledProb float64 // P of the token in the distribution drawn from; 0 for a forced token that was cut
	Kept        int     // tokens left

	// The draw. The candidates in descending order divide [0,1) in proportion
	// to their probabilities; the token is the one whose part [Low, High)
	// holds U. A forced token was not drawn: then U is 0 and means nothing.
	Forced    bool // chosen by somebody, not by the dice
	Dice      bool // U was given, not taken from the random stream
	U         float64
	Low, High float64
	Gumbel    bool    // there was no U: the token has the largest sum of ln SampledProb and noise
	Noise     float64 // of the token, see [Gumbel]

	Surprisal  float64 // −log₂ P(token | context), bits
	CumLogProb float64 // Σ LogProb so far: ln P(text | prompt)

	// Only where [Generator].Top asks for it:
	Top    []TopToken // the most probable tokens of the model, then, if they are not among them, tracked ones, those that a stage forced and the chosen one
	Rest   Rest       // all tokens not in Top
	Stages []Stage    // the chain, one after the other

	// Origin says where the probability comes from, if the model can say and
	// [Generator].Explain asks for it.
	Origin Explanation

	// Choice says how the token was picked, if not by the dice alone; see
	// [Run.Pick].
	Choice Explanation

	// Chain is the chain from this step on, if it differs from the one before
	// or was set here and has learners, which begin anew.
	Chain string
	Nanos int64 // time since the step before, in nanoseconds; 0 if not measured
}

// Given reports whether somebody gave the token: neither the dice nor a
// procedure of its own picked it.
func (s *Step) Given() bool { return s.Forced && s.Choice == nil }

// A TopToken is one of the tokens listed in a Step.
type TopToken struct {
	ID          ID
	Token       string
	Logit       float64 // the model's
	Prob        float64 // the model's
	Rank        int     // the model's, from 1
	SampledProb float64 // after the chain; 0 if it was removed
	RemovedBy   string  // name of the stage that did it, or ""
	Why         string  // by which inequality, where the stage can say: "0.0031 < 0.05 × 0.71"
	// StageProbs are its probabilities after the first stage, the second and so
	// on, as long as it was there, but not after the last: that is SampledProb.
	// Where it was gone and a later stage took it back it is 0.
	StageProbs []float64
}

// Rest is the mass of the tokens that a Step does not list.
type Rest struct {
	Tokens      int // how many
	Prob        float64
	SampledProb float64
}

// A Stage is the record of one [Transform] at work.
type Stage struct {
	Name        string
	Params      json.RawMessage // its exported fields
	In          int             // tokens before it
	Kept        int             // tokens left after it
	MassRemoved float64         // probability of those it removed, just before it
	EntropyIn   float64         // bits, before it
	Entropy     float64         // bits, after it
	// LastStanding is set if its rule would have removed all tokens, so that the
	// best of them stays against it.
	LastStanding bool
}

// Path is the probability of a listed token under the model and after each
// stage, as far as it is recorded: to the stage that removed it, or to the end.
func (s *Step) Path(t *TopToken) []float64 {
	path := append([]float64{t.Prob}, t.StageProbs...)
	if t.RemovedBy == "" && len(path) == len(s.Stages) {
		path = append(path, t.SampledProb)
	}
	return path
}

// Idle reports whether a stage, from 0, left everything as it was, as far as
// that is recorded.
func (s *Step) Idle(stage int) bool {
	g := &s.Stages[stage]
	if g.Kept != g.In || math.Abs(g.Entropy-g.EntropyIn) > 1e-9 {
		return false
	}
	for i := range s.Top {
		if path := s.Path(&s.Top[i]); stage+1 < len(path) && math.Abs(path[stage+1]-path[stage]) > 1e-12 {
			return false
		}
	}
	return true
}

// Reasons for which a run ended.
const (
	StopToken   = "stop_token"
	StopString  = "stop_string"
	Length      = "length"   // as many tokens as asked for, or as the model's context holds
	Complete    = "complete" // it has the form that a stage wants, and no token may follow, see [ErrComplete]
	Timeout     = "timeout"
	Interrupted = "interrupted"
	Failed      = "error"
)

// An End closes a trace.
type End struct {
	Reason  string
	Tokens  int
	Text    string  // generated, without prompt and stop string
	LogProb float64 // ln P(generated tokens | prompt)
	Error   string  // what went wrong, if the reason is Failed
}

// Perplexity is exp(−LogProb / Tokens): the number of equally probable tokens
// that would be as hard to guess. It is NaN for no token.
func (e End) Perplexity() float64 {
	return math.Exp(-e.LogProb / float64(e.Tokens))
}

// A Trace is a run in memory. It is a Sink that keeps what it is given;
// Steps are those that were not taken back.
type Trace struct {
	Head  Header
	Steps []Step
	Ended *End // nil if it never did
	Torn  bool // it was read from a log whose last line was cut short
}

// Header implements Sink.
func (t *Trace) Header(h Header) error {
	*t = Trace{Head: h}
	return nil
}

// Step implements Sink.
func (t *Trace) Step(s Step) error {
	t.Steps = append(t.Steps, s)
	t.Ended = nil
	return nil
}

// Back implements Sink.
func (t *Trace) Back(n int) error {
	t.Steps = t.Steps[:min(n, len(t.Steps))]
	t.Ended = nil
	return nil
}

// End implements Sink.
func (t *Trace) End(e End) error {
	t.Ended = &e
	return nil
}

// Text returns the generated text.
func (t *Trace) Text() string {
	if t.Ended != nil {
		return t.Ended.Text
	}
	var text []byte
	for i := range t.Steps {
		text = append(text, t.Steps[i].Text...)
	}
	return string(text)
}

// LogProb returns ln P(generated tokens | prompt).
func (t *Trace) LogProb() float64 {
	if len(t.Steps) == 0 {
		return 0
	}
	return t.Steps[len(t.Steps)-1].CumLogProb
}

// Replay sends a trace to sinks as if it happened now.
func (t *Trace) Replay(sinks ...Sink) error {
	err := tell(sinks, func(s Sink) error { return s.Header(t.Head) })
	for i := 0; i < len(t.Steps) && err == nil; i++ {
		err = tell(sinks, func(s Sink) error { return s.Step(t.Steps[i]) })
	}
	if err != nil || t.Ended == nil {
		return err
	}
	return tell(sinks, func(s Sink) error { return s.End(*t.Ended) })
}

// tell calls f for all sinks, even if one fails.
func tell(sinks []Sink, f func(Sink) error) error {
	var all error
	for _, s := range sinks {
		all = errors.Join(all, f(s))
	}
	return all
}
