package model

import (
	"fmt"

	"argen"
	"argen/model/ngram"
	"argen/tokenizer"
)

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
