package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/internal/study"
	"argen/model"
	"argen/sampler/search"
)

// How many texts of each strategy are written where nobody says: with the usual
// strategies ten to twenty seconds on two cores for stories, for other models
// maybe minutes.
const (
	storySamples = 200
	otherSamples = 10
)

// comparing is a command line of compare.
type comparing struct {
	flags *pflag.FlagSet

	// What decides the result.
	models     []string
	prompt     promptFlags
	prompts    string
	strategies []string
	file       string
	samples    int
	seed       seedFlag
	tokens     int
	stop       []string
	shift      bool
	place      int
	usual      bool // the strategies are the usual ones

	jobs, show    int
	json          bool
	csv, markdown string
	out, resume   string
	look          chartLook
}

// deciding are the flags that a comparison that goes on has already.
var deciding = []string{"model", "file", "ids", "special", "add-bos", "chat", "system", "messages", "prompts", "strategy", "strategies", "samples", "seed", "tokens", "stop", "context", "context-shift", "step"}

func compareCommand(a *app) *cobra.Command {
	k := &comparing{}
	c := &cobra.Command{
		Use:   "compare [PROMPT]",
		Short: "Compare ways of choosing tokens on the same prompts and dice",
		Long: `Let several strategies write texts after the same prompt, with the same seeds,
and measure how the texts differ. The same seed throws the same dice for every
strategy: what differs is the strategy. Each text of a strategy has a seed of
its own, also after different prompts. Each number has an interval that holds
the true one in 95 of 100 such comparisons, from drawing the texts anew 2,000
times; a * marks what differs from the first strategy, text by text, by more
than the noise. Of twenty numbers that do not differ one is marked all the same.

A strategy is a chain of stages, a search such as beams=4, both, or a preset,
maybe after a name. A file of strategies is YAML: names with chains, or a list
of maps with name, chain, search and preset. Without any, the usual ones are
compared. With several --model the first writes; how far the others are from it
is measured step by step, which needs the same vocabulary.

Where a model writes stories the grammar judges them, and the distance of each
strategy from the true distribution is exact. KL is infinite where a strategy
removes what the other has, and is then shown with the part of such places. A
strategy that comes to where no token can follow ends the comparison: numbers of
the texts that it does write would be of others than those of the rest.

-o DIR keeps everything: samples.jsonl, a line a text, written as it goes;
compare.json, table.md, table.csv and the charts frontier, metrics and same-step
as SVG. A comparison that was interrupted goes on with --resume DIR, to the same
bytes. A JSON result is {"model","prompt","samples","seed","strategies":
[{"name","chain","metrics":{NAME:{"mean","lo","hi"}},"samples"}],"distances",
"metrics","step"}; argen plot frontier, metrics and same-step draw it.`,
		Example: `  argen compare --samples 20
  argen compare "One morning" --samples 20 --strategy greedy --strategy beams=4
  argen compare --samples 9 --strategy "cut: top_p=0.9,temperature=0.8" --json
  argen compare --samples 5 -m story -m truth --strategy temperature=1 -o models
  argen plot frontier models/compare.json -o frontier.png`,
		RunE: func(c *cobra.Command, args []string) error { return a.compare(c.Context(), k, args) },
	}
	fs := c.Flags()
	k.flags = fs
	fs.StringArrayVar(&k.strategies, "strategy", nil, "compare this `STRATEGY`: a chain, a search or a preset, or \"name: chain\"; may be repeated (default the usual ones)")
	fs.StringVar(&k.file, "strategies", "", "compare the strategies in `FILE`, YAML")
	fs.StringArrayVarP(&k.models, "model", "m", []string{a.defaultModel()}, "`REF` of the model that writes: "+modelRefs+"; those after it are compared with it (environment ARGEN_MODEL)")
	a.engineFlags(fs)
	k.prompt.add(fs)
	fs.StringVar(&k.prompts, "prompts", "", "begin with each line of `FILE`, with --chat each a message of a user")
	fs.Var(&fromOneValue{&k.samples}, "samples", fmt.Sprintf("write `N` texts for each prompt and strategy (default %d of a model of stories, which takes ten to twenty seconds, %d of others)", storySamples, otherSamples))
	fs.Var(&k.seed, "seed", "`N` is the seed of the first text, that of each one after it is 1 more (default 1)")
	fs.VarP(&countValue{fromOneValue{&k.tokens}}, "tokens", "n", fmt.Sprintf("write at most `N` tokens, -1 for no limit (default until the text ends, at most %d)", defaultTokens))
	fs.Var(&textsValue{&k.stop}, "stop", "end a text before this `STRING`; may be repeated")
	shiftFlag(fs, &k.shift)
	fs.IntVar(&k.place, "step", -1, "show what the strategies make of token `T`, from 0, of a text of the model itself; -1 is where they differ most")
	k.jobs = runtime.GOMAXPROCS(0)
	fs.Var(&fromOneValue{&k.jobs}, "jobs", "write `N` texts at once; the result is the same")
	fs.Lookup("jobs").DefValue = ""
	fs.IntVar(&k.show, "show", 1, "show the first `N` texts of each strategy side by side")
	fs.StringVar(&k.csv, "csv", "", "write the table of metrics to `FILE` as CSV")
	fs.StringVar(&k.markdown, "markdown", "", "write it to `FILE` as Markdown")
	fs.StringVarP(&k.out, "output", "o", "", "keep texts, tables and charts in the folder `DIR`")
	k.look.add(fs)
	fs.StringVar(&k.resume, "resume", "", "go on with the comparison in the folder `DIR`")
	fs.BoolVar(&k.json, "json", false, "print the result as one line of JSON")
	return c
}

func (a *app) compare(ctx context.Context, k *comparing, args []string) (err error) {
	if err := k.check(args); err != nil {
		return err
	}
	if err := k.look.check(k.out + k.resume); err != nil {
		return err
	}
	var head *compareHead
	if k.resume != "" {
		if head, err = readCompareHead(k.resume); err != nil {
			return err
		}
		k.out = k.resume
	} else if head, err = a.newCompareHead(ctx, k, args); err != nil {
		return err
	}
	a.engine.Context = head.Context
	if a.engine.Threads == 0 { // the texts that are written at once share the processors
		a.engine.Threads = max(1, runtime.GOMAXPROCS(0)/k.jobs)
	}
	lms, err := a.openAll(ctx, head)
	defer func() {
		for _, lm := range lms {
			err = errors.Join(err, lm.Close())
		}
	}()
	if err != nil {
		return err
	}
	if k.usual {
		head.leaveOut(a, lms[0])
	}
	plan, err := head.plan(lms, k.resume != "")
	if err != nil {
		return err
	}
	seconds, err := a.bindSeconds(ctx, head, plan, k.resume != "")
	defer seconds.close()
	if err != nil {
		return err
	}
	log, done, err := a.openSamples(ctx, k, head, plan)
	if err != nil {
		return err
	}
	samples, err := a.writeTexts(ctx, k, plan, log, done)
	if err != nil {
		return err
	}
	var others []study.NamedModel
	for _, lm := range lms[1:] {
		others = append(others, study.NamedModel{Name: lm.Ref, Model: lm.Model})
	}
	p := a.progress()
	distances, err := plan.Distances(ctx, study.Compare{
		Models: others, Place: head.Place, Jobs: k.jobs,
		Each: func(done, all int) { p.set("comparing", int64(done), int64(all), "texts") },
	})
	p.end()
	if err != nil {
		return err
	}
	if k.place >= 0 && distances.Step == nil {
		a.hint("--step %d: no text of the model has so many tokens, so no step is shown", k.place)
	}
	result := newComparison(head, plan, plan.Measure(samples), distances)
	if err := a.keep(k, result); err != nil {
		return err
	}
	if k.json {
		return a.printJSON(result)
	}
	return a.showComparison(k, result, plan, samples)
}

// check finds what is wrong with the flags alone.
func (k *comparing) check(args []string) error {
	if k.resume != "" {
		for _, name := range deciding {
			if k.flags.Changed(name) {
				return usagef("--resume %s goes on with what was begun there: leave out --%s", argen.Visible(k.resume), name)
			}
		}
		switch {
		case len(args) > 0:
			return usagef("--resume %s goes on with what was begun there: leave out the prompt", argen.Visible(k.resume))
		case k.out != "":
			return usagef("--resume %s keeps everything there: leave out -o", argen.Visible(k.resume))
		}
	}
	switch {
	case k.prompts != "" && (len(args) > 0 || k.prompt.file != "" || k.prompt.hasIDs || k.prompt.chat.messages != ""):
		return usagef("--prompts has the prompts: leave out the other one")
	case k.place < -1:
		return usagef("--step %d: a step is a whole number from 0, or -1 for where the strategies differ most", k.place)
	case k.show < 0:
		return usagef("--show %d: choose 0 or more", k.show)
	}
	for _, file := range [][2]string{{"csv", k.csv}, {"markdown", k.markdown}} { // before minutes have gone by
		if folder := filepath.Dir(file[1]); file[1] != "" {
			if info, err := os.Stat(folder); err != nil || !info.IsDir() {
				return fmt.Errorf("--%s %s: there is no folder %s", file[0], argen.Visible(file[1]), argen.Visible(folder))
			}
		}
	}
	return nil
}

// openAll opens the models; those that are open are returned with an error.
func (a *app) openAll(ctx context.Context, head *compareHead) ([]*model.LM, error) {
	var all []*model.LM
	for i, m := range head.Models {
		lm, err := a.open(ctx, m.Ref)
		if err != nil {
			return all, err
		}
		all = append(all, lm)
		if i > 0 {
			if err := search.SameVocabulary(all[0].Model, all[0].Tokenizer, lm.Model, lm.Tokenizer); err != nil {
				return all, fmt.Errorf("only models of one vocabulary can be compared step by step, %s has another than %s: %w", argen.Visible(lm.Ref), argen.Visible(all[0].Ref), err)
			}
		}
	}
	return all, nil
}

// writeTexts writes the texts that are not there yet, and keeps each as soon as
// it is.
func (a *app) writeTexts(ctx context.Context, k *comparing, plan *study.Plan, log *sampleLog, done []study.Sample) (samples []study.Sample, err error) {
	defer func() { err = errors.Join(err, log.Close()) }()
	p := a.progress()
	defer p.end()
	all, n := int64(plan.Texts()*len(plan.Strategies)), int64(len(done))
	samples, err = plan.Run(ctx, k.jobs, done, func(s study.Sample) error {
		n++
		p.set("writing", n, all, "texts")
		return log.add(&s)
	})
	var disk syscall.Errno // a text that a strategy cannot write it will not write the next time
	if err != nil && log != nil && n < all && (ctx.Err() != nil || errors.As(err, &disk)) {
		p.end()
		a.hint("%s of %s are kept; go on with: argen compare --resume %s", thousands(n), count(int(all), "text"), argen.Visible(k.out))
	}
	return samples, plainDeadEnd(unknownWords(err), plan.Model.Info())
}

// promptsOf are the prompts of the command line.
func (a *app) promptsOf(ctx context.Context, k *comparing, args []string) ([]text, error) {
	if k.prompts == "" {
		t, err := a.prompt(ctx, &k.prompt, args, false)
		return []text{t}, err
	}
	if err := k.prompt.chat.check(&k.prompt, false); err != nil {
		return nil, err
	}
	data, err := a.readFile(ctx, k.prompts, largestText)
	if err != nil {
		return nil, err
	}
	var all []text
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) { // as Windows begins a file
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" {
			all = append(all, text{text: line, special: k.prompt.special})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: there is no prompt in it: write one a line", argen.Visible(k.prompts))
	}
	return all, nil
}
