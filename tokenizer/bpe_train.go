package tokenizer

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"argen"
)

// BPEOptions say how [TrainBPE] trains.
type BPEOptions struct {
	// VocabSize is the number of tokens wanted: special tokens, the 256 bytes
	// and one for each merge. 0 is 30,000. There are fewer if no pair of
	// tokens is left to merge.
	VocabSize int
	// MinFrequency is how often a pair must occur to be merged; 0 is 1.
	MinFrequency int
	// Special tokens get the first ids, in this order.
	Special []string
	// Progress is told of each merge how many tokens there are and how many
	// are wanted; nil for none.
	Progress func(tokens, wanted int)
}

// TrainBPE learns a byte-level BPE with the pattern of GPT-2 from texts. No
// merge goes across the end of a text; [Lines] makes a text of each line of a
// reader.
//
// The tokens and merges are those of Hugging Face's BpeTrainer with a ByteLevel
// pre-tokenizer and its alphabet. Of the pairs that occur most often, that with
// the lowest left, then right id is merged first.
func TrainBPE(ctx context.Context, texts iter.Seq2[string, error], o BPEOptions) (*BPE, error) {
	o.VocabSize = cmp.Or(o.VocabSize, 30_000)
	if least := len(o.Special) + len(byteLetters); o.VocabSize < least || o.VocabSize > maxEntries {
		return nil, fmt.Errorf("a vocabulary of %d tokens: it needs at least %d, for the bytes and special tokens, and at most %d", o.VocabSize, least, maxEntries)
	}
	t := newBPETrainer(o)
	if err := t.count(ctx, texts); err != nil {
		return nil, err
	}
	t.countPairs()
	if err := t.mergeAll(ctx); err != nil {
		return nil, err
	}
	parts := bpeParts{
		names: t.names, components: hfComponents{"null", byteLevelJSON(false, true), "null", byteLevelJSON(true, true), true},
		merges: func(map[string]argen.ID) ([]pair, []int32, error) { return t.learnt(), nil, nil },
	}
	for i, text := range o.Special {
		parts.added = append(parts.added, AddedToken{ID: argen.ID(i), Text: text, Special: true})
	}
	return newBPE(parts)
}

// Lines yields the lines of r, each with its line end, as texts for [TrainBPE].
func Lines(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		in := bufio.NewReaderSize(r, 1<<16)
		for n := 1; ; n++ {
			line, err := in.ReadString('\n')
			if line != "" && !yield(line, nil) {
				return
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield("", fmt.Errorf("reading line %d of the text: %w", n, err))
				}
				return
			}
		}
	}
}

// A bpeTrainer counts words once, and then only ever looks at the words in
// which the pair stands that is merged.
type bpeTrainer struct {
	o     BPEOptions
	names []string            // by ID
	ids   map[string]argen.ID // by name

	index  map[string]int32 // of the words that differ
	counts []int64          // by word: how often it occurs
	words  [][]argen.ID     // by word: its tokens so far

	pairs []pairCount
	known map[pair]int32 // the index of a pair in pairs
	queue []queued
	fresh []int32 // the pairs that came up in the merge at hand
	merge []pair  // done, in order
}

// A pairCount is a pair, how often it occurs, and the words in which it came
// up in the merge at hand.
type pairCount struct {
	pair  pair
	count int64
	where []int32
}

// A queued pair waits to be merged in some words. Its count is that of when it
// was put there and may be out of date.
type queued struct {
	count int64
	pair  pair
	index int32 // in pairs
	where []int32
}

// before reports whether a is to be merged before b.
func (a queued) before(b queued) bool {
	if a.count != b.count {
		return a.count > b.count
	}
	if a.pair.left != b.pair.left {
		return a.pair.left < b.pair.left
	}
	return a.pair.right < b.pair.right
}

func newBPETrainer(o BPEOptions) *bpeTrainer {
	t := &bpeTrainer{o: o, ids: map[string]argen.ID{}, index: map[string]int32{}, known: map[pair]int32{}}
	letters := byteLetters
	slices.Sort(letters[:])
	for _, name := range o.Special {
		t.token(name)
	}
	for _, r := range letters {
		t.token(string(r))
	}
	return t
}

// token returns the id of a name, a new one if it has none.
func (t *bpeTrainer) token(name string) argen.ID {
	id, ok := t.ids[name]
	if !ok {
		id = argen.ID(len(t.names))
		t.ids[name] = id
		t.names = append(t.names, name)
	}
	return id
}

// count counts the words of the texts.
func (t *bpeTrainer) count(ctx context.Context, texts iter.Seq2[string, error]) error {
	var letters [256]argen.ID
	for b, r := range byteLetters {
		letters[b] = t.ids[string(r)]
	}
	for text, err := range texts {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		for text = Valid(text); text != ""; {
			n := scanGPT2(text)
			i, ok := t.index[text[:n]]
			if !ok {
				i = int32(len(t.words))
				word := strings.Clone(text[:n])
				tokens := make([]argen.ID, n)
				for k := range n {
					tokens[k] = letters[word[k]]
				}
				t.index[word] = i
				t.words = append(t.words, tokens)
				t.counts = append(t.counts, 0)
			}
			t.counts[i]++
			text = text[n:]
		}
	}
	return nil
}

// countPairs counts the pairs of all words and puts them into the queue.
func (t *bpeTrainer) countPairs() {
	for i, word := range t.words {
		for k := range len(word) - 1 {
			t.add(word[k], word[k+1], t.counts[i], int32(i))
		}
	}
	t.enqueue()
}

// add changes the count of a pair in a word.
func (t *bpeTrainer) add(left, right argen.ID, count int64, word int32) {
	p := pair{left, right}
	i, ok := t.known[p]
	if !ok {
		i = int32(len(t.pairs))
		t.known[p] = i
		t.pairs = append(t.pairs, pairCount{pair: p})
	}
	c := &t.pairs[i]
	c.count += count
	if count < 0 {
		return
	}
	if len(c.where) == 0 {
		t.fresh = append(t.fresh, i)
	}
	if n := len(c.where); n == 0 || c.where[n-1] != word {
		c.where = append(c.where, word)
	}
}

// enqueue puts the pairs that came up into the queue.
func (t *bpeTrainer) enqueue() {
	for _, i := range t.fresh {
		c := &t.pairs[i]
		if c.count > 0 {
			t.push(queued{c.count, c.pair, i, c.where})
		}
		c.where = nil
	}
	t.fresh = t.fresh[:0]
}

// mergeAll merges pairs until the vocabulary is full or none is left.
func (t *bpeTrainer) mergeAll(ctx context.Context) error {
	least := int64(max(1, t.o.MinFrequency))
	for len(t.names) < t.o.VocabSize && len(t.queue) > 0 {
		top := t.pop()
		if now := t.pairs[top.index].count; top.count != now {
			top.count = now
			t.push(top)
			continue
		}
		if top.count < least {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		// Two ways to one string give one token.
		id := t.token(t.names[top.pair.left] + t.names[top.pair.right])
		t.merge = append(t.merge, top.pair)
		for _, word := range top.where {
			t.mergeWord(word, top.pair, id)
		}
		t.enqueue()
		if t.o.Progress != nil {
			t.o.Progress(len(t.names), t.o.VocabSize)
		}
	}
	return nil
}

// mergeWord merges a pair in a word and counts the pairs that come and go at
// its sides. The count of the pair itself stays, as in the reference: it is
// looked at again only if another way to one of its tokens makes it come up.
func (t *bpeTrainer) mergeWord(word int32, p pair, id argen.ID) {
	ids, count := t.words[word], t.counts[word]
	n := 0
	for i := 0; i < len(ids); i++ {
		if ids[i] != p.left || i+1 == len(ids) || ids[i+1] != p.right {
			ids[n] = ids[i]
			n++
			continue
		}
		if n > 0 {
			t.add(ids[n-1], p.left, -count, word)
			t.add(ids[n-1], id, count, word)
		}
		i++
		if i+1 < len(ids) {
			t.add(p.right, ids[i+1], -count, word)
			t.add(id, ids[i+1], count, word)
		}
		ids[n] = id
		n++
	}
	t.words[word] = ids[:n]
}

// learnt returns the merges by rank. Of a pair merged twice the last counts.
func (t *bpeTrainer) learnt() []pair {
	last := make(map[pair]int, len(t.merge))
	for i, p := range t.merge {
		last[p] = i
	}
	var kept []pair
	for i, p := range t.merge {
		if last[p] == i {
			kept = append(kept, p)
		}
	}
	return kept
}

func (t *bpeTrainer) push(q queued) {
	t.queue = append(t.queue, q)
	for i := len(t.queue) - 1; i > 0; {
		up := (i - 1) / 2
		if !t.queue[i].before(t.queue[up]) {
			break
		}
		t.queue[i], t.queue[up] = t.queue[up], t.queue[i]
		i = up
	}
}

func (t *bpeTrainer) pop() queued {
	top, last := t.queue[0], len(t.queue)-1
	t.queue[0] = t.queue[last]
	t.queue[last] = queued{}
	t.queue = t.queue[:last]
	for i := 0; ; {
		first := 2*i + 1
		if first >= last {
			return top
		}
		if first+1 < last && t.queue[first+1].before(t.queue[first]) {
			first++
		}
		if !t.queue[first].before(t.queue[i]) {
			return top
		}
		t.queue[i], t.queue[first] = t.queue[first], t.queue[i]
		i = first
	}
}
