package tokenizer

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"argen"
)

// The names that n-gram models give to their control tokens.
const (
	bosName = "<s>"
	eosName = "</s>"
	unkName = "<unk>"
)

// Words is the tokenizer of n-gram models: a token is a word, that is bytes
// without white space, and text is words with one blank between them. The
// control tokens are <s> and </s>; a word that the vocabulary lacks is <unk>
// where that is in the vocabulary, and else an error.
//
// White space is blank, tab, line feed, carriage return and the zero byte, as
// for KenLM's lmplz. Encode undoes Decode; Decode gives back the text with its
// white space made single blanks.
type Words struct {
	vocab         []string
	pieces        [][]byte
	ids           map[string]argen.ID // without control tokens
	bos, eos, unk argen.ID            // NoID where there is none
}

// NewWords returns the tokenizer of a vocabulary, given by ID. Words that are
// empty, hold white space or stand twice are an error.
func NewWords(vocab []string) (*Words, error) {
	t := &Words{
		vocab:  slices.Clone(vocab),
		pieces: make([][]byte, len(vocab)),
		ids:    make(map[string]argen.ID, len(vocab)),
		bos:    argen.NoID,
		eos:    argen.NoID,
		unk:    argen.NoID,
	}
	total := 0
	for _, w := range vocab {
		total += len(w)
	}
	all := make([]byte, 0, total)
	for i, w := range t.vocab {
		id := argen.ID(i)
		if w == "" || wordEnd(w) < len(w) {
			return nil, fmt.Errorf("word %d of the vocabulary, %s, is empty or holds white space", i, quoteWord(w))
		}
		if first, twice := t.ids[w]; twice {
			return nil, fmt.Errorf("word %d of the vocabulary, %s, is word %d too", i, quoteWord(w), first)
		}
		all = append(all, w...)
		t.pieces[i] = all[len(all)-len(w) : len(all) : len(all)]
		t.ids[w] = id
		switch w {
		case bosName:
			t.bos = id
		case eosName:
			t.eos = id
		case unkName, "<UNK>":
			t.unk = id
		}
	}
	// Their names are plain text.
	delete(t.ids, bosName)
	delete(t.ids, eosName)
	return t, nil
}

// wordEnd returns the number of bytes before the first white space.
func wordEnd(s string) int {
	if i := strings.IndexAny(s, " \t\n\r\x00"); i >= 0 {
		return i
	}
	return len(s)
}

// Encode implements argen.Tokenizer. Without <unk> in the vocabulary, words
// that it lacks are an [UnknownWordsError] that lists all of them.
func (t *Words) Encode(text string) ([]argen.ID, error) {
	var (
		ids     []argen.ID
		unknown []UnknownWord
	)
	for at, word := range words(text) {
		if id, ok := t.ids[word]; ok {
			ids = append(ids, id)
		} else if t.unk != argen.NoID {
			ids = append(ids, t.unk)
		} else {
			unknown = append(unknown, UnknownWord{Word: word, Offset: at})
		}
	}
	if len(unknown) > 0 {
		return nil, unknownWords("the vocabulary does", unknown, maps.Keys(t.ids))
	}
	return ids, nil
}

// words yields the words of a text and where they begin.
func words(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(text); at++ { // at white space, or behind a word
			size := wordEnd(text[at:])
			if size > 0 && !yield(at, text[at:at+size]) {
				return
			}
			at += size
		}
	}
}

// Tokens returns the tokens of text with their places.
func (t *Words) Tokens(text string) ([]Token, error) {
	ids, err := t.Encode(text)
	if err != nil {
		return nil, err
	}
	tokens := make([]Token, 0, len(ids))
	for at, word := range words(text) {
		i := len(tokens)
		tokens = append(tokens, Token{ID: ids[i], Piece: t.pieces[ids[i]], Start: at, End: at + len(word), Word: i})
	}
	return tokens, nil
}

// Decode implements argen.Tokenizer. Ids outside the vocabulary are left out.
func (t *Words) Decode(ids []argen.ID) string {
	var b strings.Builder
	for _, id := range ids {
		if !t.valid(id) || t.Control(id) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.vocab[id])
	}
	return b.String()
}

// Join implements argen.Joiner. Beside a control token stands nothing.
func (t *Words) Join(prev, next argen.ID) string {
	if !t.valid(prev) || !t.valid(next) || t.Control(prev) || t.Control(next) {
		return ""
	}
	return " "
}

// Piece implements argen.Tokenizer. It is nil for an id outside the vocabulary.
func (t *Words) Piece(id argen.ID) []byte {
	if !t.valid(id) {
		return nil
	}
	return t.pieces[id]
}

// Control implements argen.Tokenizer. <unk> is none: it stands for a word.
func (t *Words) Control(id argen.ID) bool {
	return id != argen.NoID && (id == t.bos || id == t.eos)
}

// VocabSize implements argen.Tokenizer.
func (t *Words) VocabSize() int { return len(t.vocab) }

// BOS returns the id of <s>, NoID if there is none.
func (t *Words) BOS() argen.ID { return t.bos }

// EOS returns the id of </s>, NoID if there is none.
func (t *Words) EOS() argen.ID { return t.eos }

// Unk returns the id of <unk>, NoID if there is none.
func (t *Words) Unk() argen.ID { return t.unk }

func (t *Words) valid(id argen.ID) bool { return id >= 0 && int(id) < len(t.vocab) }

func (t *Words) marshal() []byte { return joinLines(t.vocab) }

func unmarshalWords(data []byte) (*Words, error) {
	vocab, err := splitLines(data)
	if err != nil {
		return nil, err
	}
	return NewWords(vocab)
}
