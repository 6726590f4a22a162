package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"argen"
	"argen/model"
	"argen/sampler/search"
	"argen/viz/term"
)

// stepping is a command line of step.
type stepping struct {
	runFlags
	plain, big, ascii     bool
	dice, explain, timing bool
	track, why            []string
	force, edit           []string
	replay                string
	speed                 float64

	forced map[int]argen.ID // by step
	edits  map[int]argen.ID // likewise
	piece  func(argen.ID) string
	whys   []argen.ID
}

func stepCommand(a *app) *cobra.Command {
	s := stepping{}
	c := &cobra.Command{
		Use:   "step [PROMPT]",
		Short: "Watch the loop: predict, choose, append, repeat",
		Long: `Watch how text is written, a token at a time: what the model predicts, how a
token is chosen, and what that makes of the text.

On a terminal the view is interactive: step forward and back, force a token,
throw the dice by hand, branch. Elsewhere, and with --plain, each step is a
block of text; with --json each step is a line of the trace.

The prompt is the arguments, or --file FILE, or standard input where that is a
pipe. TOKEN is a piece of the vocabulary, or #ID; in most real models a word
within a text has its blank in front, as in --track " Paris". Without --tokens
the text goes on until it ends by itself, for ` + strconv.Itoa(defaultTokens) + ` tokens at most.

--edit changes a token and keeps the dice, which then belong to seed, step and
token. With --json it prints {"seed","chain","edits":[{"t","id","token","was"}],
"later","original","edited","redrawn","changed":[t],"changed_redrawn":[t],
"share_same_dice","share_new_dice"}, the three texts as generate has them.`,
		Example: `  argen step "One morning"
  argen step --plain --seed 1 --tokens 3 "One morning"
  argen step --json --seed 1 --log story.jsonl "One morning"
  argen step --plain --top-k 2 --tokens 2 --why rainy "It was a"
  argen step --plain --replay story.jsonl
  argen step --edit 1=Mia --seed 3 --tokens 30 "One morning"`,
		RunE: func(c *cobra.Command, args []string) error { return a.step(c, &s, args) },
	}
	fs := c.Flags()
	s.add(a, fs)
	a.engineFlags(fs)
	s.topFlag(fs, "list the `N` most probable tokens of each step, and the mass of all others; the text lists 5 if not told")
	fs.Var(&logFlag{&s.log}, "log", logUsage)
	fs.StringVar(&s.replay, "replay", "", "show the trace in `FILE` again, without a model")
	fs.Var(&textsValue{&s.track}, "track", "list this `TOKEN` in each step, whatever its rank; may be repeated")
	fs.Var(&textsValue{&s.why}, "why", "say in each step why this `TOKEN` was not drawn, and which stage removed it; may be repeated")
	fs.Var(&textsValue{&s.force}, "force", "at step T append TOKEN instead of drawing, `T=TOKEN`; may be repeated")
	fs.Var(&textsValue{&s.edit}, "edit", "write the text, and again with TOKEN at step T and the same dice, `T=TOKEN`: what changes because of it, and what with new dice; may be repeated")
	fs.BoolVar(&s.dice, "dice", false, "ask for the number u of each draw, from 0 up to but not 1; an empty line lets argen throw")
	fs.BoolVar(&s.explain, "explain", false, "say where each probability comes from, if the model can")
	fs.BoolVar(&s.timing, "timing", false, "record the nanoseconds between steps; the same seed no longer gives the same bytes")
	fs.Float64Var(&s.speed, "speed", 0, "show `N` steps a second (default as fast as it goes, or by key)")
	fs.BoolVar(&s.plain, "plain", false, "text, also on a terminal")
	fs.BoolVar(&s.json, "json", false, "print the trace as JSON Lines")
	fs.BoolVar(&s.big, "big", false, "fewer things, larger, for projectors")
	fs.BoolVar(&s.ascii, "ascii", false, "only ASCII but for tokens")
	return c
}

// check refuses flags that do not go together.
func (s *stepping) check(c *cobra.Command, args []string) error {
	switch {
	case s.plain && s.json:
		return usagef("--plain and --json: choose one")
	case !(s.speed >= 0 && s.speed <= 1e6):
		return usagef("--speed: %v is no number of steps a second, it must be from 0 to 1000000", s.speed)
	case s.dice && s.search.given() != "":
		return usagef("--dice and --%s: throw the dice or let a search pick, choose one", s.search.given())
	case len(s.edit) > 0 && s.search.given() != "":
		return usagef("--edit and --%s: an edit keeps the dice, and a search throws none, choose one", s.search.given())
	case len(s.edit) > 0 && s.dice:
		return usagef("--edit and --dice: an edit keeps the dice as they fell, choose one")
	case s.replay == "":
		return nil
	case len(args) > 0:
		return usagef("--replay shows a trace as it was and takes no prompt, found %q", args[0])
	}
	for _, name := range []string{
		"model", "file", "ids", "special", "add-bos", "tokens", "stop", "ignore-eos", "timeout", "seed", "chain", "preset", "semantics", "threads", "context", "context-shift", "token-healing", "heal",
		"log", "force", "edit", "same-dice", "dice", "track", "explain", "timing",
	} {
		if c.Flags().Changed(name) {
			return usagef("--replay shows a trace as it was: --%s changes nothing there", name)
		}
	}
	if flag := s.search.given(); flag != "" {
		return usagef("--replay shows a trace as it was: --%s changes nothing there", flag)
	}
	if flag := s.chain.stageFlag(); flag != "" {
		return usagef("--replay shows a trace as it was: --%s changes nothing there", flag)
	}
	return nil
}

func (a *app) step(c *cobra.Command, s *stepping, args []string) (err error) {
	ctx := c.Context()
	if err := s.check(c, args); err != nil {
		return err
	}
	// The terminal view has keys for forced tokens and dice instead.
	screen := a.stdoutTTY && a.stdinTTY && !s.plain && !s.json && a.env("TERM") != "dumb" && len(s.force) == 0 && len(s.edit) == 0 && !s.dice
	if s.replay != "" {
		return a.replay(ctx, c, s, screen)
	}
	prompt, lm, gen, p, err := a.prepare(ctx, &s.runFlags, args, s.dice)
	if err != nil {
		return err
	}
	defer lm.Close()
	gen.Top, gen.Explain = s.top, s.explain
	gen.NoHash = gen.NoHash && !s.json && !screen // which shows or saves a trace
	if _, can := lm.Model.Start().(argen.Explainer); s.explain && !can {
		a.hint("--explain: %s cannot say where a probability comes from, n-gram models and truth can; argen score --inside looks into a transformer", argen.Visible(lm.Ref))
	}
	s.piece = func(id argen.ID) string { return shownToken(string(lm.Tokenizer.Piece(id))) }
	if s.timing {
		gen.Clock = func() int64 { return time.Now().UnixNano() }
	}
	if gen.Track, err = tokens(lm, "track", s.track); err != nil {
		return err
	}
	if s.whys, err = tokens(lm, "why", s.why); err != nil {
		return err
	}
	gen.Track = append(gen.Track, s.whys...)
	if s.forced, err = places(lm, "force", s.force); err != nil {
		return err
	}
	if s.edits, err = places(lm, "edit", s.edit); err != nil {
		return err
	}
	log, err := a.openLog(s.log, s.prompt.file)
	if err != nil {
		return err
	}
	defer func() {
		if end := log.Close(); err == nil {
			err = end
		}
	}()
	if log != nil {
		gen.Sinks = append(gen.Sinks, log)
	}
	if len(s.edits) > 0 {
		gen.Gumbel = true
		return a.counterfactual(ctx, s, prompt, gen)
	}
	if screen {
		return a.stepOnScreen(ctx, s, prompt, gen, p)
	}
	gen.Sinks = append(gen.Sinks, a.stepView(c, s))
	r, err := prompt.start(gen)
	if err != nil {
		return err
	}
	next, _ := picking(r, p)
	err = a.follow(ctx, r, &s.stop, func(ctx context.Context) error { return a.oneStep(ctx, r, s, next) }, func() bool { return a.pause(ctx, s) })
	if says := window(r); says != "" && err == nil {
		a.hint("%s", says)
	}
	if says := speculationText(r.Trace().Steps); says != "" && !s.json {
		fmt.Fprint(a.stdout, "\n"+says)
	}
	if b, ok := p.(search.Beams); ok && err == nil && !s.json && r.Over() != "" && len(s.forced) == 0 && b.Deterministic() {
		says, err := beside(ctx, gen, r, b, s.ascii)
		if err != nil {
			return err
		}
		fmt.Fprint(a.stdout, "\n"+says)
	}
	for _, t := range slices.Sorted(maps.Keys(s.forced)) {
		if n := len(r.Trace().Steps); t >= n && err == nil {
			a.hint("--force %d=%s: step %d was never reached, the text has %s", t, s.piece(s.forced[t]), t, count(n, "step"))
		}
	}
	return err
}

// stepView returns the sink that shows steps, where the screen does not.
func (a *app) stepView(c *cobra.Command, s *stepping) argen.Sink {
	if s.json {
		return argen.NewJSONL(a.stdout)
	}
	plain := &term.Plain{W: a.stdout, Top: 5, Why: s.whys, ASCII: s.ascii}
	if c.Flags().Changed("top") {
		plain.Top = s.top
	}
	return plain
}

// oneStep appends a token: the one that was asked for, or by the number that
// was typed, or else next does.
func (a *app) oneStep(ctx context.Context, r *argen.Run, s *stepping, next func(context.Context) error) error {
	t := len(r.Trace().Steps)
	if t > 0 && s.speed > 0 {
		if err := wait(ctx, time.Duration(float64(time.Second)/s.speed)); err != nil {
			return err
		}
	}
	forced, ok := s.forced[t]
	if !ok && !s.dice {
		return next(ctx)
	}
	c, err := r.Predict(ctx)
	if err != nil {
		return err
	}
	if ok {
		_, err := r.Force(forced)
		return err
	}
	a.parts(c, s, t)
	u, typed, err := a.throw(ctx, t)
	if err != nil {
		return err
	}
	id := r.Choose()
	if typed {
		id = r.ChooseAt(u)
	}
	_, err = r.Append(id)
	return err
}

// wait waits, unless ctx ends first.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause holds after a step for which --stop-when holds and reports whether to
// go on. Where nobody can say so, the text ends.
func (a *app) pause(ctx context.Context, s *stepping) bool {
	if !a.stdinTTY || s.json {
		a.hint("ends where %s", s.stop.when.text)
		return false
	}
	fmt.Fprintf(a.stderr, "%s. Enter goes on, q ends: ", s.stop.when.text)
	line, err := a.line(ctx)
	return err == nil && !strings.HasPrefix(strings.TrimSpace(line), "q")
}

// places reads the words of a flag that are T=TOKEN.
func places(lm *model.LM, flag string, words []string) (map[int]argen.ID, error) {
	at := map[int]argen.ID{}
	for _, w := range words {
		place, word, ok := strings.Cut(w, "=")
		t, err := strconv.ParseUint(place, 10, 31)
		if !ok || err != nil {
			return nil, usagef("--%s: %q is not T=TOKEN, T is the step from 0", flag, w)
		}
		if at[int(t)], err = argen.FindToken(lm.Tokenizer, word); err != nil {
			return nil, fmt.Errorf("--%s: %w", flag, err)
		}
	}
	return at, nil
}

// replay shows a trace that was logged.
func (a *app) replay(ctx context.Context, c *cobra.Command, s *stepping, screen bool) error {
	traces, err := a.readTraces(ctx, []string{s.replay})
	if err != nil {
		return err
	}
	if screen {
		if len(traces) > 1 {
			a.hint("%s has %d traces, the first is shown; --plain shows all", argen.Visible(s.replay), len(traces))
		}
		return a.replayOnScreen(ctx, s, traces[0])
	}
	for i, trace := range traces {
		for _, word := range s.why {
			for _, step := range trace.Steps {
				at := slices.IndexFunc(step.Top, func(t argen.TopToken) bool { return t.Token == word || "#"+strconv.Itoa(int(t.ID)) == word })
				if at >= 0 && !slices.Contains(s.whys, step.Top[at].ID) {
					s.whys = append(s.whys, step.Top[at].ID)
				}
			}
		}
		if i > 0 && !s.json {
			fmt.Fprintln(a.stdout)
		}
		if err := a.play(ctx, trace, s, a.stepView(c, s)); err != nil {
			return err
		}
		if says := speculationText(trace.Steps); says != "" && !s.json {
			fmt.Fprint(a.stdout, "\n"+says)
		}
	}
	return nil
}

// play sends a trace to a sink, at the speed that was asked for.
func (a *app) play(ctx context.Context, trace *argen.Trace, s *stepping, view argen.Sink) error {
	if err := view.Header(trace.Head); err != nil {
		return err
	}
	for i, step := range trace.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i > 0 && s.speed > 0 {
			if err := wait(ctx, time.Duration(float64(time.Second)/s.speed)); err != nil {
				return err
			}
		}
		if err := view.Step(step); err != nil {
			return err
		}
		if s.stop.when.holds(trace.Steps[:i+1]) && !a.pause(ctx, s) {
			return nil
		}
	}
	if trace.Ended == nil {
		return nil
	}
	return view.End(*trace.Ended)
}
