package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/internal/safefile"
	"argen/model"
	"argen/model/ngram"
)

// ngramTraining are the flags of argen train ngram.
type ngramTraining struct {
	options   ngram.Options
	smoothing string
	memory    byteSize
	tokenizer string
	vocabSize int
	stories   int
	seed      seedFlag
	out       string
	json      bool
}

func trainNGramCommand(a *app) *cobra.Command {
	t := &ngramTraining{memory: 1 << 30}
	c := &cobra.Command{
		Use:   "ngram FILES...",
		Short: "Count n-grams and smooth the counts",
		Long: `Count how often every sequence of n tokens stands in a text, one sentence a
line, and smooth the counts into probabilities. The same text and flags give
the same file. - is stdin.

OUT ends in .bin (argen's own format, mapped and ready at once), .arpa or
.arpa.gz (read by all n-gram tools; keeps words, but no tokenizer). Without -o
it is named after the first file.`,
		Example: `  argen train ngram --stories 2000 --seed 1 -o stories.bin
  argen generate -m stories.bin --seed 1`,
		RunE: func(c *cobra.Command, files []string) error {
			if err := t.idle(c.Flags()); err != nil {
				return err
			}
			return a.trainNGram(c.Context(), t, files)
		},
	}
	f := c.Flags()
	f.IntVar(&t.options.Order, "order", 3, fmt.Sprintf("count sequences of up to `N` tokens, 1 to %d", ngram.MaxTrainOrder))
	f.StringVar(&t.smoothing, "smoothing", string(ngram.KneserNey), "make probabilities of counts by `NAME`: "+smoothingNames())
	f.Float64Var(&t.options.K, "k", 1, "add `X` to every count, in add-k; above 0")
	f.IntSliceVar(&t.options.Prune, "prune", nil, "drop n-grams seen so often or less, a `LIST` by order: 0,0,1 (the last holds for longer ones)")
	f.Var(&t.memory, "memory", "count in memory of this `SIZE`, then in sorted runs on disk: 500M, 2G")
	f.StringVar(&t.options.TempDir, "temp-dir", "", "write the runs to this `FOLDER` (default the system's)")
	f.BoolVar(&t.options.KeepText, "keep-text", false, "keep the text in OUT.bin, to show where an n-gram was seen")
	f.BoolVar(&t.options.KeepCounts, "keep-counts", false, "keep the counts in OUT.bin, to show what a probability is made of")
	f.StringVar(&t.tokenizer, "tokenizer", "", "cut text into tokens by `NAME`: "+strings.Join(trainable(), ", ")+" (default words, story for sampled stories)")
	f.IntVar(&t.vocabSize, "vocab-size", 1000, "learn `N` tokens for bpe, 258 or more")
	f.IntVar(&t.stories, "stories", 0, "train on `N` sampled stories instead of files, 1 to 1000000")
	f.Var(&t.seed, "seed", "`N` sets the dice of the sampled stories (default random, and shown)")
	f.StringVarP(&t.out, "output", "o", "", "the `FILE` to write: *.bin, *.arpa or *.arpa.gz")
	f.BoolVar(&t.json, "json", false, "print the report as JSON")
	completeWords(c, "smoothing", strings.Split(smoothingNames(), ", "))
	completeWords(c, "tokenizer", trainable())
	return c
}

func smoothingNames() string {
	var names []string
	for _, s := range ngram.Smoothings {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// idle refuses flags that would change nothing.
func (t *ngramTraining) idle(fs *pflag.FlagSet) error {
	switch {
	case fs.Changed("k") && t.smoothing != string(ngram.AddK):
		return usagef("--k goes with --smoothing %s only", ngram.AddK)
	case fs.Changed("vocab-size") && t.tokenizer != "bpe":
		return usagef("--vocab-size goes with --tokenizer bpe only")
	case fs.Changed("memory") && t.memory == 0:
		return usagef("--memory 0: choose 1 byte or more")
	}
	return idleSeed(fs, t.stories)
}

// idleSeed refuses a seed where no stories are sampled.
func idleSeed(fs *pflag.FlagSet, stories int) error {
	if fs.Changed("seed") && stories == 0 {
		return usagef("--seed goes with --stories only: text from files needs no dice")
	}
	return nil
}

// check finds what is wrong with the flags before any work is done.
func (t *ngramTraining) check(files []string) error {
	if t.options.Order < 1 || t.options.Order > ngram.MaxTrainOrder {
		return usagef("--order %d: choose 1 to %d", t.options.Order, ngram.MaxTrainOrder)
	}
	if t.tokenizer == "" {
		t.tokenizer = "words"
		if t.stories > 0 {
			t.tokenizer = "story"
		}
	}
	t.options.Smoothing = ngram.Smoothing(t.smoothing)
	t.options.Memory = int64(t.memory)
	switch {
	case !slices.Contains(ngram.Smoothings, t.options.Smoothing):
		return usagef("--smoothing %q: choose one of %s", t.smoothing, smoothingNames())
	case !(t.options.K > 0):
		return usagef("--k %g: choose a number above 0", t.options.K)
	case t.tokenizer == "bpe" && checkVocabSize(t.vocabSize) != nil:
		return checkVocabSize(t.vocabSize)
	case !slices.Contains(trainable(), t.tokenizer):
		return usagef("--tokenizer %q: choose one of %s", t.tokenizer, strings.Join(trainable(), ", "))
	}
	if err := acceptable(t.options); err != nil {
		return err
	}
	if err := orNew(&t.out, t.defaultOut(files)); err != nil {
		return err
	}
	format, err := modelFormat(t.out)
	if err != nil {
		return err
	}
	if format != binaryFormat {
		switch {
		case t.options.Smoothing == ngram.AddK:
			return usagef("%s: add-k does not back off, which ARPA cannot hold: name a .bin", t.out)
		case t.tokenizer != "words" && t.tokenizer != "story":
			return usagef("%s: ARPA parts tokens by blanks, which tokens of %s may hold: name a .bin", t.out, t.tokenizer)
		case t.options.KeepText || t.options.KeepCounts:
			return usagef("%s: ARPA keeps no text and no counts: name a .bin", t.out)
		}
	}
	return writable(t.out, files)
}

// acceptable asks the trainer what it says of its options before it reads.
func acceptable(o ngram.Options) error {
	_, _, err := ngram.TrainText(context.Background(), unread{}, o)
	if errors.Is(err, errUnread) {
		return nil
	}
	says := strings.TrimPrefix(err.Error(), "ngram: ")
	if rest, ok := strings.CutPrefix(says, "pruning threshold "); ok {
		says = "--prune: threshold " + rest
	}
	return usagef("%s", says)
}

// unread is a text that must not be read yet.
type unread struct{}

var errUnread = errors.New("not read yet")

// Read implements io.Reader.
func (unread) Read([]byte) (int, error) { return 0, errUnread }

func (t *ngramTraining) defaultOut(files []string) string {
	switch {
	case t.stories > 0:
		return "stories.bin"
	case files[0] == "-":
		return "stdin.bin"
	}
	base := filepath.Base(files[0])
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".bin"
}

func (a *app) trainNGram(ctx context.Context, t *ngramTraining, files []string) error {
	text, err := a.corpus(files, t.stories, &t.seed)
	if err != nil {
		return err
	}
	if err := t.check(files); err != nil {
		return err
	}
	start := time.Now()
	p := a.progress()
	m, tok, report, err := t.train(ctx, text, p)
	p.end()
	if err != nil {
		return trainError(ctx, err)
	}
	if report.Tokens == report.Sentences {
		return errors.New("the text has no words: there is nothing to learn from")
	}
	if err := t.describe(m, tok, report); err != nil {
		return err
	}
	if err := writeModel(ctx, t.out, m); err != nil {
		return err
	}
	return a.reportNGram(t, report, time.Since(start))
}

// train reads the text once, or twice where the tokenizer is learnt from it.
func (t *ngramTraining) train(ctx context.Context, text *corpus, p *progress) (m *ngram.Model, tok argen.Tokenizer, report ngram.Report, err error) {
	read := func(stage string) *corpusReader {
		return text.reader(ctx, func(done int64) { p.set(stage, done, text.total, text.unit) })
	}
	o := t.options
	o.Progress = func(now ngram.Progress) {
		if now.Stage != "counting" { // that is told by the reader, which knows how much is left
			p.set(now.Stage, now.Tokens, 0, "tokens")
		}
	}
	var in *corpusReader
	defer func() {
		if in != nil {
			in.close()
		}
	}()
	if t.tokenizer == "words" {
		in = read("counting")
		m, report, err = ngram.TrainText(ctx, in, o)
		return m, nil, report, err
	}
	in = read("tokenizer")
	if tok, err = learnTokenizer(ctx, t.tokenizer, in, t.vocabSize, p); err != nil {
		return nil, nil, report, err
	}
	in.close()
	vocab, err := model.NGramVocab(tok)
	if err != nil {
		return nil, nil, report, err
	}
	in = read("counting")
	m, report, err = ngram.Train(ctx, in.encoded(tok), vocab, o)
	return m, tok, report, err
}

// trainError makes the message of an error of training one for the command
// line.
func trainError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var text textError
	if errors.As(err, &text) {
		return text
	}
	return errors.New(strings.TrimPrefix(err.Error(), "ngram: "))
}

// describe keeps with the model what its file should say of it.
func (t *ngramTraining) describe(m *ngram.Model, tok argen.Tokenizer, r ngram.Report) error {
	meta := map[string]string{
		"smoothing": t.smoothing,
		"sentences": strconv.FormatInt(r.Sentences, 10),
		"tokens":    strconv.FormatInt(r.Tokens, 10),
	}
	if t.options.Smoothing == ngram.AddK {
		meta["k"] = strconv.FormatFloat(t.options.K, 'g', -1, 64)
	}
	if len(r.Discounts) > 0 {
		if d, err := json.Marshal(r.Discounts); err == nil {
			meta["discounts"] = string(d)
		}
	}
	if len(t.options.Prune) > 0 {
		meta["prune"] = strings.Trim(strings.Join(strings.Fields(fmt.Sprint(t.options.Prune)), ","), "[]")
	}
	if t.stories > 0 {
		meta["source"] = fmt.Sprintf("%d stories of seed %d", t.stories, t.seed.seed)
	}
	m.Meta = meta
	return model.KeepTokenizer(meta, tok)
}

// A ngramReport is what the command prints.
type ngramReport struct {
	Out       string  `json:"out"`
	Bytes     int64   `json:"bytes"`
	SHA256    string  `json:"sha256"`
	Order     int     `json:"order"`
	Smoothing string  `json:"smoothing"`
	Tokenizer string  `json:"tokenizer"`
	Seed      *uint64 `json:"seed,omitempty"`
	Seconds   float64 `json:"seconds"`
	ngram.Report
}

func (a *app) reportNGram(t *ngramTraining, r ngram.Report, spent time.Duration) error {
	size, sum, err := fileSum(t.out)
	if err != nil {
		return err
	}
	report := ngramReport{
		Out: t.out, Bytes: size, SHA256: sum, Order: t.options.Order, Smoothing: t.smoothing,
		Tokenizer: t.tokenizer, Seconds: float64(spent.Milliseconds()) / 1000, Report: r,
	}
	if t.stories > 0 {
		report.Seed = &t.seed.seed
	}
	if t.json {
		return a.printJSON(report)
	}
	for _, note := range r.Notes {
		a.hint("note: %s", note)
	}
	var b rows
	b.row("model", "%s of order %d, smoothed by %s", t.tokenizer, report.Order, report.Smoothing)
	b.row("text", "%s, %s, %s", count(int(r.Sentences), "sentence"), count(int(r.Tokens), "token"), count(r.Types, "type"))
	for i, n := range r.NGrams {
		line := fmt.Sprintf("%12s", thousands(int64(n)))
		if i < len(r.Discounts) {
			d := r.Discounts[i]
			line += fmt.Sprintf("   discounts %.4f %.4f %.4f", d.D1, d.D2, d.D3)
			if d.Fallback {
				line += " (too few to estimate)"
			}
		}
		if i < len(r.Pruned) && r.Pruned[i] > 0 {
			line += fmt.Sprintf("   %s pruned", thousands(int64(r.Pruned[i])))
		}
		b.row(fmt.Sprintf("%d-grams", i+1), "%s", line)
	}
	if report.Seed != nil {
		b.row("seed", "%d", *report.Seed)
	}
	b.row("written", "%s, %s", t.out, sizeText(size))
	if _, err := io.WriteString(a.stdout, b.String()); err != nil {
		return err
	}
	a.hint("took %.1f s; try: argen generate -m %s", report.Seconds, t.out)
	return nil
}

// writeModel writes a model in the format of the file's ending.
func writeModel(ctx context.Context, path string, m *ngram.Model) error {
	format, err := modelFormat(path)
	if err != nil {
		return err
	}
	err = safefile.Write(path, func(w io.Writer) error {
		w = interruptedWriter{ctx, w}
		switch format {
		case arpaFormat:
			return m.WriteARPA(w)
		case arpaGzipFormat:
			return m.WriteARPAgz(w)
		}
		return m.WriteBinary(w)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// An interruptedWriter fails when its context is cancelled.
type interruptedWriter struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (w interruptedWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(p)
}
