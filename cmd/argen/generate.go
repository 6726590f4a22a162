package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"argen"
	"argen/sampler"
	"argen/sampler/search"
)

// generation is a command line of generate, or one request of a batch.
type generation struct {
	runFlags
	samples int
	batch   string
}

func generateCommand(a *app) *cobra.Command {
	g := generation{samples: 1}
	c := &cobra.Command{
		Use:   "generate [PROMPT]",
		Short: "Write text at full speed",
		Long: `Write the text that follows PROMPT, token by token, as step does, at full
speed. The text goes to standard output as it is written, without the prompt.

The prompt is the arguments, or --file FILE, or standard input where that is a
pipe. --log keeps the trace: every token's probability and how it was drawn.
With --samples each text has the seed after that of the one before. A JSON
result is {"prompt_ids","ids","text","reason","logprob","perplexity","seed",
"chain"}, a line a text; "dropped" tells how many tokens the model saw no more
at the end, with --context-shift. With a search there are "search" and "beams":
[{"ids","text","score","logprob"}], the texts that it found; with tokens drafted
"speculation":{"drafted","tested","accepted","passes","tokens","acceptance",
"tokens_per_pass"}, acceptance being accepted / drafted.`,
		Example: `  argen generate "One morning"
  argen generate --seed 1 --temperature 0.8 --top-p 0.95 "One morning"
  argen generate --samples 3 --json "One morning"
  argen generate --log story.jsonl --seed 7 "One morning"`,
		RunE: func(c *cobra.Command, args []string) error {
			if g.batch != "" {
				return a.runBatch(c, g.batch, args, func() answerer { return &generation{} })
			}
			return a.generate(c, &g, args)
		},
	}
	fs := c.Flags()
	g.add(a, fs)
	a.engineFlags(fs)
	g.topFlag(fs, "record the `N` most probable tokens of each step in the log")
	fs.Var(&logFlag{&g.log}, "log", logUsage)
	fs.Var(&fromOneValue{&g.samples}, "samples", "write `N` texts")
	fs.BoolVar(&g.json, "json", false, "print a line of JSON for each text")
	batchFlag(fs, &g.batch)
	return c
}

// answer implements answerer.
func (g *generation) answer(ctx context.Context, a *app, models *models, t text) (any, error) {
	lm, err := models.get(ctx, g.model)
	if err != nil {
		return nil, err
	}
	gen, p, err := g.generator(lm)
	if err == nil {
		p, _, err = bindSecond(ctx, p, lm, models.get)
	}
	if err != nil {
		return nil, err
	}
	if t, err = g.prompt.chat.converse(t, lm); err != nil {
		return nil, err
	}
	t.special, t.heal = g.prompt.special, g.heal
	answer, err := a.write(ctx, gen, p, t, &g.stop, func() bool { return false })
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func (a *app) generate(c *cobra.Command, g *generation, args []string) (err error) {
	ctx := c.Context()
	prompt, lm, gen, p, err := a.prepare(ctx, &g.runFlags, args, false)
	if err != nil {
		return err
	}
	defer lm.Close()
	log, err := a.openLog(g.log, g.prompt.file)
	if err != nil {
		return err
	}
	defer func() {
		if end := log.Close(); err == nil {
			err = end
		}
	}()
	if log != nil {
		gen.Sinks, gen.Top = append(gen.Sinks, log), g.top
	}
	if !g.json {
		stream := &streamer{w: a.stdout, stop: gen.Stop}
		if !c.Flags().Changed("seed") || g.samples > 1 {
			stream.begin = func(h argen.Header) { a.hint("seed %d", h.Seed) }
		}
		gen.Sinks = append(gen.Sinks, stream)
	}
	for i := range g.samples {
		if i > 0 {
			gen.Seed++
			if !g.json {
				fmt.Fprintln(a.stdout)
			}
		}
		answer, err := a.write(ctx, gen, p, prompt, &g.stop, func() bool {
			a.hint("ends where %s", g.stop.when.text)
			return false
		})
		if g.json && answer != nil {
			if out := a.printJSON(answer); out != nil {
				return out
			}
		}
		if err != nil {
			return err
		}
		if answer.window != "" {
			a.hint("%s", answer.window)
		}
		if answer.unfinished != "" {
			a.hint("cut off after %s: what %s wants is not complete, --tokens gives it more", count(len(answer.IDs), "token"), answer.unfinished)
		}
		if answer.Speculation != nil && !g.json {
			a.hint("%s", answer.Speculation.Tally)
		}
	}
	return nil
}

// write writes one text. Where it fails on the way the answer is what there is
// of it. Met is called where the condition of --stop-when holds.
func (a *app) write(ctx context.Context, gen argen.Generator, p search.Procedure, prompt text, stop *stopFlags, met func() bool) (*generated, error) {
	last := &lastWord{}
	gen.Sinks = append(slices.Clip(gen.Sinks), last)
	r, err := prompt.start(gen)
	if err != nil {
		return nil, err
	}
	next, texts := picking(r, p)
	err = a.follow(ctx, r, stop, next, met)
	answer := newGenerated(r, last.end)
	answer.Beams = texts()
	if answer.Reason == argen.Length {
		answer.unfinished = sampler.Unfinished(gen.Chain, gen.Tokenizer, gen.Model, answer.IDs)
	}
	return answer, err
}

// generated is the JSON of a text.
type generated struct {
	PromptIDs  []argen.ID    `json:"prompt_ids"`
	IDs        []argen.ID    `json:"ids"`
	PromptText string        `json:"prompt_text,omitempty"` // of a conversation
	Text       string        `json:"text"`
	Reason     string        `json:"reason"`
	LogProb    number        `json:"logprob"`
	Perplexity number        `json:"perplexity"`
	Seed       uint64        `json:"seed"`
	Chain      string        `json:"chain"`
	Search     string        `json:"search,omitempty"`
	Beams      []search.Text `json:"beams,omitempty"` // the texts that a search found
	Dropped    int           `json:"dropped,omitempty"`

	Speculation *speculated `json:"speculation,omitempty"`

	window     string // see window
	unfinished string // the stage that wants a form which the text lacks
}

func newGenerated(r *argen.Run, end argen.End) *generated {
	t := r.Trace()
	n := len(t.Head.PromptIDs)
	g := &generated{
		PromptIDs: append([]argen.ID{}, r.Context()[:n]...), IDs: append([]argen.ID{}, r.Context()[n:]...),
		Text: end.Text, Reason: end.Reason, LogProb: number(end.LogProb), Perplexity: number(end.Perplexity()),
		Seed: t.Head.Seed, Chain: t.Head.Chain, Search: t.Head.Search, window: window(r),
	}
	if t.Head.ChatTemplate != "" {
		g.PromptText = t.Head.PromptText
	}
	g.Speculation, _ = speculation(t.Steps)
	if len(t.Steps) > 0 {
		g.Dropped = t.Steps[len(t.Steps)-1].Dropped
	}
	return g
}

// lastWord is a [argen.Sink] that keeps how a run ended.
type lastWord struct{ end argen.End }

// Header implements argen.Sink.
func (*lastWord) Header(argen.Header) error { return nil }

// Step implements argen.Sink.
func (*lastWord) Step(argen.Step) error { return nil }

// Back implements argen.Sink.
func (*lastWord) Back(int) error { return nil }

// End implements argen.Sink.
func (l *lastWord) End(e argen.End) error {
	l.end = e
	return nil
}
