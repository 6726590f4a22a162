package main

import (
	"context"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/safefile"
	"argen/tokenizer"
)

// tokenizerTraining are the flags of argen train tokenizer.
type tokenizerTraining struct {
	vocabSize int
	stories   int
	seed      seedFlag
	out       string
	json      bool
}

func trainTokenizerCommand(a *app) *cobra.Command {
	t := &tokenizerTraining{}
	c := &cobra.Command{
		Use:   "tokenizer FILES...",
		Short: "Learn a byte-pair encoding",
		Long: `Learn a byte-level byte-pair encoding: begin with bytes, merge the pair of
neighbours that is most frequent, again and again. OUT is a tokenizer.json that
Hugging Face's tokenizers library reads too. The same text and flags give the
same file. - is stdin.`,
		Example: `  argen train tokenizer --stories 50 --seed 1 --vocab-size 500 -o tokenizer.json
  argen tokenize --tokenizer tokenizer.json "the red kite"`,
		RunE: func(c *cobra.Command, files []string) error {
			if err := idleSeed(c.Flags(), t.stories); err != nil {
				return err
			}
			return a.trainTokenizer(c.Context(), t, files)
		},
	}
	f := c.Flags()
	f.IntVar(&t.vocabSize, "vocab-size", 1000, "`N` tokens, 258 (bytes, <s> and </s>) to 1000000")
	f.IntVar(&t.stories, "stories", 0, "learn from `N` sampled stories instead of files, 1 to 1000000")
	f.Var(&t.seed, "seed", "`N` sets the dice of the sampled stories (default random, and shown)")
	f.StringVarP(&t.out, "output", "o", "", "the `FILE` to write (default tokenizer.json, if there is none yet)")
	f.BoolVar(&t.json, "json", false, "print the report as JSON")
	return c
}

func (a *app) trainTokenizer(ctx context.Context, t *tokenizerTraining, files []string) error {
	if err := checkVocabSize(t.vocabSize); err != nil {
		return err
	}
	text, err := a.corpus(files, t.stories, &t.seed)
	if err != nil {
		return err
	}
	if err := orNew(&t.out, "tokenizer.json"); err != nil {
		return err
	}
	if !strings.HasSuffix(t.out, ".json") || filepath.Base(t.out) == ".json" {
		return usagef("-o %s: a tokenizer's name ends in .json", t.out)
	}
	if err := writable(t.out, files); err != nil {
		return err
	}
	p := a.progress()
	in := text.reader(ctx, func(done int64) { p.set("reading", done, text.total, text.unit) })
	tok, err := learnBPE(ctx, in, t.vocabSize, p)
	in.close()
	p.end()
	if err != nil {
		return trainError(ctx, err)
	}
	err = safefile.Write(t.out, func(w io.Writer) error { return tok.WriteJSON(interruptedWriter{ctx, w}) })
	if err != nil {
		return err
	}
	size, sum, err := fileSum(t.out)
	if err != nil {
		return err
	}
	report := struct {
		Out       string  `json:"out"`
		Bytes     int64   `json:"bytes"`
		SHA256    string  `json:"sha256"`
		VocabSize int     `json:"vocab_size"`
		Wanted    int     `json:"wanted"`
		Seed      *uint64 `json:"seed,omitempty"`
	}{t.out, size, sum, tok.VocabSize(), t.vocabSize, nil}
	if t.stories > 0 {
		report.Seed = &t.seed.seed
	}
	if t.json {
		return a.printJSON(report)
	}
	var b rows
	b.row("vocabulary", "%s: 256 bytes, <s>, </s> and %s", count(report.VocabSize, "token"), count(report.VocabSize-258, "merge"))
	if report.Seed != nil {
		b.row("seed", "%d", *report.Seed)
	}
	b.row("written", "%s, %s", argen.Visible(t.out), sizeText(size))
	if tok.VocabSize() < t.vocabSize {
		a.hint("the text has no pairs left to merge: fewer tokens than the %d wanted", t.vocabSize)
	}
	_, err = io.WriteString(a.stdout, b.String())
	return err
}

func checkVocabSize(n int) error {
	const least, most = 258, 1_000_000
	if n < least || n > most {
		return usagef("--vocab-size %d: choose %d to %d", n, least, most)
	}
	return nil
}

// learnBPE learns a byte-pair encoding, line by line.
func learnBPE(ctx context.Context, text *corpusReader, size int, p *progress) (*tokenizer.BPE, error) {
	lines := iter.Seq2[string, error](func(yield func(string, error) bool) {
		for line, err := range text.lines() {
			if !yield(string(line), err) {
				return
			}
		}
	})
	return tokenizer.TrainBPE(ctx, lines, tokenizer.BPEOptions{
		VocabSize: size, Special: []string{"<s>", "</s>"},
		Progress: func(tokens, wanted int) { p.set("merging", int64(tokens), int64(wanted), "tokens") },
	})
}
