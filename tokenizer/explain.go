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

// ExplainSpecial is Explain for the ids that [EncodeSpecial] gives: the names of
// control tokens in text are those tokens, each a word of its own.
func ExplainSpecial(tok argen.Tokenizer, text string) ([]Token, error) {
	if t, ok := tok.(interface {
		TokensSpecial(text string) ([]Token, error)
	}); ok {
		return t.TokensSpecial(text)
	}
	var (
		tokens []Token
		failed error
		word   int
	)
	plain := func(p piece) {
		part, err := Explain(tok, p.text)
		if err != nil && failed == nil {
			failed = err
		}
		first := word
		for _, k := range part {
			k.Start, k.End, k.Word = k.Start+p.begin, k.End+p.begin, k.Word+first
			word = k.Word + 1
			tokens = append(tokens, k)
		}
	}
	whole := piece{text: text, run: &encoding{}}
	names := newFinder(controls(tok), func(name string) string { return name }, AddedToken.is)
	if names == nil {
		plain(whole)
	} else {
		names.split(whole, plain, func(p piece, id argen.ID) {
			tokens = append(tokens, Token{ID: id, Piece: tok.Piece(id), Start: p.begin, End: p.begin + len(p.text), Word: word})
			word++
		})
	}
	if failed != nil {
		return nil, failed
	}
	return tokens, nil
}
