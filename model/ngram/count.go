package ngram

import (
	"context"
	"fmt"
	"math/bits"

	"argen"
)

// A counter takes sentences and counts every window of order tokens in them.
// Sentences gather in memory; when there are too many their windows are
// sorted and written to disk as a run, and the runs are merged at the end.
type counter struct {
	ctx       context.Context
	o         Options
	bos, eos  uint32
	ids       []uint32 // BOS, tokens, EOS of one sentence after the other
	most      uint32   // the highest id seen
	sentences int64
	tokens    int64 // with one EOS a sentence
	runs      *runs
}

// emit takes one distinct window, in ascending order, with its count. The
// window may be shorter than order at the end of a sentence.
type emit func(window []uint32, count uint32) error

func newCounter(ctx context.Context, o Options, bos, eos argen.ID) *counter {
	c := &counter{ctx: ctx, o: o, bos: uint32(bos), eos: uint32(eos), most: uint32(max(bos, eos))}
	c.runs = &runs{dir: o.TempDir, order: o.Order}
	return c
}

// room is how many tokens fit in memory: 4 bytes an id, two keys a window.
func (c *counter) room() int {
	perToken := 4 + 16*int64(keyWords(uint(c.o.Order)*idBits(c.most)))
	return int(max(c.o.Memory/perToken, 1<<12))
}

// idBits is the width of a token in a key: ids up to most, plus 1.
func idBits(most uint32) uint { return uint(bits.Len32(most + 1)) }

// add counts one sentence, without its BOS and EOS.
func (c *counter) add(sentence []argen.ID) error {
	c.ids = append(c.ids, c.bos)
	for _, id := range sentence {
		c.ids = append(c.ids, uint32(id))
		c.most = max(c.most, uint32(id))
	}
	return c.endSentence()
}

func (c *counter) endSentence() error {
	c.ids = append(c.ids, c.eos)
	c.sentences++
	if c.sentences&1023 == 0 {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if c.o.Progress != nil {
			c.o.Progress(Progress{Stage: "counting", Tokens: c.tokens + int64(len(c.ids))})
		}
	}
	if len(c.ids) > c.room() {
		return c.spill()
	}
	return nil
}

// spill writes what is in memory as a run.
func (c *counter) spill() error {
	if err := c.runs.write(c.ctx, c.sorted); err != nil {
		return err
	}
	c.tokens += int64(len(c.ids))
	c.ids = c.ids[:0]
	return nil
}

// finish gives all windows in order.
func (c *counter) finish(e emit) error {
	if c.sentences == 0 {
		return fmt.Errorf("ngram: the training text is empty")
	}
	if total := c.tokens + int64(len(c.ids)); total >= 1<<32 {
		return fmt.Errorf("ngram: %d tokens of training text, at most %d are supported", total, int64(1<<32-1))
	}
	if c.o.Progress != nil {
		c.o.Progress(Progress{Stage: "sorting", Tokens: c.tokens + int64(len(c.ids))})
	}
	if c.runs.empty() {
		c.tokens += int64(len(c.ids))
		err := c.sorted(e)
		c.ids = nil
		return err
	}
	if len(c.ids) > 0 {
		if err := c.spill(); err != nil {
			return err
		}
	}
	c.ids = nil
	return c.runs.merge(c.ctx, e)
}

// sorted gives the windows of what is in memory.
func (c *counter) sorted(e emit) error {
	b := idBits(c.most)
	switch keyWords(uint(c.o.Order) * b) {
	case 1:
		return windows[[1]uint64](c, b, e)
	case 2:
		return windows[[2]uint64](c, b, e)
	case 3:
		return windows[[3]uint64](c, b, e)
	}
	return windows[[4]uint64](c, b, e)
}

// windows packs, sorts and unpacks the windows, one starting at each token.
func windows[K key](c *counter, b uint, e emit) error {
	order := uint(c.o.Order)
	keys := make([]K, len(c.ids))
	var k K
	for i := len(c.ids) - 1; i >= 0; i-- {
		if c.ids[i] == c.eos {
			k = *new(K)
		}
		k = push(k, c.ids[i], b, (order-1)*b)
		keys[i] = k
	}
	if err := c.ctx.Err(); err != nil {
		return err
	}
	sortKeys(keys, make([]K, len(keys)), order*b)
	if err := c.ctx.Err(); err != nil {
		return err
	}
	window := make([]uint32, order)
	for i := 0; i < len(keys); {
		j := i + 1
		for j < len(keys) && keys[j] == keys[i] {
			j++
		}
		n := 0
		for at := int(order-1) * int(b); at >= 0; at -= int(b) {
			id := uint32(get(keys[i], uint(at), b))
			if id == 0 {
				break
			}
			window[n] = id - 1
			n++
		}
		if err := e(window[:n], uint32(j-i)); err != nil {
			return err
		}
		i = j
	}
	return nil
}
