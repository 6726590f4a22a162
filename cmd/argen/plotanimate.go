package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"argen"
	"argen/viz"
)

// animate is the kind of argen plot that moves.
const animate = "animate"

// animateFlags are those of argen plot animate.
type animateFlags struct {
	from, to int
	delay    time.Duration
}

func (f *animateFlags) add(fs *pflag.FlagSet) {
	fs.IntVar(&f.from, "from", 0, "animate: the first step, `T` from 0")
	fs.IntVar(&f.to, "to", -1, "animate: the last step, `T`; -1 is the last of the trace")
	fs.DurationVar(&f.delay, "delay", 1200*time.Millisecond, "animate: how long each step is shown, `TIME` from 20ms to 1m")
}

// animate writes a run as a moving picture.
func (a *app) animate(ctx context.Context, p *plotFlags, files []string) error {
	switch f := &p.animated; {
	case len(files) == 0:
		return usagef("plot animate: name the trace, which --log wrote")
	case p.step != -1:
		return usagef("animate draws every step: --step changes nothing there, --from and --to choose")
	case f.delay < 20*time.Millisecond || f.delay > time.Minute:
		return usagef("--delay %v: choose 20ms to 1m", f.delay)
	case f.from < 0 || f.to < -1:
		return usagef("--from %d --to %d: steps are counted from 0", f.from, f.to)
	case p.out == "" && !p.describe:
		return usagef("plot animate: give -o FILE.gif or .svg, or --describe for words")
	case p.out != "":
		if ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(p.out), ".")); !slices.Contains(viz.AnimateFormats, ending) || len(filepath.Base(p.out)) == len(ending)+1 {
			return usagef("-o %s: an animation's name ends in .%s", p.out, strings.Join(viz.AnimateFormats, ", ."))
		}
		if err := writable(p.out, files); err != nil {
			return err
		}
	}
	inputs, err := readTraceInputs(a, ctx, p, viz.Chart{Name: animate}, files)
	if err != nil {
		return err
	}
	in := inputs[0]
	in.Big = p.look.big
	moving, err := viz.Animate(in, p.animated.from, p.animated.to)
	if err != nil {
		return drawError(err, len(in.Traces))
	}
	moving.Delay, moving.Theme = p.animated.delay, p.look.theme.Theme
	if p.title != "" {
		moving.Title = p.title
	}
	if p.out != "" {
		if err := moving.Save(p.out); err != nil {
			return err
		}
		a.hint("%s is written", argen.Visible(p.out))
	}
	if p.describe {
		_, err = io.WriteString(a.stdout, moving.Describe())
	}
	return err
}
