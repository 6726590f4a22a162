package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/model/transformer/train"
)

// transformerTraining are the flags of argen train transformer.
type transformerTraining struct {
	stories    storiesFlag
	tokenizer  string
	vocabSize  int
	validation float64
	crops      float64

	shape     train.Config
	options   train.Options
	optimizer string
	schedule  string
	rate      float64
	adamRate  float64
	minutes   float64
	seed      seedFlag
	verdict   verdictTraining

	out    string
	resume string
	every  int

	prompt      string
	sampleEvery int
	log         string
	plain, json bool

	flags *pflag.FlagSet
}

func trainTransformerCommand(a *app) *cobra.Command {
	t := &transformerTraining{}
	c := &cobra.Command{
		Use:   "transformer FILES...",
		Short: "Train a small transformer, and watch it learn",
		Long: `Train a small transformer of Llama's architecture on a text, or on stories that
are made up while it learns, and watch it: how the loss falls, what it writes,
what it knows already. - is stdin. To begin with:

  argen train transformer --stories
  argen train transformer book.txt

OUT is a folder as Hugging Face has it (config.json, model.safetensors,
tokenizer.json), with the checkpoints of the training below it. Ctrl-C stops
with a checkpoint; --resume OUT goes on, to the same bits as if there had been
no stop. The same text, flags and seed give the same weights.

The usual size, 0.4 million weights, learns names and things of the stories in
a few minutes. Their entropy is known exactly: no model can have a lower loss.` + verdictHelp,
		Example: `  argen train transformer --stories --steps 9 --hidden 16 --seed 1 -o small
  argen generate -m small --seed 1`,
		RunE: func(c *cobra.Command, args []string) error {
			a.grace.Store(int64(time.Minute)) // a step, and a checkpoint, may take long
			return a.trainTransformer(c.Context(), t, args)
		},
	}
	f := c.Flags()
	t.flags = f
	f.Var(&t.stories, "stories", "train on sampled stories instead of files: `N` of them, or 0 for new ones all the time")
	f.Lookup("stories").NoOptDefVal = "0"
	f.StringVar(&t.tokenizer, "tokenizer", "", "cut text into tokens by `NAME`: "+strings.Join(trainable(), ", ")+" (default bpe, story for sampled stories)")
	f.IntVar(&t.vocabSize, "vocab-size", 0, "learn `N` tokens for bpe (default 1000), or keep the N most frequent words (default 5000)")
	f.Float64Var(&t.validation, "validation", 0.1, "hold out this `PART` of the text, its end, to measure the loss on; 0 to 0.5")
	f.Float64Var(&t.crops, "crops", 0, "begin this `PART` of the stories in their middle, in the second half of the training; 0 to 1")

	f.IntVar(&t.shape.Hidden, "hidden", 96, "width of the residual stream: `N` numbers a token")
	f.IntVar(&t.shape.Layers, "layers", 3, "`N` layers")
	f.IntVar(&t.shape.Heads, "heads", 4, "`N` heads of attention, which divide --hidden")
	f.IntVar(&t.shape.KVHeads, "kv-heads", 0, "`N` heads of keys and values, which divide --heads (default as many)")
	f.IntVar(&t.shape.FF, "ff", 0, "width inside the feed-forward layers, `N` (default 8/3 of --hidden)")
	f.IntVar(&t.shape.Context, "context", 0, "the longest context, `N` tokens (default 256, longer for stories in small tokens)")

	f.IntVar(&t.options.Steps, "steps", 0, "train for `N` steps (default 4000 for stories, 2000 for files)")
	f.Float64Var(&t.minutes, "minutes", 0, "train for as many steps as take about `M` minutes")
	f.IntVar(&t.options.Batch, "batch", 8, "`N` sequences a step")
	f.StringVar(&t.optimizer, "optimizer", string(train.Muon), "make steps of gradients by `NAME`: muon, adamw")
	f.Float64Var(&t.rate, "lr", 0, "peak learning rate `X` (default 0.01 for muon, 0.003 for adamw)")
	f.Float64Var(&t.adamRate, "adam-lr", 0.003, "with muon, the rate `X` of embeddings and norms, which AdamW moves")
	f.StringVar(&t.schedule, "schedule", string(train.Cosine), "after the warm-up, lower the rate by `NAME`: cosine, linear, wsd (level, then linear)")
	f.IntVar(&t.options.Warmup, "warmup", 50, "raise the rate over the first `N` steps, of short trainings a fifth")
	f.Float64Var(&t.options.Dropout, "dropout", 0, "leave out this `PART` of the activations at random, 0 to below 1")
	f.Float64Var(&t.options.Clip, "clip", 1, "cut the gradient to length `X`; 0 never does")
	f.IntVar(&t.options.Validate, "validate-every", 100, "measure the loss on what is held out every `N` steps, 0 for never")
	f.IntVar(&t.options.Patience, "patience", 0, "stop after `N` measurements without a new best, and keep the weights of the best; 0 goes on (default 10 for files)")
	f.Var(&t.seed, "seed", "`N` sets the dice of weights, order and stories (default random, and shown)")

	f.StringVarP(&t.out, "output", "o", "", "the `FOLDER` to write (default stories, or named after the first file)")
	f.StringVar(&t.resume, "resume", "", "go on with the training in `FOLDER`")
	f.IntVar(&t.every, "every", 500, "write a checkpoint every `N` steps")

	f.StringVar(&t.prompt, "prompt", "", "show how P of the token after `TEXT` changes (default a beginning that has something to remember)")
	f.IntVar(&t.sampleEvery, "sample-every", 0, "let it write every `N` steps (default at every measurement)")
	f.StringVar(&t.log, "log", "", "write every step and measurement to `FILE`, as JSON Lines")
	f.BoolVar(&t.plain, "plain", false, "a line a measurement, also on a terminal")
	f.BoolVar(&t.json, "json", false, "print every step, and the result, as JSON Lines")
	t.verdict.add(c)
	for _, flag := range []string{"output", "resume"} {
		_ = c.MarkFlagDirname(flag) // an error would say that there is no such flag
	}
	completeWords(c, "tokenizer", trainable())
	completeWords(c, "optimizer", []string{string(train.Muon), string(train.AdamW)})
	completeWords(c, "schedule", schedules)
	return c
}

// trainTransformer trains one model from beginning to end, or from a
// checkpoint on.
func (a *app) trainTransformer(ctx context.Context, t *transformerTraining, args []string) (err error) {
	files, err := t.stories.files(args)
	if err != nil {
		return err
	}
	r, err := a.recipe(t, files)
	if err != nil {
		return err
	}
	if err := t.check(r); err != nil {
		return err
	}
	if t.resume == "" {
		if err := r.vacant(); err != nil {
			return err
		}
	}
	s, err := a.prepareTraining(ctx, t, r)
	if err != nil {
		return transformerError(ctx, err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.run(ctx); err != nil {
		return errors.Join(err, s.close(), s.undo())
	}
	return s.finish()
}

// transformerError makes the message of an error of training one for the
// command line.
func transformerError(ctx context.Context, err error) error {
	var usage usageError
	var text textError
	switch {
	case ctx.Err() != nil && !errors.Is(err, train.ErrCheckpoint):
		return ctx.Err()
	case errors.As(err, &usage):
		return usage
	case errors.As(err, &text):
		return text
	}
	if says, ok := strings.CutPrefix(err.Error(), "train: "); ok {
		return errors.New(says)
	}
	return err
}

// The most that can be asked for.
const (
	mostMinutes = 60 * 24 * 30
	mostRate    = 10
)

// schedules are the names of --schedule.
var schedules = []string{string(train.Cosine), string(train.Linear), string(train.WSD)}

// check finds what is wrong with the flags before any work is done.
func (t *transformerTraining) check(r *recipe) error {
	c := &t.shape
	switch {
	case t.options.Steps < 0 || t.flags.Changed("steps") && t.options.Steps == 0:
		return usagef("--steps %d: choose 1 or more", t.options.Steps)
	case t.flags.Changed("minutes") && !(t.minutes > 0 && t.minutes <= mostMinutes):
		return usagef("--minutes %v: choose above 0, %d at most", t.minutes, mostMinutes)
	case t.optimizer != string(train.Muon) && t.optimizer != string(train.AdamW):
		return usagef("--optimizer %q: choose muon or adamw", t.optimizer)
	case !slices.Contains(schedules, t.schedule):
		return usagef("--schedule %q: choose one of %s", t.schedule, strings.Join(schedules, ", "))
	case !(t.rate >= 0 && t.rate <= mostRate && t.adamRate >= 0 && t.adamRate <= mostRate && t.options.Clip >= 0):
		return usagef("--lr %v, --adam-lr %v, --clip %v: choose rates of 0 to %d, and 0 or more to clip at", t.rate, t.adamRate, t.options.Clip, mostRate)
	case !(t.validation >= 0 && t.validation <= 0.5):
		return usagef("--validation %v: choose 0 to 0.5", t.validation)
	case !(t.crops >= 0 && t.crops <= 1):
		return usagef("--crops %v: choose 0 to 1", t.crops)
	case t.crops > 0 && len(r.Files) > 0:
		return usagef("--crops goes with --stories only: windows of a text begin anywhere")
	case t.options.Patience > 0 && (t.validation == 0 && len(r.Files) > 0 || t.options.Validate == 0):
		return usagef("--patience %d needs something to measure on: --validation and --validate-every above 0", t.options.Patience)
	case c.Heads > 0 && c.Hidden > 0 && c.Hidden%c.Heads != 0:
		return usagef("--hidden %d is not a multiple of --heads %d: choose %d or %d", c.Hidden, c.Heads, c.Hidden/c.Heads*c.Heads, (c.Hidden/c.Heads+1)*c.Heads)
	case c.Heads > 0 && c.Hidden > 0 && c.Hidden/c.Heads%2 != 0:
		return usagef("--hidden %d / --heads %d gives heads of %d numbers, which rotary positions need to be even: choose --hidden %d", c.Hidden, c.Heads, c.Hidden/c.Heads, c.Hidden+c.Heads)
	case c.KVHeads > 0 && c.Heads%c.KVHeads != 0:
		return usagef("--heads %d is not a multiple of --kv-heads %d", c.Heads, c.KVHeads)
	case t.flags.Changed("adam-lr") && t.optimizer != string(train.Muon):
		return usagef("--adam-lr goes with --optimizer muon; --lr is the rate of adamw")
	case t.vocabSize != 0 && t.kind(r) != "bpe" && t.kind(r) != "words":
		return usagef("--vocab-size goes with --tokenizer bpe or words only")
	}
	for _, whole := range []struct {
		name  string
		least int
	}{{"batch", 1}, {"every", 1}, {"warmup", 0}, {"patience", 0}, {"sample-every", 0}, {"validate-every", 0}} {
		if n, _ := t.flags.GetInt(whole.name); n < whole.least { // an error would say that there is no such flag
			return usagef("--%s %d: choose %d or more", whole.name, n, whole.least)
		}
	}
	for _, name := range r.names() {
		if t.log != "" && sameFile(t.log, name) {
			return usagef("--log %s would replace the text that is read: choose another name", argen.Visible(t.log))
		}
	}
	if t.log != "" && t.resume == "" {
		if err := checkNewLog(t.log); err != nil {
			return err
		}
	}
	if t.kind(r) == "bpe" {
		if err := checkVocabSize(t.wantedVocab(r)); err != nil {
			return err
		}
	}
	shape, options := t.sizes(r, 256), t.training()
	options.Steps = max(options.Steps, 1)
	if err := train.Check(shape, options); err != nil {
		return sizeError(err)
	}
	return nil
}

// sizeError makes the message of [train.Check] one of the flags.
func sizeError(err error) error {
	text := err.Error()
	for _, prefix := range []string{"model: ", "train: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	for field, flag := range map[string]string{
		"hidden_size": "--hidden", "num_hidden_layers": "--layers", "num_attention_heads": "--heads", "vocab_size": "--vocab",
		"num_key_value_heads": "--kv-heads", "intermediate_size": "--ff", "max_position_embeddings": "--context",
		"the batch": "--batch", "dropout": "--dropout",
	} {
		text = strings.ReplaceAll(text, field, flag)
	}
	return usagef("%s", text)
}

// kind is the name of the tokenizer.
func (t *transformerTraining) kind(r *recipe) string {
	switch {
	case t.tokenizer != "":
		return t.tokenizer
	case len(r.Files) > 0:
		return "bpe"
	}
	return "story"
}

// wantedVocab is how many tokens the tokenizer shall have, where that is to be
// chosen.
func (t *transformerTraining) wantedVocab(r *recipe) int {
	switch {
	case t.vocabSize != 0:
		return t.vocabSize
	case t.kind(r) == "bpe":
		return 1000
	}
	return 5000
}

// sizes is the shape of the model, defaults filled in.
func (t *transformerTraining) sizes(r *recipe, vocab int) train.Config {
	c := t.shape
	c.VocabSize = vocab
	if c.FF == 0 && c.Hidden > 0 {
		c.FF = (c.Hidden*8/3 + 31) / 32 * 32
	}
	if c.Context == 0 {
		c.Context = 256
		if len(r.Files) == 0 {
			switch t.kind(r) {
			case "bpe":
				c.Context = 512
			case "chars", "bytes":
				c.Context = 1024
			}
		}
	}
	return c
}

// usual sets flags that were not given and depend on what is trained on.
func (t *transformerTraining) usual(files bool) {
	if t.options.Steps == 0 && t.minutes == 0 && !t.flags.Changed("steps") {
		t.options.Steps = 4000
		if files {
			t.options.Steps = 2000
		}
	}
	if o := &t.options; o.Steps > 0 && !t.flags.Changed("warmup") {
		o.Warmup = min(o.Warmup, o.Steps/5)
	}
	if files && t.validation > 0 && t.options.Validate > 0 && !t.flags.Changed("patience") {
		t.options.Patience = 10
	}
}

// training are the options of the trainer. A flag of zero means zero there.
func (t *transformerTraining) training() train.Options {
	o := t.options
	o.Seed = t.seed.seed
	o.Optimizer, o.Schedule = train.Optimizer(t.optimizer), train.Schedule(t.schedule)
	o.AdamRate = t.adamRate
	switch {
	case o.Optimizer == train.AdamW && t.rate > 0:
		o.AdamRate = t.rate
	case o.Optimizer == train.Muon:
		o.MuonRate = t.rate
	}
	for _, n := range []*int{&o.Warmup, &o.Validate} {
		if *n == 0 {
			*n = -1
		}
	}
	if o.Clip == 0 {
		o.Clip = -1
	}
	return o
}

// storiesFlag is --stories, with a number or without.
type storiesFlag struct {
	n     uint64
	given bool
}

// Set implements pflag.Value.
func (s *storiesFlag) Set(text string) error {
	const most = 1 << 40
	var n uint64
	if _, err := fmt.Sscanf(text+";", "%d;", &n); err != nil || n > most {
		return fmt.Errorf("%q is no number of stories, it must be a whole number from 0", text)
	}
	s.n, s.given = n, true
	return nil
}

// String implements pflag.Value.
func (s *storiesFlag) String() string {
	if !s.given {
		return ""
	}
	return fmt.Sprint(s.n)
}

// Type implements pflag.Value.
func (s *storiesFlag) Type() string { return "int" }

// files returns the arguments that are files. The number after --stories is an
// argument to the parser, since it may be left out.
func (s *storiesFlag) files(args []string) ([]string, error) {
	if s.given && s.n == 0 && len(args) > 0 && (len(args) == 1 || s.Set(args[0]) == nil) {
		if err := s.Set(args[0]); err != nil {
			return nil, usagef("--stories: %v", err)
		}
		args = args[1:]
	}
	if s.given && len(args) > 0 {
		return nil, usagef("--stories and %s: train on one or the other", count(len(args), "file"))
	}
	return args, nil
}
