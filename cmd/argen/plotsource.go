package main

import (
	"context"
	"strings"

	"argen/viz"
)

// A plotSource is how charts of a [viz.Source] get what they draw.
type plotSource struct {
	files int    // how many are named: 0 none, 1 one, 2 some
	name  string // what to do where they are not, KIND is the chart's name
	draws string // why --trace, and --step where no step is drawn, change nothing
	trace bool   // --trace chooses among what is read
	read  func(a *app, ctx context.Context, p *plotFlags, chart viz.Chart, files []string) ([]viz.Input, error)
}

// plotSources are the ways, by source.
var plotSources = map[viz.Source]plotSource{
	viz.FromTraces: {files: 2, trace: true, draws: "KIND draws every step", name: "plot KIND: name the traces, which --log wrote", read: readTraceInputs},
	viz.FromStep:   {files: 2, trace: true, name: "plot KIND: name the traces, which --log wrote", read: readTraceInputs},
	viz.FromOrders: {
		draws: "ngram-orders trains its own models", name: "ngram-orders trains its own models and takes no trace, found ",
		read: func(a *app, ctx context.Context, p *plotFlags, _ viz.Chart, _ []string) ([]viz.Input, error) {
			d, err := a.orders(ctx, &p.orders)
			return []viz.Input{{Orders: d}}, err
		},
	},
	viz.FromLearning: {
		files: 2, draws: "learning draws trainings", name: "plot learning: name the logs, which argen train transformer --log wrote",
		read: func(a *app, ctx context.Context, _ *plotFlags, _ viz.Chart, files []string) ([]viz.Input, error) {
			d, err := a.learning(ctx, files)
			return []viz.Input{{Learning: d}}, err
		},
	},
	viz.FromTree: {
		files: 1, draws: "KIND draws no trace", name: "plot KIND: name one file, which argen tree --json wrote; argen tree -o draws without one",
		read: func(a *app, ctx context.Context, _ *plotFlags, _ viz.Chart, files []string) ([]viz.Input, error) {
			d, err := a.readTree(ctx, files[0])
			return []viz.Input{{Tree: d}}, err
		},
	},
	viz.FromComparison: {
		files: 1, draws: "KIND draws a comparison", name: "plot KIND: name one comparison, which argen compare --json or -o wrote",
		read: func(a *app, ctx context.Context, p *plotFlags, _ viz.Chart, files []string) ([]viz.Input, error) {
			d, err := a.readComparison(ctx, files[0])
			return []viz.Input{{Compare: d, Quality: p.quality, Diversity: p.diversity}}, err
		},
	},
	viz.FromData: {
		files: 2, trace: true, draws: "KIND draws what a lesson measured", name: "plot KIND: name the files, which argen explain --json wrote",
		read: func(a *app, ctx context.Context, _ *plotFlags, chart viz.Chart, files []string) ([]viz.Input, error) {
			list, err := a.readCharts(ctx, chart, files)
			var all []viz.Input
			for _, d := range list {
				all = append(all, viz.Input{Data: d})
			}
			return all, err
		},
	},
}

// readTraceInputs reads traces: each an input of its own where the chart draws
// one, else all in one.
func readTraceInputs(a *app, ctx context.Context, p *plotFlags, chart viz.Chart, files []string) ([]viz.Input, error) {
	traces, err := a.readTraces(ctx, files)
	if err != nil {
		return nil, err
	}
	if p.trace > len(traces) {
		return nil, usagef("--trace %d: there are %s", p.trace, count(len(traces), "trace"))
	}
	if p.trace > 0 {
		traces = traces[p.trace-1 : p.trace]
	}
	if !chart.Alone {
		return []viz.Input{{Traces: traces, Step: p.step}}, nil
	}
	var all []viz.Input
	for i := range traces {
		all = append(all, viz.Input{Traces: traces[i : i+1], Step: p.step})
	}
	return all, nil
}

// inputs reads what a chart is drawn from: several inputs are drawn side by
// side.
func (a *app) inputs(ctx context.Context, p *plotFlags, chart viz.Chart, files []string) ([]viz.Input, error) {
	s := plotSources[chart.From]
	named := func(text string) string { return strings.ReplaceAll(text, "KIND", chart.Name) }
	switch n := len(files); {
	case s.files == 0 && n > 0:
		return nil, usagef("%s%q", named(s.name), files[0])
	case s.files == 1 && n != 1 || s.files == 2 && n == 0:
		return nil, usagef("%s", named(s.name))
	case p.step != -1 && s.draws != "":
		return nil, usagef("%s draws no single step: --step changes nothing there", chart.Name)
	case p.trace > 0 && !s.trace:
		return nil, usagef("%s: --trace changes nothing there", named(s.draws))
	}
	all, err := s.read(a, ctx, p, chart, files)
	if err != nil || chart.From != viz.FromData || p.trace == 0 {
		return all, err
	}
	if p.trace > len(all) {
		return nil, usagef("--trace %d: the files have %s", p.trace, count(len(all), "such chart"))
	}
	return all[p.trace-1 : p.trace], nil
}
