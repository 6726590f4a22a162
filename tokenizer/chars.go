package tokenizer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"argen"
)

// Chars is the tokenizer whose tokens are the characters (Unicode code points)
// of one text: ids from 0 in the order of the code points, then the control
// tokens <s> and </s>. Other characters are an error. Text that is not UTF-8
// is taken as [Valid] makes it.
type Chars struct {
	alphabet []rune // ascending
	pieces   [][]byte
}

// NewChars returns the tokenizer of the characters that stand in text.
func NewChars(text string) *Chars {
	seen := map[rune]bool{}
	for at := 0; at < len(text); {
		r, size := decodeRune(text[at:])
		seen[r] = true
		at += size
	}
	return newChars(seen)
}

// TrainChars returns the tokenizer of the characters that stand in what r
// reads.
func TrainChars(r io.Reader) (*Chars, error) {
	seen := map[rune]bool{}
	for in := bufio.NewReaderSize(r, 1<<16); ; {
		// A character is at most 4 bytes long; what Peek cannot give ends the text.
		head, err := in.Peek(utf8.UTFMax)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading the text: %w", err)
		}
		if len(head) == 0 {
			return newChars(seen), nil
		}
		c, size := rune(head[0]), 1
		if c >= utf8.RuneSelf {
			c, size = decodeRune(string(head))
		}
		seen[c] = true
		if _, err := in.Discard(size); err != nil {
			return nil, fmt.Errorf("reading the text: %w", err)
		}
	}
}

func newChars(seen map[rune]bool) *Chars {
	t := &Chars{alphabet: slices.Sorted(maps.Keys(seen))}
	for _, r := range t.alphabet {
		t.pieces = append(t.pieces, []byte(string(r)))
	}
	t.pieces = append(t.pieces, []byte(bosName), []byte(eosName))
	return t
}

// Encode implements argen.Tokenizer. A character that the alphabet lacks is an
// error that names it and its byte offset.
func (t *Chars) Encode(text string) ([]argen.ID, error) {
	ids := make([]argen.ID, 0, len(text))
	for at := 0; at < len(text); {
		r, size := decodeRune(text[at:])
		i, ok := slices.BinarySearch(t.alphabet, r)
		if !ok {
			return nil, fmt.Errorf("the alphabet of %d characters lacks %q at byte %d: leave it out, or train on a text that has it", len(t.alphabet), text[at:at+size], at)
		}
		ids = append(ids, argen.ID(i))
		at += size
	}
	return ids, nil
}

// Tokens returns the tokens of text with their places.
func (t *Chars) Tokens(text string) ([]Token, error) {
	ids, err := t.Encode(text)
	if err != nil {
		return nil, err
	}
	tokens, at := make([]Token, len(ids)), 0
	for i, id := range ids {
		_, size := decodeRune(text[at:])
		tokens[i] = Token{ID: id, Piece: t.pieces[id], Start: at, End: at + size}
		at += size
	}
	return tokens, nil
}

// Decode implements argen.Tokenizer. Ids outside the vocabulary are left out.
func (t *Chars) Decode(ids []argen.ID) string {
	var b strings.Builder
	for _, id := range ids {
		if id >= 0 && id < t.BOS() {
			b.Write(t.pieces[id])
		}
	}
	return b.String()
}

// Piece implements argen.Tokenizer. It is nil for an id outside the vocabulary.
func (t *Chars) Piece(id argen.ID) []byte {
	if id < 0 || int(id) >= len(t.pieces) {
		return nil
	}
	return t.pieces[id]
}

// Control implements argen.Tokenizer.
func (t *Chars) Control(id argen.ID) bool { return id == t.BOS() || id == t.EOS() }

// VocabSize implements argen.Tokenizer: the characters and two control tokens.
func (t *Chars) VocabSize() int { return len(t.pieces) }

// BOS returns the id of <s>.
func (t *Chars) BOS() argen.ID { return argen.ID(len(t.alphabet)) }

// EOS returns the id of </s>.
func (t *Chars) EOS() argen.ID { return t.BOS() + 1 }

func (t *Chars) marshal() []byte { return []byte(string(t.alphabet)) }

func unmarshalChars(data []byte) (*Chars, error) {
	prev := rune(-1)
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, fmt.Errorf("byte %d of the alphabet is not UTF-8", at)
		}
		if r <= prev {
			return nil, fmt.Errorf("byte %d: %q does not come after %q in the order of the alphabet", at, r, prev)
		}
		prev = r
		at += size
	}
	return NewChars(string(data)), nil
}
