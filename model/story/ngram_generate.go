//go:build ignore

// This program trains the embedded n-gram model of the stories. It writes the
// same bytes each time.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"

	"argen"
	"argen/internal/safefile"
	"argen/model/ngram"
	"argen/model/story"
)

// The stories: 10 MB, as many as it takes until more of them help an order-5
// model little.
const (
	stories = 21_600
	seed    = 2
)

func main() {
	out := flag.String("o", "story.ngram", "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out string) error {
	vocab := ngram.Vocab{Words: story.Default().Vocab(), Unk: argen.NoID, BOS: story.BOS, EOS: story.EOS}
	// What was seen once among 4- and 5-grams takes a fifth of the file and
	// saves 0.003 bits a word.
	m, report, err := ngram.Train(context.Background(), sample(), vocab, ngram.Options{Order: 5, Prune: []int{0, 0, 0, 1, 1}, KeepCounts: true})
	if err != nil {
		return err
	}
	m.Meta = map[string]string{
		"tokenizer": "story",
		"smoothing": string(ngram.KneserNey),
		"sentences": fmt.Sprint(report.Sentences),
		"tokens":    fmt.Sprint(report.Tokens),
		"text":      fmt.Sprintf("%d stories of the story grammar, seed %d", report.Sentences, seed),
	}
	return safefile.Write(out, func(w io.Writer) error { return m.WriteBinary(w) })
}

// sample writes the stories, without the end-of-story token.
func sample() iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) {
		rng := rand.New(rand.NewPCG(seed, 0))
		for range stories {
			s, err := story.Default().Sample(rng)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(s[:len(s)-1], nil) {
				return
			}
		}
	}
}
