package tokenizer

import (
	"fmt"

	"argen"
)

// A Token is a token of a text and where it stands there.
type Token struct {
	ID    argen.ID
	Piece []byte // its own bytes, maybe a part of a character; not to be changed

	// Text[Start:End] are the bytes that it stands for. Where the text is
	// valid UTF-8 and the token no word of a vocabulary, they are Piece.
	Start, End int
	// Word is the number, from 0, of the piece of text in which the token was
	// found: a tokenizer never joins what stands in two of them.
	Word int
}

// Explain returns the tokens of a text in order, with their places.
func Explain(tok argen.Tokenizer, text string) ([]Token, error) {
	if t, ok := tok.(interface {
		Tokens(text string) ([]Token, error)
	}); ok {
		return t.Tokens(text)
	}
	return nil, fmt.Errorf("a tokenizer of type %T does not tell where its tokens stand", tok)
}
