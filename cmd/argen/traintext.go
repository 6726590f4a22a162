package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/model"
	"argen/model/transformer/train"
	"argen/tokenizer"
)

// byLine are the tokenizers whose tokens are words: they cannot write the end
// of a line, so each line is a text of its own, from <s> to </s>.
var byLine = []string{"words", "story"}

// A trainingText is tokens to train on, cut in two.
type trainingText struct {
	tokens *train.TokenFile
	source train.Stream
	held   [][]argen.ID
}

// heldTokens is about how many tokens are measured on, taken from all over what
// is held out.
const heldTokens = 32_000

// cutText cuts a text: the end is held out.
func cutText(tokens *train.TokenFile, part float64, context int, begin []argen.ID, seed uint64) (*trainingText, error) {
	const windows = 4 // the least to train on
	n := tokens.Len()
	held := 0
	need := windows*context + 1
	if part > 0 {
		held = max(int(part*float64(n)), context+1)
		need += max(context+1, int(math.Ceil(part/(1-part)*float64(need))))
	}
	if n-held < windows*context+1 {
		text := fmt.Sprintf("the text has %s, which is too little for a context of %d: at least %s are needed", count(n, "token"), context, thousands(int64(need)))
		if most := min((n-2)/(windows+1), (n-1-int(part*float64(n)))/windows); most > 0 {
			text += fmt.Sprintf(", or --context %d", most)
		}
		return nil, errors.New(text)
	}
	stream := func(from, to int) train.Stream {
		return train.Stream{Tokens: train.Stretch{Tokens: tokens, From: from, To: to}, Window: context, Begin: begin, Seed: seed}
	}
	t := &trainingText{tokens: tokens, source: stream(0, n-held)}
	if held > 0 {
		var err error
		if t.held, err = stream(n-held, n).Evenly(max(heldTokens/context, 1)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// textPieces yields a text in pieces that tokenizers cut alike: they end with a
// line, or before a blank where lines are long. Lines end with a line feed
// alone.
func textPieces(r io.Reader) iter.Seq2[string, error] {
	const size = 1 << 16
	return func(yield func(string, error) bool) {
		in := bufio.NewReaderSize(r, size)
		for {
			head, err := in.Peek(size)
			if err != nil && !errors.Is(err, io.EOF) {
				yield("", err)
				return
			}
			if len(head) == 0 {
				return
			}
			n := len(head)
			if err == nil {
				n = pieceEnd(head)
			}
			piece := strings.ReplaceAll(string(head[:n]), "\r\n", "\n")
			if !yield(piece, nil) {
				return
			}
			if _, err := in.Discard(n); err != nil {
				yield("", err)
				return
			}
		}
	}
}

// pieceEnd is where a piece of a longer text ends.
func pieceEnd(text []byte) int {
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	if i := bytes.LastIndexByte(text, ' '); i > 0 {
		return i
	}
	end := len(text)
	for end > len(text)-4 && text[end-1]&0xc0 == 0x80 {
		end--
	}
	return end - 1 // before the first byte of a character
}

// learnFor makes the tokenizer of a transformer that is trained on a text.
func learnFor(ctx context.Context, kind string, text *corpusReader, size int, p *progress) (argen.Tokenizer, error) {
	switch kind {
	case "chars":
		seen := map[rune]bool{}
		for piece, err := range textPieces(text) {
			if err != nil {
				return nil, err
			}
			for _, r := range tokenizer.Valid(piece) {
				seen[r] = true
			}
		}
		return tokenizer.NewChars(string(slices.Collect(maps.Keys(seen)))), nil
	case "words":
		return learnWords(text, size)
	}
	return learnTokenizer(ctx, kind, text, size, p)
}

// learnWords keeps the most frequent words of a text; others become <unk>.
func learnWords(text *corpusReader, size int) (argen.Tokenizer, error) {
	const control = 3
	if size <= control {
		return nil, usagef("--vocab-size %d: choose %d or more", size, control+1)
	}
	counts := map[string]int{}
	for line, err := range text.lines() {
		if err != nil {
			return nil, err
		}
		for word := range bytes.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(" \t\n\r\x00", r) }) {
			counts[string(word)]++
		}
	}
	for _, name := range []string{"<unk>", "<s>", "</s>"} {
		delete(counts, name)
	}
	words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	words = words[:min(len(words), size-control)]
	return tokenizer.NewWords(append([]string{"<unk>", "<s>", "</s>"}, words...))
}

// textIDs yields the ids of files, one after the other, with </s> behind each.
func textIDs(ctx context.Context, c *corpus, kind string, tok argen.Tokenizer, progress func(done int64)) iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) {
		bos, eos, err := ends(tok)
		if err != nil {
			yield(nil, err)
			return
		}
		before := int64(0)
		for _, name := range c.files {
			one := &corpus{files: []string{name}, stdin: c.stdin, unit: c.unit}
			in := one.reader(ctx, func(done int64) { progress(before + done) })
			texts := inPieces(in, tok)
			if slices.Contains(byLine, kind) {
				texts = around(bos, in.encoded(tok), eos)
			}
			for ids, err := range texts {
				if err != nil {
					err = fmt.Errorf("%s: %w", argen.Visible(name), err)
				}
				if !yield(ids, err) || err != nil {
					in.close()
					return
				}
			}
			in.close()
			before += in.done
			if !slices.Contains(byLine, kind) && !yield([]argen.ID{eos}, nil) {
				return
			}
		}
	}
}

// inPieces yields the ids of a text piece by piece.
func inPieces(in *corpusReader, tok argen.Tokenizer) iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) {
		at := 0
		for piece, err := range textPieces(in) {
			var ids []argen.ID
			if err == nil {
				if ids, err = tok.Encode(piece); err != nil {
					err = fmt.Errorf("in the text from byte %d on: %w", at, err)
				}
			}
			at += len(piece)
			if !yield(ids, err) || err != nil {
				return
			}
		}
	}
}

// around puts a token before and one behind each text.
func around(bos argen.ID, texts iter.Seq2[[]argen.ID, error], eos argen.ID) iter.Seq2[[]argen.ID, error] {
	return func(yield func([]argen.ID, error) bool) {
		for ids, err := range texts {
			if err == nil {
				ids = append(append([]argen.ID{bos}, ids...), eos)
			}
			if !yield(ids, err) {
				return
			}
		}
	}
}

// ends returns the tokens that begin and end a text.
func ends(tok argen.Tokenizer) (bos, eos argen.ID, err error) {
	v, err := model.NGramVocab(tok)
	return v.BOS, v.EOS, err
}
