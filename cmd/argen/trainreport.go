package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"argen"
	"argen/internal/safefile"
	"argen/model/story"
	"argen/model/transformer/train"
	"argen/viz"
)

// A trainingView is told how a training goes.
type trainingView interface {
	// begin is called first; cancel stops the training.
	begin(h *trainingHead, cancel context.CancelCauseFunc) error
	step(n *trainingNews) error
	// end is called last.
	end() error
}

// A trainingHead is what is known before the first step.
type trainingHead struct {
	Type       string        `json:"type"` // "header"
	Argen      string        `json:"argen"`
	Out        string        `json:"out"`
	Parameters int           `json:"parameters"`
	Shape      train.Config  `json:"config"`
	Options    train.Options `json:"options"`
	Tokenizer  string        `json:"tokenizer"`
	Files      []textFile    `json:"files,omitempty"`
	Tokens     int           `json:"text_tokens,omitempty"` // of files
	Held       int           `json:"validation_tokens"`
	Floor      *number       `json:"floor_bits,omitempty"` // entropy of what is held out, where it is known
	Threads    int           `json:"threads"`
	From       int           `json:"from_step"`            // steps done before
	Begun      string        `json:"from_model,omitempty"` // what a training by verdicts began with

	what   string // is trained on
	prompt string
	past   []viz.LearningStep // done before, as far as it is known
}

func (s *trainingSession) head() *trainingHead {
	c := s.trainer.Config()
	h := &trainingHead{
		Type: "header", Argen: argen.Version, Out: s.r.out, Parameters: c.Params(), Shape: c, Options: s.trainer.Options(),
		Tokenizer: s.kind, Files: s.r.Files, Threads: runtime.GOMAXPROCS(0), From: s.trainer.Steps(),
		what: strings.Join(s.r.names(), ", "), prompt: s.tok.Decode(s.prompt),
	}
	if h.what == "-" {
		h.what = "stdin"
	}
	for _, held := range s.held {
		h.Held += len(held) - 1
	}
	if s.text != nil {
		h.Tokens = s.text.tokens.Len()
	}
	if s.exam != nil {
		floor := number(s.exam.floor())
		h.Floor = &floor
		h.what = "new stories"
		if n := s.t.stories.n; n > 0 {
			h.what = count(int(n), "story")
			if n > 1 {
				h.what = thousands(int64(n)) + " stories"
			}
		}
	}
	h.past = s.past
	if loss, step := s.trainer.BestLoss(); step > 0 && !slices.ContainsFunc(s.past, wasValidated) {
		h.past = append(slices.Clone(h.past), viz.LearningStep{Step: step, Bits: math.NaN(), Validation: loss / math.Ln2})
	}
	if s.r.From != "" {
		h.Begun, h.what = s.r.From, fmt.Sprintf("verdicts on its own stories, beginning with %s", s.r.From)
	}
	return h
}

// wasValidated reports whether the loss on what is held out is known of a step.
func wasValidated(s viz.LearningStep) bool { return !math.IsNaN(s.Validation) }

// A trainingNews is a step, and what was measured after it. A number in bits is
// per token.
type trainingNews struct {
	Type     string `json:"type"` // "step"
	Step     int    `json:"step"` // the first is 1
	Tokens   int64  `json:"tokens"`
	Loss     number `json:"loss"` // nats per token of the batch, before the step
	Bits     number `json:"bits"`
	Rate     number `json:"rate"` // of its peak
	GradNorm number `json:"grad_norm"`

	Verdicts *verdictNews `json:"verdicts,omitempty"`

	Validation     *number `json:"validation,omitempty"` // nats per token of what is held out
	ValidationBits *number `json:"validation_bits,omitempty"`
	Excess         *number `json:"excess,omitempty"` // of it above the floor, as a part
	Best           bool    `json:"best,omitempty"`

	Recall []story.Recall `json:"recall,omitempty"`
	Next   []nextToken    `json:"next,omitempty"` // after the prompt, the likeliest first; what is likeliest in truth is among them
	Sample *string        `json:"sample,omitempty"`

	Checkpoint string `json:"checkpoint,omitempty"`
}

// A nextToken is a token that may follow the prompt.
type nextToken struct {
	Token string  `json:"token"`
	Prob  number  `json:"prob"`
	Truth *number `json:"truth,omitempty"` // its probability under the grammar of the stories, where that is known
}

// report tells the views of a step.
func (s *trainingSession) report(ctx context.Context, p train.Progress) error {
	n := &trainingNews{
		Type: "step", Step: p.Number, Tokens: s.trainer.Tokens(), Loss: number(p.Loss), Bits: number(p.Loss / math.Ln2),
		Rate: number(p.Rate), GradNorm: number(p.GradNorm), Checkpoint: p.Saved,
		Verdicts: s.judged(),
	}
	if p.Validated {
		nats, bits := number(p.Validation), number(p.Validation/math.Ln2)
		n.Validation, n.ValidationBits, n.Best = &nats, &bits, p.Best
		if s.exam != nil {
			excess := number(p.Validation/math.Ln2/s.exam.floor() - 1)
			n.Excess = &excess
		}
	}
	sample := p.Number == s.trainer.Options().Steps
	if every := s.t.sampleEvery; every > 0 {
		sample = sample || p.Number%every == 0
	} else {
		sample = sample || p.Validated
	}
	if (sample || p.Validated) && len(s.views) > 0 && ctx.Err() == nil {
		if err := s.look(ctx, n, sample, p.Validated); err != nil && ctx.Err() == nil {
			return err
		}
	}
	for _, v := range s.views {
		if err := v.step(n); err != nil {
			return err
		}
	}
	return nil
}

// look looks at what the model can do by now.
func (s *trainingSession) look(ctx context.Context, n *trainingNews, sample, ask bool) error {
	m, err := train.Model(s.trainer.Config().Export(s.bos, s.eos), s.trainer.Weights())
	if err != nil {
		return err
	}
	if ask && s.exam != nil && s.exam.asks {
		if n.Recall, err = s.exam.Recall(ctx, m); err != nil {
			return err
		}
	}
	if n.Next, err = s.next(ctx, m); err != nil || !sample {
		return err
	}
	const longest = 200
	g := argen.Generator{Model: m, Tokenizer: s.tok, Seed: s.t.seed.seed, MaxTokens: longest}
	run, err := g.StartIDs(nil)
	if err != nil {
		return err
	}
	for _, err := range run.Steps(ctx) {
		if err != nil {
			return err
		}
	}
	text := run.Text()
	n.Sample = &text
	return nil
}

// next are the likeliest tokens after the prompt, and what is likeliest in truth.
func (s *trainingSession) next(ctx context.Context, m argen.Model) ([]nextToken, error) {
	logits, err := m.Start().Extend(ctx, append([]argen.ID{s.bos}, s.prompt...)...)
	if err != nil {
		return nil, err
	}
	ids := make([]argen.ID, len(logits))
	for i := range ids {
		ids[i] = argen.ID(i)
	}
	slices.SortStableFunc(ids, func(a, b argen.ID) int { return cmp.Compare(logits[b], logits[a]) })
	const most = 5
	if s.truth != nil {
		likeliest := argen.ID(slices.Index(s.truth, slices.Max(s.truth)))
		if i := slices.Index(ids, likeliest); i >= most {
			ids[most-1] = likeliest
		}
	}
	var next []nextToken
	for _, id := range ids[:min(len(ids), most)] {
		p, err := argen.LogProb(logits, id)
		if err != nil {
			return nil, err
		}
		n := nextToken{Token: string(s.tok.Piece(id)), Prob: number(math.Exp(p))}
		if s.truth != nil {
			truth := number(math.Exp(s.truth[id]))
			n.Truth = &truth
		}
		next = append(next, n)
	}
	return next, nil
}

// show makes the views and the prompt.
func (s *trainingSession) show(ctx context.Context) error {
	if err := s.choosePrompt(ctx); err != nil {
		return err
	}
	if s.t.log != "" {
		v, err := openTrainingLog(s.t.log, s.head(), s.t.resume != "")
		if err != nil {
			return err
		}
		s.views, s.past = append(s.views, v), v.past
		if v.anew {
			s.a.hint("%s is written anew", argen.Visible(s.t.log))
		}
	}
	switch {
	case s.t.json:
		s.views = append(s.views, &jsonView{w: s.a.stdout})
	case s.a.quiet:
	case s.a.stderrTTY && !s.t.plain && s.a.env("TERM") != "dumb":
		v := &liveView{out: s.a.stderr.W, plain: s.a.env("NO_COLOR") != ""}
		if s.a.stdinTTY {
			v.in = s.a.stdin
		}
		s.views = append(s.views, v)
	default:
		s.views = append(s.views, &plainView{w: s.a.stderr, clock: time.Now})
	}
	return nil
}

// choosePrompt sets what the next token is shown after, and what the grammar
// says of it.
func (s *trainingSession) choosePrompt(ctx context.Context) error {
	const usual = 16 // tokens of the held-out text
	text := s.t.prompt
	if text == "" && s.exam != nil {
		text = storyPrompt
	}
	switch {
	case text != "":
		ids, err := s.tok.Encode(text)
		if err != nil {
			return usagef("--prompt: %v", err)
		}
		s.prompt = ids
	case len(s.held) > 0:
		s.prompt = s.held[0][1:min(len(s.held[0]), 1+usual)]
	}
	if most := s.trainer.Config().Context - 1; len(s.prompt) > most {
		s.prompt = s.prompt[len(s.prompt)-most:]
	}
	if s.kind != "story" {
		return nil
	}
	logprobs, err := story.Truth().Start().Extend(ctx, s.prompt...)
	if err == nil && slices.Max(logprobs) > math.Inf(-1) { // a prompt may be no story's
		s.truth = slices.Clone(logprobs)
	}
	return ctx.Err()
}

// writeBytes replaces a file, whole or not at all.
func writeBytes(path string, data []byte) error {
	return safefile.Write(path, func(w io.Writer) error { _, err := w.Write(data); return err })
}
