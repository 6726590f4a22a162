package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/colorprofile"

	"argen"
	"argen/viz/tui"
)

// stepOnScreen shows a run in the terminal view.
func (a *app) stepOnScreen(ctx context.Context, s *stepping, prompt text, gen argen.Generator) error {
	r, err := prompt.start(gen)
	if err != nil {
		return err
	}
	o := a.screenOptions(s)
	o.Track = gen.Track
	var forks []*log
	if s.log != "" {
		o.ForkSinks = func() ([]argen.Sink, error) {
			log, err := a.createLog(branchName(s.log, len(forks)+2))
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
	o := a.screenOptions(s)
	o.Replay = trace
	return tui.Run(ctx, nil, argen.Generator{}, a.stdin, a.screen, o)
}

func (a *app) screenOptions(s *stepping) tui.Options {
	o := tui.Options{Big: s.big, ASCII: s.ascii, Speed: s.speed}
	if a.env("NO_COLOR") != "" {
		o.Color = colorprofile.ASCII
	}
	if s.stop.when.hold != nil {
		var steps []argen.Step
		o.StopWhen = func(step argen.Step) bool {
			steps = append(steps[:min(step.T, len(steps))], step) // also after steps back
			return s.stop.when.holds(steps)
		}
	}
	return o
}
