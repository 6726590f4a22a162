package main

import (
	"context"

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
	return tui.Run(ctx, r, gen, a.stdin, a.screen, o)
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
