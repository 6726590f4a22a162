package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A bench is a command line of bench.
type bench struct {
	model       string
	threads     []int
	prompt, gen int
	reps        int
	json        bool
	training    bool
	shape       benchShape
	givenPrompt bool
}

func benchCommand(a *app) *cobra.Command {
	b := bench{prompt: 256, gen: 128, reps: 5, shape: defaultShape}
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast a model is",
		Long: `Measure how fast a model is on this machine: the time to open it, tokens a
second of a prompt read at once (prefill) and of text written token by token
(decode, the most probable token each time), the time of a step, and the most
memory the process took. Of a transformer also how many bytes of weights a token
reads, and how that compares with reading as many bytes and doing nothing else.

Each figure is taken --reps times: the median, with the least and the most. The
JSON has a line for each number of threads, {"model","threads","kernel",
"activations" with --fast,"load_ms","first_ms","prefill_tok_s","decode_tok_s",
"step_us","bytes_per_token","gb_s","read_gb_s","read_share","rss_mb"}, its
figures [least, median, most]; threads is 0 for auto, and first_ms is to open
the model and compute the logits after one token.

With --train it is the training of a new transformer, on random tokens: the
"tokens_s" of steps, with AdamW. Without other sizes that has 0.8 million
parameters.`,
		Example: `  argen bench -m truth --gen 64 --reps 3
  argen bench --json --threads 1 --gen 64 --reps 3
  argen bench --train --layers 1 --hidden 32 --batch 2 --context 32 --reps 3`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b.givenPrompt = c.Flags().Changed("prompt")
			if err := b.check(c.Flags()); err != nil {
				return err
			}
			if b.training {
				return a.benchTraining(c.Context(), &b)
			}
			if c.Flags().Changed("context") {
				a.engine.Context = b.shape.context
			}
			return a.benchModel(c.Context(), &b)
		},
	}
	fs := c.Flags()
	a.modelFlag(fs, &b.model)
	fs.Var(&threadsValue{&b.threads}, "threads", "how many threads: `N`, or several one after the other, as 1,2; auto is what other commands do (default 1 and all)")
	a.fastFlag(fs)
	fs.Var(&fromOneValue{&b.prompt}, "prompt", "tokens of the prompt, `N`; a model whose tokens must make sense takes those of a text at most")
	fs.Var(&fromOneValue{&b.gen}, "gen", "tokens to write, `N`")
	fs.Var(&fromOneValue{&b.reps}, "reps", "measure `N` times")
	fs.BoolVar(&b.json, "json", false, "print a line of JSON for each number of threads")
	fs.BoolVar(&b.training, "train", false, "measure training instead")
	b.shape.add(fs)
	return c
}

// check refuses flags that do not go together, and fills in the threads.
func (b *bench) check(fs *pflag.FlagSet) error {
	for _, name := range shapeFlags {
		if !b.training && name != "context" && fs.Changed(name) {
			return usagef("--%s is a size of the model to be trained: add --train", name)
		}
	}
	for _, name := range []string{"model", "prompt", "gen", "fast"} {
		if b.training && fs.Changed(name) {
			return usagef("--%s does not go with --train, which makes its own model", name)
		}
	}
	if b.threads == nil {
		b.threads = []int{1}
		if n := runtime.NumCPU(); n > 1 {
			b.threads = append(b.threads, n)
		}
	}
	return nil
}

// withThreads calls do with each number of threads of a bench in force.
func (a *app) withThreads(ctx context.Context, b *bench, do func(threads int) error) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range b.threads {
		if err := ctx.Err(); err != nil {
			return err
		}
		runtime.GOMAXPROCS(cmp.Or(n, runtime.NumCPU()))
		a.engine.Threads = n
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// reportBench prints what was measured: a line of JSON each, or one table.
func (a *app) reportBench(b *bench, all []measured) error {
	if !b.json {
		_, err := io.WriteString(a.stdout, benchTable(all))
		return err
	}
	for _, m := range all {
		if err := a.printJSON(m); err != nil {
			return err
		}
	}
	return nil
}

// threadsValue reads numbers of threads.
type threadsValue struct{ all *[]int }

// mostThreads is how many threads can be asked for.
const mostThreads = 1024

// Set implements pflag.Value.
func (v *threadsValue) Set(text string) error {
	*v.all = nil
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if strings.TrimSpace(word) == "auto" {
			n, err = 0, nil
		} else if n < 1 || n > mostThreads {
			err = strconv.ErrRange
		}
		if err != nil {
			return fmt.Errorf("%q is no number of threads, it must be auto or a whole number from 1 to %d", word, mostThreads)
		}
		*v.all = append(*v.all, n)
	}
	return nil
}

// String implements pflag.Value.
func (v *threadsValue) String() string { return "" }

// Type implements pflag.Value.
func (v *threadsValue) Type() string { return "ints" }
