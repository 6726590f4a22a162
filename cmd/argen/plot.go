package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/viz"
	"argen/viz/term"
)

// plotFlags are the flags of argen plot.
type plotFlags struct {
	out      string
	describe bool
	step     int
	trace    int
	title    string
	json     bool
	look     chartLook
	animated animateFlags
	orders   ordersFlags

	quality, diversity string
}

func plotCommand(a *app) *cobra.Command {
	p := &plotFlags{}
	c := &cobra.Command{
		Use:   "plot KIND [TRACE...]",
		Short: "Draw a chart of logged traces",
		Long: `Draw a chart of traces that --log wrote, as PNG, SVG or PDF by the output's
ending. - is stdin. argen plot list shows the kinds; --describe says in words
what the chart shows. Letters beyond Latin, Greek, Cyrillic and Hebrew, and
emoji, are shown by SVG alone: PNG and PDF have boxes with their numbers.

Where there are several traces, kinds that draw one are drawn side by side.
animate makes a moving picture of a run, a frame a step, as GIF, or as SVG that
stops under the pointer and has links to pause, play and each step.

ngram-orders needs no trace: it trains models on sampled stories itself.
learning draws the logs of trainings, which train transformer --log wrote, tree
what argen tree --json wrote; frontier, metrics and same-step draw a comparison,
which compare --json prints. Kinds of what lessons measure draw a member of
"charts" in what explain --json prints, {"kind","data"}; attention, lens and
occlusion also what score --inside T --json prints.`,
		Example: `  argen generate -m truth --seed 1 --top 10 --log trace.jsonl
  argen plot surprisal trace.jsonl -o surprisal.svg
  argen plot next trace.jsonl --step 3 --describe
  argen train transformer --stories --steps 9 --hidden 16 --log t.jsonl -o brief
  argen plot animate trace.jsonl --to 20 -o run.gif
  argen plot learning t.jsonl -o learning.svg
  argen compare --samples 5 --json | argen plot frontier - -o frontier.svg
  argen explain chain-rule --json | argen plot curves - -o rule.svg --theme dark
  argen score --inside 3 --json "It was a rainy" | argen plot lens - -o lens.svg
  argen plot list`,
		ValidArgsFunction: completePlot,
		RunE: func(c *cobra.Command, args []string) error {
			return a.plot(c.Context(), p, c.Flags(), args)
		},
	}
	f := c.Flags()
	f.StringVarP(&p.out, "output", "o", "", "write the chart to `FILE`: *.png, *.svg or *.pdf")
	f.BoolVar(&p.describe, "describe", false, "say in words what the chart shows; -o may be left out")
	f.IntVar(&p.step, "step", -1, "`T` of the step for next, draw and stages, from 0; -1 is the last")
	f.Var(&fromOneValue{&p.trace}, "trace", "draw only number `N`, from 1, of all traces or charts of the kind in the files")
	f.StringVar(&p.title, "title", "", "`TEXT` above the chart instead of its own title")
	f.BoolVar(&p.json, "json", false, "with list: print the kinds as JSON")
	f.StringVar(&p.quality, "quality", "", "frontier: the metric `NAME` upwards (default coherent, or logprob)")
	f.StringVar(&p.diversity, "diversity", "", "frontier: the metric `NAME` to the right (default distinct_2)")
	p.look.add(f)
	p.animated.add(f)
	p.orders.add(f)
	return c
}

// kindOfFlag is the only kind for which a flag says anything.
var kindOfFlag = map[string]string{
	"json":    "list",
	"quality": "frontier", "diversity": "frontier",
	"from": animate, "to": animate, "delay": animate,
	"orders": "ngram-orders", "stories": "ngram-orders", "held-out": "ngram-orders", "seed": "ngram-orders",
}

// flagsOfOtherKinds refuses flags that are given and say nothing for a kind.
func flagsOfOtherKinds(fs *pflag.FlagSet, kind string) (err error) {
	fs.Visit(func(f *pflag.Flag) {
		if of := kindOfFlag[f.Name]; of != "" && of != kind && err == nil {
			err = usagef("%s: --%s changes nothing there, it is of argen plot %s", kind, f.Name, of)
		}
	})
	return err
}

func completePlot(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return []string{"jsonl"}, cobra.ShellCompDirectiveFilterFileExt
	}
	var names []string
	for _, c := range viz.Charts {
		if strings.HasPrefix(c.Name, typed) {
			names = append(names, cobra.CompletionWithDesc(c.Name, c.Doc))
		}
	}
	if strings.HasPrefix(animate, typed) {
		names = append(names, cobra.CompletionWithDesc(animate, viz.AnimateDoc))
	}
	return append(names, "list"), cobra.ShellCompDirectiveNoFileComp
}

func (a *app) plot(ctx context.Context, p *plotFlags, given *pflag.FlagSet, args []string) error {
	if len(args) == 0 {
		return usagef("plot: which chart? argen plot list shows the kinds")
	}
	kind, files := args[0], args[1:]
	chart, ok := viz.Lookup(kind)
	if !ok && kind != "list" && kind != animate {
		return usagef("unknown chart %q%s; argen plot list shows the kinds", kind, didYouMean(kind, chartNames()))
	}
	if err := flagsOfOtherKinds(given, kind); err != nil {
		return err
	}
	switch kind {
	case "list":
		return a.plotList(p.json)
	case animate:
		return a.animate(ctx, p, files)
	}
	if err := p.checkOutput(files); err != nil {
		return err
	}
	inputs, err := a.inputs(ctx, p, chart, files)
	if err != nil {
		return err
	}
	fig, err := p.look.draw(chart, inputs...)
	if err != nil {
		return drawError(err, len(inputs)+len(inputs[0].Traces)-1)
	}
	if p.title != "" {
		fig.Title = p.title
	}
	if p.out != "" {
		if err := viz.Save(fig, p.out); err != nil {
			return err
		}
		a.hint("%s is written", argen.Visible(p.out))
	}
	if p.describe {
		_, err = io.WriteString(a.stdout, viz.Describe(fig))
	}
	return err
}

// drawError says by which flag one of several traces or charts is chosen.
func drawError(err error, several int) error {
	if several > 1 {
		return fmt.Errorf("%w; --trace N takes one", err)
	}
	return err
}

// checkOutput finds what is wrong with -o before anything is read.
func (p *plotFlags) checkOutput(files []string) error {
	if p.out == "" {
		if !p.describe {
			return usagef("plot: give -o FILE.png, .svg or .pdf, or --describe for words")
		}
		return nil
	}
	return checkChart(p.out, files)
}

// checkChart finds what is wrong with the name of a chart before anything is
// read; inputs are the files that will be.
func checkChart(path string, inputs []string) error {
	if ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")); !slices.Contains(viz.Formats, ending) || len(filepath.Base(path)) == len(ending)+1 {
		return usagef("-o %s: a chart's name ends in .%s", path, strings.Join(viz.Formats, ", ."))
	}
	return writable(path, inputs)
}

func (a *app) plotList(asJSON bool) error {
	type entry struct {
		Name string `json:"name"`
		Doc  string `json:"doc"`
	}
	var list []entry
	width := 0
	for _, c := range viz.Charts {
		list = append(list, entry{c.Name, c.Doc})
		width = max(width, len(c.Name))
	}
	list = append(list, entry{animate, viz.AnimateDoc})
	if asJSON {
		return a.printJSON(list)
	}
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%-*s  %s\n", width, e.Name, strings.ReplaceAll(term.Wrap(e.Doc, 78-width-2), "\n", "\n"+strings.Repeat(" ", width+2)))
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// chartNames are the names of the charts.
func chartNames() []string {
	var all []string
	for _, c := range viz.Charts {
		all = append(all, c.Name)
	}
	return append(all, animate)
}
