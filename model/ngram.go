package model

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"argen"
	"argen/model/ngram"
	"argen/model/paths"
	"argen/model/story"
	"argen/tokenizer"
)

// isBinary reports whether a file is argen's own n-gram file.
func isBinary(head []byte, _ string) bool {
	return bytes.HasPrefix(head, []byte(ngram.BinaryMagic))
}

func openBinary(_ context.Context, path string, _ Options) (*LM, error) {
	m, err := ngram.Open(path)
	if err != nil {
		return nil, err
	}
	return fromNGram(m)
}

// isARPA reports whether a file is an ARPA file. Text may stand before \data\;
// a file that has the name only is told line and column of what is wrong.
func isARPA(head []byte, path string) bool {
	path = strings.ToLower(path)
	return bytes.Contains(head, []byte("\\data\\\n")) || bytes.Contains(head, []byte("\\data\\\r")) ||
		strings.HasSuffix(path, ".arpa") || strings.HasSuffix(path, ".arpa.gz")
}

func openARPA(ctx context.Context, path string, _ Options) (*LM, error) {
	f, _, err := paths.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := ngram.ReadARPA(paths.Short(path), stoppable{ctx, f})
	if err != nil {
		return nil, err
	}
	return fromNGram(m)
}

// openStoryNGram opens the embedded n-gram model.
func openStoryNGram(context.Context, string, Options) (*LM, error) {
	m, err := story.NGram()
	if err != nil {
		return nil, err
	}
	return &LM{Model: m, Tokenizer: tokenizer.NewStory(m.Vocab().Words)}, nil
}

// stoppable is a reader that fails when its context is cancelled.
type stoppable struct {
	ctx context.Context
	in  io.Reader
}

// Read implements io.Reader.
func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.in.Read(p)
}

// fromNGram adds its tokenizer to an n-gram model.
func fromNGram(m *ngram.Model) (*LM, error) {
	tok, err := tokenizerOf(m)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return &LM{Model: m, Tokenizer: tok, Close: m.Close}, nil
}

// Keys of ngram.Model.Meta under which a model's file holds its tokenizer.
const (
	metaTokenizer = "tokenizer"      // its kind, as tokenizer.Marshal names it
	metaData      = "tokenizer_data" // and its data, where the vocabulary does not say all
)

// KeepTokenizer notes in meta which tokenizer a model was trained with. Kind
// "words" needs no tokenizer: its vocabulary is the model's.
func KeepTokenizer(meta map[string]string, tok argen.Tokenizer) error {
	if tok == nil {
		meta[metaTokenizer] = "words"
		return nil
	}
	kind, data, err := tokenizer.Marshal(tok)
	if err != nil {
		return err
	}
	meta[metaTokenizer] = kind
	if kind != "words" && kind != "story" && len(data) > 0 {
		meta[metaData] = string(data)
	}
	return nil
}

// tokenizerOf returns the tokenizer of an n-gram model: the one its file
// names, or words.
func tokenizerOf(m *ngram.Model) (argen.Tokenizer, error) {
	vocab := m.Vocab().Words
	switch kind := m.Meta[metaTokenizer]; kind {
	case "", "words":
		return tokenizer.NewWords(vocab)
	case "story":
		return tokenizer.NewStory(vocab), nil
	default:
		return tokenizer.Unmarshal(kind, []byte(m.Meta[metaData]))
	}
}

// NGramVocab returns the vocabulary of an n-gram model to be trained on what a
// tokenizer makes of text. The tokenizer must have tokens that begin and end a
// text.
func NGramVocab(tok argen.Tokenizer) (ngram.Vocab, error) {
	v := ngram.Vocab{Words: make([]string, tok.VocabSize()), Unk: argen.NoID, BOS: argen.NoID, EOS: argen.NoID}
	for id := range argen.ID(tok.VocabSize()) {
		v.Words[id] = string(tok.Piece(id))
		if !tok.Control(id) {
			continue
		}
		switch v.Words[id] {
		case "<s>":
			v.BOS = id
		case "</s>":
			v.EOS = id
		}
	}
	if v.BOS == argen.NoID || v.EOS == argen.NoID {
		return v, fmt.Errorf("the tokenizer has no tokens <s> and </s>, which an n-gram model needs")
	}
	return v, nil
}
