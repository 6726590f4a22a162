package ngram

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"argen"
)

// maxLine is the longest line of text, in bytes.
const maxLine = 16 << 20

// TrainText makes a model from plain text, one sentence a line, words parted
// by spaces, tabs or carriage returns. An empty line is an empty sentence. A
// zero byte, for lmplz a space, is refused: it is a sign of a file that is no
// text. The vocabulary is <unk>, <s>, </s> and the words
// in the order in which they come; as in lmplz, these three must not stand in
// the text. The text is read once and may be larger than memory; see
// Options.Memory.
func TrainText(ctx context.Context, r io.Reader, o Options) (*Model, Report, error) {
	o, err := o.complete()
	if err != nil {
		return nil, Report{}, err
	}
	v := newWordMap()
	c := newCounter(ctx, o, 1, 2)
	read := func(keep *corpus) error {
		if err := v.read(r, c, keep); err != nil {
			return err
		}
		if c.sentences > 0 && len(v.words) == 3 {
			return errors.New("ngram: the training text has no words, only empty lines")
		}
		return nil
	}
	return c.train(read, func() Vocab { return Vocab{Words: v.words, Unk: 0, BOS: 1, EOS: 2} })
}

// A wordMap gives ids to words in the order of their first use.
type wordMap struct {
	words []string
	ids   map[string]uint32
}

func newWordMap() *wordMap {
	v := &wordMap{ids: make(map[string]uint32, 1<<16)}
	for _, w := range []string{unkName, bosName, eosName} {
		v.ids[w] = uint32(len(v.words))
		v.words = append(v.words, w)
	}
	return v
}

// read counts all lines of r.
func (v *wordMap) read(r io.Reader, c *counter, keep *corpus) error {
	in := bufio.NewReaderSize(r, 1<<20)
	var long []byte // a line longer than in's buffer
	for line := int64(1); ; line++ {
		text, err := in.ReadSlice('\n')
		for long = long[:0]; errors.Is(err, bufio.ErrBufferFull); text, err = in.ReadSlice('\n') {
			if long = append(long, text...); len(long) > maxLine {
				return fmt.Errorf("ngram: line %d of the text is longer than %d bytes: put one sentence on a line", line, maxLine)
			}
		}
		if len(long) > 0 {
			long = append(long, text...)
			text = long
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("ngram: reading line %d of the text: %w", line, err)
		}
		if len(text) == 0 && err != nil {
			return nil
		}
		if e := v.sentence(text, line, c, keep); e != nil {
			return e
		}
		if err != nil {
			return nil
		}
	}
}

// sentence counts one line.
func (v *wordMap) sentence(text []byte, line int64, c *counter, keep *corpus) error {
	from := len(c.ids) + 1
	c.ids = append(c.ids, c.bos)
	for i := 0; i < len(text); {
		if space[text[i]] {
			i++
			continue
		}
		j := i + 1
		for j < len(text) && !space[text[j]] {
			j++
		}
		if k := bytes.IndexByte(text[i:j], 0); k >= 0 {
			return fmt.Errorf("ngram: line %d of the text, byte %d: a zero byte: this is no text", line, i+k+1)
		}
		id, ok := v.ids[string(text[i:j])]
		switch {
		case !ok:
			if len(v.words) == maxVocab {
				return fmt.Errorf("ngram: line %d of the text: more than %d different words", line, maxVocab)
			}
			id = uint32(len(v.words))
			word := string(text[i:j])
			v.words = append(v.words, word)
			v.ids[word] = id
			c.most = id
		case id < 3:
			return fmt.Errorf("ngram: line %d of the text, byte %d: %s is a special word and must not stand in the text: delete or rename it", line, i+1, v.words[id])
		}
		c.ids = append(c.ids, id)
		i = j
	}
	keep.addRaw(c.ids[from:])
	return c.endSentence()
}

// space tells the bytes between words.
var space = [256]bool{' ': true, '\t': true, '\n': true, '\r': true}

// A corpus is the training text: sentences without BOS and EOS.
type corpus struct {
	ids  []uint32
	ends []uint32 // ends[i] is where sentence i ends in ids
}

// add keeps a sentence; a nil corpus keeps nothing.
func (c *corpus) add(s []argen.ID) {
	if c == nil {
		return
	}
	for _, id := range s {
		c.ids = append(c.ids, uint32(id))
	}
	c.ends = append(c.ends, uint32(len(c.ids)))
}

// addRaw is add for ids as they are counted.
func (c *corpus) addRaw(s []uint32) {
	if c == nil {
		return
	}
	c.ids = append(c.ids, s...)
	c.ends = append(c.ends, uint32(len(c.ids)))
}
