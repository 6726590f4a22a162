package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"

	"argen"
	"argen/sampler/search"
	"argen/viz"
	"argen/viz/tui"
)

// stepOnScreen shows a run in the terminal view.
func (a *app) stepOnScreen(ctx context.Context, s *stepping, prompt text, gen argen.Generator, p search.Procedure) error {
	r, err := prompt.start(gen)
	if err != nil {
		return err
	}
	o := a.screenOptions(s)
	o.Track, o.Search = gen.Track, p
	o.Left = func(l tui.Leaving) { a.takeLeave(l, again(s, l)) }
	var forks []*log
	if s.log != "" {
		o.ForkSinks = func() ([]argen.Sink, error) {
			log, err := createLog(branchName(s.log, len(forks)+2))
			if err != nil {
				return nil, err
			}
			forks = append(forks, log)
			return []argen.Sink{log}, nil
		}
	}
	err = tui.Run(ctx, r, gen, a.stdin, a.screen, o)
	for _, log := range forks {
		if end := log.Close(); err == nil {
			err = end
		}
	}
	return err
}

// branchName is the log of a branch beside that of the first: story.2.jsonl
// for story.jsonl.
func branchName(path string, n int) string {
	ending := filepath.Ext(path)
	return fmt.Sprintf("%s.%d%s", strings.TrimSuffix(path, ending), n, ending)
}

// replayOnScreen shows a trace in the terminal view.
func (a *app) replayOnScreen(ctx context.Context, s *stepping, trace *argen.Trace) error {
	if err := viz.Check(trace); err != nil {
		return fmt.Errorf("%s: %w", argen.Visible(s.replay), err)
	}
	o := a.screenOptions(s)
	o.Replay = trace
	o.Left = func(l tui.Leaving) {
		of := fmt.Sprintf(" of %d in %s", len(trace.Steps), argen.Visible(s.replay))
		a.takeLeave(l, of+"; the same command shows it again")
	}
	return tui.Run(ctx, nil, argen.Generator{}, a.stdin, a.screen, o)
}

// takeLeave prints what is left of the terminal view when its screen is gone:
// the text, what wrote it, and how it comes again.
func (a *app) takeLeave(l tui.Leaving, again string) {
	head := &l.Trace.Head
	if len(l.Trace.Steps) > 0 {
		fmt.Fprintln(a.stdout, head.PromptText+l.Trace.Text())
		_ = a.stdout.Flush() // where it fails nobody is there to be told
	}
	a.hint("%s, chain %s, seed %d, %s%s", argen.Visible(head.Model.Title()), argen.VisibleChain(l.Chain), head.Seed, count(len(l.Trace.Steps), "token"), again)
}

// again says how a text that was watched comes again.
func again(s *stepping, l tui.Leaving) string {
	path := s.log
	if l.Branch > 0 && path != "" {
		path = branchName(path, l.Branch+1)
	}
	switch {
	case path != "" && strings.EqualFold(filepath.Ext(path), ".jsonl"):
		return " in " + argen.Visible(path) + "; argen step --replay shows it again"
	case l.ByHand:
		return ", some by hand; w in the view or --log FILE keeps them"
	}
	return fmt.Sprintf(" so far; the same command with --seed %d writes it again", l.Trace.Head.Seed)
}

func (a *app) screenOptions(s *stepping) tui.Options {
	a.grace.Store(int64(5 * time.Second)) // on a busy machine too the terminal must be given back as it was
	o := tui.Options{Big: s.big, ASCII: s.ascii, Speed: s.speed}
	if a.env("NO_COLOR") != "" {
		o.Color = colorprofile.ASCII
	}
	if s.stop.when.hold != nil {
		o.StopText = s.stop.when.text
		var steps []argen.Step
		o.StopWhen = func(step argen.Step) bool {
			steps = append(steps[:min(step.T, len(steps))], step) // also after steps back
			return s.stop.when.holds(steps)
		}
	}
	return o
}
