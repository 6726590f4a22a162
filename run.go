package argen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Generator says how text is written. The zero value of every field but
// Model and Tokenizer is its default.
type Generator struct {
	Model        Model
	Tokenizer    Tokenizer
	Chain        []Transform  // stages between the model and the draw, in order; none: drawn as the model says
	MaxTokens    int          // 0: until the text ends or the context is full
	Stop         []string     // the text ends before the first of these in it
	NoStop       bool         // go on after tokens that end a text
	BOS          BOS          // whether a prompt begins with the model's BOS token
	Seed         uint64       // of the dice
	NoHash       bool         // leave a SHA256 for which a whole file is read out of the header: no trace is kept
	Gumbel       bool         // the dice belong to the step and the token, see [Gumbel]; else they are one stream
	ContextShift bool         // a full context is no end: the oldest tokens but BOS are dropped, half a window at a time
	Top          int          // tokens to list in each step, and whether to record the stages; 0: neither
	Track        []ID         // tokens to list whatever their rank, if Top > 0
	Explain      bool         // record where each token's probability comes from, if the model can say
	Search       string       // how tokens are picked where it is not by the dice, for the header: "beams=4"
	Sinks        []Sink       // are told of everything
	Clock        func() int64 // if set, steps record the nanoseconds between them
}

// BOS says whether a prompt begins with the model's begin-of-sequence token.
type BOS int

// The ways to begin a prompt.
const (
	AutoBOS BOS = iota // as the model's own configuration says
	WithBOS            // with BOS, if the model has one
	NoBOS              // without
)

// A Run is one text being written: a context that grows by a token a step.
// It belongs to one goroutine at a time; a Run and its forks may be used
// concurrently.
type Run struct {
	gen    Generator
	info   Info
	head   Header
	state  State
	cut    int // tokens that the state lacks after those it keeps
	ahead  ahead
	ids    []ID   // prompt and text
	text   []byte // that of all steps
	marks  []mark // marks[t] is how things stood before step t; the last is now
	steps  []Step
	forks  int
	closed bool

	complete bool // a stage says that the text is

	c       Candidates
	again   *Candidates // see ledger
	listed  bool        // the lists of steps are given, see relist
	next    prediction
	pending bool            // next is that of the present context
	dice    func() float64  // next.stageFloat64
	ctx     context.Context // of the last Predict
	last    int64           // what the clock said at the last step, 0 before the first
}

// A mark is what Back restores.
type mark struct {
	rng   rand.PCG
	dice  rand.PCG    // of the stages
	chain []Transform // bound, learners included; a slice is never written after it was set
	name  string      // of the chain as it was set
	anew  bool        // the chain was set here and has learners, which begin anew
	text  Decoder
	end   int // length of text
}

// Start begins a text after a prompt.
func (g Generator) Start(prompt string) (*Run, error) {
	ids, err := g.Tokenizer.Encode(prompt)
	if err != nil {
		return nil, fmt.Errorf("prompt: %w", err)
	}
	return g.start(prompt, ids)
}

// StartIDs begins a text after a prompt of ids.
func (g Generator) StartIDs(prompt []ID) (*Run, error) { return g.start("", prompt) }

func (g Generator) start(prompt string, ids []ID) (*Run, error) {
	r := &Run{gen: g, info: g.Model.Info(), state: g.Model.Start()}
	r.dice = r.next.stageFloat64
	r.ids = g.withBOS(r.info, ids)
	if err := r.info.known("prompt", r.ids); err != nil {
		return nil, err
	}
	if err := r.fits(); err != nil {
		return nil, err
	}
	chain, err := bind(g.Chain, g.Tokenizer, g.Model)
	if err != nil {
		return nil, err
	}
	r.c.ledger = g.Top > 0
	info := r.info
	if !g.NoHash {
		info = Identify(g.Model)
	}
	r.head = Header{
		Argen: Version, Model: info, Prompt: prompt,
		PromptIDs: slices.Clone(r.ids), PromptText: g.Tokenizer.Decode(r.ids),
		Chain: FormatChain(g.Chain), Seed: g.Seed, Gumbel: g.Gumbel, ContextShift: g.ContextShift, Search: g.Search,
	}
	for _, id := range r.ids {
		r.head.PromptTokens = append(r.head.PromptTokens, string(g.Tokenizer.Piece(id)))
	}
	r.head.ID = r.head.hash()
	r.marks = []mark{{
		rng: *rand.NewPCG(g.Seed, 0), dice: *rand.NewPCG(g.Seed, 1), chain: chain, name: r.head.Chain,
		text: NewDecoder(g.Tokenizer, r.ids),
	}}
	return r, tell(g.Sinks, func(s Sink) error { return s.Header(r.head) })
}

// withBOS returns a copy of ids that begins with BOS if it should. One that is
// there already is not doubled.
func (g Generator) withBOS(info Info, ids []ID) []ID {
	wanted := g.BOS == WithBOS || g.BOS == AutoBOS && info.AddBOS
	if info.BOS != NoID && wanted && (len(ids) == 0 || ids[0] != info.BOS) {
		return append([]ID{info.BOS}, ids...)
	}
	return slices.Clone(ids)
}

// NoChain is how an empty chain is written.
const NoChain = "none"

// FormatChain writes a chain as --chain has it: the stages with commas
// between them.
func FormatChain(chain []Transform) string {
	if len(chain) == 0 {
		return NoChain
	}
	names := make([]string, len(chain))
	for i, t := range chain {
		names[i] = t.String()
	}
	return strings.Join(names, ",")
}

// Next predicts, chooses and appends one token. It returns io.EOF at the end
// of the text.
func (r *Run) Next(ctx context.Context) (Step, error) {
	if _, err := r.Predict(ctx); err != nil {
		return Step{}, err
	}
	return r.Append(r.Choose())
}

// Predict computes P(next token | context) and puts it through the chain. It
// returns the candidates that are left, valid until the next call, or io.EOF
// at the end of the text. Until a token is appended the dice have not moved:
// predicting twice changes nothing.
func (r *Run) Predict(ctx context.Context) (*Candidates, error) {
	if r.Over() != "" {
		return nil, io.EOF
	}
	logits, err := r.logits(ctx)
	if err != nil {
		return nil, fmt.Errorf("step %d: %w", r.t(), err)
	}
	r.pending = false
	r.next, r.ctx = prediction{rng: r.now().rng, dice: r.stageDice()}, ctx
	if r.next.model, err = newDistribution(logits); err != nil {
		return nil, fmt.Errorf("step %d, after %s: %w", r.t(), r.tail(), err)
	}
	r.c.reset(&r.next.model)
	if r.gen.Top > 0 {
		r.next.top = slices.Clone(r.c.Top(r.gen.Top))
	}
	past := r.past(r.dice)
	in, entropy := r.c.Len(), r.next.model.entropy
	for i, stage := range r.now().chain {
		r.c.begin(i + 1)
		stage.Apply(&r.c, past)
		if err := r.c.Err(); errors.Is(err, ErrComplete) {
			r.complete = true
			return nil, io.EOF
		} else if err != nil {
			return nil, fmt.Errorf("step %d: %s: %w", r.t(), stage.Name(), err)
		}
		if r.gen.Top > 0 {
			s := newStage(stage, &r.c, in, entropy)
			in, entropy = s.Kept, s.Entropy
			r.next.stages = append(r.next.stages, s)
			r.next.sums = append(r.next.sums, *r.c.softmax())
		}
	}
	r.pending = true
	return &r.c, nil
}

// Append puts a token at the end of the context, whoever chose it, and tells
// the sinks. A token that Choose did not choose is marked as forced. It must
// follow Predict.
func (r *Run) Append(id ID) (Step, error) {
	if err := r.ready(id); err != nil {
		return Step{}, err
	}
	step, after := r.grow(id)
	step.Nanos = r.elapsed()
	r.put(step, after)
	return step, tell(r.gen.Sinks, func(s Sink) error { return s.Step(step) })
}

// grow returns the step that appends a token, and how things stand after it.
func (r *Run) grow(id ID) (Step, mark) {
	step, after := r.step(id), *r.now()
	if !step.Forced {
		after.rng = r.next.rng
	}
	if !step.Forced || step.Choice != nil {
		after.dice = r.next.dice
	}
	after.chain = r.learn(after.chain, id, step.SampledProb)
	step.Text = after.text.Add(id)
	after.end, after.anew = len(r.text)+len(step.Text), false
	return step, after
}

// put makes a step the last one.
func (r *Run) put(step Step, after mark) {
	r.follow(step.ID)
	r.text = append(r.text, step.Text...)
	r.ids = append(r.ids, step.ID)
	r.steps = append(r.steps, step)
	r.marks = append(r.marks, after)
	r.pending, r.next.chosen = false, false
}

// Force is Append for a token that somebody chose: it is marked as forced even
// where the dice would have chosen the same, and the dice do not move.
func (r *Run) Force(id ID) (Step, error) {
	r.next.chosen = false
	return r.Append(id)
}

// Pick is Append for a token that a procedure of its own picked, such as a
// search; how says how, and is recorded. It is marked as forced unless Choose
// gave it, and the dice of the stages move on all the same.
func (r *Run) Pick(id ID, how Explanation) (Step, error) {
	r.next.how = how
	step, err := r.Append(id)
	r.next.how = nil
	return step, err
}

// ready reports what stands against a token being appended.
func (r *Run) ready(id ID) error {
	switch {
	case !r.pending:
		return errors.New("append without a prediction of the present context")
	case id < 0 || int(id) >= r.info.VocabSize:
		return fmt.Errorf("id %d, the vocabulary has ids 0 to %d", id, r.info.VocabSize-1)
	}
	return nil
}

// Steps runs to the end of the text and closes the run. A loop that breaks
// leaves it open: go on with another, or Close it.
func (r *Run) Steps(ctx context.Context) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		for {
			step, err := r.Next(ctx)
			if err != nil {
				if err = r.Close(err); err != nil {
					yield(step, err)
				}
				return
			}
			if !yield(step, nil) {
				return
			}
		}
	}
}

// Back takes the last n tokens back, all if there are fewer: text,
// probabilities, chain and dice go on as if they had never been.
func (r *Run) Back(n int) error {
	t := max(len(r.steps)-max(n, 0), 0)
	if t == len(r.steps) {
		return nil
	}
	r.ids = r.ids[:len(r.ids)-len(r.steps)+t]
	r.ahead = ahead{}
	r.state.Rewind(min(r.state.Len(), max(0, len(r.ids)-r.cut)))
	r.steps = slices.Clip(r.steps[:t]) // whoever has a Trace reads what follows
	r.marks = r.marks[:t+1]
	r.text = r.text[:r.now().end]
	r.pending, r.closed, r.complete = false, false, false
	return tell(r.gen.Sinks, func(s Sink) error { return s.Back(t) })
}

// SetChain changes the stages from the next step on. A prediction that was not
// appended is void: Predict again. The chain belongs to this place in the text:
// Back to an earlier one brings the old stages back. A trace has the chain as
// text, so learners must be as new: what they have learnt is not in it. After
// an error, from a stage that does not fit the vocabulary, nothing has changed.
func (r *Run) SetChain(chain []Transform) error {
	bound, err := bind(chain, r.gen.Tokenizer, r.gen.Model)
	if err != nil {
		return err
	}
	now := r.now()
	now.chain, now.name = bound, FormatChain(chain)
	now.anew = slices.ContainsFunc(bound, func(t Transform) bool { _, learns := t.(Learner); return learns })
	r.pending, r.next.chosen, r.complete = false, false, false
	return nil
}

// Chain returns the stages in force, bound and not to be changed; learners among
// them have learnt from the text so far.
func (r *Run) Chain() []Transform { return r.now().chain }

// SetTrack changes the tokens that steps list whatever their rank.
func (r *Run) SetTrack(ids []ID) { r.gen.Track = slices.Clone(ids) }

// Close ends the run and tells the sinks why: err, or the end of the text, or
// that it was interrupted. It returns err unless that is nil or io.EOF, joined
// with any error of the sinks. A closed run is opened again by Back.
func (r *Run) Close(err error) error {
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if r.closed {
		return err
	}
	r.closed = true
	end := End{Reason: r.Over(), Tokens: len(r.steps), Text: r.Text(), LogProb: (&Trace{Steps: r.steps}).LogProb()}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		end.Reason = Timeout
	case errors.Is(err, context.Canceled):
		end.Reason = Interrupted
	case err != nil:
		end.Reason, end.Error = Failed, err.Error()
	case end.Reason == "":
		end.Reason = Interrupted
	}
	return errors.Join(err, tell(r.gen.Sinks, func(s Sink) error { return s.End(end) }))
}

// Text returns the text so far, without the prompt and without a stop string.
func (r *Run) Text() string {
	if i := r.cutAt(); i >= 0 {
		return string(r.text[:i])
	}
	held := r.now().text
	return string(r.text) + held.Flush()
}

// Context returns the ids of prompt and text, not to be changed and valid until
// the run goes on.
func (r *Run) Context() []ID { return r.ids }

// Trace returns what the run is so far.
func (r *Run) Trace() *Trace { return &Trace{Head: r.head, Steps: slices.Clip(r.steps)} }

// State returns the model's memory of the context as the last Predict left it.
// It is for looking, by the optional interfaces such as [Explainer].
func (r *Run) State() State {
	r.forget()
	return r.state
}

// t is how many tokens were written. A trial holds the steps since it began and
// one more.
func (r *Run) t() int { return len(r.ids) - len(r.head.PromptIDs) }

func (r *Run) now() *mark { return &r.marks[len(r.marks)-1] }
