package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"argen"
	"argen/model"
	"argen/sampler/search"
)

// runFlags are those of a command that writes text: model, prompt, chain,
// where to stop, seed, log.
type runFlags struct {
	model  string
	prompt promptFlags
	chain  chainFlags
	search searchFlags
	stop   stopFlags
	seed   seedFlag
	same   bool // --same-dice
	heal   bool // --token-healing
	log    string
	top    int
	json   bool
}

// add adds the flags that a request of a batch may have too.
func (f *runFlags) add(a *app, fs *pflag.FlagSet) {
	a.modelFlag(fs, &f.model)
	f.prompt.add(fs)
	f.stop.add(fs)
	f.seed.add(fs)
	fs.BoolVar(&f.heal, "token-healing", false, "open the last token of the prompt again: it may become another that begins with the same text, so that a prompt may end in the middle of a word")
	fs.BoolVar(&f.heal, "heal", false, "the same as --token-healing")
	fs.BoolVar(&f.same, "same-dice", false, "throw dice that belong to seed, step and token, so that a text that was changed meets the same ones after it")
	f.search.add(fs)
	f.chain.add(fs)
}

// defaultTop is how many tokens a step records.
const defaultTop = 10

func (f *runFlags) topFlag(fs *pflag.FlagSet, usage string) {
	f.top = defaultTop
	fs.Var(&fromOneValue{&f.top}, "top", usage)
}

// generator returns what the flags ask for, and the procedure that picks the
// tokens, nil if it is the dice.
func (f *runFlags) generator(lm *model.LM) (argen.Generator, search.Procedure, error) {
	chain, err := f.chain.stages(f.stop.ignoreEOS)
	if err != nil {
		return argen.Generator{}, nil, err
	}
	p, err := f.search.procedure(chain)
	gen := argen.Generator{
		Model: lm.Model, Tokenizer: lm.Tokenizer, Chain: chain,
		MaxTokens: f.stop.most(), Stop: f.stop.stop, BOS: f.prompt.addBOS, Seed: f.seed.pick(), Gumbel: f.same, ContextShift: f.stop.shift,
		NoHash: f.log == "",
	}
	if p != nil {
		gen.Search = p.String()
	}
	return gen, p, err
}

// prepare reads the prompt and opens the model, once nothing is wrong with the
// flags. Interactive is as for [app.prompt]. The model is the caller's to close.
func (a *app) prepare(ctx context.Context, f *runFlags, args []string, interactive bool) (text, *model.LM, argen.Generator, search.Procedure, error) {
	prompt, err := a.prompt(ctx, &f.prompt, args, interactive)
	if err == nil && f.heal && (f.prompt.chat.on || prompt.messages != nil) {
		err = usagef("--token-healing and --chat: the template ends where the answer begins, choose one")
	}
	if err == nil {
		_, _, err = f.generator(&model.LM{})
	}
	if err != nil {
		return text{}, nil, argen.Generator{}, nil, err
	}
	lm, err := a.open(ctx, f.model)
	if err != nil {
		return text{}, nil, argen.Generator{}, nil, err
	}
	prompt.heal = f.heal
	gen, p, err := f.generator(lm)
	if err == nil {
		prompt, err = f.prompt.chat.converse(prompt, lm)
	}
	if err == nil {
		p, err = a.withSecond(ctx, p, lm)
	}
	if err != nil {
		err = errors.Join(err, lm.Close())
	}
	return prompt, lm, gen, p, err
}

// follow calls next, which appends a token, until the text ends, and closes
// the run. It ends early, without an error, after the timeout, or where the
// condition of --stop-when holds and met does not say that it goes on.
func (a *app) follow(ctx context.Context, r *argen.Run, stop *stopFlags, next func(context.Context) error, met func() bool) error {
	if stop.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, stop.timeout)
		defer cancel()
	}
	for {
		err := next(ctx)
		if err != nil {
			return a.close(r, plainDeadEnd(err, r.Trace().Head.Model))
		}
		if stop.when.hold != nil && stop.when.holds(r.Trace().Steps) && r.Over() == "" && !met() {
			return a.close(r, nil)
		}
	}
}

// window says what the length of the model's context did to a text, "" if
// nothing.
func window(r *argen.Run) string {
	t := r.Trace()
	most := t.Head.Model.ContextLength
	if n := len(t.Steps); n > 0 && t.Steps[n-1].Dropped > 0 {
		return fmt.Sprintf("the context of %d tokens slid: the last token was predicted without %s", most, count(t.Steps[n-1].Dropped, "older token"))
	}
	if most > 0 && len(r.Context()) >= most && r.Over() == argen.Length {
		return fmt.Sprintf("the model's context of %d tokens is full; --context-shift drops the oldest and goes on", most)
	}
	return ""
}

// plainDeadEnd says in words that a grammar knows no token that could follow.
func plainDeadEnd(err error, m argen.Info) error {
	var none *argen.LogitsError
	if m.Kind != "grammar" || !errors.As(err, &none) || none.ID != argen.NoID || none.V == 0 {
		return err
	}
	return errors.New(strings.Replace(err.Error(), none.Error(), "no story goes on like this", 1))
}

// close ends a run. That the time is over is no error.
func (a *app) close(r *argen.Run, err error) error {
	if isClosedPipe(a.stdout.Err()) {
		err = context.Canceled // the reader has seen enough: nothing failed
	}
	err = r.Close(err)
	if errors.Is(err, context.DeadlineExceeded) {
		if len(r.Trace().Steps) == 0 {
			a.hint("the time was over before the first token")
		}
		return nil
	}
	return err
}

// A streamer writes the text as it grows. What may be the beginning of a stop
// string waits until it is known. It is a [argen.Sink].
type streamer struct {
	w     io.Writer
	begin func(argen.Header) // called first, if not nil
	stop  []string
	text  strings.Builder
	done  int // bytes written
	last  byte
}

// Header implements argen.Sink.
func (s *streamer) Header(h argen.Header) error {
	if s.begin != nil {
		s.begin(h)
	}
	s.text.Reset()
	s.done, s.last = 0, 0
	return nil
}

// Step implements argen.Sink.
func (s *streamer) Step(step argen.Step) error {
	s.text.WriteString(step.Text)
	text := s.text.String()
	wait := 0
	for _, stop := range s.stop {
		if strings.Contains(text[s.done:], stop) {
			return nil // the end is near, and knows how much of it counts
		}
		for n := min(len(stop)-1, len(text)-s.done); n > wait; n-- {
			if strings.HasSuffix(text, stop[:n]) {
				wait = n
			}
		}
	}
	return s.put(text[s.done : len(text)-wait])
}

// Back implements argen.Sink. Text that was written stays.
func (s *streamer) Back(int) error { return errors.New("a stream cannot be taken back") }

// End implements argen.Sink. It ends the last line.
func (s *streamer) End(e argen.End) error {
	err := s.put(e.Text[min(s.done, len(e.Text)):])
	if err == nil && s.last != '\n' {
		err = s.put("\n")
	}
	return err
}

func (s *streamer) put(text string) error {
	if text == "" {
		return nil
	}
	s.done += len(text)
	s.last = text[len(text)-1]
	_, err := io.WriteString(s.w, text)
	return err
}
