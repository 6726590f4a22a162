package tokenizer

import (
	"fmt"
	"strings"

	"argen"
)

// Bytes is the tokenizer whose tokens are bytes: ids 0 to 255, then the
// control tokens <s> (256) and </s> (257). It can write any text, whatever its
// encoding, and needs no training.
type Bytes struct{}

const (
	bytesBOS argen.ID = 256 + iota
	bytesEOS
	bytesSize
)

// bytePieces are the 256 bytes, one after the other, of which pieces are cut.
var bytePieces = func() (all [256]byte) {
	for i := range all {
		all[i] = byte(i)
	}
	return all
}()

// NewBytes returns the tokenizer of bytes.
func NewBytes() *Bytes { return &Bytes{} }

// Encode implements argen.Tokenizer. There is no error.
func (*Bytes) Encode(text string) ([]argen.ID, error) {
	ids := make([]argen.ID, len(text))
	for i := range len(text) {
		ids[i] = argen.ID(text[i])
	}
	return ids, nil
}

// Tokens returns the tokens of text with their places.
func (t *Bytes) Tokens(text string) ([]Token, error) {
	tokens := make([]Token, len(text))
	for i := range tokens {
		id := argen.ID(text[i])
		tokens[i] = Token{ID: id, Piece: t.Piece(id), Start: i, End: i + 1}
	}
	return tokens, nil
}

// Decode implements argen.Tokenizer. Ids outside the vocabulary are left out.
func (*Bytes) Decode(ids []argen.ID) string {
	var b strings.Builder
	b.Grow(len(ids))
	for _, id := range ids {
		if id >= 0 && id < bytesBOS {
			b.WriteByte(byte(id))
		}
	}
	return b.String()
}

// Piece implements argen.Tokenizer. It is nil for an id outside the vocabulary.
func (*Bytes) Piece(id argen.ID) []byte {
	switch {
	case id == bytesBOS:
		return []byte(bosName)
	case id == bytesEOS:
		return []byte(eosName)
	case id < 0 || id >= bytesSize:
		return nil
	}
	return bytePieces[id : id+1 : id+1]
}

// Control implements argen.Tokenizer.
func (*Bytes) Control(id argen.ID) bool { return id == bytesBOS || id == bytesEOS }

// VocabSize implements argen.Tokenizer: 258.
func (*Bytes) VocabSize() int { return int(bytesSize) }

// BOS returns the id of <s>.
func (*Bytes) BOS() argen.ID { return bytesBOS }

// EOS returns the id of </s>.
func (*Bytes) EOS() argen.ID { return bytesEOS }

func (*Bytes) marshal() []byte { return nil }

func unmarshalBytes(data []byte) (*Bytes, error) {
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes of data, want none", len(data))
	}
	return NewBytes(), nil
}
