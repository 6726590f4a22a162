package main

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/spf13/pflag"

	"argen"
	"argen/model"
	"argen/model/ngram"
	"argen/model/story"
	"argen/viz"
)

// ordersFlags are those of argen plot ngram-orders.
type ordersFlags struct {
	most, train, test int
	seed              uint64
}

func (o *ordersFlags) add(f *pflag.FlagSet) {
	f.IntVar(&o.most, "orders", 6, fmt.Sprintf("ngram-orders: the longest n-gram, `N` from 2 to %d", ngram.MaxTrainOrder))
	f.IntVar(&o.train, "stories", 2000, "ngram-orders: train on `N` stories, 1 to 100000")
	f.IntVar(&o.test, "held-out", 200, "ngram-orders: measure on `N` other stories, 2 to 10000")
	seedVar(f, &o.seed, "ngram-orders: `N` sets the dice of the sampled stories")
}

func (o *ordersFlags) check() error {
	switch {
	case o.most < 2 || o.most > ngram.MaxTrainOrder:
		return usagef("--orders %d: choose 2 to %d", o.most, ngram.MaxTrainOrder)
	case o.train < 1 || o.train > 100_000:
		return usagef("--stories %d: choose 1 to 100000", o.train)
	case o.test < 2 || o.test > 10_000:
		return usagef("--held-out %d: choose 2 to 10000", o.test)
	}
	return nil
}

// curves are the smoothings whose models are compared.
var curves = []struct {
	name    string
	options ngram.Options
}{
	{"Kneser–Ney", ngram.Options{Smoothing: ngram.KneserNey}},
	{"add-one", ngram.Options{Smoothing: ngram.AddK, K: 1}},
}

// orders trains models of growing order on stories and measures their
// perplexity on others, which come from the same source; no model's can be
// below that of the source itself.
func (a *app) orders(ctx context.Context, o *ordersFlags) (viz.OrdersData, error) {
	if err := o.check(); err != nil {
		return viz.OrdersData{}, err
	}
	p := a.progress()
	defer p.end()
	train, err := sampleStories(ctx, o.train, o.seed)
	if err != nil {
		return viz.OrdersData{}, err
	}
	test, err := sampleStories(ctx, o.test, o.seed+1)
	if err != nil {
		return viz.OrdersData{}, err
	}
	rate, err := story.Truth().EntropyRate(ctx, o.test, o.seed+1)
	if err != nil {
		return viz.OrdersData{}, err
	}
	vocab, err := model.NGramVocab(storyTokenizer())
	if err != nil {
		return viz.OrdersData{}, err
	}
	data := viz.OrdersData{TrueBits: rate.PerToken.Mean}
	for n := 1; n <= o.most; n++ {
		data.Order = append(data.Order, n)
	}
	for i, c := range curves {
		var perplexity []float64
		for n := range o.most {
			c.options.Order = n + 1
			m, _, err := ngram.Train(ctx, sentences(train), vocab, c.options)
			if err != nil {
				return viz.OrdersData{}, err
			}
			perplexity = append(perplexity, perplexityOf(m, test, vocab.EOS))
			p.set("training", int64(i*o.most+n+1), int64(len(curves)*o.most), "models")
		}
		data.Names = append(data.Names, c.name)
		data.Perplexity = append(data.Perplexity, perplexity)
	}
	return data, nil
}

// sampleStories samples stories, each without </s>.
func sampleStories(ctx context.Context, n int, seed uint64) ([][]argen.ID, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	stories := make([][]argen.ID, n)
	for i := range stories {
		ids, err := story.Default().Sample(rng)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		for len(ids) > 0 && ids[len(ids)-1] == story.EOS {
			ids = ids[:len(ids)-1]
		}
		stories[i] = ids
	}
	return stories, nil
}

func sentences(stories [][]argen.ID) iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) {
		for _, s := range stories {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// perplexityOf is exp of the mean −ln P of all tokens, ends of stories
// included.
func perplexityOf(m *ngram.Model, stories [][]argen.ID, eos argen.ID) float64 {
	sum, n := 0.0, 0
	for _, s := range stories {
		at := m.Begin()
		var logprob float64
		for _, id := range s {
			at, logprob = m.Score(at, id)
			sum += logprob
		}
		_, logprob = m.Score(at, eos)
		sum += logprob
		n += len(s) + 1
	}
	return math.Pow(10, -sum/float64(n))
}
