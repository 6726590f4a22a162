package ngram

import (
	"fmt"
	"sync"

	"argen"
)

// A Vocab names the tokens of a model: token id is Words[id].
type Vocab struct {
	Words []string
	// Unk is the token that stands for all words the model does not know. With
	// NoID the vocabulary is closed and no mass is kept for unknown words.
	Unk argen.ID
	// BOS begins every sentence: context only, never predicted.
	BOS argen.ID
	// EOS ends every sentence and is predicted like a word.
	EOS argen.ID
}

// The names lmplz and the ARPA format give the special words.
const (
	unkName = "<unk>"
	bosName = "<s>"
	eosName = "</s>"
)

// check reports what makes v unfit for training.
func (v *Vocab) check() error {
	n := argen.ID(len(v.Words))
	switch {
	case len(v.Words) > maxVocab:
		return fmt.Errorf("ngram: %d words in the vocabulary, at most %d are supported", len(v.Words), maxVocab)
	case v.BOS < 0 || v.BOS >= n:
		return fmt.Errorf("ngram: begin-of-sentence id %d is not in the vocabulary of %d: sentences need one as context", v.BOS, n)
	case v.EOS < 0 || v.EOS >= n:
		return fmt.Errorf("ngram: end-of-sentence id %d is not in the vocabulary of %d: sentences need one to be predicted", v.EOS, n)
	case v.BOS == v.EOS:
		return fmt.Errorf("ngram: id %d is both begin and end of sentence", v.BOS)
	case v.Unk != argen.NoID && (v.Unk < 0 || v.Unk >= n):
		return fmt.Errorf("ngram: unknown-word id %d is not in the vocabulary of %d", v.Unk, n)
	case v.Unk == v.BOS || v.Unk == v.EOS:
		return fmt.Errorf("ngram: id %d is both unknown word and sentence border", v.Unk)
	}
	return nil
}

// predictable is the number of tokens that share the probability mass: all
// but BOS.
func (v *Vocab) predictable() int {
	if v.BOS == argen.NoID {
		return len(v.Words)
	}
	return len(v.Words) - 1
}

// lookup finds ids by word. It is built on first use, since scoring by id
// never needs it.
type lookup struct {
	once sync.Once
	ids  map[string]argen.ID
}

func (l *lookup) id(words []string, w string) (argen.ID, bool) {
	l.once.Do(func() {
		l.ids = make(map[string]argen.ID, len(words))
		for i, w := range words {
			if _, twice := l.ids[w]; !twice {
				l.ids[w] = argen.ID(i)
			}
		}
	})
	id, ok := l.ids[w]
	return id, ok
}
