package ngram

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"argen"
)

// Train makes a model from sentences of ids, counted with BOS before and EOS
// after each. A sentence may be reused by its iterator after it was taken. It
// may hold vocab.Unk, which then counts as any other token, but not BOS or
// EOS.
//
// When ctx ends, Train removes its temporary files and returns ctx's error.
func Train(ctx context.Context, sentences iter.Seq2[[]argen.ID, error], vocab Vocab, o Options) (*Model, Report, error) {
	o, err := o.complete()
	if err == nil {
		err = vocab.check()
	}
	if err != nil {
		return nil, Report{}, err
	}
	c := newCounter(ctx, o, vocab.BOS, vocab.EOS)
	c.most = uint32(len(vocab.Words) - 1)
	read := func(keep *corpus) error {
		for s, err := range sentences {
			if err != nil {
				return err
			}
			for i, id := range s {
				if id < 0 || int(id) >= len(vocab.Words) || id == vocab.BOS || id == vocab.EOS {
					return fmt.Errorf("ngram: sentence %d, token %d: id %d must be in the vocabulary of %d and not begin or end a sentence", c.sentences+1, i+1, id, len(vocab.Words))
				}
			}
			if err := c.add(s); err != nil {
				return err
			}
			keep.add(s)
		}
		return nil
	}
	return c.train(read, func() Vocab { return vocab })
}

// train reads everything with read and estimates the model; vocab is asked for
// the vocabulary after that.
func (c *counter) train(read func(keep *corpus) error, vocab func() Vocab) (m *Model, report Report, err error) {
	defer func() { err = errors.Join(err, c.runs.remove()) }()
	var text *corpus
	if c.o.KeepText {
		text = &corpus{}
	}
	if err := read(text); err != nil {
		return nil, report, err
	}
	t := newTrie(c.o.Order, c.bos)
	err = c.finish(func(window []uint32, count uint32) error {
		t.add(window, count)
		return nil
	})
	if err != nil {
		return nil, report, err
	}
	v := vocab()
	report = Report{Sentences: c.sentences, Tokens: c.tokens - c.sentences, Types: len(v.Words), Runs: c.runs.made}
	if c.o.Progress != nil {
		c.o.Progress(Progress{Stage: "smoothing", Tokens: c.tokens})
	}
	t.finish(len(v.Words))
	if err := c.ctx.Err(); err != nil {
		return nil, report, err
	}
	m = build(t, v, c.o, &report)
	if text != nil {
		m.text = *text
	}
	return m, report, nil
}
