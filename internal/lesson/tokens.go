package lesson

import (
	"context"
	"fmt"
	"math"
	"strings"

	"argen"
	"argen/model"
	"argen/model/ngram"
	"argen/model/story"
	"argen/tokenizer"
	"argen/viz"
)

// tokens: a token is a piece of text with a number, and where text is cut is a
// choice. So P a token says nothing across tokenizers, while P of a text, and so
// bits a byte, can be compared. Models of the same kind are counted from the same
// stories, cut in several ways.
var tokens = &Lesson{Name: "tokens", Run: runTokens}

// What the models of the lesson are made from and measured on.
const (
	tokensLearnt  = 300 // stories that are counted
	tokensHeld    = 40  // stories that are not
	tokensHeldOwn = 3   // of these, for a model that needs more time
	tokensPieces  = 500 // of the byte-pair encoding
	tokensExample = "red kite"
)

// A cut is a way to make tokens of text, and how far a model of them sees.
type cut struct {
	name  string
	tok   argen.Tokenizer
	order int // n of its n-grams: about the same text for each
}

// A cutting is what was measured of a cut.
type cutting struct {
	name       string
	vocab      int
	bytes      []float64 // a token, by text
	token      []float64 // bits a token, by text
	byte       []float64 // bits a byte, by text
	roundTrips int
}

func runTokens(ctx context.Context, lab *Lab, r *Record) error {
	learn, err := storyTexts(ctx, lab, "tokens learnt", tokensLearnt)
	if err != nil {
		return err
	}
	held, err := storyTexts(ctx, lab, "tokens held out", tokensHeld)
	if err != nil {
		return err
	}
	cuts, err := allCuts(ctx, learn)
	if err != nil {
		return err
	}
	all := make([]*cutting, len(cuts))
	err = lab.each(ctx, len(cuts), func(i int) error {
		m, err := countTokens(ctx, cuts[i], learn)
		if err != nil {
			return err
		}
		all[i], err = measureCut(cuts[i].name, cuts[i].tok, held, func(ids []argen.ID) (float64, error) { return countedBits(m, ids), nil })
		return err
	})
	if err != nil {
		return err
	}
	texts, trips := len(cuts)*len(held), 0
	for i, c := range all {
		trips += c.roundTrips
		c.name = r.Word(cuts[i].name)
	}
	own, err := ownCutting(ctx, lab, held)
	if err != nil {
		return err
	}
	if own != nil {
		all = append(all, own)
	}
	chars, words := all[1], all[3]
	r.Facts["example"] = tokensExample
	r.Exact("round_trip", float64(trips)/float64(texts), Share)
	r.Exact("texts", float64(texts), Count)
	r.Exact("learnt", float64(len(learn)), Count)
	r.Estimate("chars_token", lab.Mean(chars.token), len(held), Bits)
	r.Estimate("words_token", lab.Mean(words.token), len(held), Bits)
	r.Estimate("chars_byte", lab.Mean(chars.byte), len(held), Bits)
	r.Estimate("words_byte", lab.Mean(words.byte), len(held), Bits)
	r.Estimate("token_ratio", lab.Mean(ratios(words.token, chars.token)), len(held), Ratio)
	r.Estimate("byte_ratio", lab.Mean(ratios(words.byte, chars.byte)), len(held), Ratio)
	r.Exact("byte_off", farthest(all[0].bytes, 1), Error)
	r.Verdict("token_ratio", "token_ratio", ">=", 2)
	r.Verdict("round_trip", "round_trip", ">=", 1)
	r.Verdict("not_more", "byte_ratio", "<=", 1.2)
	r.Verdict("not_less", "byte_ratio", ">=", .8)
	r.Verdict("bytes", "byte_off", "<=", 0)
	r.Answer = 1
	exampleTable(r, cuts)
	cutTable(lab, r, all)
	return nil
}

// storyTexts are stories as text.
func storyTexts(ctx context.Context, lab *Lab, name string, n int) ([]string, error) {
	stories, err := lab.Stories(ctx, name, n)
	if err != nil {
		return nil, err
	}
	tok := tokenizer.NewStory(story.Default().Vocab())
	texts := make([]string, n)
	for i, ids := range stories {
		texts[i] = tok.Decode(ids)
	}
	return texts, nil
}

// allCuts are the tokenizers of the lesson; the byte-pair encoding learns its
// pieces from the texts now.
func allCuts(ctx context.Context, texts []string) ([]cut, error) {
	bpe, err := tokenizer.TrainBPE(ctx, func(yield func(string, error) bool) {
		for _, text := range texts {
			if !yield(text, nil) {
				return
			}
		}
	}, tokenizer.BPEOptions{VocabSize: tokensPieces, Special: []string{"<s>", "</s>"}})
	if err != nil {
		return nil, err
	}
	vocab := story.Default().Vocab()
	return []cut{
		{"bytes", tokenizer.NewBytes(), 9},
		{"chars", tokenizer.NewChars(strings.Join(vocab, " ")), 9},
		{"bpe", bpe, 4},
		{"words", tokenizer.NewStory(vocab), 3},
	}, nil
}

// countTokens counts a model of n-grams from texts, smoothed by Kneser–Ney.
func countTokens(ctx context.Context, c cut, texts []string) (*ngram.Model, error) {
	vocab, err := model.NGramVocab(c.tok)
	if err != nil {
		return nil, err
	}
	m, _, err := ngram.Train(ctx, func(yield func([]argen.ID, error) bool) {
		for _, text := range texts {
			ids, err := c.tok.Encode(text)
			if !yield(ids, err) || err != nil {
				return
			}
		}
	}, vocab, ngram.Options{Order: c.order})
	return m, err
}

// countedBits is −log₂ P of a text under n-grams, without its end.
func countedBits(m *ngram.Model, ids []argen.ID) float64 {
	c, bits := m.Begin(), 0.0
	for _, id := range ids {
		bits -= m.Advance(&c, id) * math.Log2(10)
	}
	return bits
}

// measureCut cuts texts into tokens and measures them by the bits that a model
// needs for each text.
func measureCut(name string, tok argen.Tokenizer, texts []string, bits func(ids []argen.ID) (float64, error)) (*cutting, error) {
	c := &cutting{name: name, vocab: tok.VocabSize()}
	for _, text := range texts {
		ids, err := tok.Encode(text)
		if err != nil {
			return nil, err
		}
		if tok.Decode(ids) == text {
			c.roundTrips++
		}
		b, err := bits(ids)
		if err != nil {
			return nil, err
		}
		c.bytes = append(c.bytes, float64(len(text))/float64(len(ids)))
		c.token = append(c.token, b/float64(len(ids)))
		c.byte = append(c.byte, b/float64(len(text)))
	}
	return c, nil
}

// ownCutting measures the lab's model and its own tokenizer; nil where that
// lacks words of the stories.
func ownCutting(ctx context.Context, lab *Lab, held []string) (*cutting, error) {
	if !lab.Story() {
		held = held[:tokensHeldOwn]
	}
	for _, text := range held {
		if _, err := lab.LM.Tokenizer.Encode(text); err != nil {
			return nil, nil //nolint:nilerr // a vocabulary of words that has not these is no fault: the others are measured
		}
	}
	return measureCut(argen.Visible(lab.LM.Ref), lab.LM.Tokenizer, held, func(ids []argen.ID) (float64, error) {
		t, err := lab.Read(ctx, lab.LM.Model, ids)
		if err != nil {
			return 0, err
		}
		bits := 0.0
		for i, row := range t.Rows {
			l, err := argen.LogProb(row, t.IDs[t.Begin+i])
			if err != nil {
				return 0, err
			}
			bits -= l / math.Ln2
		}
		return bits, nil
	})
}

// ratios are those of numbers of the same texts.
func ratios(over, under []float64) []float64 {
	list := make([]float64, len(over))
	for i := range list {
		list[i] = over[i] / under[i]
	}
	return list
}

// farthest is the largest distance of values from what they must be.
func farthest(values []float64, from float64) float64 {
	off := 0.0
	for _, v := range values {
		off = max(off, math.Abs(v-from))
	}
	return off
}

// exampleTable shows the tokens of a few words and their ids.
func exampleTable(r *Record, cuts []cut) {
	var rows [][]Cell
	for _, c := range cuts {
		ids, err := c.tok.Encode(tokensExample)
		if err != nil {
			continue
		}
		var pieces, numbers []string
		for _, id := range ids {
			pieces = append(pieces, argen.Visible(string(c.tok.Piece(id))))
			numbers = append(numbers, fmt.Sprint(id))
		}
		rows = append(rows, []Cell{{Text: r.Word(c.name)}, {Text: strings.Join(pieces, "│")}, {Text: strings.Join(numbers, " ")}})
	}
	r.Table("example", []string{"cut", "pieces", "ids"}, rows)
}

// cutTable shows what was measured, in a table and a chart.
func cutTable(lab *Lab, r *Record, all []*cutting) {
	var rows [][]Cell
	var groups []string
	token, byteBits := viz.Series{Name: r.Word("bits_token")}, viz.Series{Name: r.Word("bits_byte")}
	add := func(s *viz.Series, e Interval) {
		s.Y, s.Lo, s.Hi = append(s.Y, e.Mean), append(s.Lo, e.Lo), append(s.Hi, e.Hi)
	}
	for _, c := range all {
		t, b, size := lab.Mean(c.token), lab.Mean(c.byte), lab.Mean(c.bytes)
		groups = append(groups, c.name)
		add(&token, t)
		add(&byteBits, b)
		n := len(c.byte)
		rows = append(rows, []Cell{
			{Text: c.name},
			Number{Value: float64(c.vocab), Unit: Count}.Cell(), Number{Value: size.Mean, Unit: Other}.Cell(),
			t.number("", n, Bits).Cell(), b.number("", n, Bits).Cell(),
		})
	}
	r.Table("table", []string{"cut", "vocab", "bytes_token", "bits_token", "bits_byte"}, rows)
	r.Chart("tokenizers", &viz.BarsData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Y:     viz.Axis{Label: r.Word("y"), Unit: "bits"}, Groups: groups, Series: []viz.Series{token, byteBits},
	})
}
